// A database's bytes to UTF-8 and back, where the driver gives text as bytes in another encoding.
#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace sluice::adapters::front_end::odbc {

// GB 18030 by the C library's iconv, as everywhere in Sluice (docs/decisions/0003-gb18030.md).
class NarrowText {
 public:
  NarrowText();
  ~NarrowText();
  NarrowText(NarrowText&&) noexcept;
  NarrowText& operator=(NarrowText&&) noexcept;

  // Both replace their second argument, and are false where a character can not be told.
  [[nodiscard]] bool to_utf8(std::string_view bytes, std::string& text);
  [[nodiscard]] bool from_utf8(std::string_view text, std::string& bytes);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace sluice::adapters::front_end::odbc
