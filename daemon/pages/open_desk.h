// A task whose record is keyed here, before the person who holds it, and what a page of it is made
// of.
#pragma once

#include <string>
#include <vector>

#include "entry/form_checker.h"
#include "pages/held_task.h"
#include "pages/keyed_texts.h"
#include "pages/page_content.h"
#include "pages/view/desk_field.h"
#include "pages/view/entry_view.h"

namespace sluice::pages {

struct OpenDesk : HeldTask {
  const entry::FormChecker& checker;

  [[nodiscard]] const entry::Form& form() const { return checker.form(); }
  [[nodiscard]] Round round() const {
    return keyed.task.state == tasks::TaskState::open ? Round::first : Round::second;
  }
  [[nodiscard]] bool is_review() const { return keyed.task.state == tasks::TaskState::differs; }
  [[nodiscard]] KeyedTexts first() const { return from_json(keyed.first.value_or("")); }
  [[nodiscard]] KeyedTexts second() const { return from_json(keyed.second.value_or("")); }
};

// With this draft as the person's own.
[[nodiscard]] PageContent content_of(const OpenDesk& desk, const KeyedTexts& draft);

// Of a form that was made of something else: the fields that have changed since, with what of them
// this person may see.
[[nodiscard]] std::vector<StaleForm::Changed> changes_since(std::string_view made_of,
                                                            const OpenDesk& desk,
                                                            const KeyedTexts& sent);

}  // namespace sluice::pages
