// What a source that is read again and again settles with the journal: rows are made durable
// together with the place up to which the source has been read, and only then is the source told.
#pragma once

#include <expected>
#include <optional>
#include <span>
#include <string>

#include "intake/door.h"
#include "intake/row.h"
#include "record/digest.h"

namespace sluice::intake {

// The other face of the door that the same rows are handed to.
class Settlement {
 public:
  virtual ~Settlement() = default;

  // Where the source stands by the journal; empty where it was never read.
  [[nodiscard]] virtual const std::string& position() const = 0;

  // Whether what was handed over since the last checkpoint is enough for a batch.
  [[nodiscard]] virtual bool is_due() const = 0;

  // All rows handed over so far, and `position`, are committed together, though perhaps not yet
  // when this returns. They are committed in their order.
  [[nodiscard]] virtual Result<void> checkpoint(std::string position) = 0;

  // Returns once all up to the last checkpoint is durable.
  [[nodiscard]] virtual Result<void> settle() = 0;

  // What tells the row's record from others, however the source spells its key: a digest of the key
  // as the row would be taken with. Nothing where the row would be refused for it.
  [[nodiscard]] virtual std::optional<record::RowDigest> key_of(const SourceRow& row) = 0;

  // The rows refused since the last checkpoint, in order.
  [[nodiscard]] virtual std::span<const RefusedRow> refused() const = 0;
};

}  // namespace sluice::intake
