// Whatever the bytes: a tree or complaints, each complaint at a place that the file has.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "settings/document.h"

namespace {

using namespace sluice::settings;

void read(std::string_view text, Syntax syntax) {
  Complaints complaints("fuzz");
  const auto document = parse_document(text, syntax, complaints);
  const auto all = complaints.take();
  if (!document && all.empty()) std::abort();
  const auto lines = std::ranges::count(text, '\n') + 1;
  for (const Complaint& complaint : all) {
    if (complaint.line < 0 || complaint.line > lines || complaint.column < 0) std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  read(text, Syntax::yaml);
  read(text, Syntax::json);
  return 0;
}
