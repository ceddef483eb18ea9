// The bureaus that call for themselves about a dataset that they publish by direct docking: who is
// turned away, and how that is told, audited and logged.
#pragma once

#include <expected>
#include <vector>

#include "adapters/direct/problem.h"
#include "journal/journal.h"
#include "observe/log.h"
#include "server/request.h"
#include "trust/denials.h"
#include "trust/policy.h"

namespace sluice::api {

// Thread-safe. What it refers to must outlive it.
struct Publishers {
  const trust::Policy& policy;
  trust::Denials& denials;
  observe::Log& log;
  std::vector<record::DatasetId> known_datasets;  // to tell an unknown one from a forbidden one

  struct Caller {
    record::BureauId bureau;
    record::DatasetId dataset;
  };
  // Of a path with {dataset}.
  [[nodiscard]] std::expected<Caller, adapters::direct::Reply> admit(
      const server::Request& request) const;
};

[[nodiscard]] server::Response to_response(adapters::direct::Reply reply);
// What is between the operator and the journal is not the caller's to read.
[[nodiscard]] adapters::direct::Reply refuse_without_journal();
[[nodiscard]] adapters::direct::Reply refuse(const journal::JournalFailure& failure);

}  // namespace sluice::api
