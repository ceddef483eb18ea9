#include "api/health.h"

#include <boost/asio/awaitable.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

namespace sluice::api {

namespace asio = boost::asio;

server::Route health_route(std::function<Health()> health) {
  const auto handle =
      [health = std::move(health)](const server::Request&) -> asio::awaitable<server::Response> {
    const Health now = health();
    server::Response response;
    response.status = now.serving ? 200 : 503;
    response.content_type = "application/health+json";
    response.headers.emplace_back("Cache-Control", "no-store");
    boost::json::object body{{"status", now.serving ? "pass" : "fail"},
                             {"version", SLUICE_VERSION}};
    if (!now.serving) body["reason"] = now.reason;
    response.body = boost::json::serialize(body) + "\n";
    co_return response;
  };
  return {server::Method::get, "/v1/health", {}, handle};
}

server::Route metrics_route(const observe::Metrics& metrics, Measuring& measuring) {
  return {.method = server::Method::get,
          .path = "/metrics",
          .content_types = {},
          .handler = [&metrics,
                      &measuring](const server::Request&) -> asio::awaitable<server::Response> {
            co_await measuring.look();
            co_return server::Response{.content_type = std::string(observe::Metrics::content_type),
                                       .body = metrics.exposition()};
          }};
}

}  // namespace sluice::api
