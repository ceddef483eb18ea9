// Routes whose answers show what reached the handler.
#pragma once

#include <atomic>
#include <string>
#include <vector>

#include "api/health.h"
#include "support/running_server.h"

namespace sluice::test {

// Answers "BUREAU DATASET BODY", and counts.
class EchoService {
 public:
  [[nodiscard]] int handled() const { return handled_; }

  [[nodiscard]] ServerOptions options() {
    ServerOptions options;
    options.routes = {records_route(), api::health_route([] { return api::Health{}; })};
    return options;
  }

 private:
  server::Route records_route() {
    return {server::Method::post,
            "/v1/datasets/{dataset}/records",
            {"application/json"},
            [this](const server::Request& request) -> boost::asio::awaitable<server::Response> {
              ++handled_;
              server::Response response;
              response.content_type = "text/plain";
              response.body = bureau_of(request.peer) + " " +
                              std::string(request.parameter("dataset")) + " " +
                              std::string(request.body);
              co_return response;
            }};
  }

  static std::string bureau_of(const server::Peer& peer) {
    const auto* bureau = std::get_if<record::BureauId>(&peer.caller);
    return bureau == nullptr ? "nobody" : bureau->str();
  }

  std::atomic<int> handled_{0};
};

inline const std::string health_request = "GET /v1/health HTTP/1.1\r\nHost: localhost\r\n\r\n";
inline const std::string records_head =
    "POST /v1/datasets/enterprise/records HTTP/1.1\r\nHost: localhost\r\n"
    "Content-Type: application/json\r\n";

[[nodiscard]] inline std::string post(const std::string& body) {
  return records_head + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}
[[nodiscard]] inline std::string body_of(const std::string& response) {
  const std::size_t end = response.find("\r\n\r\n");
  return end == std::string::npos ? std::string() : response.substr(end + 4);
}

}  // namespace sluice::test
