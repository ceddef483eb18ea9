// What a form was made of, told by the form itself in digests: so that whoever sends it when the
// task has changed can be told which fields others have changed since.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pages/keyed_texts.h"

namespace sluice::pages {

// One field, as it is kept. What the person may not see is not in it.
struct FieldContent {
  std::string column;
  std::string own;   // of the person's draft
  std::string seen;  // of others, which the page shows
};
using PageContent = std::vector<FieldContent>;

// The same for two contents that say the same.
[[nodiscard]] std::string digest_of(const PageContent& content);

struct ChangedField {
  std::string column;
  bool of_others = false;  // what the page shows of others; else the person's own draft
};
// What is kept otherwise now than the form was made of, and not as it was sent either. None where
// `made_of` is no digest of a form with these fields.
[[nodiscard]] std::vector<ChangedField> changes_since(std::string_view made_of,
                                                      const PageContent& now,
                                                      const KeyedTexts& sent);

}  // namespace sluice::pages
