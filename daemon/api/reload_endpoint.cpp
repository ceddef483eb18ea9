#include "api/reload_endpoint.h"

#include <utility>

#include <boost/json.hpp>

#include "api/on_own_executor.h"
#include "api/operators.h"

namespace sluice::api {
namespace {

namespace asio = boost::asio;

const char* to_text(ReloadOutcome::Kind kind) {
  switch (kind) {
    case ReloadOutcome::Kind::applied:
      return "applied";
    case ReloadOutcome::Kind::unchanged:
      return "unchanged";
    case ReloadOutcome::Kind::refused:
      return "refused";
  }
  return "refused";
}

std::string to_text(const ReloadOutcome& outcome) {
  return boost::json::serialize(
      boost::json::object{{"outcome", to_text(outcome.kind)},
                          {"added", boost::json::value_from(outcome.added)},
                          {"changed", boost::json::value_from(outcome.changed)},
                          {"removed", boost::json::value_from(outcome.removed)},
                          {"restart", boost::json::value_from(outcome.restart)},
                          {"warnings", boost::json::value_from(outcome.warnings)},
                          {"complaints", boost::json::value_from(outcome.complaints)}});
}

}  // namespace

server::Route reload_route(const trust::Policy& policy, AskToReload ask) {
  return {.method = server::Method::post,
          .path = "/v1/reload",
          .content_types = {},
          .handler = [ask = std::move(ask)](
                         const server::Request& request) -> asio::awaitable<server::Response> {
            const auto outcome = co_await on_own_executor<ReloadOutcome>(
                [&](auto done) { ask(request.peer.name(), std::move(done)); });
            co_return server::Response{.content_type = "application/json",
                                       .body = to_text(outcome)};
          },
          .admission = for_operators(policy)};
}

}  // namespace sluice::api
