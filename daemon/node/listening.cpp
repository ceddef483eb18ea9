// What a node listens on: bureaus and edges, people, and its operators.
#include <utility>

#include "node/node.h"
#include "record/try.h"

namespace sluice::node {

std::expected<void, std::string> Node::listen() {
  const settings::Node& node = generation_->installation().settings.node;
  if (node.listen) SLUICE_TRY(listen_to_bureaus(*node.listen));
  if (node.pages) SLUICE_TRY(listen_to_people(*node.pages));
  return listen_to_operators();
}

server::Surroundings Node::of_listeners() {
  return {.denials = denials_, .log = *log_, .metrics = metrics_};
}

std::expected<void, std::string> Node::listen_to_bureaus(const server::Listen& listen) {
  auto tls = certificates_.for_bureaus();
  if (!tls) return std::unexpected(record::to_string(tls.error()));
  auto listening =
      server::HttpServer::listen(context_, std::move(*tls),
                                 {server::Router(generation_->routes_for_bureaus()), listen,
                                  generation_->directory(), server::machines(), generation_},
                                 of_listeners());
  if (!listening) return std::unexpected(record::to_string(listening.error()));
  api_ = std::move(*listening);
  return {};
}

std::expected<void, std::string> Node::listen_to_operators() {
  const settings::Node& node = generation_->installation().settings.node;
  auto listening = server::HttpServer::listen_locally(
      context_, node.control_socket,
      {server::Router(generation_->routes_for_operators()), node.listen.value_or(server::Listen{}),
       generation_->directory(), server::operators(), generation_},
      of_listeners());
  if (!listening) return std::unexpected(record::to_string(listening.error()));
  control_ = std::move(*listening);
  return {};
}

std::expected<void, std::string> Node::listen_to_people(const settings::Pages& pages) {
  auto tls = certificates_.for_people();
  if (!tls) return std::unexpected(record::to_string(tls.error()));
  auto listening =
      server::HttpServer::listen(context_, std::move(*tls),
                                 {server::Router(generation_->routes_for_people()), pages.listen,
                                  generation_->directory(), generation_->people(), generation_},
                                 of_listeners());
  if (!listening) return std::unexpected(record::to_string(listening.error()));
  pages_ = std::move(*listening);
  return {};
}

}  // namespace sluice::node
