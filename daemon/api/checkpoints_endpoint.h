// Where other nodes ask what the center's ledger has of the checkpoints that they were told
// (docs/link.md).
#pragma once

#include <vector>

#include <boost/asio/awaitable.hpp>

#include "api/carriers.h"
#include "exchange/reception_pool.h"
#include "server/router.h"

namespace sluice::api {

// Thread-safe.
class CheckpointsEndpoint {
 public:
  // What must outlive the endpoint, of the carriers what they refer to.
  struct Surroundings {
    Carriers carriers;
    exchange::ReceptionPool& lookups;  // which wait for no batch that is being applied
  };
  explicit CheckpointsEndpoint(const Surroundings& surroundings) : surroundings_(surroundings) {}

  // They refer to the endpoint.
  [[nodiscard]] std::vector<server::Route> routes();

 private:
  [[nodiscard]] boost::asio::awaitable<server::Response> answer(const server::Request& request);

  Surroundings surroundings_;
};

}  // namespace sluice::api
