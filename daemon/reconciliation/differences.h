// What two comparisons of the same two sides found, one some time after the other: what both found
// is a difference, what only one of them did was a change on its way.
#pragma once

#include <cstdint>
#include <expected>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "reconciliation/scratch_database.h"
#include "record/key_digest.h"
#include "record/key_order.h"

namespace sluice::reconciliation {

enum class Kind {
  missing,    // the central store has not what the bureau has
  extra,      // the central store has what the bureau has not
  different,  // both have it, with other values
};

struct Difference {
  record::Key key;
  Kind kind = Kind::missing;
  std::optional<record::RowDigest> source;
  std::optional<record::RowDigest> central;
  bool is_back = false;  // extra, and the source was seen to have it since
};

struct DifferenceCounts {
  std::uint64_t missing = 0;
  std::uint64_t extra = 0;
  std::uint64_t different = 0;
  [[nodiscard]] std::uint64_t all() const { return missing + extra + different; }
};

// On disk: there may be as many as there are records.
class Differences {
 public:
  // `scratch` must outlive it; `table` is one of its own there.
  [[nodiscard]] static Result<Differences> create(ScratchDatabase& scratch, record::KeyOrder order,
                                                  std::string table);

  // Forgets what was found before.
  [[nodiscard]] Result<void> begin();
  [[nodiscard]] Result<void> add(const Difference& difference);
  // Takes out what was not found, just the same, by the comparison `earlier`; how many these were,
  // and those that only `earlier` had.
  [[nodiscard]] Result<std::uint64_t> keep_what_stood(Differences& earlier);

  [[nodiscard]] Result<DifferenceCounts> counts();
  [[nodiscard]] Result<std::optional<Difference>> find(const record::Key& key);
  // Whether the source, looked at again, has what it was found not to have.
  [[nodiscard]] Result<void> note_back(const record::Key& key, bool is_back);
  // In key order behind `after`, at most so many: what only the central store has, and is not back.
  [[nodiscard]] Result<std::vector<record::Key>> gone(const std::optional<record::Key>& after,
                                                      std::size_t most);
  // In key order; `each` returns false to stop.
  [[nodiscard]] Result<void> walk(const std::function<bool(const Difference&)>& each);

 private:
  Differences(ScratchDatabase& scratch, record::KeyOrder order, std::string table)
      : scratch_(scratch), order_(std::move(order)), table_(std::move(table)) {}
  [[nodiscard]] Result<std::uint64_t> number(const std::string& sql);
  [[nodiscard]] Difference difference(const sqlite::Statement& row) const;

  ScratchDatabase& scratch_;
  record::KeyOrder order_;
  std::string table_;
  sqlite::Statement add_;
  sqlite::Statement find_;
  sqlite::Statement note_;
};

}  // namespace sluice::reconciliation
