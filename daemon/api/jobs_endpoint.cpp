#include "api/jobs_endpoint.h"

#include <utility>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/json.hpp>

#include "api/job_json.h"
#include "api/operators.h"
#include "server/refusal.h"

namespace sluice::api {
namespace asio = boost::asio;

std::vector<server::Route> JobsEndpoint::routes() {
  using Order = runs::Scheduler::Order;
  const server::Admission admission = for_operators(surroundings_.policy);
  std::vector<server::Route> routes{{.method = server::Method::get,
                                     .path = "/v1/jobs",
                                     .content_types = {},
                                     .handler = [this](const server::Request&) { return list(); },
                                     .admission = admission}};
  for (const auto& [name, order] :
       {std::pair{"pause", Order::pause}, std::pair{"resume", Order::resume},
        std::pair{"run", Order::run_now}}) {
    routes.push_back(
        {.method = server::Method::post,
         .path = std::string("/v1/jobs/{bureau}/") + name,
         .content_types = {},
         .handler = [this, order](const server::Request& request) { return obey(request, order); },
         .admission = admission});
  }
  return routes;
}

asio::awaitable<server::Response> JobsEndpoint::list() {
  boost::json::array all;
  for (const runs::JobStatus& status : surroundings_.scheduler.status())
    all.push_back(job_json(status));
  co_return server::Response{.content_type = "application/json",
                             .body = boost::json::serialize(all)};
}

asio::awaitable<server::Response> JobsEndpoint::obey(const server::Request& request,
                                                     runs::Scheduler::Order order) {
  const record::BureauId bureau{std::string(request.parameter("bureau"))};
  // By reference, as this waits for it: GCC 12 destroys twice what such a lambda holds.
  const auto carry_out = [&]() -> asio::awaitable<bool> {
    co_return surroundings_.scheduler.obey(bureau, order);
  };
  const bool obeyed =
      co_await asio::co_spawn(surroundings_.blocking, carry_out, asio::use_awaitable);
  if (obeyed) co_return server::Response{.content_type = "application/json", .body = "{}"};
  co_return server::problem(404, "no-job",
                            "no job of this bureau runs by a schedule here: its channel has no "
                            "`schedule`, or had none when sluiced last read its configuration");
}

}  // namespace sluice::api
