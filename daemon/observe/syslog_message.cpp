#include "observe/syslog_message.h"

#include <algorithm>
#include <ctime>

#include <fmt/format.h>

namespace sluice::observe {
namespace {

constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";
constexpr std::string_view cut_param = " cut=\"yes\"";

// 6.2.3: UTC, microseconds.
std::string syslog_time(std::chrono::system_clock::time_point at) {
  const auto since_1970 =
      std::chrono::duration_cast<std::chrono::microseconds>(at.time_since_epoch()).count();
  const std::time_t seconds = since_1970 / 1'000'000;
  std::tm utc{};
  ::gmtime_r(&seconds, &utc);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:06}Z", utc.tm_year + 1900,
                     utc.tm_mon + 1, utc.tm_mday, utc.tm_hour, utc.tm_min, utc.tm_sec,
                     since_1970 % 1'000'000);
}

// A part of the header: printable ASCII, or `-`.
std::string header_part(std::string_view text, std::size_t longest) {
  std::string part(text.substr(0, longest));
  std::ranges::replace_if(
      part, [](char c) { return c <= ' ' || c > '~'; }, '_');
  return part.empty() ? "-" : part;
}

// A character of a value within PARAM-VALUE.
std::string in_param(Character character) {
  std::string harmless;
  append_harmless(harmless, character);
  std::string escaped;
  for (const char c : harmless) {
    if (c == '"' || c == '\\' || c == ']') escaped.push_back('\\');
    escaped.push_back(c);
  }
  return escaped;
}

// Adds ` key="value"`, within so many bytes in all; false where the value was cut.
bool append_param(std::string& data, std::string_view key, std::string_view value,
                  std::size_t longest) {
  if (data.size() + key.size() + 4 > longest) return false;
  data += fmt::format(" {}=\"", key);
  for (Character c = first_character(value); !c.bytes.empty(); c = first_character(value)) {
    const std::string written = in_param(c);
    if (data.size() + written.size() + 1 > longest) break;
    data += written;
    value.remove_prefix(c.bytes.size());
  }
  data.push_back('"');
  return value.empty();
}

std::string structured_data(const LogEntry& entry, std::uint32_t enterprise_number,
                            std::size_t longest) {
  std::string data = fmt::format("[sluice@{}", enterprise_number);
  const std::size_t room = longest - cut_param.size() - 1;
  bool is_whole = append_param(data, "event", entry.event.name, room);
  for (const LogField& field : entry.fields)
    is_whole = append_param(data, field.key(), field.text(), room) && is_whole;
  if (!is_whole) data += cut_param;
  return data + "]";
}

bool is_ascii(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

}  // namespace

std::string syslog_message(const SyslogOrigin& origin, const LogEntry& entry,
                           std::chrono::system_clock::time_point at) {
  std::string message =
      fmt::format("<{}>1 {} {} {} {} {} ", syslog_facility * 8 + severity(entry.level),
                  syslog_time(at), header_part(origin.host, 255), header_part(origin.program, 48),
                  origin.process, header_part(entry.event.name, 32));
  std::string text = " ";
  if (!is_ascii(entry.line)) text += byte_order_mark;
  text += entry.line;
  message += structured_data(entry, origin.enterprise_number,
                             longest_syslog_message - message.size() - text.size());
  return message + text;
}

}  // namespace sluice::observe
