// What became of a call after it was answered: GET /v1/datasets/{dataset}/outcomes, with the
// Idempotency-Key that the call had, or by its batch. "Accepted" means durable here; whether the
// center took each row is known when its receipt is back (docs/direct-api.md).
#pragma once

#include <map>
#include <vector>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/thread_pool.hpp>

#include "api/publishers.h"
#include "journal/group_commit.h"
#include "server/router.h"

namespace sluice::api {

// Thread-safe: calls run on their connections' executors.
class OutcomesEndpoint {
 public:
  struct Stream {
    record::StreamId id;
    journal::GroupCommit& commit;
  };
  // What they refer to must outlive the endpoint. `large_receipts` reads those that name many rows;
  // it is joined before the endpoint and the calls' executors go.
  OutcomesEndpoint(Publishers publishers, std::vector<Stream> streams,
                   boost::asio::thread_pool& large_receipts);

  // They refer to the endpoint.
  [[nodiscard]] std::vector<server::Route> routes();

 private:
  using Reply = adapters::direct::Reply;
  [[nodiscard]] std::expected<const Stream*, Reply> stream_of(
      const Publishers::Caller& caller) const;
  [[nodiscard]] boost::asio::awaitable<Reply> of_call(const server::Request& request) const;
  [[nodiscard]] boost::asio::awaitable<Reply> of_batch(const server::Request& request) const;

  Publishers publishers_;
  std::map<record::BureauId, Stream> streams_;
  boost::asio::thread_pool& large_receipts_;
};

}  // namespace sluice::api
