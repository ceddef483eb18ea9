// What was typed into a form, on its way between a browser, the tasks' database and the checks: by
// the name of the control or by column, as text.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/manual_entry/keyed_form.h"
#include "entry/comparison.h"
#include "entry/form.h"
#include "entry/form_checker.h"
#include "pages/form.h"

namespace sluice::pages {

using KeyedTexts = std::map<std::string, std::string>;

// A JSON object of texts, as the tasks' database keeps it; and back. What is none reads as empty.
[[nodiscard]] std::string to_json(const KeyedTexts& texts);
[[nodiscard]] KeyedTexts from_json(std::string_view json);
// Whether a task keeps as much: tasks::longest_values bytes, of the texts as to_json() has them.
[[nodiscard]] bool fits_a_task(const KeyedTexts& texts);

// Of a sent form what belongs to a draft, by the names of the controls: `field.COLUMN`,
// `confirm.COLUMN`, `choice.COLUMN`, `offered.COLUMN`, `note`.
[[nodiscard]] KeyedTexts draft_of(const Form& form);
// Of a draft what was typed for a column.
[[nodiscard]] std::string typed_in(const KeyedTexts& draft, std::string_view column);
void put_typed(KeyedTexts& draft, std::string_view column, std::string text);
// What was known of it when the page was made (form_filler.h).
[[nodiscard]] std::string offered_in(const KeyedTexts& draft, std::string_view column);
void put_offered(KeyedTexts& draft, std::string_view column, std::string text);
[[nodiscard]] bool is_confirmed(const KeyedTexts& draft, std::string_view column);
[[nodiscard]] std::string choice_in(const KeyedTexts& draft, std::string_view column);

// The record by column that the draft amounts to: of the first person what was typed; of the second
// what was typed where the field is verified, the first's where it was confirmed by sight, and the
// first's of all other fields; of a reviewer what was picked, else the first's.
[[nodiscard]] KeyedTexts first_keying(const entry::Form& form, const KeyedTexts& draft);
[[nodiscard]] KeyedTexts second_keying(const entry::Form& form, const KeyedTexts& draft,
                                       const KeyedTexts& first);
[[nodiscard]] KeyedTexts settlement(const entry::Form& form, const KeyedTexts& draft,
                                    const KeyedTexts& first, const KeyedTexts& second);

[[nodiscard]] adapters::manual_entry::KeyedForm keyed_form(const KeyedTexts& texts);

// Each field as it is understood by itself; one that is not counts as typed and no more.
[[nodiscard]] std::vector<entry::KeyedValue> values_of(const entry::FormChecker& checker,
                                                       const KeyedTexts& texts);

// Whether the form has a field that a second person must see.
[[nodiscard]] bool needs_check(const entry::Form& form);

}  // namespace sluice::pages
