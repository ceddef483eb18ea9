// The page in place of one that can not be shown: what happened, and what to do.
#pragma once

#include <optional>
#include <string>

#include "pages/view/pages.h"

namespace sluice::pages {

struct ProblemView {
  int status = 500;      // 400, 403, 404, 405, 409, 413, 429, 500 or 503; another is told as 500
  std::string sentence;  // more, of the program; may be empty
  // Under which the log has it; nothing where there is no such line.
  std::optional<std::string> reference;
  bool has_session = false;  // that was not looked at: the frame names nobody
};
[[nodiscard]] std::string problem_page(const Pages& pages, const Frame& frame,
                                       const ProblemView& view);

}  // namespace sluice::pages
