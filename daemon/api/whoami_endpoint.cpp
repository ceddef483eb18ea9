#include "api/whoami_endpoint.h"

#include <utility>
#include <variant>

#include <boost/json.hpp>

#include "api/batch_problem.h"

namespace sluice::api {

namespace asio = boost::asio;

server::Route whoami_route(const trust::Policy& policy, WhoamiSurroundings node) {
  const auto answer = [&policy, node = std::move(node)](
                          const server::Request& request) -> asio::awaitable<server::Response> {
    const trust::Caller& caller = request.peer.caller;
    const auto* own = std::get_if<record::BureauId>(&caller);
    if (own == nullptr && !std::holds_alternative<record::NodeId>(caller)) {
      co_return refuse(BatchProblem::not_permitted,
                       "this certificate is neither a bureau's nor a node's here; see `nodes` in "
                       "node.yaml, and `certificate_subject` in bureaus/");
    }
    boost::json::array bureaus;
    for (const record::BureauId& bureau : node.bureaus) {
      if (own != nullptr ? *own == bureau : policy.may_carry(caller, bureau)) {
        bureaus.emplace_back(bureau.str());
      }
    }
    co_return server::Response{.content_type = "application/json",
                               .body = boost::json::serialize(
                                   boost::json::object{{"node", node.name.str()},
                                                       {"kind", own != nullptr ? "bureau" : "node"},
                                                       {"name", request.peer.name()},
                                                       {"bureaus", std::move(bureaus)},
                                                       {"time", record::to_string(node.clock())},
                                                       {"version", SLUICE_VERSION}}),
                               .headers = {{"Cache-Control", "no-store"}}};
  };
  return {server::Method::get, "/v1/whoami", {}, answer};
}

}  // namespace sluice::api
