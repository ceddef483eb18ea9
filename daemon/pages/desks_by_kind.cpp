#include "pages/desks_by_kind.h"

#include <algorithm>
#include <functional>
#include <utility>

namespace sluice::pages {
namespace {

using Answer = std::function<server::Response(const Visit&)>;

// Empty answers: that desk has no such page.
Answer by_kind(Answer incoming, Answer outgoing, const Entrance& entrance, Workbench& bench) {
  return [incoming = std::move(incoming), outgoing = std::move(outgoing), &entrance,
          &bench](const Visit& visit) {
    const auto kind = bench.kind_of_task(visit);
    if (!kind) return kind.error();
    const Answer& answer = *kind == tasks::TaskKind::incoming ? incoming : outgoing;
    return answer ? answer(visit) : entrance.missing(visit);
  };
}

}  // namespace

std::vector<Page> desks_by_kind(std::vector<Page> incoming, std::vector<Page> outgoing,
                                const Entrance& entrance, Workbench& bench) {
  std::vector<Page> pages;
  for (Page& page : incoming) {
    const auto other = std::ranges::find_if(outgoing, [&](const Page& one) {
      return one.method == page.method && one.path == page.path;
    });
    Answer delivers;
    if (other != outgoing.end()) {
      delivers = std::move(other->answer);
      outgoing.erase(other);
    }
    page.answer = by_kind(std::move(page.answer), std::move(delivers), entrance, bench);
    pages.push_back(std::move(page));
  }
  for (Page& page : outgoing) {
    page.answer = by_kind({}, std::move(page.answer), entrance, bench);
    pages.push_back(std::move(page));
  }
  return pages;
}

}  // namespace sluice::pages
