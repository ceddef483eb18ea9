// Reads JSON text (RFC 8259) that lies in memory, strictly, and keeps what a gateway must not lose:
// where every value begins and ends, the digits of a number as they were written, and the offset of
// a fault. Boost.JSON's basic_parser tells none of the three, and fails a whole text for one lone
// surrogate; it is the oracle that this scanner is held against (tests/fuzz/direct_json_fuzz.cpp).
#pragma once

#include <cstddef>
#include <expected>
#include <string>
#include <string_view>

namespace sluice::adapters::direct {

// How deep arrays and objects may stand in each other. No record needs more, and it bounds the work
// of whoever reads the text after us.
inline constexpr unsigned max_json_depth = 32;

// What stands at `offset` is not JSON, or is deeper than what is taken; `expected` says what would
// be. Static text.
struct JsonFault {
  std::size_t offset = 0;
  std::string_view expected;
  bool is_too_deep = false;  // it may well be JSON
};
// The fault as people are told it, behind the name of what was read: "the line".
[[nodiscard]] std::string told(const JsonFault& fault, std::string_view of);

template <class T>
using JsonResult = std::expected<T, JsonFault>;

// A string as it was written, between its quotes. Escapes are well-formed, but may spell lone
// surrogates or NUL; bytes from 0x80 on may be no UTF-8: unescape() and the caller look at that,
// since it is the fault of one record and not of the text.
struct JsonString {
  std::string_view raw;
  bool escaped = false;
};

// Walks over a text that must outlive it. After a fault it stands at the fault.
class JsonScanner {
 public:
  explicit JsonScanner(std::string_view text) : text_(text) {}

  // The next character that is not white space; NUL at the end (and for a NUL in the text, which
  // nothing takes).
  [[nodiscard]] char peek() {
    skip_space();
    return at_ < text_.size() ? text_[at_] : '\0';
  }
  // Takes `token` if it comes next.
  bool take(char token) {
    if (peek() != token || at_ == text_.size()) return false;
    ++at_;
    return true;
  }
  [[nodiscard]] bool at_end() {
    skip_space();
    return at_ == text_.size();
  }
  [[nodiscard]] std::size_t offset() const { return at_; }

  [[nodiscard]] JsonResult<JsonString> string();
  // A member's name and the colon after it.
  [[nodiscard]] JsonResult<JsonString> name();
  // Checks one value of any kind to its end, and gives its text. `depth`: how many levels it may
  // have.
  [[nodiscard]] JsonResult<std::string_view> value(unsigned depth = max_json_depth);

  [[nodiscard]] JsonFault fault(std::string_view expected) const { return {at_, expected}; }

 private:
  struct Nesting;
  void skip_space() {
    while (at_ < text_.size() && is_space(text_[at_]))
      ++at_;
  }
  static constexpr bool is_space(char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }
  void skip_digits();
  JsonResult<void> escape();
  JsonResult<void> number();
  JsonResult<void> literal(std::string_view word);
  JsonResult<void> scalar(char first);
  JsonResult<bool> open(Nesting& nesting, char bracket);
  JsonResult<bool> close(Nesting& nesting);

  std::string_view text_;
  std::size_t at_ = 0;
};

// What well-formed escapes may still spell that no text can hold.
enum class TextFlaw { lone_surrogate, nul };

// Appends the text that `raw` (well-formed escapes) stands for; never more bytes than `raw` has.
// The view is of what was appended.
[[nodiscard]] std::expected<std::string_view, TextFlaw> unescape(std::string_view raw,
                                                                 std::string& buffer);
// Whether any escape in a valid JSON text spells such a flaw.
[[nodiscard]] std::expected<void, TextFlaw> check_escapes(std::string_view json);

// `text` as a JSON string, in quotes.
void append_json_string(std::string& out, std::string_view text);

}  // namespace sluice::adapters::direct
