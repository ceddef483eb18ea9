#include "server/router.h"

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "server/ascii.h"

namespace sluice::server {
namespace {

using Parameters = std::array<Request::Parameter, 4>;

std::vector<std::string> split(std::string_view path) {
  std::vector<std::string> segments;
  while (!path.empty()) {
    path.remove_prefix(1);
    const std::size_t end = std::min(path.find('/'), path.size());
    segments.emplace_back(path.substr(0, end));
    path.remove_prefix(end);
  }
  return segments;
}

bool is_parameter(std::string_view segment) {
  return segment.starts_with('{');
}

bool matches(const std::vector<std::string>& segments, std::string_view path,
             Parameters& parameters) {
  std::size_t found = 0;
  for (const std::string& segment : segments) {
    if (path.empty()) return false;
    path.remove_prefix(1);
    const std::string_view given = path.substr(0, path.find('/'));
    path.remove_prefix(given.size());
    if (is_parameter(segment)) {
      if (given.empty()) return false;
      parameters.at(found++) = {std::string_view(segment).substr(1, segment.size() - 2), given};
    } else if (segment != given) {
      return false;
    }
  }
  return path.empty();
}

bool serves(Method offered, Method asked) {
  return offered == asked || (offered == Method::get && asked == Method::head);
}

// RFC 9110, 9.3.7: that the server is there, and which methods it has at all.
Route whole_server(std::string allow) {
  return {
      .method = Method::options,
      .path = "*",
      .content_types = {},
      .handler = [allow = std::move(allow)](const Request&) -> boost::asio::awaitable<Response> {
        Response response{.status = 204, .content_type = {}, .body = {}, .headers = {}};
        response.headers.emplace_back("Allow", allow);
        co_return response;
      },
      .admission = {},
      .bodies = {}};
}

// Of all routes together, each once.
std::string methods_of(const std::vector<Route>& routes) {
  std::string all(to_string(Method::options));
  for (const Method method :
       {Method::get, Method::head, Method::post, Method::put, Method::patch, Method::remove}) {
    const bool is_served = std::ranges::any_of(
        routes, [&](const Route& route) { return serves(route.method, method); });
    if (is_served) all += ", " + std::string(to_string(method));
  }
  return all;
}

}  // namespace

Router::Router(std::vector<Route> routes)
    : whole_server_(std::make_unique<const Route>(whole_server(methods_of(routes)))) {
  for (Route& route : routes) {
    auto segments = split(route.path);
    if (std::ranges::count_if(segments, is_parameter) > 4) {
      throw std::invalid_argument("route " + route.path + ": at most four parameters");
    }
    entries_.push_back({std::move(route), std::move(segments)});
  }
}

std::vector<const Route*> Router::routes() const {
  std::vector<const Route*> all;
  all.reserve(entries_.size());
  for (const Entry& entry : entries_)
    all.push_back(&entry.route);
  return all;
}

std::expected<const Route*, Router::Miss> Router::find(Method method, std::string_view path,
                                                       Parameters& parameters) const {
  if (path == "*") return whole_server_.get();
  std::string allow;
  for (const Entry& entry : entries_) {
    parameters = {};
    if (!matches(entry.segments, path, parameters)) continue;
    if (serves(entry.route.method, method)) return &entry.route;
    if (!allow.empty()) allow += ", ";
    allow += to_string(entry.route.method);
    if (entry.route.method == Method::get) allow += ", HEAD";
  }
  if (allow.empty()) return std::unexpected(Miss{Refusal::not_found, {}});
  return std::unexpected(Miss{Refusal::method_not_allowed, std::move(allow)});
}

bool takes_content_type(const Route& route, std::optional<std::string_view> content_type) {
  if (route.content_types.empty()) return true;
  std::string_view media_type = content_type.value_or("");
  media_type = media_type.substr(0, media_type.find(';'));
  while (media_type.ends_with(' ') || media_type.ends_with('\t'))
    media_type.remove_suffix(1);
  return std::ranges::any_of(route.content_types, [&](const std::string& taken) {
    return same_but_case(taken, media_type);
  });
}

}  // namespace sluice::server
