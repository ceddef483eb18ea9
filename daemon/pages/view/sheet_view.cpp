#include "pages/view/sheet_view.h"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "pages/view/keying_text.h"
#include "pages/view/paths.h"

namespace sluice::pages {
namespace {

constexpr std::size_t faults_a_row = 5;

std::string_view mark_of(RowOutcome outcome) {
  switch (outcome) {
    case RowOutcome::taken:
    case RowOutcome::saved:
      return "good";
    case RowOutcome::faulty:
    case RowOutcome::conflict:
      return "held";
    default:
      return "stopped";
  }
}

std::string_view damage_key(entry::Damage damage) {
  return damage == entry::Damage::rounded ? "sheet.rounded" : "sheet.replaced";
}

std::string sheet_label_of(const entry::Form& form, const std::string& column) {
  const entry::FormField* const field = form.find(column);
  return field == nullptr ? column : field->label;
}

Values sheet_fault_values(const std::string& label, const Said& said) {
  return Values().text("fault_label", if_any(label)).said("fault", said);
}

std::vector<Values> faults_of(const SheetRowView& row, const entry::Form& form,
                              const Wording& words) {
  std::vector<Values> faults;
  for (const entry::KeyingError& error : row.errors) {
    const auto typed = row.typed.find(error.column);
    faults.push_back(sheet_fault_values(
        error.column.empty() ? "" : sheet_label_of(form, error.column),
        error_text(error, form.find(error.column),
                   typed == row.typed.end() ? std::string_view() : typed->second, words)));
  }
  for (const entry::DamagedCell& cell : row.damaged) {
    faults.push_back(sheet_fault_values(sheet_label_of(form, cell.column),
                                        {words.text(std::string(damage_key(cell.damage))), {}}));
  }
  if (faults.size() > faults_a_row) {
    const std::size_t more = faults.size() - faults_a_row;
    faults.resize(faults_a_row);
    faults.push_back(
        sheet_fault_values("", {words.text("sheet.more", {{"count", words.number(more)}}), {}}));
  }
  return faults;
}

Values row_values(const SheetRowView& row, const entry::Form& form, const Wording& words) {
  const bool is_on_desk = row.outcome == RowOutcome::taken || row.outcome == RowOutcome::faulty ||
                          row.outcome == RowOutcome::conflict || row.outcome == RowOutcome::damaged;
  std::optional<std::string> path;
  if (row.task != 0) path = is_on_desk ? entry_path_of(row.task) : task_path_of(row.task);
  if (row.outcome == RowOutcome::unknown) path.reset();
  return Values()
      .text("line", row.line == 0 ? std::nullopt : std::optional(words.number(row.line)))
      .text("task_id", row.task == 0 ? std::nullopt : std::optional(std::to_string(row.task)))
      .text("task_title", if_any(row.title))
      .text("row_path", path)
      .text("outcome", words.word("sheet-row.", to_string(row.outcome)))
      .text("outcome_mark", mark_of(row.outcome))
      .list("faults", faults_of(row, form, words))
      .said("row_sentence", {{}, row.sentence});
}

std::optional<Values> answer_values(const SheetView& view, const Wording& words) {
  if (!view.rows) return std::nullopt;
  std::vector<std::string> faultless;
  for (const SheetRowView& row : *view.rows) {
    if (row.outcome == RowOutcome::taken)
      faultless.push_back(fmt::format("{}:{}", row.task, row.version));
  }
  return Values()
      .when("has_rows", !view.rows->empty())
      .list("rows",
            each(*view.rows,
                 [&](const SheetRowView& row) { return row_values(row, view.form, words); }))
      .when("has_faultless", !faultless.empty())
      .text("count", words.number(faultless.size()))
      .text("faultless", fmt::format("{}", fmt::join(faultless, ",")));
}

Said refusal_of(const SheetView& view, const Wording& words) {
  using entry::SheetProblem;
  if (view.has_no_file) return {words.text("sheet.no-file"), {}};
  if (!view.refused) return {};
  const auto& [problem, column, sentence] = *view.refused;
  switch (problem) {
    case SheetProblem::unreadable:
      return {words.text("sheet.unreadable"), sentence};
    case SheetProblem::missing_column:
      return {words.text("sheet.missing-column", {{"column", column}}), {}};
    case SheetProblem::unknown_column:
      return {words.text("sheet.unknown-column", {{"column", looked_at(column, 100)}}), {}};
    case SheetProblem::double_column:
      return {words.text("sheet.double-column", {{"column", column}}), {}};
    case SheetProblem::too_many_rows:
      return {words.text("sheet.too-many-rows", {{"count", words.number(entry::most_sheet_rows)}}),
              {}};
  }
  return {};
}

}  // namespace

std::string_view to_string(RowOutcome outcome) {
  switch (outcome) {
    case RowOutcome::taken:
      return "taken";
    case RowOutcome::faulty:
      return "faulty";
    case RowOutcome::conflict:
      return "conflict";
    case RowOutcome::repeated:
      return "repeated";
    case RowOutcome::changed:
      return "changed";
    case RowOutcome::damaged:
      return "damaged";
    case RowOutcome::unreadable:
      return "unreadable";
    case RowOutcome::unknown:
      return "unknown";
    case RowOutcome::not_held:
      return "not-held";
    case RowOutcome::moved_on:
      return "moved-on";
    case RowOutcome::refused:
      return "refused";
    case RowOutcome::saved:
      return "saved";
  }
  return "";
}

entry::SheetLabels sheet_labels(const Pages& pages, const Frame& frame) {
  const Wording words = pages.wording(frame);
  return {.task = words.text("sheet.column-task"),
          .version = words.text("sheet.column-version"),
          .title = words.text("sheet.column-title")};
}

std::string sheet_page(const Pages& pages, const Frame& frame, const SheetView& view) {
  const Wording words = pages.wording(frame);
  Values values;
  values.text("queue_path", entry_path)
      .text("sheet_path", sheet_path)
      .text("bureau", view.bureau)
      .text("bureau_name", view.bureau_name)
      .text("dataset", view.form.dataset.str())
      .text("form_title", view.form.title)
      .list("counts", choice_values(view.counts, "", words))
      .text("held", view.held == 0 ? std::nullopt : std::optional(words.number(view.held)))
      .text("until", words.whole(view.until))
      .said("refusal", refusal_of(view, words))
      .part("answer", answer_values(view, words));
  return pages.document("sheet", frame, words.text("sheet.title"), values);
}

}  // namespace sluice::pages
