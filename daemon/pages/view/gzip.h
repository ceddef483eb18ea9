// Pages and assets as a browser likes them on the way.
#pragma once

#include <string>
#include <string_view>

namespace sluice::pages {

// RFC 1952, without a name or a time, so that the same bytes give the same.
[[nodiscard]] std::string gzip(std::string_view bytes);

}  // namespace sluice::pages
