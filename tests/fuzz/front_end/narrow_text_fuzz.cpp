// A driver's bytes and wide characters: text of UTF-8, or said to be none; and text goes out as it
// came in, so that a row is found again by its key.
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#include "adapters/front_end/odbc/narrow_text.h"
#include "adapters/front_end/odbc/utf16.h"
#include "record/record_checker.h"
#include "tests/fuzz/record/demand.h"

namespace {

using namespace sluice::adapters::front_end::odbc;
using sluice::fuzz::demand;
using sluice::record::is_valid_utf8;

void try_narrow(std::string_view bytes) {
  static NarrowText narrow;
  std::string text;
  std::string again;
  if (!narrow.to_utf8(bytes, text)) return;
  demand(is_valid_utf8(text), "what could be told is UTF-8");
  demand(narrow.from_utf8(text, again) && again == bytes, "bytes come back");
}

void try_text(std::string_view text) {
  static NarrowText narrow;
  std::string bytes;
  std::string again;
  if (!is_valid_utf8(text)) return;
  demand(to_utf8(to_utf16(text), again) && again == text, "text comes back from wide characters");
  if (!narrow.from_utf8(text, bytes)) return;
  demand(narrow.to_utf8(bytes, again) && again == text, "text comes back from bytes");
}

void try_wide(std::string_view bytes) {
  std::u16string wide(bytes.size() / sizeof(char16_t), u'\0');
  std::memcpy(wide.data(), bytes.data(), wide.size() * sizeof(char16_t));
  std::string text;
  const bool is_well_formed = to_utf8(wide, text);
  demand(is_valid_utf8(text), "wide characters become UTF-8, whatever they are");
  demand(!is_well_formed || to_utf16(text) == wide, "wide characters come back");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  try_narrow(bytes);
  try_text(bytes);
  try_wide(bytes);
  static_cast<void>(to_utf16(bytes));
  return 0;
}
