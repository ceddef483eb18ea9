// Where other nodes bring their batches, by HTTPS (docs/link.md): PUT of a batch by its number,
// where a stream stands, what a batch was answered.
#pragma once

#include <expected>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <boost/asio/awaitable.hpp>

#include "exchange/batch_problem.h"
#include "exchange/reception_pool.h"
#include "observe/log.h"
#include "server/router.h"
#include "trust/denials.h"

namespace sluice::exchange {

// Which bureaus' batches each node may bring. What is not in it is denied.
using CarryGrants = std::map<record::NodeId, std::set<record::BureauId>>;

// Thread-safe.
class BatchesEndpoint {
 public:
  // What must outlive the endpoint.
  struct Surroundings {
    ReceptionPool& receptions;
    trust::Denials& denials;
    observe::Log& log;
  };
  BatchesEndpoint(CarryGrants grants, const Surroundings& surroundings);

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

  CarryGrants grants_;
  Surroundings surroundings_;
};

}  // namespace sluice::exchange
