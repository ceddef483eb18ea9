#include "adapters/front_end/odbc/narrow_text.h"

#include <cerrno>
#include <stdexcept>
#include <utility>

#include <iconv.h>

namespace sluice::adapters::front_end::odbc {
namespace {

class Converter {
 public:
  Converter(const char* to, const char* from) : handle_(iconv_open(to, from)) {
    // An opaque pointer whose value for failure is (iconv_t)-1 by POSIX.
    if (reinterpret_cast<std::intptr_t>(handle_) == -1) {
      throw std::runtime_error("the C library has no conversion of GB18030; install `locales`");
    }
  }
  ~Converter() { iconv_close(handle_); }
  Converter(const Converter&) = delete;
  Converter& operator=(const Converter&) = delete;

  bool convert(std::string_view from, std::string& to) {
    // Four bytes of either encoding are at most four of the other; three of UTF-8 are two.
    to.resize(2 * from.size() + 4);
    iconv(handle_, nullptr, nullptr, nullptr, nullptr);
    // iconv's parameter is not const, but it does not write there (POSIX).
    char* in = const_cast<char*>(from.data());
    std::size_t in_left = from.size();
    char* out = to.data();
    std::size_t out_left = to.size();
    const std::size_t lost = iconv(handle_, &in, &in_left, &out, &out_left);
    to.resize(to.size() - out_left);
    return lost == 0 && in_left == 0;
  }

 private:
  iconv_t handle_;
};

}  // namespace

struct NarrowText::State {
  Converter to_utf8{"UTF-8", "GB18030"};
  Converter from_utf8{"GB18030", "UTF-8"};
};

NarrowText::NarrowText() : state_(std::make_unique<State>()) {}
NarrowText::~NarrowText() = default;
NarrowText::NarrowText(NarrowText&&) noexcept = default;
NarrowText& NarrowText::operator=(NarrowText&&) noexcept = default;

bool NarrowText::to_utf8(std::string_view bytes, std::string& text) {
  return state_->to_utf8.convert(bytes, text);
}

bool NarrowText::from_utf8(std::string_view text, std::string& bytes) {
  return state_->from_utf8.convert(text, bytes);
}

}  // namespace sluice::adapters::front_end::odbc
