// What a mode implements to collect; what to deliver is in deliverer.h. Adapters know the intake's
// door and nothing of links or stores.
#pragma once

#include <cstdint>
#include <expected>
#include <string>

#include "intake/door.h"
#include "record/failure.h"

namespace sluice::adapters {

enum class CollectionProblem {
  unreadable,      // the source can not be opened or read
  bad_encoding,    // its bytes are not in the encoding that was declared
  bad_syntax,      // it is not in the format that was declared
  bad_columns,     // its columns are not what mapping and schema ask for
  too_large,       // a row or the whole is over its limit
  changed,         // it changed while it was read
  other_rows,      // what was begun was another source: to be read from the start
  refused,         // the intake's reject limit was passed
  backlog_full,    // the journal can take no more now
  journal_failed,  // could not be made durable
};
// `place` is file:line:column, or an offset in a call's body.
using CollectionFailure = record::Failure<CollectionProblem>;
template <class T>
using Result = std::expected<T, CollectionFailure>;

// How an intake's failure ends a collection.
[[nodiscard]] CollectionFailure collection_failure(const intake::IntakeFailure& failure);

// Told now and then while a collection runs, on its thread.
class Progress {
 public:
  virtual ~Progress() = default;
  // Bytes of the source read so far, of how many (0: unknown), and source rows so far.
  virtual void advanced(std::uint64_t bytes, std::uint64_t of_bytes, std::uint64_t rows) = 0;
};

// One delivery of a bureau's data: a file, a call's body, a database query, a form. An object is
// made for one delivery, used once, on one thread.
//
// collect() reads it to its end and hands every row, in the source's order, to the door: each
// either accepted or rejected, none dropped, none twice. A failure says where; the rows handed over
// before it remain with the door. Memory is bounded whatever the size of the delivery.
class Collector {
 public:
  virtual ~Collector() = default;
  [[nodiscard]] virtual Result<void> collect(intake::Door& door, Progress& progress) = 0;
};

}  // namespace sluice::adapters
