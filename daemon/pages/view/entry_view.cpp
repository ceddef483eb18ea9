#include "pages/view/entry_view.h"

#include <algorithm>

#include <fmt/format.h>

#include "pages/view/keying_text.h"
#include "pages/view/paths.h"

namespace sluice::pages {
namespace {

const DeskField& content_of(const EntryView& view, const std::string& column) {
  static const DeskField nothing;
  const auto found = std::ranges::find(view.fields, column, &DeskField::column);
  return found == view.fields.end() ? nothing : *found;
}

std::vector<Values> group_values(const EntryView& view, const Wording& words) {
  std::size_t place = 0;
  return each(view.form.groups, [&](const entry::FormGroup& group) {
    return Values()
        .text("group_title", if_any(group.title))
        .list("fields", each(group.fields, [&](const entry::FormField& field) {
                return desk_field_values(field, content_of(view, field.column), ++place, view.round,
                                         words);
              }));
  });
}

// The id of what is to be corrected.
std::string place_at_fault(const entry::Form& form, const DeskField& content) {
  return fmt::format("field-{}{}", place_of(form, content.column),
                     is_unconfirmed(content) ? "-confirm" : "");
}

// All that is wrong, with links to the fields; those of the form itself first.
std::vector<Values> fault_values(const EntryView& view, const Wording& words) {
  std::vector<Values> faults;
  for (const entry::KeyingError& error : view.form_errors) {
    faults.push_back(Values()
                         .text("fault_place", std::optional<std::string>())
                         .text("fault_label", std::string())
                         .said("fault", error_text(error, nullptr, {}, words)));
  }
  for (const entry::FormGroup& group : view.form.groups) {
    for (const entry::FormField& field : group.fields) {
      const DeskField& content = content_of(view, field.column);
      if (!content.error) continue;
      faults.push_back(
          Values()
              .text("fault_place", std::optional(place_at_fault(view.form, content)))
              .text("fault_label", field.label)
              .said("fault", error_text(*content.error, &field, content.typed, words)));
    }
  }
  return faults;
}

Values put_away_values(const EntryView& view, const Wording& words) {
  const auto& refused = view.refused_note;
  return Values()
      .text("hand_back_path", entry_path_of(view.task.id) + "/hand-back")
      .text("escalate_path", entry_path_of(view.task.id) + "/escalate")
      .said("note_error", refused ? note_refusal(*refused, words) : Said())
      .verbatim("note_typed", refused ? refused->typed : std::string())
      .text("longest_note", std::to_string(longest_note));
}

}  // namespace

Said note_refusal(const RefusedNote& refused, const Wording& words) {
  if (refused.sentence.empty()) return {words.text("keying.note-missing"), {}};
  return {{}, refused.sentence};
}

std::optional<Values> stale_values(const std::optional<StaleForm>& stale, const entry::Form& form,
                                   const Wording& words) {
  if (!stale) return std::nullopt;
  const auto label = [&](const std::string& column) {
    const entry::FormField* field = form.find(column);
    return field == nullptr ? column : field->label;
  };
  return Values()
      .text("stale_by", if_any(stale->by))
      .part("stale_at", words.at(stale->at))
      .when("has_changed", !stale->changed.empty())
      .list("changed", each(stale->changed, [&](const StaleForm::Changed& changed) {
              const std::string now = looked_at(changed.now.value_or(""), 500);
              return Values()
                  .text("changed_label", label(changed.column))
                  .text("changed_now", if_any(now))
                  .when("changed_is_empty", changed.now && now.empty())
                  .when("changed_is_unseen", !changed.now);
            }));
}

Values draft_values(const DraftState& draft, const Wording& words) {
  using Kind = DraftState::Kind;
  const bool is_kept = draft.kind == Kind::kept && draft.at;
  return Values()
      .text("draft_made_of", if_any(draft.made_of))
      .part("draft_kept", is_kept ? words.at(draft.at) : std::optional<Values>())
      .when("draft_is_lost", draft.kind == Kind::lost)
      .when("draft_is_outdated", draft.kind == Kind::outdated)
      .when("draft_goes_on", draft.kind == Kind::none || is_kept);
}

std::string entry_page(const Pages& pages, const Frame& frame, const EntryView& view) {
  const Wording words = pages.wording(frame);
  const std::vector<Values> faults = fault_values(view, words);
  const bool is_second = view.round == Round::second;
  const std::string path = entry_path_of(view.task.id);
  Values values = task_values(view.task, words);
  values.text("queue_path", entry_path)
      .text("entry_script", pages.assets().path_of("entry.js"))
      .verbatim("account", view.account)
      .text("save_path", path + "/save")
      .text("check_path", path + "/check")
      .text("draft_path", path + "/draft")
      .text("known_path", path + "/known")
      .text("made_of", view.made_of)
      .text("sign_in_again_path", fmt::format("{}?next={}", sign_in_path, percent_encoded(path)))
      .text("version", std::to_string(view.version))
      .when("is_second", is_second)
      .when("is_first", !is_second)
      .list("groups", group_values(view, words))
      .when("has_faults", !faults.empty())
      .text("fault_count", words.number(faults.size()))
      .list("faults", faults)
      .when("is_too_long", view.is_too_long)
      .when("has_no_room", view.has_no_room)
      .part("stale", stale_values(view.stale, view.form, words))
      .part("draft", draft_values(view.draft, words))
      .text("came_with", if_any(view.note))
      .part("figures", figures_values(view.figures, words))
      .part("put_away", put_away_values(view, words))
      .part("saved", saved_values(view.saved_task));
  const std::string& name = view.task.title.empty() ? view.task.dataset_title : view.task.title;
  return pages.document(
      "entry", frame,
      words.text(is_second ? "keying.check-title" : "keying.title", {{"name", name}}), values);
}

std::string field_fragment(const Pages& pages, const Frame& frame, const entry::Form& form,
                           const DeskField& field) {
  const entry::FormField* of = form.find(field.column);
  if (of == nullptr) return {};
  Values values = told_values(*of, field, pages.wording(frame));
  values.text("place", std::to_string(place_of(form, field.column)));
  return pages.fragment("entry_told", frame, values);
}

std::string known_fragment(const Pages& pages, const Frame& frame, const entry::Form& form,
                           const std::vector<DeskField>& fields) {
  const Wording words = pages.wording(frame);
  const auto values_of_field = [&](const DeskField& field) {
    const entry::FormField* of = form.find(field.column);
    Values values = of == nullptr ? Values() : told_values(*of, field, words);
    put_known(values, field, words);
    return values.text("place", std::to_string(place_of(form, field.column)))
        .verbatim("typed", field.typed);
  };
  return pages.fragment("entry_known_fields", frame,
                        Values().list("fields", each(fields, values_of_field)));
}

std::string draft_fragment(const Pages& pages, const Frame& frame, const DraftState& draft) {
  return pages.fragment("entry_draft", frame,
                        Values().part("draft", draft_values(draft, pages.wording(frame))));
}

std::string codes_fragment(const Pages& pages, const Frame& frame,
                           std::span<const entry::CodeEntry* const> found) {
  std::vector<Values> codes;
  for (const entry::CodeEntry* one : found.first(std::min(found.size(), most_codes)))
    codes.push_back(Values()
                        .text("option", std::to_string(codes.size() + 1))
                        .verbatim("meant", fmt::format("{} {}", one->code, one->name))
                        .text("code", one->code)
                        .text("name", one->name));
  return pages.fragment("entry_codes", frame,
                        Values().when("has_codes", !codes.empty()).list("codes", codes));
}

}  // namespace sluice::pages
