#include "pages/view/review_view.h"

#include <algorithm>

#include <fmt/format.h>

#include "entry/characters.h"
#include "pages/view/keying_text.h"
#include "pages/view/paths.h"

namespace sluice::pages {
namespace {

using entry::Agreement;

// Around a difference in a long text as much is shown as one needs to see where it is.
constexpr std::size_t shown_around = 60;  // characters
constexpr std::size_t shown_of_it = 400;

std::string joined(const std::vector<std::string_view>& characters, std::size_t begin,
                   std::size_t end) {
  std::string text;
  for (std::size_t i = begin; i < end; ++i)
    text += characters[i];
  return text;
}

Values marked_values(std::string_view typed, const entry::Stretch& stretch) {
  const auto characters = entry::characters_of(typed);
  const std::size_t end = std::min(stretch.end, characters.size());
  const std::size_t begin = std::min(stretch.begin, end);
  const std::size_t from = begin > shown_around ? begin - shown_around : 0;
  const std::size_t to = std::min(characters.size(), end + shown_around);
  const std::size_t shown_end = std::min(end, begin + shown_of_it);
  return Values()
      .text("before", fmt::format("{}{}", from > 0 ? "… " : "", joined(characters, from, begin)))
      .text("differing", joined(characters, begin, shown_end))
      .when("differs", begin < end)
      .text("after", fmt::format("{}{}{}", shown_end < end ? " … " : "",
                                 joined(characters, end, to), to < characters.size() ? " …" : ""));
}

Values side_values(const KeyedSide& side, const entry::Stretch& stretch,
                   const entry::FormField& field, const Wording& words) {
  Values values = marked_values(side.typed, stretch);
  values.when("is_empty", side.typed.empty())
      .text("understood", side.error
                              ? std::nullopt
                              : understood_text(side.understood, field.check, side.typed, words))
      .text("error", std::nullopt);
  if (side.error) values.text("error", error_text(*side.error, &field, side.typed, words).own);
  return values;
}

Values differing_values(const ReviewField& field, const entry::FormField& of, std::size_t place,
                        const Wording& words) {
  const auto& [column, verify, agreement, typed] = field.compared;
  const bool is_third_wrong = field.other.error.has_value();
  Values values;
  values.text("place", std::to_string(place))
      .verbatim("column", column)
      .text("label", of.label)
      .when("is_unconfirmed", agreement == Agreement::to_confirm)
      .part("first", side_values(field.first, typed.first, of, words))
      .part("second", side_values(field.second, typed.second, of, words))
      .when("picks_first", field.pick == Pick::first)
      .when("picks_second", field.pick == Pick::second)
      .when("picks_other", field.pick == Pick::other)
      .verbatim("other_typed", field.other.typed)
      .when("is_long", of.control == entry::Control::long_text)
      .when("is_pick_missing", field.is_pick_missing)
      .when("is_invalid", is_third_wrong)
      .when("error", false)
      .text("understood", is_third_wrong ? std::nullopt
                                         : understood_text(field.other.understood, of.check,
                                                           field.other.typed, words));
  if (!is_third_wrong) return values;
  return values.said("error", error_text(*field.other.error, &of, field.other.typed, words));
}

struct Sorted {
  std::vector<Values> differing;
  std::vector<Values> equal;
  std::size_t open = 0;  // how many the form was sent without
};

Sorted sorted(const ReviewView& view, const Wording& words) {
  Sorted fields;
  for (const ReviewField& field : view.fields) {
    const entry::FormField* of = view.form.find(field.compared.column);
    if (of == nullptr) continue;
    if (field.compared.agreement != Agreement::equal) {
      fields.differing.push_back(
          differing_values(field, *of, place_of(view.form, of->column), words));
      if (field.is_pick_missing || field.other.error) ++fields.open;
      continue;
    }
    fields.equal.push_back(Values()
                               .text("label", of->label)
                               .text("value", looked_at(field.first.typed, 500))
                               .when("is_empty", field.first.typed.empty())
                               .when("is_verified", of->verify != record::Verify::none));
  }
  return fields;
}

}  // namespace

std::string review_page(const Pages& pages, const Frame& frame, const ReviewView& view) {
  const Wording words = pages.wording(frame);
  const Sorted fields = sorted(view, words);
  const std::string path = entry_path_of(view.task.id);
  Values values = task_values(view.task, words);
  values.text("queue_path", entry_path)
      .text("entry_script", pages.assets().path_of("entry.js"))
      .verbatim("account", view.account)
      .text("settle_path", path + "/settle")
      .text("send_back_path", path + "/send-back")
      .text("check_path", path + "/check")
      .text("draft_path", path + "/draft")
      .text("sign_in_again_path", fmt::format("{}?next={}", sign_in_path, percent_encoded(path)))
      .text("version", std::to_string(view.version))
      .text("made_of", view.made_of)
      .text("differing_count", words.number(fields.differing.size()))
      .text("open_count", words.number(fields.open))
      .when("has_open", fields.open > 0)
      .text("first_name", view.first.name)
      .part("first_at", words.at(view.first.at))
      .text("second_name", view.second.name)
      .part("second_at", words.at(view.second.at))
      .when("has_differing", !fields.differing.empty())
      .list("differing", fields.differing)
      .when("has_equal", !fields.equal.empty())
      .list("equal", fields.equal)
      .list("form_errors", each(view.form_errors,
                                [&](const entry::KeyingError& error) {
                                  return Values().said("fault",
                                                       error_text(error, nullptr, {}, words));
                                }))
      .when("is_too_long", view.is_too_long)
      .when("has_no_room", view.has_no_room)
      .part("stale", stale_values(view.stale, view.form, words))
      .part("draft", draft_values(view.draft, words))
      .verbatim("note_typed", view.note_typed)
      .said("note_error", view.refused_note ? note_refusal(*view.refused_note, words) : Said())
      .text("longest_note", std::to_string(longest_note))
      .part("saved", saved_values(view.saved_task));
  return pages.document("review", frame, words.text("review.title", {{"name", view.task.title}}),
                        values);
}

}  // namespace sluice::pages
