// Rows that have NULL in a column of their key: no page can be asked for behind one, and no record
// be told from the others. All ways of capture leave them out of what they read by key, and send
// them to the quarantine here, each version once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>

#include "adapters/front_end/capture_run.h"
#include "adapters/front_end/sent_window.h"
#include "adapters/front_end/table_query.h"
#include "intake/row.h"

namespace sluice::adapters::front_end {

// Of rows that are quarantined one by one, a person can look at so many.
inline constexpr std::size_t most_keyless_rows = 10'000;

[[nodiscard]] intake::RowProblem no_key(const SourceTable& table);

// What is remembered of a row that was refused: `mark_of` says until when, as SentVersion has it.
struct Remembering {
  SentWindow& window;
  std::int64_t from;
  std::function<std::int64_t(const TableRow&)> mark_of;
};

// Refuses those among the rows that fit `among` and were not refused before, and settles. Fails
// where they are too many: then not the rows but the key is at fault.
[[nodiscard]] Result<void> refuse_keyless(CaptureRun& run, const Query& among,
                                          const Remembering& remembering);
[[nodiscard]] CollectionFailure too_many_keyless(const SourceTable& table);

}  // namespace sluice::adapters::front_end
