// A file's one document as a tree of plain values with their places. YAML, and JSON as the YAML
// that it is, so that every complaint has its line. What yaml-cpp lets through is caught here:
// duplicate keys, numbers that look octal, anchors, aliases, merge keys, tags, a second document.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "settings/complaints.h"

namespace sluice::settings {

struct Member;

struct Value {
  enum class Kind { nothing, scalar, list, map };
  Kind kind = Kind::nothing;
  Place place;
  std::string text;             // of a scalar
  bool quoted = false;          // the scalar stood in quotes or was a block: text for sure
  std::vector<Value> items;     // of a list
  std::vector<Member> members;  // of a map, in the file's order, each key once

  [[nodiscard]] bool is_scalar() const { return kind == Kind::scalar; }
  [[nodiscard]] bool is_list() const { return kind == Kind::list; }
  [[nodiscard]] bool is_map() const { return kind == Kind::map; }
  // The member with this key of a map; null where there is none.
  [[nodiscard]] const Member* find(std::string_view key) const;
};

struct Member {
  std::string key;
  Place key_place;
  Value value;
};

// "a list", "keys with values", "nothing" or the scalar in quotes: for a complaint's `found`.
[[nodiscard]] std::string described(const Value& value);

enum class Syntax { yaml, json };

// Nothing where reading on would be useless; else the tree, though there may be complaints.
[[nodiscard]] std::optional<Value> parse_document(std::string_view text, Syntax syntax,
                                                  Complaints& complaints);
// Of the complaints' own file; JSON where its name ends with .json. Refuses files over 1 MiB.
[[nodiscard]] std::optional<Value> read_document(Complaints& complaints);

// The bytes of a regular file that is not too large, whatever they are.
[[nodiscard]] std::optional<std::string> read_file(const std::filesystem::path& file,
                                                   std::uintmax_t most_bytes,
                                                   Complaints& complaints);
// Whether they are UTF-8 without NUL.
[[nodiscard]] bool is_text(std::string_view bytes, const std::filesystem::path& file,
                           Complaints& complaints);

}  // namespace sluice::settings
