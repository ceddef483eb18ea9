#include "adapters/direct/media_type.h"

#include <algorithm>

namespace sluice::adapters::direct {
namespace {

std::string lower(std::string_view text) {
  std::string lowered(text);
  std::ranges::transform(lowered, lowered.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return lowered;
}

std::string_view trim(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

std::string essence(std::string_view content_type) {
  return lower(trim(content_type.substr(0, content_type.find(';'))));
}

// JSON is UTF-8 (RFC 8259, section 8.1); a caller who says that it is something else means it.
bool declares_other_charset(std::string_view content_type) {
  std::size_t semicolon = content_type.find(';');
  while (semicolon != std::string_view::npos) {
    const std::size_t begin = semicolon + 1;
    semicolon = content_type.find(';', begin);
    const std::string parameter = lower(trim(content_type.substr(begin, semicolon - begin)));
    if (!parameter.starts_with("charset=")) continue;
    const std::string_view charset = std::string_view(parameter).substr(8);
    if (charset != "utf-8" && charset != "\"utf-8\"" && charset != "utf8") return true;
  }
  return false;
}

}  // namespace

bool is_json(std::string_view content_type) {
  const std::string type = essence(content_type);
  return type == "application/json" || type.ends_with("+json");
}

std::expected<MediaType, record::Flaw> media_type(std::string_view content_type,
                                                  bool has_event_headers) {
  if (declares_other_charset(content_type)) {
    return std::unexpected(
        record::Flaw{"the Content-Type declares another charset; send JSON in UTF-8"});
  }
  const std::string type = essence(content_type);
  if (type == "application/cloudevents+json") return MediaType::event;
  if (type == "application/cloudevents-batch+json") return MediaType::event_batch;
  if (has_event_headers) {
    if (is_json(type)) return MediaType::event_binary;
    return std::unexpected(
        record::Flaw{"a CloudEvent in binary form needs data of Content-Type application/json"});
  }
  if (type == "application/json") return MediaType::json;
  if (type == "application/x-ndjson" || type == "application/ndjson" ||
      type == "application/jsonl") {
    return MediaType::ndjson;
  }
  return std::unexpected(
      record::Flaw{"the Content-Type is none that this resource takes; expected application/json, "
                   "application/x-ndjson, application/jsonl, application/cloudevents+json or "
                   "application/cloudevents-batch+json"});
}

std::string_view to_string(MediaType type) {
  switch (type) {
    case MediaType::json:
      return "application/json";
    case MediaType::ndjson:
      return "application/x-ndjson";
    case MediaType::event:
      return "application/cloudevents+json";
    case MediaType::event_batch:
      return "application/cloudevents-batch+json";
    case MediaType::event_binary:
      return "application/json; ce";
  }
  return "?";
}

MediaType quarantined_as(MediaType type) {
  return type == MediaType::json || type == MediaType::ndjson ? MediaType::json : MediaType::event;
}

}  // namespace sluice::adapters::direct
