#include "pages/view/outgoing_view.h"

#include <algorithm>
#include <string_view>

#include <fmt/format.h>

#include "pages/view/paths.h"
#include "pages/view/visible.h"

namespace sluice::pages {
namespace {

constexpr std::size_t most_named = 10;               // of the fields that are not ticked
constexpr std::size_t most_bytes_of_receipt = 2000;  // that are given back of one that is too long

std::string with_plain_line_ends(std::string_view text) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool is_half = text[i] == '\r' && i + 1 < text.size() && text[i + 1] == '\n';
    if (!is_half) plain += text[i];
  }
  return plain;
}

// The places of fields in the page are counted from 1.
Values field_values(const OutgoingField& field, std::size_t place, const OutgoingView& view,
                    const Wording& words) {
  // Line ends of other systems hide nothing, but a browser would make others of them.
  const std::string in_lines = with_plain_line_ends(field.value);
  const std::string shown = visible(in_lines);
  std::optional<std::string> exact;
  if (shown != field.value) exact = percent_encoded(field.value);
  return Values()
      .text("place", std::to_string(place))
      .verbatim("field", field.field)
      .text("label", field.label)
      .text("value", shown)
      .when("has_value", !field.value.empty())
      .text("exact", exact)
      .when("hides_characters", shown != in_lines)
      .when("is_personal", field.sensitivity == record::Sensitivity::personal)
      .when("is_ticked", field.is_ticked)
      .when("is_missing", view.misses_ticks && !field.is_ticked)
      .text("tick", words.text(view.order == OutgoingView::Order::put ? "outgoing.tick-put"
                                                                      : "outgoing.tick-remove"));
}

std::vector<Values> group_values(const OutgoingView& view, const Wording& words) {
  std::vector<Values> groups;
  const auto& fields = view.fields;
  for (std::size_t first = 0; first < fields.size();) {
    const std::string& title = fields[first].group;
    std::vector<Values> within;
    for (; first < fields.size() && fields[first].group == title; ++first)
      within.push_back(field_values(fields[first], first + 1, view, words));
    groups.push_back(Values().text("group_title", if_any(title)).list("fields", within));
  }
  return groups;
}

std::size_t ticked(const OutgoingView& view) {
  return static_cast<std::size_t>(std::ranges::count(view.fields, true, &OutgoingField::is_ticked));
}

// What is not ticked, with links.
std::optional<Values> missing_values(const OutgoingView& view, const Wording& words) {
  if (!view.misses_ticks) return std::nullopt;
  std::vector<Values> named;
  for (std::size_t i = 0; i < view.fields.size() && named.size() < most_named; ++i) {
    if (view.fields[i].is_ticked) continue;
    named.push_back(Values()
                        .text("missing_place", std::to_string(i + 1))
                        .text("missing_label", view.fields[i].label));
  }
  const std::size_t count = view.fields.size() - ticked(view);
  return Values()
      .text("unticked_count", words.number(count))
      .when("is_more", count > named.size())
      .list("missing", named);
}

// `typed` stands in the field where nothing is refused.
Values refused_values(const std::optional<RefusedNote>& refused, const std::string& typed,
                      const Wording& words) {
  return Values()
      .said("note_error", refused ? note_refusal(*refused, words) : Said())
      .verbatim("note_typed", refused ? refused->typed : typed)
      .text("longest_note", std::to_string(longest_note));
}

// What the script fills as one ticks: "#" stands for how many.
std::string progress(const OutgoingView& view, const std::string& count, const Wording& words) {
  return words.text("outgoing.progress",
                    {{"ticked_count", count}, {"field_count", words.number(view.fields.size())}});
}

}  // namespace

std::string outgoing_page(const Pages& pages, const Frame& frame, const OutgoingView& view) {
  const Wording words = pages.wording(frame);
  const std::string path = entry_path_of(view.task.id);
  std::optional<std::string> receipt_error;
  if (!view.receipt_error.empty()) receipt_error = words.word("receipt-error.", view.receipt_error);
  Values values = task_values(view.task, words);
  values.text("queue_path", entry_path)
      .text("entry_script", pages.assets().path_of("entry.js"))
      .text("outgoing_script", pages.assets().path_of("outgoing.js"))
      .verbatim("account", view.account)
      .text("confirm_path", path + "/confirm")
      .text("decline_path", path + "/decline")
      .text("draft_path", path + "/draft")
      .text("hand_back_path", path + "/hand-back")
      .text("escalate_path", path + "/escalate")
      .text("sign_in_again_path", fmt::format("{}?next={}", sign_in_path, percent_encoded(path)))
      .text("version", std::to_string(view.version))
      .when("is_removed", view.order == OutgoingView::Order::remove)
      .text("delivery", if_any(view.delivery))
      .text("agreement", if_any(view.agreement))
      .when("has_fields", !view.fields.empty())
      .list("groups", group_values(view, words))
      .text("progress", progress(view, words.number(ticked(view)), words))
      .text("progress_pattern", progress(view, "#", words))
      .verbatim("receipt", std::string(beginning(view.receipt, most_bytes_of_receipt)))
      .text("receipt_error", receipt_error)
      .text("longest_receipt", std::to_string(longest_receipt))
      .part("unticked", missing_values(view, words))
      .when("is_too_long", view.is_too_long)
      .when("has_no_room", view.has_no_room)
      .part("stale", stale_values(view.stale, entry::Form(), words))
      .part("draft", draft_values(view.draft, words))
      .text("came_with", if_any(view.note))
      .part("figures", figures_values(view.figures, words))
      .part("declining", refused_values(view.refused_decline, view.decline_note, words))
      .part("put_away", refused_values(view.refused_note, {}, words))
      .part("saved", saved_values(view.saved_task));
  const std::string& name = view.task.title.empty() ? view.task.dataset_title : view.task.title;
  return pages.document("outgoing", frame, words.text("outgoing.title", {{"name", name}}), values);
}

}  // namespace sluice::pages
