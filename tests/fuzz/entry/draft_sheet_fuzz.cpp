// A sheet of drafts as anybody may hand it in: it is read or refused. And any text that is typed
// into a draft comes back from a sheet as it was.
#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

#include "entry/draft_sheet.h"
#include "record/record_checker.h"
#include "tests/fuzz/record/demand.h"

namespace {

using namespace sluice::entry;
using sluice::fuzz::demand;

const sluice::adapters::disk::OwnCsvParser parser;

Form form_of_two() {
  Form form;
  form.dataset = sluice::record::DatasetId("licence");
  const FormField name{.column = "name", .field = "name", .label = "名称"};
  const FormField code{.column = "code", .field = "code", .label = "=code", .required = true};
  form.groups = {{.title = "", .fields = {name, code}}};
  return form;
}

void comes_back(const Form& form, std::string_view text) {
  const bool is_text = sluice::record::is_valid_utf8(text) && !text.empty() &&
                       text.find('\0') == std::string_view::npos &&
                       text.find('\r') == std::string_view::npos;
  if (!is_text) return;
  const SheetDraft draft{
      .task = 7, .version = "v0", .title = "", .typed = {{"name", std::string(text)}}};
  const auto rows = read_draft_sheet(
      write_draft_sheet(form, {.task = "t", .version = "v", .title = "n"}, {&draft, 1}), form,
      parser);
  demand(rows && rows->size() == 1, "a sheet of ours is read");
  demand(rows->front().fault.empty() && rows->front().damaged.empty(), "and all of its row");
  demand(rows->front().draft.typed == draft.typed, "a text comes back as it was");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string bytes(data, data + size);
  static const Form form = form_of_two();
  if (const auto rows = read_draft_sheet(bytes, form, parser)) {
    for (const SheetRow& row : *rows) {
      demand(row.fault.empty() || row.draft.typed.empty(), "a row is read or at fault");
      for (const auto& [column, text] : row.draft.typed)
        demand(form.find(column) != nullptr && !text.empty(), "what is typed is of a field");
    }
  }
  comes_back(form, bytes);
  return 0;
}
