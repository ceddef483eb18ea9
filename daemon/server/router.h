// Which handler serves a request: by method and path, where {name} stands for one segment.
#pragma once

#include <cstdint>
#include <expected>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/asio/awaitable.hpp>

#include "server/refusal.h"
#include "server/request.h"

namespace sluice::server {

// Runs on the connection's executor and must not block it. What it throws is answered with 500.
using Handler = std::function<boost::asio::awaitable<Response>(const Request&)>;

// Asked when the head is there and before the body is taken: what it answers is final, and the body
// is not read. Must not block.
using Admission = std::function<std::optional<Response>(const Request&)>;

// Of a route whose bodies the listener's limits do not fit. They have memory of their own, and only
// have to go on arriving: the time limit counts from their latest byte.
struct BodyLimits {
  std::uint64_t max_bytes = 0;         // of one
  std::uint64_t max_memory_bytes = 0;  // of all at once; one peer may have half of it
};

struct Route {
  Method method = Method::get;
  std::string path;  // "/v1/datasets/{dataset}/records"; at most four parameters
  // Media types that the body may have, without parameters; "application/*" is not understood.
  // Empty: the route looks for itself.
  std::vector<std::string> content_types;
  Handler handler;
  Admission admission;  // may be empty: then everybody is admitted whom the server knows
  std::optional<BodyLimits> bodies;
};

// Immutable once made, so safe to read from many threads.
class Router {
 public:
  explicit Router(std::vector<Route> routes);

  struct Miss {
    Refusal refusal;
    std::string allow;  // for method_not_allowed: the header field's value
  };
  // All of them; they live as long as the router, wherever it is moved.
  [[nodiscard]] std::vector<const Route*> routes() const;
  // Sets `parameters` to views of `path`. HEAD is served by GET's route. The path "*", which only
  // OPTIONS has, finds a route of the router's own, which is none of routes(): it tells the
  // methods.
  [[nodiscard]] std::expected<const Route*, Miss> find(
      Method method, std::string_view path, std::array<Request::Parameter, 4>& parameters) const;

 private:
  struct Entry {
    Route route;
    std::vector<std::string> segments;
  };
  std::vector<Entry> entries_;
  std::unique_ptr<const Route> whole_server_;
};

// Whether the route takes a body of this type.
[[nodiscard]] bool takes_content_type(const Route& route,
                                      std::optional<std::string_view> content_type);

}  // namespace sluice::server
