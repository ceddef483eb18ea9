#include "reconciliation/digest_question.h"

#include <utility>

#include <boost/json.hpp>
#include <fmt/format.h>

namespace sluice::reconciliation {
namespace {

namespace json = boost::json;

std::string text_of(const json::string& text) {
  return {text.data(), text.size()};
}

json::array to_value(const record::Key& key) {
  json::array values;
  for (const std::string& value : key)
    values.emplace_back(value);
  return values;
}

std::optional<record::Key> key_of(const json::value& value) {
  const auto* values = value.if_array();
  if (values == nullptr || values->empty()) return std::nullopt;
  record::Key key;
  for (const json::value& part : *values) {
    const auto* text = part.if_string();
    if (text == nullptr) return std::nullopt;
    key.push_back(text_of(*text));
  }
  return key;
}

std::optional<record::RowDigest> row_digest_of(const json::value* value) {
  const auto* text = value == nullptr ? nullptr : value->if_string();
  return text == nullptr ? std::nullopt : record::parse_row_digest(text_of(*text));
}

std::optional<json::object> object_of(std::string_view text) {
  boost::system::error_code malformed;
  json::value value = json::parse(text, malformed);
  if (malformed || !value.is_object()) return std::nullopt;
  return std::move(value.as_object());
}

// What each element of a member that is an array was read as, or nothing.
template <class T, class Read>
std::optional<std::vector<T>> list_of(const json::object& object, std::string_view name,
                                      Read read) {
  const auto* member = object.if_contains(name);
  const auto* values = member == nullptr ? nullptr : member->if_array();
  if (values == nullptr) return std::nullopt;
  std::vector<T> list;
  for (const json::value& value : *values) {
    std::optional<T> one = read(value);
    if (!one) return std::nullopt;
    list.push_back(std::move(*one));
  }
  return list;
}

std::unexpected<record::Flaw> wrong(std::string_view member, std::string_view expected) {
  return std::unexpected(
      record::Flaw{fmt::format("`{}` is not understood; expected {}", member, expected)});
}

std::optional<record::RecordSum> sum_of(const json::value& value) {
  const auto* object = value.if_object();
  if (object == nullptr) return std::nullopt;
  const auto* rows = object->if_contains("rows");
  const auto digest = row_digest_of(object->if_contains("digest"));
  if (rows == nullptr || !rows->is_int64() || rows->as_int64() < 0 || !digest) return std::nullopt;
  return record::RecordSum(static_cast<std::uint64_t>(rows->as_int64()), *digest);
}

std::optional<record::KeyedDigest> record_of(const json::value& value) {
  const auto* object = value.if_object();
  const auto* key = object == nullptr ? nullptr : object->if_contains("key");
  if (key == nullptr) return std::nullopt;
  auto read = key_of(*key);
  const auto digest = row_digest_of(object->if_contains("digest"));
  if (!read || !digest) return std::nullopt;
  return record::KeyedDigest{std::move(*read), *digest};
}

}  // namespace

std::string to_json(const DigestQuestion& question) {
  json::object object{{"schema", record::to_string(question.schema)}};
  if (question.range.after) object["after"] = to_value(*question.range.after);
  if (question.range.up_to) object["up_to"] = to_value(*question.range.up_to);
  if (question.bounds) {
    json::array bounds;
    for (const record::Key& bound : *question.bounds)
      bounds.push_back(to_value(bound));
    object["bounds"] = std::move(bounds);
  }
  return json::serialize(object);
}

std::expected<DigestQuestion, record::Flaw> parse_question(std::string_view text) {
  const auto object = object_of(text);
  if (!object) return std::unexpected(record::Flaw{"the body is not a JSON object"});
  DigestQuestion question;
  for (const auto& [name, value] : *object) {
    if (name == "schema") {
      const auto* digest = value.if_string();
      const auto parsed = digest == nullptr ? std::nullopt : record::parse_digest(text_of(*digest));
      if (!parsed) return wrong("schema", "the digest of the dataset's schema");
      question.schema = *parsed;
    } else if (name == "after" || name == "up_to") {
      auto key = key_of(value);
      if (!key) return wrong(name, "the values of a primary key as an array of strings");
      (name == "after" ? question.range.after : question.range.up_to) = std::move(*key);
    } else if (name == "bounds") {
      question.bounds = list_of<record::Key>(*object, name, key_of);
      if (!question.bounds || question.bounds->size() > most_bounds) {
        return wrong("bounds", fmt::format("at most {} primary keys", most_bounds));
      }
    } else {
      return wrong(name, "`schema`, `after`, `up_to` and `bounds` only");
    }
  }
  if (!object->contains("schema")) return wrong("schema", "the digest of the dataset's schema");
  return question;
}

std::string to_json(const std::vector<record::RecordSum>& sums) {
  json::array all;
  for (const record::RecordSum& sum : sums) {
    all.push_back({{"rows", sum.rows()}, {"digest", record::to_string(sum.digest())}});
  }
  return json::serialize(json::object{{"sums", std::move(all)}});
}

std::string to_json(const Listing& listing) {
  json::array records;
  for (const record::KeyedDigest& record : listing.records) {
    records.push_back(
        {{"key", to_value(record.key)}, {"digest", record::to_string(record.digest)}});
  }
  return json::serialize(
      json::object{{"records", std::move(records)}, {"complete", listing.is_complete}});
}

std::optional<std::vector<record::RecordSum>> parse_sums(std::string_view text) {
  const auto object = object_of(text);
  return object ? list_of<record::RecordSum>(*object, "sums", sum_of) : std::nullopt;
}

std::optional<Listing> parse_listing(std::string_view text) {
  const auto object = object_of(text);
  if (!object) return std::nullopt;
  auto records = list_of<record::KeyedDigest>(*object, "records", record_of);
  const auto* complete = object->if_contains("complete");
  if (!records || complete == nullptr || !complete->is_bool()) return std::nullopt;
  // Whoever goes on after the last one would ask the same again.
  if (records->empty() && !complete->as_bool()) return std::nullopt;
  return Listing{std::move(*records), complete->as_bool()};
}

}  // namespace sluice::reconciliation
