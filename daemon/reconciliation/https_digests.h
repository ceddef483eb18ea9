// The digests of a central store on another node, asked for by HTTPS.
#pragma once

#include <string>

#include <boost/asio/io_context.hpp>

#include "link/bandwidth.h"
#include "link/https/https_connection.h"
#include "link/https/uplink_identity.h"
#include "link/uplink.h"
#include "reconciliation/central_digests.h"
#include "record/digest.h"
#include "record/identifiers.h"

namespace sluice::reconciliation {

// What is compared, in whose name.
struct ComparedDataset {
  record::DatasetId dataset;
  record::Digest schema;
};

// One owner, one thread. Connects when it is first asked, to the first of the uplink's addresses
// that answers, and once more where a connection has gone since.
class HttpsDigests final : public CentralDigests {
 public:
  // `uplink` and `identity` must outlive it.
  HttpsDigests(ComparedDataset compared, const link::Uplink& uplink,
               const link::UplinkIdentity& identity);

  [[nodiscard]] Result<std::vector<record::RecordSum>> sums(
      const record::KeyRange& range, std::span<const record::Key> bounds) override;
  [[nodiscard]] Result<Listing> list(const record::KeyRange& range) override;

 private:
  // The body of a good answer.
  [[nodiscard]] Result<std::string> ask(const std::string& body);
  [[nodiscard]] boost::asio::awaitable<link::Result<std::string>> exchange(const std::string& body);
  [[nodiscard]] boost::asio::awaitable<link::Result<void>> connect();
  [[nodiscard]] std::unexpected<Failure> not_understood() const;

  ComparedDataset compared_;
  const link::Uplink& uplink_;
  const link::UplinkIdentity& identity_;
  link::Bandwidth bandwidth_;
  boost::asio::io_context context_;
  std::shared_ptr<link::HttpsConnection> connection_;
};

}  // namespace sluice::reconciliation
