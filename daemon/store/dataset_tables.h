// What the way of applying a batch (batch_application.h) asks of a store: a dataset's current and
// history table inside one open transaction. Each store implements it with its own statements.
#pragma once

#include <array>
#include <cstdint>
#include <expected>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "record/digest.h"
#include "record/rules.h"
#include "store/row.h"
#include "store/store.h"

namespace sluice::store {

// Why the database would not take a row: a unique key, or a value that its column can not hold.
struct Refusal {
  std::string field;
  record::Rule rule;
  std::string sentence;
};

[[nodiscard]] Refusal unique_refusal(const std::vector<std::string>& fields);

// How a write failed. With a refusal one of the rows written is to blame, the statement is undone
// by rolling back to the last savepoint, and the same may be tried with fewer rows. Where it is
// `in_doubt` the server leaves open whether it was a row at all.
struct WriteFailure {
  std::optional<Refusal> refusal;
  StoreFailure failure;
  bool in_doubt = false;
};
using Written = std::expected<void, WriteFailure>;

// How rows are written. By a bulk load a server may lose what it knew of an error (Citus does of a
// worker's); by statements of their own it tells.
enum class Way { bulk, singly };

enum class Ending { superseded, deleted };

// Asks for the digest of the current record with this key (COPY text of the key's columns in key
// order, tab-separated).
struct Probe {
  std::string_view key;
  std::optional<record::RowDigest> stored;  // in: what is expected; out: what is there
};

// The end of a record's version: by which line of this batch, and how.
struct EndedVersion {
  std::string_view key;
  std::uint64_t line = 0;
  Ending ending = Ending::superseded;
};

// One thread; used between the transaction's begin and its end.
class DatasetTables {
 public:
  virtual ~DatasetTables() = default;

  // Savepoints, nested.
  [[nodiscard]] virtual Result<void> savepoint() = 0;
  [[nodiscard]] virtual Result<void> release() = 0;
  [[nodiscard]] virtual Result<void> roll_back() = 0;

  // Sends the question; the answers are in `probes` after finish_probe(), until which they must
  // live. The caller works on meanwhile. At most one is under way.
  [[nodiscard]] virtual Result<void> start_probe(std::span<Probe> probes) = 0;
  [[nodiscard]] virtual Result<void> finish_probe() = 0;

  // Moves current records to the history.
  [[nodiscard]] virtual Written end_versions(std::span<const EndedVersion> ended) = 0;

  // Writes new versions, one after another: begin, any number of rows, finish. A refusal may come
  // as late as with finish_rows().
  [[nodiscard]] virtual Written begin_current(Way way) = 0;
  [[nodiscard]] virtual Written add_current(const Row& row) = 0;
  // Versions that this same batch ended: straight to the history.
  [[nodiscard]] virtual Written begin_passing(Way way) = 0;
  [[nodiscard]] virtual Written add_passing(const Row& row, std::uint64_t ended_by,
                                            Ending ending) = 0;
  [[nodiscard]] virtual Written finish_rows() = 0;
};

// A row digest as the sixteen bytes that both databases keep.
[[nodiscard]] std::array<char, 16> digest_bytes(const record::RowDigest& digest);
[[nodiscard]] record::RowDigest parse_digest_bytes(std::string_view bytes);

// A name as SQL's quoted identifier.
[[nodiscard]] std::string quoted_name(std::string_view identifier);

}  // namespace sluice::store
