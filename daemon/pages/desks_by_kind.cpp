#include "pages/desks_by_kind.h"

#include <algorithm>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "pages/view/paths.h"

namespace sluice::pages {
namespace {

using DeskAnswer = decltype(DeskPage::answer);

// The same step at both desks; an empty answer: that desk has no such page.
struct StepByKind {
  DeskAnswer incoming;
  DeskAnswer outgoing;
  const Entrance& entrance;
  Workbench& bench;

  [[nodiscard]] server::Response operator()(const Visit& visit) const {
    auto held = bench.sit_down(visit);
    if (!held) return std::move(held.error());
    const bool is_incoming = tasks::kind_of(held->task()) == tasks::TaskKind::incoming;
    const DeskAnswer& answer = is_incoming ? incoming : outgoing;
    return answer ? answer(visit, std::move(*held)) : entrance.missing(visit);
  }
};

Page page_of_step(server::Method method, const std::string& step, StepByKind by_kind,
                  const DeskSteps& steps) {
  Page page{.method = method,
            .path = fmt::format("{}/{{task}}{}", entry_path, step),
            .access = of_the_queue(),
            .answer = std::move(by_kind)};
  if (step != "/draft") return page;
  page.answer = [answer = std::move(page.answer), &steps](const Visit& visit) {
    server::Response response = answer(visit);
    return is_by_script(visit) && response.status == 303 ? steps.lost_draft(visit) : response;
  };
  return page;
}

}  // namespace

std::vector<Page> desks_by_kind(std::vector<DeskPage> incoming, std::vector<DeskPage> outgoing,
                                const Entrance& entrance, Workbench& bench,
                                const DeskSteps& steps) {
  std::vector<Page> pages;
  for (DeskPage& page : incoming) {
    const auto other = std::ranges::find_if(outgoing, [&](const DeskPage& one) {
      return one.method == page.method && one.step == page.step;
    });
    DeskAnswer delivers;
    if (other != outgoing.end()) {
      delivers = std::move(other->answer);
      outgoing.erase(other);
    }
    pages.push_back(page_of_step(page.method, page.step,
                                 {std::move(page.answer), std::move(delivers), entrance, bench},
                                 steps));
  }
  for (DeskPage& page : outgoing) {
    pages.push_back(
        page_of_step(page.method, page.step, {{}, std::move(page.answer), entrance, bench}, steps));
  }
  return pages;
}

}  // namespace sluice::pages
