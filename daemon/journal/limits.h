// How much a journal holds back, and how it groups small calls.
#pragma once

#include <chrono>
#include <cstdint>

#include "record/batch.h"

namespace sluice::journal {

struct Limits {
  // Of batches without a receipt, quarantined rows and remembered answers together.
  std::uint64_t backlog_bytes = std::uint64_t{8} << 30;
  std::chrono::seconds backlog_age = std::chrono::hours(24 * 7);
  // When the open batch of small calls is closed.
  std::uint64_t batch_rows = record::usual_batch_rows;
  std::uint64_t batch_bytes = record::usual_batch_bytes;
  std::chrono::milliseconds batch_age{1000};
  // How long batches stay that have their receipt, to be sent again to a center that lost them, and
  // how many bytes of them, of all streams of the node together. They count for no backlog.
  std::chrono::seconds retention_age = std::chrono::hours(24 * 7);
  std::uint64_t retention_bytes = std::uint64_t{2} << 30;
  // How long answers are remembered: those to calls, by idempotency key, and the center's receipts.
  std::chrono::seconds answer_age = std::chrono::hours(24 * 7);
  // Of the quarantine alone: beyond it no row is taken that would go there.
  std::uint64_t quarantine_bytes = std::uint64_t{1} << 30;
  // How long an entry stays that somebody has dealt with, unless the limit needs its room. One that
  // waits stays for ever.
  std::chrono::seconds quarantine_age = std::chrono::hours(24 * 180);
};

}  // namespace sluice::journal
