// The form in which a batch travels: a plain tar (POSIX.1-1988 ustar) of manifest.json,
// manifest.p7s and data.tsv.zst, in this order, so that stock tools open and verify it without us.
#pragma once

#include <expected>
#include <string>
#include <string_view>

#include "record/batch.h"
#include "record/failure.h"

namespace sluice::record {

enum class BatchFileProblem { not_a_batch_file, too_large };
using BatchFileFailure = Failure<BatchFileProblem>;

[[nodiscard]] std::string write_batch_file(const Batch& batch, Time modified);
// Refuses anything but exactly the three entries; `limit` caps the whole.
[[nodiscard]] std::expected<Batch, BatchFileFailure> read_batch_file(std::string_view bytes,
                                                                     ByteCount limit);

}  // namespace sluice::record
