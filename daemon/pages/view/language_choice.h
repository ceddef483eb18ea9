// In which language a page is shown: what the person chose, else what the browser asks for.
#pragma once

#include <string_view>

#include "pages/view/texts.h"

namespace sluice::pages {

// `chosen` is the cookie's value ("zh", "en"), `accept_language` the request's header field; either
// may be empty or nonsense. Chinese where neither says anything that we have.
[[nodiscard]] Language choose_language(std::string_view chosen, std::string_view accept_language);

}  // namespace sluice::pages
