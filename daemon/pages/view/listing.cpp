#include "pages/view/listing.h"

namespace sluice::pages {

Values turning_values(const Turning& turning) {
  return Values()
      .when("has_turning", turning.previous_path || turning.next_path)
      .text("previous_path", turning.previous_path)
      .text("next_path", turning.next_path);
}

std::vector<Values> choice_values(const std::vector<Choice>& choices, std::string_view family,
                                  const Wording& words) {
  return each(choices, [&](const Choice& choice) {
    std::string label = choice.label;
    if (label.empty() && choice.value.empty()) label = words.text("filter.all");
    if (label.empty()) label = family.empty() ? choice.value : words.word(family, choice.value);
    return Values()
        .text("value", choice.value)
        .text("label", label)
        .when("is_chosen", choice.is_chosen);
  });
}

}  // namespace sluice::pages
