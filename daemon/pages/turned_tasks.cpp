#include "pages/turned_tasks.h"

#include <optional>

#include <fmt/format.h>

#include "record/try.h"

namespace sluice::pages {
namespace {

constexpr std::size_t listed_tasks_a_page = 50;

tasks::Result<std::optional<tasks::TaskPlace>> place_named(tasks::Tasks& queue, const Form& query,
                                                           std::string_view name) {
  const auto id = whole_number(query.value(name));
  if (!id) return std::nullopt;
  const auto found =
      SLUICE_TRY(queue.find(tasks::TaskId{static_cast<std::uint64_t>(*id)}, tasks::AccountName()));
  if (!found) return std::nullopt;
  return tasks::place_of(found->task);
}

}  // namespace

tasks::Result<TurnedTasks> turned_tasks(tasks::Tasks& queue, const tasks::TaskFilter& filter,
                                        const Form& query, std::string_view here,
                                        record::Time now) {
  const auto link = [&](std::string_view side, const tasks::Task& task) {
    return fmt::format("{}&{}={}", here, side, task.id.value);
  };
  constexpr std::size_t most = listed_tasks_a_page + 1;  // one more tells whether there are more
  const auto before = SLUICE_TRY(place_named(queue, query, "before"));
  if (before) {
    auto found = SLUICE_TRY(queue.list(filter, before, most, now, tasks::ListSide::before));
    if (found.size() == most) {
      found.erase(found.begin());
      Turning turning{link("before", found.front()), link("after", found.back())};
      return TurnedTasks{std::move(found), std::move(turning)};
    }
    // No more than a page lies before it: that is the first page.
  }
  const auto after = before ? std::nullopt : SLUICE_TRY(place_named(queue, query, "after"));
  TurnedTasks page{SLUICE_TRY(queue.list(filter, after, most, now)), {}};
  if (page.tasks.size() == most) {
    page.tasks.pop_back();
    page.turning.next_path = link("after", page.tasks.back());
  }
  if (after) {
    page.turning.previous_path =
        page.tasks.empty() ? std::string(here) : link("before", page.tasks.front());
  }
  return page;
}

}  // namespace sluice::pages
