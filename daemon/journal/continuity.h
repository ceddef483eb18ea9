// Whether a journal is the one that rows were acknowledged from, as far as others know: what its
// node remembers of it, and the center's ledger. Each function says what speaks against it, what
// happened and what to do; nothing: it is.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "journal/journal_tables.h"
#include "journal/ledger_place.h"
#include "journal/stream_marks.h"

namespace sluice::journal {

// Before the file is opened, which would make it.
[[nodiscard]] std::optional<std::string> objection_to_file(const std::filesystem::path& file,
                                                           const record::BureauId& bureau,
                                                           const StreamMark& remembered);

// `numbered`: the journal's highest number. The mark must have been read before it.
[[nodiscard]] std::optional<std::string> objection_of_mark(const record::StreamId& stream,
                                                           record::Sequence numbered,
                                                           const StreamMark& remembered);

// The journal as it was before the ledger was asked, and after: either moves while it is asked.
struct RowsAround {
  const StreamRow& before;
  const StreamRow& after;
};
// What the journal has that the ledger can be compared with.
struct OwnBatches {
  std::optional<record::Digest> last;  // of what lies under the ledger's last number, if it does
  bool reach_back = false;             // what follows on the ledger's last batch is there
  bool forks = false;  // what has the number after it is there, and follows on another one
};
[[nodiscard]] std::optional<std::string> objection_of_ledger(const RowsAround& rows,
                                                             const LedgerPlace& place,
                                                             const OwnBatches& own);

}  // namespace sluice::journal
