#include "bench/load/clerks.h"

#include <charconv>
#include <iterator>
#include <optional>
#include <thread>

#include <fmt/format.h>

#include "bench/register_generator.h"

namespace sluice::bench {
namespace {

using std::string_view;
using Clock = ClientConnection::Clock;

// "/entry/17?done=keyed": 17. Nothing: there is no more to do.
std::optional<std::uint64_t> task_of(string_view location) {
  constexpr string_view desks = "/entry/";
  if (!location.starts_with(desks)) return std::nullopt;
  location.remove_prefix(desks.size());
  std::uint64_t task = 0;
  const auto [end, error] =
      std::from_chars(location.data(), location.data() + location.size(), task);
  if (error != std::errc{} || end == location.data()) return std::nullopt;
  return task;
}

class Clerk {
 public:
  Clerk(Browser browser, const ClerksOptions& options)
      : browser_(std::move(browser)),
        options_(options),
        register_({.shape = Shape::wide, .rows = max_rows}) {}

  void work() {
    std::string desk = take_next();
    while (const auto task = task_of(desk)) {
      if (!see(desk)) return;
      desk = save(*task);
    }
  }

  [[nodiscard]] const ClerksResult& result() const { return result_; }

 private:
  // Where the answer leads to; empty: nowhere, and `result_` says why.
  std::string take_next() {
    if (!see("/entry")) return {};
    return follow(
        "claiming the next task", result_.claims,
        browser_.send("/entry/next", {{"work", options_.work}, {"bureau", options_.bureau}}));
  }

  bool see(const std::string& path) {
    const auto answer = browser_.visit(path);
    if (!answer) return fail(answer.error());
    if (answer->status != 200) return fail(browser_.told(path, *answer));
    if (path != "/entry") result_.desks.add(answer->took);
    return true;
  }

  std::string save(std::uint64_t task) {
    FormFields fields = {{"version", std::string(browser_.hidden("version"))}};
    register_.make_row(task, row_);
    for (std::size_t i = 0; i < row_.size(); ++i)
      fields.emplace_back(fmt::format("field.{}", register_.columns()[i].name), row_[i]);
    return follow("saving", result_.saves,
                  browser_.send(fmt::format("/entry/{}/save", task), fields));
  }

  std::string follow(string_view doing, LatencyHistogram& latencies,
                     const Browser::OrProblem<PageAnswer>& answer) {
    if (!answer) {
      fail(answer.error());
    } else if (answer->status != 303 || !answer->location.starts_with("/entry")) {
      fail(browser_.told(doing, *answer));
    } else {
      latencies.add(answer->took);
      return answer->location;
    }
    return {};
  }

  bool fail(std::string problem) {
    result_.problem = std::move(problem);
    return false;
  }

  Browser browser_;
  const ClerksOptions& options_;
  RegisterGenerator register_;
  RowText row_;
  ClerksResult result_;
};

}  // namespace

ClerksResult run_clerks(const ClerksOptions& options, SSL_CTX& context) {
  ClerksResult result;
  std::vector<Clerk> clerks;
  clerks.reserve(options.cookies.size());
  for (const std::string& cookie : options.cookies) {
    auto browser = Browser::open(context, options.server, cookie);
    if (!browser) {
      result.problem = browser.error();
      return result;
    }
    clerks.emplace_back(std::move(*browser), options);
  }
  const auto begin = Clock::now();
  {
    std::vector<std::jthread> threads;
    for (Clerk& clerk : clerks)
      threads.emplace_back([&clerk] { clerk.work(); });
  }
  result.elapsed = Clock::now() - begin;
  for (const Clerk& clerk : clerks) {
    result.claims += clerk.result().claims;
    result.desks += clerk.result().desks;
    result.saves += clerk.result().saves;
    if (result.problem.empty()) result.problem = clerk.result().problem;
  }
  return result;
}

std::expected<void, std::string> add_tasks(Browser& browser, const TasksToAdd& tasks) {
  if (const auto shown = browser.visit("/supervision"); !shown || shown->status != 200) {
    return std::unexpected(shown ? browser.told("supervision", *shown) : shown.error());
  }
  for (std::uint64_t i = 0; i < tasks.count; ++i) {
    const auto added = browser.send("/supervision/tasks", {{"bureau", tasks.bureau},
                                                           {"dataset", tasks.dataset},
                                                           {"title", fmt::format("paper {}", i)},
                                                           {"priority", "0"},
                                                           {"due", ""}});
    if (!added) return std::unexpected(added.error());
    if (added->status != 303) {
      return std::unexpected(browser.told("adding a task", *added));
    }
  }
  return {};
}

}  // namespace sluice::bench
