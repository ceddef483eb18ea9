#include "settings/document.h"

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <iterator>
#include <map>
#include <sstream>
#include <vector>

#include <boost/json.hpp>
#include <fmt/format.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include "record/record_checker.h"
#include "settings/document_builder.h"

namespace sluice::settings {
namespace {

constexpr std::uintmax_t largest_file = std::uintmax_t{1} << 20;
constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
// As deep as the builder goes; Boost's own limit is 32.
constexpr std::size_t deepest_json = 64;

// yaml-cpp takes tabs for spaces in some places and not in others; JSON has no indentation.
bool is_free_of_tabs(std::string_view text, Complaints& complaints) {
  bool free = true;
  int line = 1;
  for (std::size_t begin = 0; begin < text.size(); ++line) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    const std::string_view content = text.substr(begin, end - begin);
    const std::size_t indented = std::min(content.find_first_not_of(" \t\r"), content.size());
    const std::size_t tab = content.substr(0, indented).find('\t');
    if (tab != std::string_view::npos && indented < content.size()) {
      complaints.add({line, static_cast<int>(tab) + 1}, "a tab in the indentation", "spaces");
      free = false;
    }
    begin = end + 1;
  }
  return free;
}

// A schema is read by other tools too, as JSON: what only YAML allows would fail there.
bool is_json(std::string_view text, const Places& places, Complaints& complaints) {
  boost::json::parse_options options;
  options.max_depth = deepest_json;
  boost::json::stream_parser parser({}, options);
  boost::system::error_code error;
  std::size_t read = parser.write_some(text.data(), text.size(), error);
  if (!error && !parser.done()) error = boost::json::error::incomplete;
  if (!error) {
    read = text.find_first_not_of(" \t\r\n", read);
    if (read == std::string_view::npos) return true;
    error = boost::json::error::extra_data;
  }
  complaints.add(places.of(read), fmt::format("a syntax error ({})", error.message()), "JSON");
  return false;
}

// What is expected where YAML stumbles over an unquoted value: `run: */5 * * * *` is an alias to
// it, and `@every 30s` a character that it keeps for itself.
std::string expected_at(const YAML::Mark& mark, std::string_view text) {
  const bool is_in_text = mark.pos >= 0 && static_cast<std::size_t>(mark.pos) < text.size();
  const char found = is_in_text ? text[static_cast<std::size_t>(mark.pos)] : '\0';
  if (found == '\0' || std::string_view("*&!%@`").find(found) == std::string_view::npos) {
    return "YAML";
  }
  return fmt::format("the value in quotes, since YAML has `{}` at the beginning for itself", found);
}

std::string not_readable(const std::string& reason) {
  return fmt::format("a file that this user can not read ({})", reason);
}

// Typed by a Chinese input method it looks like the other one, and YAML takes it for a letter: what
// fails on such a line or on the next one fails of it. Elsewhere it may stand in any text.
bool is_of_wide_colons(std::string_view text, int failed_line, Complaints& complaints) {
  constexpr std::string_view wide_colon = "：";
  constexpr std::string_view of_keys = "abcdefghijklmnopqrstuvwxyz_";
  std::vector<Place> colons;
  bool is_near = false;
  bool had_one = false;  // the line before, comments and empty ones left out
  int line = 1;
  for (std::size_t begin = 0; begin < text.size(); ++line) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    const std::string_view content = text.substr(begin, end - begin);
    begin = end + 1;
    const std::size_t key = std::min(content.find_first_not_of(" -{\r"), content.size());
    if (key == content.size() || content[key] == '#') continue;
    const std::size_t behind = std::min(content.find_first_not_of(of_keys, key), content.size());
    const bool has_one = behind > key && content.substr(behind).starts_with(wide_colon);
    if (has_one) colons.push_back({line, static_cast<int>(behind) + 1});
    if (line <= failed_line) is_near = has_one || had_one;
    had_one = has_one;
  }
  if (!is_near) return false;
  for (const Place& place : colons) {
    complaints.add(place, "a full-width colon `：` behind a key",
                   "`: `, the colon of ASCII and a space");
  }
  return true;
}

void check_duplicates(const Value& value, Complaints& complaints) {
  std::map<std::string_view, Place> seen;
  for (const Member& member : value.members) {
    const auto [first, is_new] = seen.emplace(member.key, member.key_place);
    if (!is_new) {
      complaints.add(member.key_place, "a second " + in_quotes(member.key),
                     fmt::format("each key once; the first is on line {}", first->second.line));
    }
    check_duplicates(member.value, complaints);
  }
  for (const Value& item : value.items)
    check_duplicates(item, complaints);
}

}  // namespace

