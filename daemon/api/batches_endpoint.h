// Where other nodes bring their batches, by HTTPS (docs/link.md): PUT of a batch by its number,
// where a stream stands, what a batch was answered.
#pragma once

#include <expected>
#include <optional>
#include <string>
#include <vector>

#include <boost/asio/awaitable.hpp>

#include "api/batch_problem.h"
#include "exchange/reception_pool.h"
#include "observe/log.h"
#include "server/router.h"
#include "trust/denials.h"
#include "trust/policy.h"

namespace sluice::api {

// Thread-safe.
class BatchesEndpoint {
 public:
  // What must outlive the endpoint.
  struct Surroundings {
    const trust::Policy& policy;
    exchange::ReceptionPool& receptions;
    trust::Denials& denials;
    observe::Log& log;
  };
  explicit BatchesEndpoint(const Surroundings& surroundings) : surroundings_(surroundings) {}

  // They refer to the endpoint.
  [[nodiscard]] std::vector<server::Route> routes();

 private:
  // What a path names.
  struct Place {
    record::StreamId stream;
    record::Sequence sequence;  // 0 where the path has none
  };
  // Nothing: the caller may ask this.
  [[nodiscard]] std::optional<server::Response> turn_away(const server::Request& request);
  [[nodiscard]] boost::asio::awaitable<server::Response> take(const server::Request& request);
  [[nodiscard]] boost::asio::awaitable<server::Response> tell_standing(
      const server::Request& request);
  [[nodiscard]] boost::asio::awaitable<server::Response> tell_receipt(
      const server::Request& request);
  void deny(const server::Peer& peer, const std::string& bureau, const std::string& reason);
  [[nodiscard]] static std::expected<Place, server::Response> place_of(
      const server::Request& request);

  Surroundings surroundings_;
};

}  // namespace sluice::api
