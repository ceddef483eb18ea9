#include "pages/keyed_texts.h"

#include <algorithm>

#include <boost/json.hpp>

#include "tasks/task.h"

namespace sluice::pages {
namespace {

constexpr std::string_view typed_prefix = "field.";
constexpr std::string_view confirmed_prefix = "confirm.";
constexpr std::string_view choice_prefix = "choice.";
constexpr std::string_view offered_prefix = "offered.";

std::string text_at(const KeyedTexts& texts, std::string_view prefix, std::string_view column) {
  const auto found = texts.find(std::string(prefix) + std::string(column));
  return found == texts.end() ? std::string() : found->second;
}

std::string text_at(const KeyedTexts& texts, const std::string& column) {
  return text_at(texts, {}, column);
}

template <class Act>
void for_each_field(const entry::Form& form, Act act) {
  for (const entry::FormGroup& group : form.groups) {
    for (const entry::FormField& field : group.fields)
      act(field);
  }
}

void put(KeyedTexts& texts, const std::string& column, std::string text) {
  if (!text.empty()) texts[column] = std::move(text);
}

}  // namespace

std::string to_json(const KeyedTexts& texts) {
  boost::json::object object;
  for (const auto& [name, text] : texts)
    object[name] = text;
  return boost::json::serialize(object);
}

KeyedTexts from_json(std::string_view json) {
  KeyedTexts texts;
  boost::system::error_code error;
  const boost::json::value read = boost::json::parse(json, error);
  if (error || !read.is_object()) return texts;
  for (const auto& member : read.as_object()) {
    if (const auto* text = member.value().if_string()) texts[member.key()] = std::string(*text);
  }
  return texts;
}

bool fits_a_task(const KeyedTexts& texts) {
  return to_json(texts).size() <= tasks::longest_values;
}

KeyedTexts draft_of(const Form& form) {
  KeyedTexts draft;
  for (const auto& [name, text] : form.fields()) {
    const bool is_keyed = name.starts_with(typed_prefix) || name.starts_with(confirmed_prefix) ||
                          name.starts_with(choice_prefix) || name.starts_with(offered_prefix) ||
                          name == "note";
    if (is_keyed && !text.empty()) draft[name] = text;
  }
  return draft;
}

std::string typed_in(const KeyedTexts& draft, std::string_view column) {
  return text_at(draft, typed_prefix, column);
}

void put_typed(KeyedTexts& draft, std::string_view column, std::string text) {
  draft[std::string(typed_prefix) + std::string(column)] = std::move(text);
}

void put_offered(KeyedTexts& draft, std::string_view column, std::string text) {
  draft[std::string(offered_prefix) + std::string(column)] = std::move(text);
}

std::string offered_in(const KeyedTexts& draft, std::string_view column) {
  return text_at(draft, offered_prefix, column);
}

bool is_confirmed(const KeyedTexts& draft, std::string_view column) {
  return text_at(draft, confirmed_prefix, column) == "yes";
}

std::string choice_in(const KeyedTexts& draft, std::string_view column) {
  return text_at(draft, choice_prefix, column);
}

KeyedTexts first_keying(const entry::Form& form, const KeyedTexts& draft) {
  KeyedTexts texts;
  for_each_field(form, [&](const entry::FormField& field) {
    put(texts, field.column, typed_in(draft, field.column));
  });
  return texts;
}

KeyedTexts second_keying(const entry::Form& form, const KeyedTexts& draft,
                         const KeyedTexts& first) {
  KeyedTexts texts;
  for_each_field(form, [&](const entry::FormField& field) {
    const bool is_blind = field.verify == record::Verify::blind;
    const bool is_sight = field.verify == record::Verify::sight;
    const bool is_typed = is_blind || (is_sight && !is_confirmed(draft, field.column));
    put(texts, field.column,
        is_typed ? typed_in(draft, field.column) : text_at(first, field.column));
  });
  return texts;
}

KeyedTexts settlement(const entry::Form& form, const KeyedTexts& draft, const KeyedTexts& first,
                      const KeyedTexts& second) {
  KeyedTexts texts;
  for_each_field(form, [&](const entry::FormField& field) {
    const std::string choice = choice_in(draft, field.column);
    put(texts, field.column,
        choice == "other"    ? typed_in(draft, field.column)
        : choice == "second" ? text_at(second, field.column)
                             : text_at(first, field.column));
  });
  return texts;
}

adapters::manual_entry::KeyedForm keyed_form(const KeyedTexts& texts) {
  std::vector<adapters::manual_entry::KeyedField> fields;
  for (const auto& [column, text] : texts)
    fields.push_back({column, text});
  return adapters::manual_entry::keyed_form(std::move(fields));
}

std::vector<entry::KeyedValue> values_of(const entry::FormChecker& checker,
                                         const KeyedTexts& texts) {
  std::vector<entry::KeyedValue> values;
  for_each_field(checker.form(), [&](const entry::FormField& field) {
    const std::string typed = text_at(texts, field.column);
    auto value = checker.check_field(field.column, typed);
    if (!value) {
      value = entry::KeyedValue{.column = field.column,
                                .typed = typed,
                                .understood = entry::Understood{.canonical = typed},
                                .normal = {typed}};
    }
    values.push_back(std::move(*value));
  });
  return values;
}

bool needs_check(const entry::Form& form) {
  bool needs = false;
  for_each_field(form, [&](const entry::FormField& field) {
    needs = needs || field.verify != record::Verify::none;
  });
  return needs;
}

}  // namespace sluice::pages
