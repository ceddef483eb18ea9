// A dataset's form without anything in it, for paper: what comes back is easy to key, since it has
// the order, the boxes and the codes of the form on the screen.
#pragma once

#include <string>
#include <vector>

#include "entry/code_table.h"
#include "entry/form.h"
#include "pages/view/pages.h"

namespace sluice::pages {

struct PaperCodes {
  std::string table;  // as FormField::codes names it
  std::vector<entry::CodeEntry> codes;
};

struct PaperView {
  std::string bureau_name;
  entry::Form form;
  // Of tables with at most `most_codes_on_paper`; of a longer one nothing is printed.
  std::vector<PaperCodes> tables;
};

[[nodiscard]] std::string paper_page(const Pages& pages, const Frame& frame, const PaperView& view);

inline constexpr std::size_t most_codes_on_paper = 20;

}  // namespace sluice::pages
