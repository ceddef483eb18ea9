#include "observe/log_entry.h"

#include <cstdint>
#include <iterator>

#include <fmt/format.h>

namespace sluice::observe {
namespace {

constexpr std::string_view cut_mark = " cut=yes";

bool is_control(char c) {
  return static_cast<unsigned char>(c) < ' ' || c == '\x7f';
}

// The range of the second byte is narrower behind some first ones: no character is written longer
// than it must be, none is a surrogate, none is above U+10FFFF.
struct Form {
  std::size_t length;
  std::uint8_t least_second, most_second;
};
Form form_behind(std::uint8_t first) {
  if (first < 0x80) return {1, 0, 0};
  if (first < 0xc2) return {0, 0, 0};
  if (first < 0xe0) return {2, 0x80, 0xbf};
  if (first < 0xf0) {
    return {3, static_cast<std::uint8_t>(first == 0xe0 ? 0xa0 : 0x80),
            static_cast<std::uint8_t>(first == 0xed ? 0x9f : 0xbf)};
  }
  if (first < 0xf5) {
    return {4, static_cast<std::uint8_t>(first == 0xf0 ? 0x90 : 0x80),
            static_cast<std::uint8_t>(first == 0xf4 ? 0x8f : 0xbf)};
  }
  return {0, 0, 0};
}

bool needs_quotes(std::string_view text) {
  if (text.empty()) return true;
  for (Character c = first_character(text); !c.bytes.empty(); c = first_character(text)) {
    const char first = c.bytes.front();
    if (!c.is_well_formed || is_control(first) || first == ' ' || first == '"' || first == '=' ||
        first == '\\') {
      return true;
    }
    text.remove_prefix(c.bytes.size());
  }
  return false;
}

void append_quoted(std::string& line, std::string_view text) {
  line.push_back('"');
  for (Character c = first_character(text); !c.bytes.empty(); c = first_character(text)) {
    if (c.bytes == "\"") line.push_back('\\');
    append_harmless(line, c);
    text.remove_prefix(c.bytes.size());
  }
  line.push_back('"');
}

// Not within a character.
void cut(std::string& line) {
  std::size_t end = longest_line - cut_mark.size();
  while ((static_cast<std::uint8_t>(line[end]) & 0xc0) == 0x80)
    --end;
  line.resize(end);
  line += cut_mark;
}

}  // namespace

Character first_character(std::string_view text) {
  if (text.empty()) return {};
  const auto byte = [text](std::size_t at) { return static_cast<std::uint8_t>(text[at]); };
  const Form form = form_behind(byte(0));
  const Character alone{text.substr(0, 1), false};
  if (form.length == 0 || text.size() < form.length) return alone;
  if (form.length > 1 && (byte(1) < form.least_second || byte(1) > form.most_second)) return alone;
  for (std::size_t at = 2; at < form.length; ++at) {
    if ((byte(at) & 0xc0) != 0x80) return alone;
  }
  return {text.substr(0, form.length), true};
}

void append_harmless(std::string& out, Character character) {
  const char first = character.bytes.front();
  if (first == '\\') {
    out += "\\\\";
  } else if (first == '\n') {
    out += "\\n";
  } else if (first == '\r') {
    out += "\\r";
  } else if (first == '\t') {
    out += "\\t";
  } else if (!character.is_well_formed || is_control(first)) {
    fmt::format_to(std::back_inserter(out), "\\x{:02x}", static_cast<unsigned char>(first));
  } else {
    out += character.bytes;
  }
}

void append_log_field(std::string& line, const LogField& field) {
  line += field.key();
  line.push_back('=');
  if (needs_quotes(field.text())) {
    append_quoted(line, field.text());
  } else {
    line += field.text();
  }
}

LogEntry::LogEntry(const Event& of, LogSettings::Level at, std::span<const LogField> with)
    : event(of),
      level(at),
      fields(with),
      line(fmt::format("level={} event={}", to_string(at), of.name)) {
  for (const LogField& field : fields) {
    line.push_back(' ');
    append_log_field(line, field);
    if (line.size() > longest_line) break;
  }
  if (line.size() > longest_line) cut(line);
}

}  // namespace sluice::observe
