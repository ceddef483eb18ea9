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
