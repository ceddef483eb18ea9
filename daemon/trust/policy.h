// Who may do what. Whatever is not granted is denied.
#pragma once

#include <set>
#include <utility>

#include "record/identifiers.h"
#include "record/manifest.h"

namespace sluice::trust {

// The right of a bureau to publish a dataset by a mode.
struct PublishGrant {
  record::BureauId bureau;
  record::DatasetId dataset;
  record::Mode mode = record::Mode::direct;
  friend auto operator<=>(const PublishGrant&, const PublishGrant&) = default;
};

// A value; safe to read from many threads.
class Policy {
 public:
  Policy() = default;
  explicit Policy(std::set<PublishGrant> grants) : grants_(std::move(grants)) {}

  [[nodiscard]] bool may_publish(const record::BureauId& bureau, const record::DatasetId& dataset,
                                 record::Mode mode) const {
    return grants_.contains({bureau, dataset, mode});
  }

 private:
  std::set<PublishGrant> grants_;
};

}  // namespace sluice::trust
