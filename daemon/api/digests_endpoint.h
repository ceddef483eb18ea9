// Where other nodes ask what the central store holds, to compare it with their bureaus' own
// databases: keys and digests only (docs/reconciliation.md); and whether their schemas could be
// taken (docs/link.md).
#pragma once

#include <optional>
#include <vector>

#include <boost/asio/awaitable.hpp>

#include "api/batch_problem.h"
#include "exchange/catalogue.h"
#include "exchange/reception_pool.h"
#include "observe/log.h"
#include "server/router.h"
#include "trust/denials.h"
#include "trust/policy.h"

namespace sluice::api {

// Thread-safe.
class DigestsEndpoint {
 public:
  // What must outlive the endpoint. `receptions` are its own: a comparison reads whole tables,
  // which no batch shall wait for, nor who asks about a schema.
  struct Surroundings {
    const trust::Policy& policy;
    const exchange::Catalogue& catalogue;
    exchange::ReceptionPool& receptions;
    exchange::ReceptionPool& lookups;
    trust::Denials& denials;
    observe::Log& log;
  };
  explicit DigestsEndpoint(const Surroundings& surroundings) : surroundings_(surroundings) {}

  // They refer to the endpoint.
  [[nodiscard]] std::vector<server::Route> routes();

 private:
  // Nothing: the caller may ask this.
  [[nodiscard]] std::optional<server::Response> turn_away(const server::Request& request);
  [[nodiscard]] boost::asio::awaitable<server::Response> answer(const server::Request& request);
  [[nodiscard]] boost::asio::awaitable<server::Response> judge(const server::Request& request);

  Surroundings surroundings_;
};

}  // namespace sluice::api