const Member* Value::find(std::string_view key) const {
  const auto found = std::ranges::find(members, key, &Member::key);
  return found == members.end() ? nullptr : &*found;
}

std::string described(const Value& value) {
  switch (value.kind) {
    case Value::Kind::nothing:
      return "nothing";
    case Value::Kind::scalar:
      return in_quotes(value.text);
    case Value::Kind::list:
      return "a list";
    case Value::Kind::map:
      return "keys with values";
  }
  return {};
}

bool is_text(std::string_view bytes, const std::filesystem::path& file, Complaints& complaints) {
  if (const auto nul = bytes.find('\0'); nul != std::string_view::npos) {
    const auto line = std::ranges::count(bytes.substr(0, nul), '\n') + 1;
    complaints.add_about(file, {static_cast<int>(line), 0}, "a NUL byte", "text in UTF-8");
    return false;
  }
  if (record::is_valid_utf8(bytes)) return true;
  // The first line that is not good says where to look.
  int line = 1;
  for (std::size_t begin = 0; begin < bytes.size(); ++line) {
    const std::size_t end = std::min(bytes.find('\n', begin), bytes.size());
    if (!record::is_valid_utf8(bytes.substr(begin, end - begin))) break;
    begin = end + 1;
  }
  complaints.add_about(file, {line, 0}, "bytes that are not UTF-8", "text in UTF-8");
  return false;
}

std::optional<Value> parse_document(std::string_view text, Syntax syntax, Complaints& complaints) {
  if (text.starts_with(byte_order_mark)) text.remove_prefix(byte_order_mark.size());
  if (!is_text(text, complaints.file(), complaints)) return std::nullopt;
  const Places places(text);
  const bool good = syntax == Syntax::json ? is_json(text, places, complaints)
                                           : is_free_of_tabs(text, complaints);
  if (!good) return std::nullopt;
  DocumentBuilder builder(places, complaints);
  try {
    std::istringstream stream{std::string(text)};
    YAML::Parser parser(stream);
    while (builder.documents() < 2 && parser.HandleNextDocument(builder)) {
    }
  } catch (const YAML::Exception& error) {
    if (syntax == Syntax::yaml && is_of_wide_colons(text, error.mark.line + 1, complaints)) {
      return std::nullopt;
    }
    complaints.add(places.of(error.mark), fmt::format("a syntax error ({})", error.msg),
                   // JSON has passed by now: what is left is what YAML's reader can not do.
                   syntax == Syntax::json
                       ? "JSON without pairs of \\u escapes: the character itself"
                       : expected_at(error.mark, text));
    return std::nullopt;
  }
  if (builder.documents() > 1) return std::nullopt;
  Value root = builder.take();
  if (root.kind == Value::Kind::nothing) {
    complaints.add({}, "nothing", "a document");
    return std::nullopt;
  }
  check_duplicates(root, complaints);
  return root;
}

std::optional<std::string> read_file(const std::filesystem::path& file, std::uintmax_t most_bytes,
                                     Complaints& complaints) {
  std::error_code error;
  const auto status = std::filesystem::status(file, error);
  if (status.type() == std::filesystem::file_type::not_found) {
    complaints.add_about(file, {}, "no file of this name", "a readable file");
    return std::nullopt;
  }
  if (error) {
    complaints.add_about(file, {}, not_readable(error.message()), "a readable file");
    return std::nullopt;
  }
  // Opening a pipe would wait for its writer.
  if (!std::filesystem::is_regular_file(status)) {
    complaints.add_about(file, {}, "what is no regular file", "a readable file");
    return std::nullopt;
  }
  errno = 0;
  std::ifstream stream(file, std::ios::binary);
  if (!stream.is_open()) {
    complaints.add_about(file, {}, not_readable(std::generic_category().message(errno)),
                         "a readable file");
    return std::nullopt;
  }
  std::string bytes(static_cast<std::size_t>(most_bytes) + 1, '\0');
  stream.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  bytes.resize(static_cast<std::size_t>(stream.gcount()));
  if (bytes.size() > most_bytes) {
    complaints.add_about(file, {}, "a larger file",
                         fmt::format("at most {} KiB", most_bytes / 1024));
    return std::nullopt;
  }
  return bytes;
}

std::optional<Value> read_document(Complaints& complaints) {
  const auto bytes = read_file(complaints.file(), largest_file, complaints);
  if (!bytes) return std::nullopt;
  return parse_document(
      *bytes, complaints.file().extension() == ".json" ? Syntax::json : Syntax::yaml, complaints);
}

}  // namespace sluice::settings
