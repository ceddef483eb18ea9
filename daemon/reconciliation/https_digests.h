// The digests of a central store on another node, asked for by HTTPS.
#pragma once

#include <string>

#include "link/bandwidth.h"
#include "link/https/https_caller.h"
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

// One owner, one thread. Connects when it is first asked.
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
  [[nodiscard]] std::unexpected<Failure> not_understood() const;

  ComparedDataset compared_;
  link::Bandwidth bandwidth_;
  link::HttpsCaller caller_;  // behind the bandwidth
};

}  // namespace sluice::reconciliation
