#include "pages/view/quarantine_view.h"

#include <fmt/format.h>

#include "pages/view/paths.h"

namespace sluice::pages {
namespace {

Values group_values(const QuarantineGroup& group, const Wording& words) {
  return Values()
      .text("bureau", group.bureau)
      .text("bureau_name", group.bureau_name)
      .text("dataset", group.dataset)
      .text("rule", words.word("rule.", group.rule))
      .text("rule_id", group.rule)
      .text("waiting", words.number(group.waiting))
      .text("list_path",
            fmt::format("{}?dataset={}&rule={}&state=waiting", quarantine_path_of(group.bureau),
                        percent_encoded(group.dataset), percent_encoded(group.rule)))
      .part("oldest", words.since(group.oldest));
}

Values reported_values(const ReportedGroup& group, const Wording& words) {
  return Values()
      .text("bureau", group.bureau)
      .text("bureau_name", group.bureau_name)
      .text("node", group.node)
      .part("as_of", words.since(group.as_of))
      .when("is_old", group.as_of && group.is_old)
      .text("dataset", if_any(group.dataset))
      .text("rule", words.word("rule.", group.rule))
      .text("rule_id", group.rule)
      .text("waiting", words.number(group.waiting))
      .part("oldest", words.since(group.oldest));
}

Values entry_row_values(const QuarantineListView& view, const QuarantineListRow& row,
                        const Wording& words) {
  Values values;
  values.text("id", std::to_string(row.id))
      .text("entry_path", quarantine_path_of(view.bureau, row.id))
      .part("at", words.at(row.at))
      .text("dataset", row.dataset)
      .text("source", row.source)
      .when("is_of_center", row.is_of_center)
      .text("place", words.number(row.place))
      .text("field", if_any(row.field))
      .text("rule", words.word("rule.", row.rule))
      .text("rule_id", row.rule)
      .text("state", words.word("entry.", to_string(row.state)))
      .text("state_mark", row.state == EntryState::waiting ? "held" : "good");
  return values;
}

}  // namespace

std::string_view to_string(EntryState state) {
  switch (state) {
    case EntryState::waiting:
      return "waiting";
    case EntryState::replayed:
      return "replayed";
    case EntryState::discarded:
      return "discarded";
  }
  return {};
}

std::string quarantine_page(const Pages& pages, const Frame& frame, const QuarantineView& view) {
  const Wording words = pages.wording(frame);
  Values values;
  values
      .list("groups",
            each(view.groups,
                 [&](const QuarantineGroup& group) { return group_values(group, words); }))
      .when("has_groups", !view.groups.empty())
      .list("reported",
            each(view.reported,
                 [&](const ReportedGroup& group) { return reported_values(group, words); }))
      .when("has_reported", !view.reported.empty())
      .text("reported_left_out", view.reported_left_out > 0
                                     ? std::optional(words.number(view.reported_left_out))
                                     : std::nullopt)
      .when("are_reports_away", view.are_reports_away)
      .part("turning", turning_values(view.turning));
  return pages.document("quarantine", frame, words.text("quarantine.title"), values);
}

std::string quarantine_list_page(const Pages& pages, const Frame& frame,
                                 const QuarantineListView& view) {
  const Wording words = pages.wording(frame);
  Values values;
  values.text("bureau", view.bureau)
      .text("bureau_name", view.bureau_name)
      .text("action", quarantine_path_of(view.bureau))
      .text("up_path", quarantine_path)
      .list("datasets", choice_values(view.datasets, {}, words))
      .list("rules", choice_values(view.rules, "rule.", words))
      .list("states", choice_values(view.states, "entry.", words))
      .list("rows",
            each(view.rows,
                 [&](const QuarantineListRow& row) { return entry_row_values(view, row, words); }))
      .when("has_rows", !view.rows.empty())
      .part("turning", turning_values(view.turning));
  return pages.document("quarantine_list", frame,
                        words.text("quarantine.list-title", {{"bureau_name", view.bureau_name}}),
                        values);
}

}  // namespace sluice::pages
