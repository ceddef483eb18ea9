// Where other nodes ask what the central store holds, to compare it with their bureaus' own
// databases: keys and digests only (docs/reconciliation.md).
#pragma once

#include <optional>
#include <vector>

#include <boost/asio/awaitable.hpp>

#include "exchange/batches_endpoint.h"
#include "exchange/catalogue.h"
#include "exchange/reception_pool.h"
#include "server/router.h"

namespace sluice::exchange {

// Thread-safe.
class DigestsEndpoint {
 public:
  // What must outlive the endpoint. The receptions are its own: a comparison reads whole tables,
  // which no batch shall wait for.
  struct Surroundings {
    const Catalogue& catalogue;
    ReceptionPool& receptions;
    trust::Denials& denials;
    observe::Log& log;
  };
  DigestsEndpoint(CarryGrants grants, const Surroundings& surroundings);

  // They refer to the endpoint.
  [[nodiscard]] std::vector<server::Route> routes();

 private:
  // Nothing: the caller may ask this.
  [[nodiscard]] std::optional<server::Response> turn_away(const server::Request& request);
  [[nodiscard]] boost::asio::awaitable<server::Response> answer(const server::Request& request);

  CarryGrants grants_;
  Surroundings surroundings_;
};

}  // namespace sluice::exchange
