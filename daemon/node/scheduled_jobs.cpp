#include "node/scheduled_jobs.h"

#include <random>
#include <utility>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/json.hpp>

#include "server/refusal.h"

namespace sluice::node {
namespace {

namespace asio = boost::asio;

schedule::Moment clock_now() {
  return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
}

double chance() {
  thread_local std::mt19937_64 generator{std::random_device{}()};
  return std::uniform_real_distribution<double>(0, 1)(generator);
}

std::string text_of(schedule::Moment moment) {
  return record::to_string(record::Time(moment));
}

boost::json::object to_json(const jobs::JobStatus& status) {
  boost::json::object object{{"bureau", status.name.bureau.str()},
                             {"task", status.name.task},
                             {"schedule", status.schedule}};
  object["state"] = status.running_since        ? "running"
                    : status.is_paused          ? "paused"
                    : !status.held_back.empty() ? "held back"
                                                : "waiting";
  if (!status.held_back.empty()) object["held_back"] = status.held_back;
  if (status.running_since) object["running_since"] = text_of(*status.running_since);
  if (status.next) object["next"] = text_of(*status.next);
  if (status.last) {
    object["last_started"] = text_of(status.last->started);
    object["last_reason"] = status.last->reason;
    object["last_outcome"] = status.last->outcome;
    object["last_seconds"] =
        (status.last->ended.value_or(status.last->started) - status.last->started).count();
    object["last_sentence"] = status.last->sentence;
  }
  return object;
}

std::vector<jobs::Job> jobs_of(const settings::Bureau& bureau) {
  std::vector<jobs::Job> jobs;
  if (!bureau.front_end) return jobs;
  const std::string& id = bureau.id.str();
  if (bureau.front_end->schedule) {
    jobs.push_back({.name = {bureau.id, "collect"},
                    .schedule = *bureau.front_end->schedule,
                    .arguments = {"collect", id, "--no-wait", "--json"}});
  }
  if (const auto& reconciliation = bureau.front_end->reconciliation) {
    // What it prints is kept: it names no record.
    jobs.push_back({.name = {bureau.id, "reconcile"},
                    .schedule = reconciliation->schedule,
                    .arguments = {"reconcile", id, "--json", "--show", "0"}});
    if (reconciliation->repairs) jobs.back().arguments.emplace_back("--repair");
  }
  return jobs;
}

// A journal that is full takes nothing: what a run would read would only wait in memory.
jobs::HoldBack hold_back_while_full(const foundation::Foundation& foundation,
                                    const record::BureauId& bureau) {
  return [&foundation, bureau]() -> std::optional<std::string> {
    auto journal = foundation.open_journal(bureau);
    if (!journal) return record::to_string(journal.error());
    if (auto room = journal->check_backlog(); !room) return record::to_string(room.error());
    return std::nullopt;
  };
}

}  // namespace

std::expected<std::unique_ptr<ScheduledJobs>, std::string> ScheduledJobs::start(
    const std::set<record::BureauId>& own, Surroundings surroundings) {
  const foundation::Foundation& foundation = surroundings.foundation;
  std::unique_ptr<ScheduledJobs> jobs(
      new ScheduledJobs({.command = std::move(surroundings.command),
                         .configuration = std::move(surroundings.configuration),
                         .history = foundation.settings.node.state_directory / "jobs.sqlite",
                         .log = surroundings.log,
                         .metrics = surroundings.metrics,
                         .clock = clock_now,
                         .chance = chance}));
  for (const record::BureauId& id : own) {
    const settings::Bureau& bureau = foundation.settings.bureaus.at(id);
    std::vector<jobs::Job> of_bureau = jobs_of(bureau);
    if (of_bureau.empty()) continue;
    auto added =
        jobs->scheduler_.add(id, std::move(of_bureau), hold_back_while_full(foundation, id));
    if (!added) return std::unexpected(added.error());
  }
  return jobs;
}

std::vector<server::Route> ScheduledJobs::routes(asio::thread_pool& blocking) {
  std::vector<server::Route> routes;
  routes.push_back({.method = server::Method::get,
                    .path = "/v1/jobs",
                    .content_types = {},
                    .handler = [this](const server::Request&) -> asio::awaitable<server::Response> {
                      boost::json::array all;
                      for (const jobs::JobStatus& status : scheduler_.status())
                        all.push_back(to_json(status));
                      co_return server::Response{.content_type = "application/json",
                                                 .body = boost::json::serialize(all)};
                    }});
  using Order = jobs::Scheduler::Order;
  for (const auto& [name, order] :
       {std::pair{"pause", Order::pause}, std::pair{"resume", Order::resume},
        std::pair{"run", Order::run_now}}) {
    routes.push_back(
        {.method = server::Method::post,
         .path = std::string("/v1/jobs/{bureau}/") + name,
         .content_types = {},
         .handler = [this, order, &blocking](
                        const server::Request& request) -> asio::awaitable<server::Response> {
           const record::BureauId bureau{std::string(request.parameter("bureau"))};
           const bool obeyed = co_await asio::co_spawn(
               blocking,
               [this, order, bureau]() -> asio::awaitable<bool> {
                 co_return scheduler_.obey(bureau, order);
               },
               asio::use_awaitable);
           if (obeyed) {
             co_return server::Response{.content_type = "application/json", .body = "{}"};
           }
           co_return server::problem(
               404, "no-job",
               "no job of this bureau runs by a schedule here: its channel has no "
               "`schedule`, or had none when sluiced started");
         }});
  }
  return routes;
}

}  // namespace sluice::node
