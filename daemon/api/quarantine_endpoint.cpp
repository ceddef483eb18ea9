#include "api/quarantine_endpoint.h"

#include <string>
#include <utility>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/json.hpp>
#include <fmt/format.h>

#include "record/try.h"

namespace sluice::api {
namespace {

namespace asio = boost::asio;

constexpr server::BodyLimits report_bodies{.max_bytes = edges::most_report_bytes,
                                           .max_memory_bytes = 8 * edges::most_report_bytes};

}  // namespace

QuarantineEndpoint::QuarantineEndpoint(Surroundings surroundings)
    : surroundings_(std::move(surroundings)) {}

std::vector<server::Route> QuarantineEndpoint::routes() {
  return {{.method = server::Method::put,
           .path = "/v1/streams/{bureau}/quarantine",
           .content_types = {"application/json"},
           .handler = [this](const server::Request& request) { return take(request); },
           .admission =
               [this](const server::Request& request) {
                 return surroundings_.carriers.turn_away(request);
               },
           .bodies = report_bodies}};
}

asio::awaitable<server::Response> QuarantineEndpoint::take(const server::Request& request) {
  auto report = edges::parse_report(request.body);
  if (!report) co_return refuse(BatchProblem::not_a_report, report.error().sentence);
  const edges::KeptReport kept{
      .bureau = record::BureauId(std::string(request.parameter("bureau"))),
      .node = std::get<record::NodeId>(request.peer.caller),  // who else is turned away
      .received_at = surroundings_.clock(),
      .report = std::move(*report)};
  if (!begin_to_wait()) {
    co_return refuse(
        BatchProblem::store_unavailable,
        fmt::format("{} reports wait for the store already: come again later", most_waiting));
  }
  // Counted down where it is kept: this coroutine may outlive the endpoint.
  const auto keeping = [&]() -> asio::awaitable<edges::Result<void>> {
    const auto leave = [](std::atomic<int>* waiting) { --*waiting; };
    const std::unique_ptr<std::atomic<int>, decltype(leave)> place(&waiting_, leave);
    co_return keep(kept);
  };
  const auto done = co_await asio::co_spawn(thread_, keeping, asio::use_awaitable);
  if (!done) co_return refuse(BatchProblem::store_unavailable, record::to_string(done.error()));
  measure(kept);
  const boost::json::object object{{"bureau", kept.bureau.str()},
                                   {"received_at", record::to_string(kept.received_at)}};
  co_return server::Response{.content_type = "application/json",
                             .body = boost::json::serialize(object) + "\n"};
}

bool QuarantineEndpoint::begin_to_wait() {
  if (++waiting_ <= most_waiting) return true;
  --waiting_;
  return false;
}

edges::Result<void> QuarantineEndpoint::keep(const edges::KeptReport& kept) {
  recall();
  if (!reports_) reports_ = SLUICE_TRY(surroundings_.open());
  return reports_->keep(kept);
}

void QuarantineEndpoint::recall(std::set<record::BureauId> bureaus) {
  asio::post(thread_, [this, bureaus = std::move(bureaus)]() mutable {
    to_recall_ = std::move(bureaus);
    recall();
  });
}

void QuarantineEndpoint::recall() {
  if (to_recall_.empty()) return;
  if (!reports_) {
    auto opened = surroundings_.open();
    if (!opened) return;
    reports_ = std::move(*opened);
  }
  const auto all = reports_->all();
  if (!all) return;
  for (const edges::KeptReport& kept : *all) {
    if (to_recall_.contains(kept.bureau)) measure(kept);
  }
  to_recall_.clear();
}

void QuarantineEndpoint::measure(const edges::KeptReport& kept) {
  std::uint64_t waiting = 0;
  for (const journal::QuarantineCount& count : edges::waiting_in(kept.report))
    waiting += count.waiting;
  const std::string& bureau = kept.bureau.str();
  surroundings_.metrics.edge_quarantine_waiting(bureau).Set(static_cast<double>(waiting));
  surroundings_.metrics.edge_report_seconds(bureau).Set(
      std::chrono::duration<double>(kept.received_at.time_since_epoch()).count());
}

}  // namespace sluice::api
