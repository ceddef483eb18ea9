// A file that came with a form.
#pragma once

#include <string>
#include <string_view>

namespace sluice::pages {

struct Upload {
  std::string name;        // as the browser calls it; UTF-8; empty: none was chosen
  std::string_view bytes;  // of the request's body
};

}  // namespace sluice::pages
