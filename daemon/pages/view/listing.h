// What pages with long lists share: they are filtered by what stands in the address, and turned by
// links, so that no page is ever longer than one can look through.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pages/view/template.h"
#include "pages/view/wording.h"

namespace sluice::pages {

struct Choice {
  std::string value;  // in the address; empty: all
  std::string label;  // as it is shown; empty: the word for the value, or the value itself
  bool is_chosen = false;
};

struct Turning {
  std::optional<std::string> previous_path;
  std::optional<std::string> next_path;
};

// For the templates `choices` and `pager`. `family` is that of the texts which have words for the
// values ("rule."); empty: the values are names.
[[nodiscard]] Values turning_values(const Turning& turning);
[[nodiscard]] std::vector<Values> choice_values(const std::vector<Choice>& choices,
                                                std::string_view family, const Wording& words);

}  // namespace sluice::pages
