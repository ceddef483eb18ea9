#include "pages/view/quarantine_entry_view.h"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include "pages/view/original.h"
#include "pages/view/paths.h"
#include "pages/view/visible.h"
#include "record/record_checker.h"

namespace sluice::pages {
namespace {

constexpr std::size_t shown_text = 16 * 1024;  // bytes
constexpr std::size_t shown_dump = 2 * 1024;

bool is_refused(const QuarantineEntryView& view, RefusedForm::Form form) {
  return view.refused && view.refused->form == form;
}

std::optional<Values> table_values(const QuarantineEntryView& view) {
  if (view.original.size() < view.original_bytes) return std::nullopt;
  const auto cells = cells_of(view.original, view.columns, view.delimiter);
  if (!cells || cells->empty()) return std::nullopt;
  return Values().list("cells", each(*cells, [&](const Cell& cell) {
                         return Values()
                             .text("cell_column", cell.column)
                             .text("cell_value", cell.value)
                             .when("cell_is_empty", cell.value.empty())
                             .when("cell_is_cut", cell.is_cut)
                             .when("is_at_fault", cell.column == view.field);
                       }));
}

// As text, or as bytes where it is none. What was cut out of a longer one may end within a
// character.
Values original_values(const QuarantineEntryView& view, const Wording& words) {
  const bool is_part = view.original.size() < view.original_bytes;
  const std::string_view whole =
      is_part ? beginning(view.original,
                          view.original.size() - std::min<std::size_t>(4, view.original.size()))
              : std::string_view(view.original);
  const bool is_text = record::is_valid_utf8(whole);
  const std::string_view shown = beginning(whole, is_text ? shown_text : shown_dump);
  const bool is_cut = shown.size() < view.original_bytes;
  return Values()
      .when("is_text", is_text)
      .text("shown", is_text ? std::string(shown) : hex_dump(shown))
      .when("is_cut", is_cut)
      .text("shown_bytes", words.bytes(shown.size()))
      .text("whole_bytes", words.bytes(view.original_bytes))
      .text("download_path", quarantine_path_of(view.bureau, view.id) + "/original");
}

// The form to correct it; nothing where a browser could not give the row back.
std::optional<Values> correction_values(const QuarantineEntryView& view) {
  if (view.original_bytes > longest_typed_row || view.original.size() < view.original_bytes)
    return std::nullopt;
  const auto line_break = line_break_of(view.original);
  if (!line_break) return std::nullopt;
  const bool is_again =
      is_refused(view, RefusedForm::Form::replay) && line_break_of(view.refused->typed).has_value();
  const std::string& typed = is_again ? view.refused->typed : view.original;
  const auto lines = std::ranges::count(typed, '\n') + 1;
  return Values()
      .verbatim("typed", typed)
      .text("line_break", *line_break == LineBreak::crlf ? "crlf" : "lf")
      .text("text_rows", std::to_string(std::clamp<std::ptrdiff_t>(lines + 1, 4, 16)));
}

Said refusal(const QuarantineEntryView& view, RefusedForm::Form form,
             const std::string& otherwise) {
  if (!is_refused(view, form)) return {};
  if (view.refused->sentence.empty()) return {otherwise, {}};
  return {{}, view.refused->sentence};
}

std::optional<Values> settling_values(const QuarantineEntryView& view, const Wording& words) {
  if (!view.may_settle || view.state != EntryState::waiting) return std::nullopt;
  const std::string path = quarantine_path_of(view.bureau, view.id);
  const bool has_reason = is_refused(view, RefusedForm::Form::discard);
  return Values()
      .text("replay_path", path + "/replay")
      .text("discard_path", path + "/discard")
      .part("correction", correction_values(view))
      .said("replay_error", refusal(view, RefusedForm::Form::replay, {}))
      .said("discard_error",
            refusal(view, RefusedForm::Form::discard, words.text("entry-page.reason-missing")))
      .text("reason_typed", has_reason ? view.refused->typed : std::string())
      .text("longest_reason", std::to_string(longest_discard_reason));
}

std::optional<Values> settled_values(const QuarantineEntryView& view, const Wording& words) {
  if (!view.settled) return std::nullopt;
  const Settled& settled = *view.settled;
  return Values()
      .text("settled_by", if_any(settled.by))
      .part("settled_at", words.at(settled.at))
      .text("settled_reason", if_any(settled.reason))
      .text("settled_batch",
            settled.sequence ? std::optional(words.number(*settled.sequence)) : std::nullopt);
}

}  // namespace

std::string_view remedy_of(std::string_view rule) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 18> remedies = {{
      {"ragged", "row"},
      {"quote", "row"},
      {"escape", "row"},
      {"unterminated-quote", "row"},
      {"carriage-return", "row"},
      {"format", "row"},
      {"nul", "encoding"},
      {"encoding", "encoding"},
      {"too-large", "size"},
      {"syntax", "call"},
      {"not-an-object", "call"},
      {"unknown-field", "call"},
      {"duplicate-field", "call"},
      {"operation", "call"},
      {"cloudevent", "call"},
      {"no-key", "key"},
      {"duplicate-key", "key"},
      {"unique", "key"},
  }};
  const auto* found =
      std::ranges::find(remedies, rule, &std::pair<std::string_view, std::string_view>::first);
  if (found != remedies.end()) return found->second;
  return rule == "store" ? "store" : "value";
}

std::string quarantine_entry_page(const Pages& pages, const Frame& frame,
                                  const QuarantineEntryView& view) {
  const Wording words = pages.wording(frame);
  const std::string id = std::to_string(view.id);
  Values values;
  values.text("bureau", view.bureau)
      .text("bureau_name", view.bureau_name)
      .text("id", id)
      .text("up_path", quarantine_path)
      .text("list_path", quarantine_path_of(view.bureau))
      .text("state", words.word("entry.", to_string(view.state)))
      .text("state_mark", view.state == EntryState::waiting ? "held" : "good")
      .part("at", words.at(view.at))
      .text("dataset", view.dataset)
      .text("mode", words.word("mode.", record::to_string(view.mode)))
      .text("source", view.source)
      .when("is_of_center", view.is_of_center)
      .text("place", words.number(view.place))
      .text("field", if_any(view.field))
      .text("rule", words.word("rule.", view.rule))
      .text("rule_id", view.rule)
      .said("sentence", {{}, view.sentence})
      .text("remedy", words.word("remedy.", remedy_of(view.rule)))
      .part("table", table_values(view))
      .part("row", original_values(view, words))
      .part("settling", settling_values(view, words))
      .part("settled", settled_values(view, words));
  return pages.document("quarantine_entry", frame, words.text("entry-page.title", {{"id", id}}),
                        values);
}

}  // namespace sluice::pages
