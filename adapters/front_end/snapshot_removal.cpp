#include "adapters/front_end/snapshot_removal.h"

#include <algorithm>
#include <numeric>
#include <string_view>
#include <utility>

#include "adapters/front_end/digest_range.h"
#include "record/try.h"

namespace sluice::adapters::front_end {
namespace {

std::uint64_t spelling_of(const RecordKey& key) {
  record::RowDigester digester;
  for (std::size_t i = 0; i < key.exact.size(); ++i)
    digester.add(i, key.exact[i]);
  return digester.digest().low;
}

std::unexpected<CollectionFailure> failed(const DigestFileFailure& failure) {
  return std::unexpected(collection_failure_of(failure));
}

}  // namespace

bool is_too_many(const capture::DeleteAtMost& limit, std::uint64_t gone, std::uint64_t base_rows,
                 std::uint64_t left) {
  const bool is_too_large_a_share =
      static_cast<double>(gone) > limit.share * static_cast<double>(base_rows);
  return is_too_large_a_share && (left == 0 || gone > limit.rows);
}

Result<std::uint64_t> SnapshotRemoval::count_gone() {
  std::uint64_t gone = 0;
  const auto judged = judge(0, {}, [&](const GoneEntry&, bool is_met) -> Result<void> {
    if (!is_met) ++gone;
    return {};
  });
  if (!judged) return std::unexpected(judged.error());
  return gone;
}

Result<void> SnapshotRemoval::tell(const Again& again, const std::function<Result<void>()>& due) {
  GoneRecords& records = matter_.run.position.gone;
  return judge(records.told, again, [&](const GoneEntry& gone, bool is_met) -> Result<void> {
    ++records.told;
    if (is_met) return {};
    SLUICE_TRY(matter_.run.reader.hand_over_removed(gone.entry.key));
    return due();
  });
}

Result<DigestFilePart> SnapshotRemoval::keep(std::uint64_t generation, const Again& again) {
  auto table = SLUICE_TRY(reader(matter_.next));
  const auto base = SLUICE_TRY(reader(matter_.base));
  DigestFileMatter matter = matter_.digests;
  if (!table.has_same_columns()) matter.columns = {};
  auto file = DigestFileWriter::begin(matter_.files.digests(generation), matter);
  if (!file) return failed(file.error());
  std::uint64_t copied = table.offset();
  std::uint64_t rows = matter_.next.rows;
  const auto copy_until = [&](std::uint64_t offset) -> Result<void> {
    const auto done =
        table.read_as_is(std::exchange(copied, offset), offset,
                         [&](std::string_view part) { return file->append_as_is(part); });
    return done ? Result<void>() : failed(done.error());
  };
  const auto judged = judge(0, again, [&](const GoneEntry& gone, bool is_met) -> Result<void> {
    if (is_met) return {};
    SLUICE_TRY(copy_until(gone.at));
    DigestEntry entry = gone.entry;
    // Of other columns: when it comes back, it has changed.
    if (!base.has_same_columns()) entry.row = {};
    ++rows;
    const auto written = file->append(entry);
    return written ? Result<void>() : failed(written.error());
  });
  if (!judged) return std::unexpected(judged.error());
  SLUICE_TRY(copy_until(matter_.next.bytes));
  const auto bytes = file->make_durable();
  if (!bytes) return failed(bytes.error());
  return DigestFilePart{generation, *bytes, rows};
}

// Twice through the same: to learn which they are, and, when the table's keys have been looked
// through, to deal with them.
Result<void> SnapshotRemoval::judge(std::uint64_t behind, const Again& again, const Each& each) {
  auto ahead = SLUICE_TRY(cursor(behind));
  auto following = SLUICE_TRY(cursor(behind));
  std::vector<Candidate> candidates;
  while (true) {
    candidates.clear();
    while (candidates.size() < matter_.records_at_once) {
      const auto gone = ahead.next();
      if (!gone) return failed(gone.error());
      if (!*gone) break;
      const RecordKey& key = (*gone)->entry.key;
      candidates.push_back({.key = key_of(key), .exact = spelling_of(key)});
    }
    if (candidates.empty()) return {};
    SLUICE_TRY(look_for(candidates, again));
    for (const Candidate& candidate : candidates) {
      const auto gone = following.next();
      if (!gone) return failed(gone.error());
      SLUICE_TRY(each(**gone, candidate.is_met));
    }
  }
}

Result<void> SnapshotRemoval::look_for(std::vector<Candidate>& candidates, const Again& again) {
  std::vector<std::uint32_t> by_key(candidates.size());
  std::iota(by_key.begin(), by_key.end(), 0U);
  const auto key_at = [&](std::uint32_t index) -> const auto& {
    return candidates[index].key;
  };
  std::ranges::sort(by_key, {}, key_at);
  auto table = SLUICE_TRY(reader(matter_.next));
  while (true) {
    const auto entry = table.next();
    if (!entry) return failed(entry.error());
    if (!*entry) return {};
    const RecordKey& key = (*entry)->key;
    const auto found = key_of(key);
    if (!found) continue;
    bool has_other_spelling = false;
    for (const std::uint32_t index : std::ranges::equal_range(by_key, found, {}, key_at)) {
      candidates[index].is_met = true;
      has_other_spelling = has_other_spelling || candidates[index].exact != spelling_of(key);
    }
    if (!has_other_spelling || !again) continue;
    SLUICE_TRY(again(key));
  }
}

Result<GoneCursor> SnapshotRemoval::cursor(std::uint64_t behind) const {
  const GoneRecords& records = matter_.run.position.gone;
  auto base = SLUICE_TRY(reader(matter_.base));
  auto gone =
      GoneCursor::open(matter_.files.gone(matter_.next.generation), records, std::move(base));
  if (!gone) return failed(gone.error());
  if (auto skipped = gone->skip(behind); !skipped) return failed(skipped.error());
  return std::move(*gone);
}

Result<DigestFileReader> SnapshotRemoval::reader(const DigestFilePart& part) const {
  auto opened = DigestFileReader::open(matter_.files.digests(part.generation), 0, part.bytes,
                                       matter_.digests);
  if (!opened) return failed(opened.error());
  return std::move(*opened);
}

std::optional<record::RowDigest> SnapshotRemoval::key_of(const RecordKey& key) {
  return matter_.run.settlement.key_of(matter_.run.reader.row_with(key));
}

}  // namespace sluice::adapters::front_end
