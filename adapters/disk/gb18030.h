// GB 18030 to UTF-8, by the C library's iconv. Which edition of the standard that is, and what is
// refused, is said in docs/decisions/0003-gb18030.md.
#pragma once

#include <expected>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "record/failure.h"

namespace sluice::adapters::disk {

// Not thread-safe. A text is decoded whole: GB 18030 has no state between characters.
class Gb18030Decoder {
 public:
  // The error says what is missing on this machine.
  [[nodiscard]] static std::expected<Gb18030Decoder, record::Flaw> open();

  // Appends `text` to `utf8`. False if any of it is no character: U+FFFD then stands for each such
  // byte, which is good for telling where a row ends and for nothing else.
  [[nodiscard]] bool append(std::string_view text, std::string& utf8);

 private:
  struct Closer {
    void operator()(void* converter) const;
  };
  // What a two-byte character is in UTF-8; a length of 0 says that it is none.
  struct Character {
    char utf8[4] = {};
    unsigned char length = 0;
  };
  explicit Gb18030Decoder(void* converter) : converter_(converter) {}
  [[nodiscard]] Character convert(std::string_view character);
  [[nodiscard]] Character next(std::string_view& text);
  void make_table();

  std::unique_ptr<void, Closer> converter_;
  // All two-byte characters, as iconv reads them: calling it for each of a file's is five times
  // slower. Made when the first is met.
  std::vector<Character> table_;
};

}  // namespace sluice::adapters::disk
