#include "pages/open_desk.h"

#include <algorithm>

namespace sluice::pages {
namespace {

std::string keyed_text(const KeyedTexts& texts, const std::string& column) {
  const auto found = texts.find(column);
  return found == texts.end() ? std::string() : found->second;
}

FieldContent checked_content(const entry::FormField& field, const KeyedTexts& draft,
                             const KeyedTexts& first) {
  FieldContent content{.column = field.column, .own = typed_in(draft, field.column), .seen = {}};
  // Of a blind field not even a digest: a number is soon guessed from it.
  if (field.verify != record::Verify::blind) content.seen = keyed_text(first, field.column);
  return content;
}

}  // namespace

PageContent content_of(const OpenDesk& desk, const KeyedTexts& draft) {
  PageContent content;
  const bool is_keyed_first = !desk.is_review() && desk.round() == Round::first;
  const KeyedTexts first = is_keyed_first ? KeyedTexts() : desk.first();
  const KeyedTexts second = desk.is_review() ? desk.second() : KeyedTexts();
  for (const entry::FormGroup& group : desk.form().groups) {
    for (const entry::FormField& field : group.fields) {
      const std::string& column = field.column;
      content.push_back(desk.is_review() ? FieldContent{column,
                                                        {},
                                                        keyed_text(first, column) + " / " +
                                                            keyed_text(second, column)}
                                         : checked_content(field, draft, first));
    }
  }
  return content;
}

std::vector<StaleForm::Changed> changes_since(std::string_view made_of, const OpenDesk& desk,
                                              const KeyedTexts& sent) {
  const PageContent now = content_of(desk, desk.draft());
  std::vector<StaleForm::Changed> changes;
  for (const ChangedField& changed : changes_since(made_of, now, sent)) {
    const auto content = std::ranges::find(now, changed.column, &FieldContent::column);
    const bool is_blind = !desk.is_review() && desk.round() == Round::second &&
                          desk.form().find(changed.column)->verify == record::Verify::blind;
    StaleForm::Changed told{.column = changed.column, .now = std::nullopt};
    if (!is_blind) told.now = changed.of_others ? content->seen : content->own;
    changes.push_back(std::move(told));
  }
  return changes;
}

}  // namespace sluice::pages
