// The switch between the languages: a cookie, and back to the page where one was.
#pragma once

#include <vector>

#include "pages/page.h"

namespace sluice::pages {

[[nodiscard]] std::vector<Page> language_pages();

}  // namespace sluice::pages
