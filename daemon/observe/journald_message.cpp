#include "observe/journald_message.h"

#include <bit>
#include <cstdint>
#include <cstring>

#include <fmt/format.h>

namespace sluice::observe {
namespace {

// A value with a line feed goes by its length, as 64 bits of little endian.
void append_journal_field(std::string& message, std::string_view name, std::string_view value) {
  message += name;
  if (value.contains('\n')) {
    static_assert(std::endian::native == std::endian::little);
    const std::uint64_t size = value.size();
    message.push_back('\n');
    message.append(reinterpret_cast<const char*>(&size), sizeof size);
  } else {
    message.push_back('=');
  }
  message += value;
  message.push_back('\n');
}

std::string field_name(std::string_view key) {
  std::string name = "SLUICE_";
  for (const char c : key)
    name.push_back(c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c);
  return name;
}

std::uint64_t fnv_1a(std::uint64_t hash, std::string_view text) {
  for (const char c : text)
    hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  return hash;
}

}  // namespace

std::string journald_message(std::string_view program, const LogEntry& entry) {
  std::string message;
  append_journal_field(message, "MESSAGE", entry.line);
  append_journal_field(message, "MESSAGE_ID", journald_message_id(entry.event.name));
  append_journal_field(message, "PRIORITY", std::to_string(severity(entry.level)));
  append_journal_field(message, "SYSLOG_FACILITY", std::to_string(syslog_facility));
  append_journal_field(message, "SYSLOG_IDENTIFIER", program);
  append_journal_field(message, "SLUICE_EVENT", entry.event.name);
  for (const LogField& field : entry.fields)
    append_journal_field(message, field_name(field.key()), field.text());
  return message;
}

// Two hashes of the name, with the bits of a UUID of version 8 (RFC 9562: made by a rule of one's
// own).
std::string journald_message_id(std::string_view event) {
  std::uint64_t high = fnv_1a(0xcbf29ce484222325, event);
  std::uint64_t low = fnv_1a(high ^ 0x736c756963650001, event);
  high = (high & ~std::uint64_t{0xf000}) | 0x8000;
  low = (low & ~(std::uint64_t{3} << 62)) | std::uint64_t{1} << 63;
  return fmt::format("{:016x}{:016x}", high, low);
}

}  // namespace sluice::observe
