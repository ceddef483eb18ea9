#include "link/https/whoami_call.h"

#include <string_view>
#include <utility>

#include <boost/json.hpp>

#include "link/https/center_answer.h"
#include "record/try.h"

namespace sluice::link {
namespace {

// Nothing: it is there, and no text; or it is not there.
std::optional<std::string> own_text(const boost::json::object& object, std::string_view name) {
  const auto* value = object.if_contains(name);
  const auto* text = value == nullptr ? nullptr : value->if_string();
  if (text == nullptr) return std::nullopt;
  return std::string(text->data(), text->size());
}

std::optional<std::vector<std::string>> own_texts(const boost::json::object& object,
                                                  std::string_view name) {
  const auto* value = object.if_contains(name);
  const auto* array = value == nullptr ? nullptr : value->if_array();
  if (array == nullptr) return std::nullopt;
  std::vector<std::string> texts;
  for (const auto& each : *array) {
    const auto* text = each.if_string();
    if (text == nullptr) return std::nullopt;
    texts.emplace_back(text->data(), text->size());
  }
  return texts;
}

std::optional<Recognition> recognition_in(std::string_view body) {
  boost::json::error_code malformed;
  const boost::json::value value = boost::json::parse({body.data(), body.size()}, malformed);
  const auto* object = malformed ? nullptr : value.if_object();
  if (object == nullptr) return std::nullopt;
  auto bureaus = own_texts(*object, "bureaus");
  const auto time = record::parse_time(own_text(*object, "time").value_or(""));
  auto node = own_text(*object, "node");
  auto kind = own_text(*object, "kind");
  auto name = own_text(*object, "name");
  auto version = own_text(*object, "version");
  if (!bureaus || !time || !node || !kind || !name || !version) return std::nullopt;
  return Recognition{.node = std::move(*node),
                     .kind = std::move(*kind),
                     .name = std::move(*name),
                     .bureaus = std::move(*bureaus),
                     .time = *time,
                     .version = std::move(*version)};
}

}  // namespace

HttpRequest recognition_question() {
  return {.method = "GET", .target = "/v1/whoami"};
}

Result<std::optional<Recognition>> read_recognition(HttpAnswer answer, const std::string& place) {
  if (answer.status == 404) return std::nullopt;
  const std::string body = SLUICE_TRY(read_body(std::move(answer), place));
  auto found = recognition_in(body);
  if (!found) {
    return std::unexpected(not_understood(place, "expected as whom this node is known there"));
  }
  return found;
}

}  // namespace sluice::link
