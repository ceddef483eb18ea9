// Puts a page together: its own template within the frame that all have. One for the whole process.
#pragma once

#include <string>

#include <date/tz.h>

#include "pages/view/assets.h"
#include "pages/view/frame.h"
#include "pages/view/template.h"
#include "pages/view/texts.h"
#include "pages/view/wording.h"

namespace sluice::pages {

// Thread-safe.
class Pages {
 public:
  // `zone` is that of the people at the node, and must outlive this: date::locate_zone() owns it.
  explicit Pages(const date::time_zone& zone, Templates::OnMissing on_missing = {});

  [[nodiscard]] const Assets& assets() const { return assets_; }
  [[nodiscard]] const Texts& texts() const { return texts_; }
  [[nodiscard]] const Templates& templates() const { return templates_; }

  [[nodiscard]] Wording wording(const Frame& frame) const;

  // A whole HTML document of the template `name`. `title` is the page's, in the frame's language.
  [[nodiscard]] std::string document(const std::string& name, const Frame& frame,
                                     const std::string& title, Values values) const;
  // Part of a page, for the script of that page.
  [[nodiscard]] std::string fragment(const std::string& name, const Frame& frame,
                                     const Values& values) const;

 private:
  const date::time_zone& zone_;
  Texts texts_;
  Assets assets_;
  Templates templates_;
};

}  // namespace sluice::pages
