#include "adapters/disk/gb18030.h"

#include <cstddef>
#include <cstdint>
#include <cstring>

#include <iconv.h>

namespace sluice::adapters::disk {
namespace {

// GB 18030, 6.2: the ranges of the bytes of a character.
constexpr unsigned char first_lead = 0x81;
constexpr unsigned char last_lead = 0xFE;
constexpr unsigned char first_trail = 0x40;
constexpr unsigned char last_trail = 0xFE;
constexpr unsigned char no_trail = 0x7F;
constexpr std::size_t trails = last_trail - first_trail + 1;

constexpr std::string_view replacement = "\xEF\xBF\xBD";
// A byte that is no character becomes three; two bytes become four at most.
constexpr std::size_t growth = 3;

unsigned char byte_at(std::string_view text, std::size_t at) {
  return static_cast<unsigned char>(text[at]);
}

std::size_t table_index(unsigned char lead, unsigned char trail) {
  return static_cast<std::size_t>(lead - first_lead) * trails + (trail - first_trail);
}

std::size_t ascii_length(std::string_view text) {
  std::size_t length = 0;
  constexpr std::uint64_t high_bits = 0x8080808080808080;
  for (std::uint64_t word = 0; length + sizeof word <= text.size(); length += sizeof word) {
    std::memcpy(&word, text.data() + length, sizeof word);
    if ((word & high_bits) != 0) break;
  }
  while (length < text.size() && byte_at(text, length) < 0x80)
    ++length;
  return length;
}

}  // namespace

std::expected<Gb18030Decoder, record::Flaw> Gb18030Decoder::open() {
  const iconv_t converter = iconv_open("UTF-8", "GB18030");
  // iconv's own sign of failure is (iconv_t)-1.
  if (converter == reinterpret_cast<iconv_t>(-1)) {  // NOLINT(performance-no-int-to-ptr)
    return std::unexpected(record::Flaw{
        "this machine's C library can not convert GB18030; install its gconv modules, or have the "
        "bureau write UTF-8"});
  }
  return Gb18030Decoder(converter);
}

void Gb18030Decoder::Closer::operator()(void* converter) const {
  iconv_close(converter);
}

Gb18030Decoder::Character Gb18030Decoder::convert(std::string_view character) {
  Character result;
  char* from = const_cast<char*>(character.data());  // iconv never writes to it
  std::size_t left = character.size();
  char* to = result.utf8;
  std::size_t room = sizeof result.utf8;
  if (iconv(converter_.get(), &from, &left, &to, &room) != 0 || left != 0) {
    iconv(converter_.get(), nullptr, nullptr, nullptr, nullptr);
    return {};
  }
  result.length = static_cast<unsigned char>(sizeof result.utf8 - room);
  return result;
}

void Gb18030Decoder::make_table() {
  table_.resize(table_index(last_lead, last_trail) + 1);
  for (unsigned lead = first_lead; lead <= last_lead; ++lead) {
    for (unsigned trail = first_trail; trail <= last_trail; ++trail) {
      if (trail == no_trail) continue;
      const char bytes[] = {static_cast<char>(lead), static_cast<char>(trail)};
      table_[table_index(static_cast<unsigned char>(lead), static_cast<unsigned char>(trail))] =
          convert({bytes, 2});
    }
  }
}

// Takes one character, or one byte that is none, from the front of `text`.
Gb18030Decoder::Character Gb18030Decoder::next(std::string_view& text) {
  Character character;
  std::size_t length = 2;
  if (text.size() >= 2 && byte_at(text, 0) >= first_lead && byte_at(text, 0) <= last_lead) {
    const unsigned char second = byte_at(text, 1);
    if (second >= first_trail && second <= last_trail) {
      character = table_[table_index(byte_at(text, 0), second)];
    } else if (second >= '0' && second <= '9' && text.size() >= 4) {
      length = 4;
      character = convert(text.substr(0, 4));
    }
  }
  text.remove_prefix(character.length == 0 ? 1 : length);
  return character;
}

bool Gb18030Decoder::append(std::string_view text, std::string& utf8) {
  const std::size_t ascii = ascii_length(text);
  utf8.append(text.substr(0, ascii));
  text.remove_prefix(ascii);
  if (text.empty()) return true;
  if (table_.empty()) make_table();

  std::size_t written = utf8.size();
  // Whole Characters are copied, whatever their length.
  utf8.resize(written + text.size() * growth + sizeof(Character));
  bool whole = true;
  while (!text.empty()) {
    char* const to = utf8.data() + written;
    if (byte_at(text, 0) < 0x80) {
      const std::size_t length = ascii_length(text);
      std::memcpy(to, text.data(), length);
      text.remove_prefix(length);
      written += length;
      continue;
    }
    const Character character = next(text);
    if (character.length == 0) {
      whole = false;
      std::memcpy(to, replacement.data(), replacement.size());
      written += replacement.size();
      continue;
    }
    std::memcpy(to, character.utf8, sizeof character.utf8);
    written += character.length;
  }
  utf8.resize(written);
  return whole;
}

}  // namespace sluice::adapters::disk
