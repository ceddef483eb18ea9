#include "pages/view/problem_view.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace sluice::pages {

std::string problem_page(const Pages& pages, const Frame& frame, const ProblemView& view) {
  constexpr std::array told = {400, 403, 404, 405, 409, 413, 429, 500, 503};
  const int status = std::ranges::find(told, view.status) != told.end() ? view.status : 500;
  const Wording words = pages.wording(frame);
  const std::string title = words.word("problem.title.", std::to_string(status));
  Values values;
  values.text("heading", title)
      .text("status", std::to_string(view.status))
      .text("what_to_do", words.word("problem.do.", std::to_string(status)))
      .said("sentence", {{}, view.sentence})
      .text("reference", view.reference)
      .when("is_signed_in", frame.person.has_value() || view.has_session);
  return pages.document("problem", frame, title, values);
}

}  // namespace sluice::pages
