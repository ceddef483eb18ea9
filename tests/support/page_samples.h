// Views with made-up content for every page: full ones, empty ones, and ones in which every text is
// an attack. For the tests of the pages, and for looking at them without a daemon.
#pragma once

#include <string>
#include <vector>

#include "pages/view/pages.h"

namespace sluice::pages {

enum class Content { rich, empty, hostile };

// What every text of a hostile view is.
inline constexpr const char* hostile_text =
    "<script>alert(1)</script>\"'&amp;{{csrf}}{{{node}}}{{>head}}{count}\u202Exyz\u200F";

struct PageSample {
  std::string name;  // "overview"
  std::string html;
};

// The moment at which the samples stand.
[[nodiscard]] record::Time sample_now();
[[nodiscard]] Frame sample_frame(Content content, Language language, const std::string& current);
// Every page there is.
[[nodiscard]] std::vector<PageSample> page_samples(const Pages& pages, Content content,
                                                   Language language);

}  // namespace sluice::pages
