// What this node's journals have kept of the center's checkpoints, compared with what the center
// has now: over the uplink, or in this node's own store.
#pragma once

#include <cstdint>
#include <expected>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "exchange/anchor_audit.h"
#include "installation/installation.h"
#include "jobs/center_reach.h"
#include "journal/journal.h"

namespace sluice::jobs {

// Blocks. Of one journal at a time: a year of each may be many.
class AnchorCheck {
 public:
  // `installation` must outlive it. The center is reached for when there is something to ask.
  explicit AnchorCheck(const installation::Installation& installation)
      : installation_(installation) {}

  // Fails where the journal can not be read, the center can not be asked, or is of a version that
  // does not know what.
  [[nodiscard]] std::expected<exchange::AnchorReport, record::Flaw> compare(
      journal::Journal& journal);
  // What was kept so far that the center has not signed: somebody changed a journal.
  [[nodiscard]] const std::vector<std::string>& objections() const { return objections_; }

 private:
  [[nodiscard]] std::expected<std::vector<exchange::Anchor>, record::Flaw> read(
      journal::Journal& journal);
  [[nodiscard]] std::expected<exchange::LineAnswer, record::Flaw> ask(
      const record::BureauId& bureau, const std::string& line,
      std::span<const std::uint64_t> numbers);

  const installation::Installation& installation_;
  std::vector<std::string> objections_;
  std::unique_ptr<CenterReach> center_;  // null: nothing was to be asked yet
};

}  // namespace sluice::jobs
