// What browsers and others send for forms, queries and cookies: whatever is taken is UTF-8 that is
// not longer than what was sent.
#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <vector>

#include "pages/cookie.h"
#include "pages/form.h"
#include "record/record_checker.h"

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sluice;
  // Memory of its own, so that reading beyond it is seen.
  const std::vector<char> bytes(data, data + size);
  const std::string_view text(bytes.data(), bytes.size());
  if (const auto form = pages::Form::parse(text)) {
    std::size_t taken = 0;
    for (const auto& [name, value] : form->fields()) {
      require(record::is_valid_utf8(name) && record::is_valid_utf8(value));
      require(form->has(name));
      taken += name.size() + value.size();
    }
    require(taken <= size && form->fields().size() <= pages::Form::most_fields);
  }
  if (const auto cookie = pages::find_cookie(text, "__Host-sluice-session")) {
    require(!cookie->contains(';') && cookie->size() < size);
  }
  if (const auto number = pages::whole_number(text)) require(*number >= 0);
  return 0;
}
