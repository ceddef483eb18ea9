#include "jobs/source_memory.h"

#include <utility>

#include <fmt/format.h>

#include "intake/mapping_digest.h"
#include "jobs/not_journaled.h"

namespace sluice::jobs {
namespace {

using adapters::front_end::StretchRange;
using adapters::front_end::StretchSum;

// Another version may take a value for another, and of a stretch that is remembered nobody would
// know: it is read once by each.
record::Digest digest_of_conversion(const exchange::KnownDataset& known,
                                    const adapters::front_end::ExchangeDatabase& database,
                                    const settings::Publication& publication) {
  return record::sha256(fmt::format(
      "{}\n{}\n{}\n{}\n{}\n{}\n", SLUICE_VERSION, record::to_string(known.schema),
      record::to_string(intake::digest_of(publication.mapping)), publication.max_row_bytes,
      static_cast<int>(database.encoding), database.time_zone));
}

}  // namespace

SourceMemory::SourceMemory(reconciliation::SourceDigests& digests,
                           const exchange::KnownDataset& known,
                           const adapters::front_end::ExchangeDatabase& database,
                           const settings::Publication& publication)
    : digests_(digests), conversion_(digest_of_conversion(known, database, publication)) {}

adapters::Result<std::vector<StretchSum>> SourceMemory::recall(
    const std::optional<record::Digest>& columns) {
  const auto failed = [](const reconciliation::Failure& failure) {
    return std::unexpected(not_journaled(failure.place, failure.sentence));
  };
  std::vector<StretchSum> known;
  if (!columns) {
    if (auto begun = digests_.begin(); !begun) return failed(begun.error());
    return known;
  }
  const auto rows = digests_.begin_again(
      record::sha256(record::to_string(conversion_) + record::to_string(*columns)));
  if (!rows) return failed(rows.error());
  for (const reconciliation::SourceRows& each : *rows)
    known.push_back({.from = each.from, .rows = each.rows, .sum = each.sum});
  return known;
}

void SourceMemory::forget(StretchRange stretches) {
  digests_.forget(stretches.first, stretches.end);
}

void SourceMemory::remember(const StretchSum& stretch) {
  digests_.remember({.from = stretch.from, .rows = stretch.rows, .sum = stretch.sum});
}

}  // namespace sluice::jobs
