// All that the listener for people serves: every page, the files that pages are made with, and what
// is said where there is no page.
#pragma once

#include <memory>
#include <vector>

#include "pages/surroundings.h"
#include "server/audience.h"
#include "server/router.h"

namespace sluice::pages {

class Site {
 public:
  explicit Site(const Surroundings& surroundings);
  ~Site();

  // Brings what is ready at the desks into the journals from now on, until the end; answers as
  // before and afterwards. Of one queue only one site may do so.
  void begin();
  void end();  // blocks
  // Routes and audience refer to the site.
  [[nodiscard]] std::vector<server::Route> routes();
  [[nodiscard]] server::Audience audience();
  // Waits for what is being answered; nothing is answered afterwards.
  void join();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace sluice::pages
