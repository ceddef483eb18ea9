#include "adapters/front_end/position.h"

#include <stdexcept>
#include <vector>

#include <boost/json.hpp>

namespace sluice::adapters::front_end {
namespace {

namespace json = boost::json;

// Bytes that are no UTF-8 can stand in a key of a database; JSON can not hold them.
std::string to_hex(const std::string& bytes) {
  static constexpr char digits[] = "0123456789abcdef";
  std::string hex;
  hex.reserve(2 * bytes.size());
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    hex += digits[byte >> 4U];
    hex += digits[byte & 15U];
  }
  return hex;
}

unsigned hex_value(char digit) {
  if (digit >= '0' && digit <= '9') return static_cast<unsigned>(digit - '0');
  if (digit >= 'a' && digit <= 'f') return static_cast<unsigned>(digit - 'a' + 10);
  throw std::invalid_argument("no digit of to_hex()");
}

std::string from_hex(std::string_view hex) {
  if (hex.size() % 2 != 0) throw std::invalid_argument("half a byte");
  std::string bytes;
  for (std::size_t i = 0; i < hex.size(); i += 2) {
    bytes += static_cast<char>((hex_value(hex[i]) << 4U) | hex_value(hex[i + 1]));
  }
  return bytes;
}

json::array to_json(const std::vector<std::string>& texts) {
  json::array array;
  for (const std::string& text : texts)
    array.emplace_back(to_hex(text));
  return array;
}

std::vector<std::string> texts_of(const json::value& value) {
  std::vector<std::string> texts;
  for (const json::value& text : value.as_array())
    texts.push_back(from_hex(std::string_view(text.as_string())));
  return texts;
}

json::object to_json(const DigestFilePart& part) {
  return {{"generation", part.generation}, {"bytes", part.bytes}, {"rows", part.rows}};
}

DigestFilePart part_of(const json::value& value) {
  return {value.at("generation").to_number<std::uint64_t>(),
          value.at("bytes").to_number<std::uint64_t>(),
          value.at("rows").to_number<std::uint64_t>()};
}

json::object to_json(const GoneRecords& gone) {
  return {{"parts", gone.parts}, {"rows", gone.rows}, {"told", gone.told}};
}

GoneRecords gone_of(const json::value& value) {
  return {value.at("parts").to_number<std::uint64_t>(), value.at("rows").to_number<std::uint64_t>(),
          value.at("told").to_number<std::uint64_t>()};
}

Position position_of(const json::object& object) {
  Position position;
  position.capture = std::string_view(object.at("capture").as_string());
  for (const auto& [name, type] : object.at("columns").as_object()) {
    position.columns.emplace(name, std::string_view(type.as_string()));
  }
  for (const json::value& name : object.at("key").as_array()) {
    position.key.emplace_back(std::string_view(name.as_string()));
  }
  if (const auto* key = object.if_contains("loaded_up_to")) {
    position.loaded_up_to = RecordKey{texts_of(key->at("exact")), texts_of(key->at("told"))};
    if (position.loaded_up_to->exact.size() != position.key.size() ||
        position.loaded_up_to->told.size() != position.key.size()) {
      throw std::invalid_argument("another number of values than the key has columns");
    }
  }
  position.is_loaded = object.at("is_loaded").as_bool();
  if (const auto* reached = object.if_contains("reached")) {
    position.reached = reached->to_number<std::int64_t>();
  }
  if (const auto* base = object.if_contains("base")) position.base = part_of(*base);
  if (const auto* offset = object.if_contains("base_offset")) {
    position.base_offset = offset->to_number<std::uint64_t>();
  }
  if (const auto* held_back = object.if_contains("held_back")) {
    position.held_back = held_back->to_number<std::uint64_t>();
  }
  if (const auto* run = object.if_contains("run")) position.run = part_of(*run);
  if (const auto* gone = object.if_contains("gone")) position.gone = gone_of(*gone);
  return position;
}

}  // namespace

std::string to_string(const Position& position) {
  json::object columns;
  for (const auto& [name, type] : position.columns)
    columns[name] = type;
  json::object object{{"capture", position.capture},
                      {"columns", columns},
                      {"key", json::array(position.key.begin(), position.key.end())},
                      {"is_loaded", position.is_loaded}};
  if (position.loaded_up_to) {
    object["loaded_up_to"] = {{"exact", to_json(position.loaded_up_to->exact)},
                              {"told", to_json(position.loaded_up_to->told)}};
  }
  if (position.reached) object["reached"] = *position.reached;
  if (position.base) object["base"] = to_json(*position.base);
  if (position.base_offset > 0) object["base_offset"] = position.base_offset;
  if (position.held_back > 0) object["held_back"] = position.held_back;
  if (position.run) object["run"] = to_json(*position.run);
  if (position.gone != GoneRecords{}) object["gone"] = to_json(position.gone);
  return json::serialize(object);
}

std::optional<Position> parse_position(std::string_view text) {
  boost::system::error_code error;
  const json::value value = json::parse({text.data(), text.size()}, error);
  if (error || !value.is_object()) return std::nullopt;
  try {
    return position_of(value.as_object());
  } catch (const std::exception&) {
    return std::nullopt;  // a member that is missing, or of another kind or form
  }
}

}  // namespace sluice::adapters::front_end
