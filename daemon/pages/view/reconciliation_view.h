// Whether the center holds what the bureaus have: the last report of each dataset, and the records
// that differ.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "pages/view/listing.h"
#include "pages/view/pages.h"
#include "record/time.h"

namespace sluice::pages {

// What the last comparison of one dataset of one bureau found.
struct ReconciliationRow {
  std::string bureau;
  std::string bureau_name;
  std::string dataset;
  std::optional<record::Time> at;  // nothing: it was never compared
  std::uint64_t source_records = 0;
  std::uint64_t central_records = 0;
  std::uint64_t missing = 0;  // at the center
  std::uint64_t extra = 0;    // at the center
  std::uint64_t different = 0;
  std::optional<std::uint64_t> repaired;  // records that were sent or deleted
  std::string failure;                    // why it, or the repair, was not done; may be empty
};

struct ReconciliationView {
  std::vector<ReconciliationRow> rows;
  Turning turning;
};
[[nodiscard]] std::string reconciliation_page(const Pages& pages, const Frame& frame,
                                              const ReconciliationView& view);

enum class DifferenceKind { missing, extra, different };
struct DifferenceRow {
  std::string key;  // its values as the schema writes them, separated by ", "
  DifferenceKind kind = DifferenceKind::missing;
};

struct DifferencesView {
  ReconciliationRow report;
  std::vector<DifferenceRow> rows;  // in key order
  Turning turning;
};
[[nodiscard]] std::string differences_page(const Pages& pages, const Frame& frame,
                                           const DifferencesView& view);

}  // namespace sluice::pages
