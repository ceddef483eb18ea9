// Any bytes typed into any field of a form, separated by US (0x1F): each is understood or refused
// with a reason, what is understood is understood as itself again, and a form that is taken is a
// line that the center takes. The same bytes are searched for in a code table, and compared.
#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "entry/comparison.h"
#include "entry/form_checker.h"
#include "tests/fuzz/record/demand.h"
#include "tests/unit/entry/licence_desk.h"

namespace {

using namespace sluice::entry;
using sluice::fuzz::demand;

struct Desk {
  test::LicenceDesk licences;
  FormChecker checker = licences.form_checker();
};

sluice::adapters::manual_entry::KeyedForm form_of_bytes(std::string_view bytes) {
  static constexpr std::string_view columns[] = {"name",    "code",  "citizen_id", "type",
                                                 "capital", "scope", "staff",      "no field"};
  sluice::adapters::manual_entry::KeyedForm form;
  for (const std::string_view column : columns) {
    const std::string_view text = bytes.substr(0, bytes.find('\x1F'));
    bytes.remove_prefix(std::min(text.size() + 1, bytes.size()));
    if (!text.empty()) form.fields.push_back({std::string(column), std::string(text)});
  }
  return form;
}

void is_understood_or_refused(const Desk& desk, const std::string& column, std::string_view typed) {
  const auto value = desk.checker.check_field(column, typed);
  if (!value) {
    demand(!value.error().rule.empty() && !value.error().sentence.empty(),
           "a refusal says rule and reason");
    return;
  }
  // An amount's currency is not in its canonical text.
  if (!value->understood || column == "capital") return;
  const auto again = desk.checker.check_field(column, value->understood->canonical);
  demand(again && again->understood == value->understood, "what is understood stays so");
}

void is_compared(std::string_view left, std::string_view right) {
  const Difference found = difference(left, right);
  demand(found.first.begin <= found.first.end && found.second.begin <= found.second.end,
         "a stretch ends behind its beginning");
  demand((found == Difference()) == (left == right),
         "equal texts differ nowhere, others somewhere");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const Desk desk;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto form = form_of_bytes(bytes);
  for (const auto& field : form.fields)
    is_understood_or_refused(desk, field.column, field.text);
  const CodeTable& table = desk.licences.tables.at("codes/type.csv");
  demand(table.search(bytes, 2).size() <= 2, "no more are found than were asked for");
  is_compared(bytes.substr(0, size / 2), bytes.substr(size / 2));
  const auto record = desk.checker.check(form);
  if (!record) {
    demand(!record.error().empty(), "a refusal has an error");
    return 0;
  }
  std::string_view line = record->submission().lines;
  demand(line.ends_with('\n'), "a record is a line");
  line.remove_suffix(1);
  std::string buffer;
  demand(!desk.licences.checker.check_line(line, buffer), "what is keyed, the center takes");
  return 0;
}
