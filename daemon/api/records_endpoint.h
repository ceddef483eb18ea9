// POST /v1/datasets/{dataset}/records: from a bureau's call to an answer that is given only once
// the journal has the rows on disk.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/thread_pool.hpp>

#include "adapters/direct/call_collector.h"
#include "adapters/direct/idempotency.h"
#include "api/publishers.h"
#include "intake/conversion_plan.h"
#include "intake/mapping.h"
#include "intake/reject_limit.h"
#include "journal/group_commit.h"
#include "observe/log.h"
#include "record/record_checker.h"
#include "server/router.h"
#include "trust/denials.h"
#include "trust/policy.h"

namespace sluice::api {

// What a bureau may post of one dataset. References must outlive the endpoint.
struct PublishedDataset {
  const record::Dataset& dataset;
  const record::RecordChecker& checker;
  const intake::Mapping& mapping;
  intake::RejectLimit reject_limit;
  std::uint64_t max_row_bytes = 0;
  journal::DatasetOrigin origin;
};

// One bureau's stream, as far as the endpoint needs it.
struct DirectStream {
  record::StreamId id;
  journal::GroupCommit& commit;
  std::vector<PublishedDataset> datasets;
};

// Thread-safe: calls run on their connections' executors.
class RecordsEndpoint {
 public:
  // What must outlive the endpoint.
  struct Surroundings {
    const trust::Policy& policy;
    trust::Denials& denials;
    observe::Log& log;
    adapters::direct::RunningKeys& running;  // of all endpoints of a process
    journal::Clock clock;
    // Reads large bodies. Joined before the endpoint and the calls' executors go.
    boost::asio::thread_pool& large_calls;
    // Why nothing of a dataset is to be taken now; nothing where it may. Empty: it always may.
    std::function<std::optional<std::string>(const record::DatasetId&)> objection = {};
  };

  // `known_datasets`: all of the node, to tell an unknown dataset from a forbidden one. The error
  // is that of a mapping which records can not serve.
  [[nodiscard]] static intake::Result<std::unique_ptr<RecordsEndpoint>> make(
      std::vector<DirectStream> streams, std::vector<record::DatasetId> known_datasets,
      const Surroundings& surroundings);
  ~RecordsEndpoint();

  // They refer to the endpoint.
  [[nodiscard]] std::vector<server::Route> routes();

 private:
  struct Publication;
  struct Stream;
  using Reply = adapters::direct::Reply;
  using RowBuffers = adapters::direct::RowBuffers;
  explicit RecordsEndpoint(const Surroundings& surroundings);
  [[nodiscard]] boost::asio::awaitable<server::Response> handle(const server::Request& request);
  [[nodiscard]] std::expected<const Publication*, Reply> admit(const server::Request& request);
  [[nodiscard]] boost::asio::awaitable<Reply> answer_call(const server::Request& request,
                                                          const Publication& publication);
  // Empty where the key is new.
  [[nodiscard]] boost::asio::awaitable<std::optional<Reply>> earlier_answer(
      const Publication& publication, const std::string& key, const record::Digest& fingerprint);
  [[nodiscard]] boost::asio::awaitable<Reply> take(const Publication& publication,
                                                   const adapters::direct::Call& call,
                                                   const std::optional<std::string>& key,
                                                   const record::Digest& fingerprint);
  // What is wrong between a dataset's schema and the store is the operator's to read.
  [[nodiscard]] std::optional<Reply> why_not_taken(const Publication& publication) const;
  // Hands the call's rows to `intake`: a large body's on another thread, so that it holds up no
  // other connection.
  [[nodiscard]] boost::asio::awaitable<adapters::Result<void>> collect(
      const Publication& publication, const adapters::direct::Call& call, intake::Door& intake);
  // The refusal, where the call's rows and those that came before it pass the reject limit.
  [[nodiscard]] boost::asio::awaitable<std::optional<Reply>> passed_limit(
      const Publication& publication, const intake::RowTally& call);
  [[nodiscard]] std::unique_ptr<RowBuffers> borrow_buffers();
  void give_back(std::unique_ptr<RowBuffers> buffers);

  Surroundings surroundings_;
  Publishers publishers_;
  std::map<record::BureauId, std::unique_ptr<Stream>> streams_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<RowBuffers>> free_buffers_;  // guarded by mutex_
};

}  // namespace sluice::api
