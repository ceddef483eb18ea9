// Where other nodes bring their batches, by HTTPS (docs/link.md): PUT of a batch by its number,
// where a stream stands, what a batch was answered.
#pragma once

#include <expected>
#include <functional>
#include <optional>
#include <utility>
#include <vector>

#include <boost/asio/awaitable.hpp>

#include "api/carriers.h"
#include "exchange/reception_pool.h"
#include "record/receipt.h"
#include "server/router.h"

namespace sluice::api {

// Thread-safe.
class BatchesEndpoint {
 public:
  // What must outlive the endpoint, of the carriers what they refer to.
  struct Surroundings {
    Carriers carriers;
    exchange::ReceptionPool& receptions;
    exchange::ReceptionPool& lookups;  // of receipts, which wait for no batch that is being applied
    // Hears of each receipt that is given for a batch that was brought. Empty: nobody does.
    std::function<void(const record::Receipt&)> answered = {};
  };
  explicit BatchesEndpoint(Surroundings surroundings) : surroundings_(std::move(surroundings)) {}

  // They refer to the endpoint.
  [[nodiscard]] std::vector<server::Route> routes();

 private:
  // What a path names.
  struct Place {
    record::StreamId stream;
    record::Sequence sequence;  // 0 where the path has none
  };
  // Why a body is not the batch of its path.
  struct Objection;
  [[nodiscard]] static std::optional<Objection> objection(const record::Batch& batch,
                                                          const Place& place);
  // Signed where it can be, as any answer to a batch.
  [[nodiscard]] boost::asio::awaitable<server::Response> refuse_body(const Place& place,
                                                                     const Objection& why);
  [[nodiscard]] boost::asio::awaitable<server::Response> take(const server::Request& request);
  void tell(const record::SignedReceipt& given) const;
  [[nodiscard]] boost::asio::awaitable<server::Response> tell_standing(
      const server::Request& request);
  [[nodiscard]] boost::asio::awaitable<server::Response> tell_receipt(
      const server::Request& request);
  [[nodiscard]] static std::expected<Place, server::Response> place_of(
      const server::Request& request);

  Surroundings surroundings_;
};

}  // namespace sluice::api
