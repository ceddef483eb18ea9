#include "pages/view/desk_field.h"

#include <algorithm>

#include <fmt/format.h>

#include "entry/prefill.h"
#include "pages/view/keying_text.h"
#include "pages/view/paths.h"

namespace sluice::pages {
namespace {

using entry::Control;
using entry::FormField;

// More is no value that one takes from the record before.
constexpr std::size_t longest_ditto = 4096;  // bytes
// Nor one that is told beside another.
constexpr std::size_t longest_known = entry::Prefill::longest_value;

bool fits(std::string_view text, std::string_view pattern) {
  return std::ranges::equal(text, pattern, [](char c, char like) {
    return like == '0' ? c >= '0' && c <= '9' : c == like;
  });
}

// A browser empties a field for dates where it can not read what stands in it: such a text stays
// one.
std::string_view input_type(Control control, std::string_view typed) {
  if (control == Control::date && (typed.empty() || fits(typed, "0000-00-00"))) return "date";
  if (control == Control::datetime && (typed.empty() || fits(typed, "0000-00-00T00:00")))
    return "datetime-local";
  return "text";
}

std::string input_class(const FormField& field, const DeskField& content) {
  std::string classes;
  if (field.check != record::Check::none && field.control == Control::text) classes = "code";
  if (content.known && content.known->value == content.typed) {
    classes += classes.empty() ? "known" : " known";
  }
  return classes;
}

std::string label_of(const entry::Choice& choice, Control control, const Wording& words) {
  if (control == Control::yes_no) return words.word("yes-no.", choice.label);
  return choice.label == choice.value ? choice.value
                                      : fmt::format("{} {}", choice.value, choice.label);
}

// What stands in it although it is no choice is kept as one: nothing that was typed is lost.
std::vector<Values> option_values(const FormField& field, const std::string& typed,
                                  const Wording& words) {
  std::vector<Values> options;
  const auto add = [&](const std::string& value, const std::string& label) {
    options.push_back(
        Values().verbatim("value", value).text("label", label).when("is_chosen", value == typed));
  };
  add("", words.text("keying.choose"));
  for (const entry::Choice& choice : field.choices)
    add(choice.value, label_of(choice, field.control, words));
  const bool is_there =
      typed.empty() ||
      std::ranges::find(field.choices, typed, &entry::Choice::value) != field.choices.end();
  if (!is_there) add(typed, looked_at(typed, 200));
  return options;
}

void put_control(Values& values, const FormField& field, const std::string& typed,
                 const Wording& words) {
  const Control control = field.control;
  const bool is_select = control == Control::yes_no || control == Control::choice;
  values.when("is_select", is_select)
      .when("is_long", control == Control::long_text)
      .when("is_line", !is_select && control != Control::long_text)
      .when("is_code_table", control == Control::code_table)
      .text("codes_path", control == Control::code_table
                              ? std::optional(fmt::format("{}?table={}", codes_path,
                                                          percent_encoded(field.codes)))
                              : std::nullopt)
      .text("input_type", input_type(control, typed))
      .text("input_mode",
            control == Control::number ? std::optional<std::string>("decimal") : std::nullopt)
      .list("options", is_select ? option_values(field, typed, words) : std::vector<Values>());
}

}  // namespace

std::size_t place_of(const entry::Form& form, std::string_view column) {
  std::size_t place = 0;
  for (const entry::FormGroup& group : form.groups) {
    for (const FormField& field : group.fields) {
      ++place;
      if (field.column == column) return place;
    }
  }
  return 0;
}

bool is_unconfirmed(const DeskField& content) {
  return content.error && std::string_view(content.error->rule) == "unconfirmed";
}

void put_known(Values& values, const DeskField& content, const Wording& words) {
  values.verbatim("offered", content.offered).part("known", std::nullopt);
  if (!content.known || content.known->value.size() > longest_known) return;
  const KnownValue& known = *content.known;
  const std::string at = known.at ? " " + words.whole(*known.at).substr(0, 10) : std::string();
  Values said;
  said.verbatim("known_value", known.value)
      .when("is_as_known", known.value == content.typed)
      .text("known_same", words.text("keying.known", {{"source", known.source}, {"at", at}}))
      .text("known_otherwise",
            words.text(
                "keying.known-otherwise",
                {{"source", known.source}, {"at", at}, {"value", looked_at(known.value, 200)}}));
  values.part("known", said);
}

Values told_values(const FormField& field, const DeskField& content, const Wording& words) {
  Values values;
  values.when("is_invalid", content.error.has_value() && !is_unconfirmed(content))
      .when("is_unconfirmed", is_unconfirmed(content))
      .when("error", false)
      .text("understood",
            content.error ? std::nullopt
                          : understood_text(content.understood, field.check, content.typed, words));
  if (!content.error) return values;
  return values.said("error", error_text(*content.error, &field, content.typed, words));
}

Values desk_field_values(const FormField& field, const DeskField& content, std::size_t place,
                         Round round, const Wording& words) {
  const bool is_second = round == Round::second;
  const bool is_sight = is_second && field.verify == record::Verify::sight;
  const bool is_blind = is_second && field.verify == record::Verify::blind;
  const bool is_given = is_second && field.verify == record::Verify::none;
  const bool has_ditto =
      !is_second && !content.previous.empty() && content.previous.size() <= longest_ditto;
  DeskField told = content;
  if (is_given) told.typed = content.first;
  // Of an empty field nothing is understood: what is there could only be the first person's.
  if (is_blind && content.typed.empty()) told.understood.reset();
  // Who checks is not told either: the paper is what counts.
  if (is_second) told.known.reset();
  Values values = told_values(field, told, words);
  put_known(values, told, words);
  values.text("place", std::to_string(place))
      .verbatim("column", field.column)
      .text("label", field.label)
      .text("help", is_given ? std::nullopt : if_any(field.help))
      .when("is_required", field.required)
      .when("is_keyed", !is_given)
      .when("is_blind", is_blind)
      .when("is_sight", is_sight)
      .when("is_given", is_given)
      .when("will_be_checked", !is_second && field.verify != record::Verify::none)
      .when("is_confirmed", content.is_confirmed)
      .text("first", is_sight || is_given ? looked_at(content.first) : std::string())
      .when("first_is_empty", content.first.empty())
      .text("input_class", if_any(input_class(field, told)))
      .when("may_be_known", !is_second && (content.may_be_known || content.known))
      .when("leads", !is_second && content.leads)
      .verbatim("typed", content.typed)
      .when("ditto", false);
  if (has_ditto) values.verbatim("ditto", content.previous);
  put_control(values, field, content.typed, words);
  return values;
}

}  // namespace sluice::pages
