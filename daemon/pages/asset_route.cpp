#include "pages/asset_route.h"

#include "pages/answer.h"

namespace sluice::pages {
namespace {

server::Response file_of(const Asset& asset, bool gzipped) {
  server::Response response{.content_type = std::string(asset.media_type),
                            .body = gzipped ? asset.gzipped : std::string(asset.bytes),
                            .headers = {{"Cache-Control", "public, max-age=31536000, immutable"},
                                        {"Vary", "Accept-Encoding"},
                                        {"X-Content-Type-Options", "nosniff"},
                                        {"Cross-Origin-Resource-Policy", "same-origin"}}};
  if (gzipped) response.headers.emplace_back("Content-Encoding", "gzip");
  return response;
}

}  // namespace

std::vector<server::Route> asset_routes(const Assets& assets) {
  std::vector<server::Route> routes;
  for (const Asset& asset : assets.all()) {
    routes.push_back({.method = server::Method::get,
                      .path = asset.path,
                      .content_types = {},
                      .handler = [&asset](const server::Request& request)
                          -> boost::asio::awaitable<server::Response> {
                        co_return file_of(asset, takes_gzip(request));
                      }});
  }
  return routes;
}

}  // namespace sluice::pages
