// How rows that the center refused come back to where they can be corrected: out of the batch that
// its receipt lets go of, in the same transaction.
#include <vector>

#include <fmt/format.h>

#include "journal/journal_state.h"
#include "record/payload.h"
#include "record/rules.h"

namespace sluice::journal {
namespace {

// How many lines a payload has; nothing: it can not be read to its end.
std::optional<std::uint64_t> lines_in(const record::Batch& batch,
                                      const record::Manifest& manifest) {
  std::uint64_t lines = 0;
  const auto read =
      record::read_payload(batch.payload, manifest.payload_raw_bytes, [&](std::string_view piece) {
        for (const char c : piece)
          lines += c == '\n' ? 1 : 0;
        return true;
      });
  return read ? std::optional(lines) : std::nullopt;
}

// Hands out each line that was refused, with its number and the reason.
using TakeRefused =
    std::function<Result<void>(std::string_view line, std::uint64_t, const record::RefusedRows&)>;
Result<void> each_refused(const record::Batch& batch, const record::Manifest& manifest,
                          const std::vector<record::RefusedRange>& refusals,
                          const TakeRefused& take) {
  std::uint64_t number = 0;
  auto next = refusals.begin();
  Result<void> taken;
  static_cast<void>(
      record::read_payload(batch.payload, manifest.payload_raw_bytes, [&](std::string_view lines) {
        while (!lines.empty() && next != refusals.end()) {
          const std::size_t end = lines.find('\n');
          ++number;
          if (number >= next->rows.first) taken = take(lines.substr(0, end), number, *next->why);
          if (!taken) return false;
          if (number == next->rows.last) ++next;
          lines.remove_prefix(end + 1);
        }
        return next != refusals.end();
      }));
  return taken;
}

}  // namespace

Result<void> Journal::State::keep_refused(const StreamRow& row, const record::Batch& batch,
                                          const record::Manifest& manifest,
                                          const Refusal& refusal) {
  const record::Receipt& receipt = refusal.receipt;
  const std::uint64_t refused = receipt.rows.rejected.value;
  if (refused == 0) return {};
  if (disk) {
    if (auto shortage = disk->shortage()) {
      return std::unexpected(
          JournalFailure{JournalProblem::no_room, file.string(), std::move(*shortage)});
    }
  }
  SLUICE_TRY(make_quarantine_room(row));
  const record::Time now = clock();
  QuarantinedRow entry{.dataset = manifest.dataset,
                       .mode = manifest.mode,
                       .columns = record::to_string(manifest.schema)};
  const auto add = [&](std::uint64_t number, std::string_view bytes) {
    auto place = refusal.rows.find(number);
    if (!place) place = {fmt::format("batch {}", manifest.sequence.value), number};
    entry.source = std::move(place->source);
    entry.place = place->place;
    entry.original = bytes;
    entry.refused = {manifest.stream.epoch, manifest.sequence, number};
    return ours(quarantine.add(entry, now));
  };
  std::uint64_t kept = 0;
  if (lines_in(batch, manifest)) {
    SLUICE_TRY(each_refused(
        batch, manifest, record::by_row(receipt.refused),
        [&](std::string_view line, std::uint64_t number, const record::RefusedRows& why) {
          entry.field = why.field;
          entry.rule = why.rule;
          entry.sentence = why.sentence;
          ++kept;
          return add(number, line);
        }));
  }
  if (kept == refused) return {};
  // A payload that can not be read, or a center of before that did not name all: nothing is lost.
  entry.field.clear();
  entry.rule = record::Rule("batch").text();
  entry.sentence = fmt::format(
      "{} rows of this batch were refused, and {} of them can be told: this is its whole payload, "
      "as `zstdcat` reads it{}{}",
      refused, kept, receipt.reason.empty() ? "" : "; ", receipt.reason);
  return add(0, batch.payload);
}

}  // namespace sluice::journal
