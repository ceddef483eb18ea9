// The canonical text of a canonical text is itself, for every type.
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "record/value_syntax.h"
#include "tests/fuzz/record/demand.h"

namespace {

using namespace sluice::record;
using Read = std::function<syntax::Canonical(std::string_view, std::string&)>;

std::vector<Read> readers(const Field& field) {
  return {
      [field](std::string_view text, std::string& buffer) {
        return syntax::integer(text, field, buffer);
      },
      [field](std::string_view text, std::string& buffer) {
        return syntax::number(text, field, buffer);
      },
      [](std::string_view text, std::string&) { return syntax::date(text); },
      [](std::string_view text, std::string& buffer) { return syntax::time(text, buffer); },
      [](std::string_view text, std::string& buffer) { return syntax::datetime(text, buffer); },
      [](std::string_view text, std::string&) { return syntax::year(text); },
      [](std::string_view text, std::string&) { return syntax::yearmonth(text); },
      [](std::string_view text, std::string&) { return syntax::duration(text); },
      [](std::string_view text, std::string& buffer) {
        return syntax::formatted(text, StringFormat::email, buffer);
      },
      [](std::string_view text, std::string& buffer) {
        return syntax::formatted(text, StringFormat::uri, buffer);
      },
      [](std::string_view text, std::string& buffer) {
        return syntax::formatted(text, StringFormat::uuid, buffer);
      },
      [](std::string_view text, std::string& buffer) {
        return syntax::formatted(text, StringFormat::binary, buffer);
      },
  };
}

Field grouped() {
  Field field;
  field.decimal_char = ',';
  field.group_char.assign(1, '.');
  return field;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using sluice::fuzz::demand;
  static const std::vector<Read> plain = readers(Field{});
  static const std::vector<Read> source = readers(grouped());
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  std::string buffer;
  for (std::size_t i = 0; i < plain.size(); ++i) {
    for (const Read& read : {plain[i], source[i]}) {
      const auto canonical = read(text, buffer);
      if (!canonical) continue;
      const std::string first(*canonical);
      demand(plain[i](first, buffer) == first, "canonical text is its own canonical text");
    }
  }
  const auto number = syntax::number(text, Field{}, buffer);
  if (number) {
    demand(syntax::compare(FieldType::number, *number, std::string(*number)) ==
               std::strong_ordering::equal,
           "a number is equal to itself");
  }
  return 0;
}
