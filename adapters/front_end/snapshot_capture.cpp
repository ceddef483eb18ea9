#include <algorithm>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "adapters/front_end/capture_run.h"
#include "adapters/front_end/digest_file.h"
#include "adapters/front_end/digest_range.h"
#include "adapters/front_end/keyless_rows.h"
#include "adapters/front_end/new_base.h"
#include "adapters/front_end/snapshot_files.h"
#include "adapters/front_end/snapshot_removal.h"
#include "adapters/front_end/stretches.h"
#include "record/try.h"

namespace sluice::adapters::front_end {
namespace {

// Of what was not met so many pages are looked for among the table's keys in one go.
constexpr std::size_t pages_looked_for = 25;
// How many records are asked for by their keys in one query.
constexpr std::size_t records_in_query = 50;

// Keys can be compared where they are of the same columns, whose values are told in the same way;
// digests of rows where also all columns are the same, of the same types and in the same order.
DigestFileMatter matter_of(const SourceTable& table) {
  record::DigestStream key;
  for (const odbc::SourceColumn& column : table.key) {
    key.update(fmt::format("{} {}\n", column.name, static_cast<int>(column.kind)));
  }
  return {
      .key = key.finish(), .key_columns = table.key.size(), .columns = digest_of_columns(table)};
}

intake::RowProblem duplicate_key() {
  return {"", "duplicate-key", "another row of the table has the same key"};
}

class SnapshotCapture {
 public:
  SnapshotCapture(CaptureRun& run, const capture::BySnapshot& way)
      : run_(run),
        way_(way),
        table_(run.reader.table()),
        files_(run.folder, run.dataset),
        matter_(matter_of(table_)) {
    if (!table_.digest_at) return;
    narrow_ = keys_and_digests(table_);
    narrow_reader_.emplace(run_.reader.over(*narrow_));
  }
  // The reader knows where the table lies.
  SnapshotCapture(const SnapshotCapture&) = delete;
  SnapshotCapture& operator=(const SnapshotCapture&) = delete;

  Result<void> open();
  Result<void> compare();
  Result<void> finish();

 private:
  // Those of the base that begin before an offset.
  Result<void> compare_until(std::uint64_t offset);
  Result<void> compare_stretches();
  Result<void> pass_over(std::uint64_t rows, const StretchPlace& place);
  Result<void> compare_range();
  // Rows from the database's own digests where most of them will be what they were.
  Result<std::size_t> compare_page(const Query& condition);
  Result<void> compare_row(const TableRow& row);
  // Whether it is the one that was expected next, as it was.
  [[nodiscard]] bool is_as_expected(const TableRow& row);
  Result<void> keep(const DigestEntry& entry);
  Result<void> keep_as_it_was(std::size_t index);
  Result<void> hand_over(const TableRow& row, const RecordKey& key);
  Result<void> hand_over_awaited();
  // Goes on behind a key, though never to what was read already.
  Result<void> go_behind(const RecordKey& key);
  Result<void> note_gone_until(std::size_t index);
  Result<void> commit();
  Result<void> commit_if_due();
  Result<void> hand_over_and_commit();
  Result<bool> must_hold_back(SnapshotRemoval& removal);
  Result<void> settle_gone(SnapshotRemoval& removal, bool holds_back);
  // What the table was is what the file says.
  Result<void> adopt(DigestFilePart base);
  void discard();

  CaptureRun& run_;
  const capture::BySnapshot& way_;
  const SourceTable& table_;
  SnapshotFiles files_;
  DigestFileMatter matter_;
  std::optional<DigestFileReader> base_;
  // Whether rows can be told to be what they were: not where they were read from other columns.
  bool is_comparable_ = true;
  std::optional<NewBase> next_;
  DigestRange range_;
  std::optional<RecordKey> after_;
  bool differs_ = false;
  std::optional<SourceTable> narrow_;
  std::optional<TableReader> narrow_reader_;
  bool is_narrow_ = false;          // what is being read
  std::vector<RecordKey> awaited_;  // of which only the digest was read, and is another one
  std::string buffer_;
};

Result<void> SnapshotCapture::open() {
  const Position& position = run_.position;
  if (position.base) {
    auto base = DigestFileReader::open(files_.digests(position.base->generation),
                                       position.base_offset, position.base->bytes, matter_);
    if (!base) return std::unexpected(collection_failure_of(base.error()));
    base_ = std::move(*base);
    is_comparable_ = base_->has_same_columns();
  }
  auto next = SLUICE_TRY(NewBase::open(files_, matter_, position, base_ ? &*base_ : nullptr));
  next_.emplace(std::move(next));
  if (position.run) {
    after_ = position.loaded_up_to;
    differs_ = true;
  }
  return {};
}

Result<void> SnapshotCapture::compare() {
  if (base_) {
    // Where rows of the base are held back it may be out of order (SnapshotRemoval::keep()), and
    // what lies between two of its keys is not what it says.
    const bool is_in_order = run_.position.held_back == 0;
    auto compared = is_comparable_ && is_in_order && can_add_up(run_.connection.dialect(), table_)
                        ? compare_stretches()
                        : compare_until(run_.position.base->bytes);
    if (!compared) return compared;
    range_.clear_at(run_.position.base->bytes);
  }
  // Behind the last one that was there, all are new.
  return compare_range();
}

Result<void> SnapshotCapture::compare_until(std::uint64_t offset) {
  while (base_->offset() < offset) {
    SLUICE_TRY(range_.fill(*base_, offset, run_.page_rows));
    SLUICE_TRY(compare_range());
  }
  return {};
}

Result<void> SnapshotCapture::compare_stretches() {
  const std::uint64_t begin = base_->offset();
  const auto all = stretches_of(*base_, run_.page_rows);
  if (!all) return std::unexpected(collection_failure_of(all.error()));
  if (auto back = base_->go_to(begin); !back) {
    return std::unexpected(collection_failure_of(back.error()));
  }
  const std::vector<StretchSum>& sums = all->sums;
  std::vector<bool> unchanged;
  for (std::size_t i = 0; i < sums.size(); ++i) {
    const std::size_t at = i % most_stretches_asked;
    if (at == 0) {
      auto found =
          SLUICE_TRY(find_unchanged(run_.connection, table_, sums, next_stretches(i, sums.size()),
                                    i == 0 ? after_ : std::nullopt));
      unchanged = std::move(found);
    }
    const StretchPlace& place = all->places[i];
    if (unchanged[at]) {
      SLUICE_TRY(pass_over(sums[i].rows, place));
      continue;
    }
    // What is new behind its last row lies before the next one's first.
    const bool is_last = i + 1 == sums.size();
    auto compared = compare_until(is_last ? place.end : all->places[i + 1].behind_first);
    if (!compared) return compared;
  }
  return {};
}

Result<void> SnapshotCapture::pass_over(std::uint64_t rows, const StretchPlace& place) {
  // The range before it had its first entry as its last.
  const bool is_begun = base_->offset() >= place.behind_first;
  auto kept = next_->append({base_->offset(), place.end, is_begun ? rows - 1 : rows});
  if (!kept) return kept;
  if (auto gone = base_->go_to(place.end); !gone) {
    return std::unexpected(collection_failure_of(gone.error()));
  }
  range_.clear_at(place.end);
  after_ = place.last_key;
  run_.reader.passed(rows);
  return commit_if_due();
}

// All rows between the last key passed and the range's last one; in the last range, to the end.
Result<void> SnapshotCapture::compare_range() {
  const odbc::Dialect& dialect = run_.connection.dialect();
  while (true) {
    std::vector<Query> conditions{are_there(dialect, table_.key)};
    if (after_) conditions.push_back(beyond(dialect, table_.key, after_->exact));
    if (!range_.is_empty()) {
      conditions.push_back(up_to(dialect, table_.key, range_.last_key().exact));
    }
    const auto rows = SLUICE_TRY(compare_page(all_of(std::move(conditions))));
    SLUICE_TRY(commit_if_due());
    if (rows < run_.page_rows) break;
  }
  if (range_.is_empty()) return {};
  // What was not met in the range is not in the table any more, or not at this place.
  SLUICE_TRY(note_gone_until(range_.size()));
  SLUICE_TRY(go_behind(range_.last_key()));
  return commit_if_due();
}

// The base's last key may be gone, and then, where the database sorts in another way than it did,
// may lie in front of rows that were read: they would come a second time.
Result<void> SnapshotCapture::go_behind(const RecordKey& key) {
  if (after_ && *after_ != key) {
    const odbc::Dialect& dialect = run_.connection.dialect();
    const auto again = SLUICE_TRY(run_.reader.read_first_value(
        select(dialect, Columns(table_.key).first(1), table_.name,
               all_of({are_there(dialect, table_.key), beyond(dialect, table_.key, key.exact),
                       up_to(dialect, table_.key, after_->exact)}),
               table_.key, 1)));
    if (again) return {};
  }
  after_ = key;
  return {};
}

Result<std::size_t> SnapshotCapture::compare_page(const Query& condition) {
  // Behind the last one that was there, all are new; and of other columns, all have changed.
  is_narrow_ = narrow_reader_ && is_comparable_ && !range_.is_empty();
  TableReader& reader = is_narrow_ ? *narrow_reader_ : run_.reader;
  const auto rows = reader.read(select(run_.connection.dialect(), reader.table().columns,
                                       table_.name, condition, table_.key, run_.page_rows),
                                [&](const TableRow& row) { return compare_row(row); });
  if (!rows) return rows;
  SLUICE_TRY(hand_over_awaited());
  return rows;
}

// They may have changed once more since: then the digest is an older one, and the next run hands
// them over again. Those that are gone meanwhile it finds gone.
Result<void> SnapshotCapture::hand_over_awaited() {
  const odbc::Dialect& dialect = run_.connection.dialect();
  for (std::size_t first = 0; first < awaited_.size(); first += records_in_query) {
    const std::size_t last = std::min(first + records_in_query, awaited_.size());
    std::vector<Query> keys;
    keys.reserve(last - first);
    for (std::size_t i = first; i < last; ++i) {
      keys.push_back(equal(dialect, table_.key, awaited_[i].exact));
    }
    std::optional<RecordKey> before;
    const auto rows = run_.reader.read(
        select(dialect, table_.columns, table_.name, any_of(std::move(keys)), table_.key,
               run_.page_rows),
        [&](const TableRow& row) {
          RecordKey key = row.key();
          const bool is_repeated = before && *before == key;
          before = std::move(key);
          return is_repeated ? run_.reader.refuse(row, duplicate_key())
                             : run_.reader.hand_over(row, record::Operation::upsert);
        });
    if (!rows) return std::unexpected(rows.error());
  }
  awaited_.clear();
  return {};
}

Result<void> SnapshotCapture::hand_over(const TableRow& row, const RecordKey& key) {
  differs_ = true;
  if (!is_narrow_) return run_.reader.hand_over(row, record::Operation::upsert);
  awaited_.push_back(key);
  return {};
}

bool SnapshotCapture::is_as_expected(const TableRow& row) {
  const DigestEntry* expected = range_.expected();
  return is_comparable_ && expected != nullptr && row.is_at(expected->key) &&
         row.digest(buffer_) == expected->row;
}

Result<void> SnapshotCapture::keep(const DigestEntry& entry) {
  SLUICE_TRY(next_->append(entry));
  after_ = entry.key;
  return commit_if_due();
}

Result<void> SnapshotCapture::keep_as_it_was(std::size_t index) {
  range_.pass(index);
  SLUICE_TRY(next_->append({range_.offset(index), range_.offset(index + 1), 1}));
  after_ = range_.entry(index).key;
  return commit_if_due();
}

Result<void> SnapshotCapture::compare_row(const TableRow& row) {
  if (is_as_expected(row)) return keep_as_it_was(range_.next());
  RecordKey key = row.key();
  if (after_ && *after_ == key) {
    differs_ = true;
    if (!is_narrow_) return run_.reader.refuse(row, duplicate_key());
    if (awaited_.empty() || awaited_.back() != key) awaited_.push_back(std::move(key));
    return {};
  }
  const DigestEntry entry{std::move(key), row.digest(buffer_)};
  if (const auto index = range_.find(entry.key); index && *index >= range_.next()) {
    SLUICE_TRY(note_gone_until(*index));
    if (is_comparable_ && range_.entry(*index).row == entry.row) return keep_as_it_was(*index);
    range_.pass(*index);
  }
  SLUICE_TRY(hand_over(row, entry.key));
  return keep(entry);
}

// They are told in the end, when the whole table has been seen.
Result<void> SnapshotCapture::note_gone_until(std::size_t index) {
  const std::size_t first = range_.next();
  if (index <= first) return {};
  const auto noted = next_->note_gone({range_.offset(first), range_.offset(index), index - first});
  if (!noted) return noted;
  range_.pass(index - 1);
  return {};
}

// The files first, and then, in one transaction, the rows and how far the files count.
Result<void> SnapshotCapture::commit() {
  SLUICE_TRY(next_->make_durable(run_.position));
  run_.position.loaded_up_to = after_;
  if (base_) run_.position.base_offset = range_.offset();
  return checkpoint(run_);
}

// What is still awaited must be in the batch before the digests count.
Result<void> SnapshotCapture::commit_if_due() {
  return awaited_.empty() && run_.settlement.is_due() ? commit() : Result<void>();
}

Result<void> SnapshotCapture::finish() {
  const std::uint64_t gone = next_->gone_rows();
  if (!differs_ && gone == 0) {
    discard();
    return {};
  }
  const Position before = run_.position;
  SLUICE_TRY(next_->make_durable(run_.position));
  if (gone == 0) return adopt(*run_.position.run);
  SnapshotRemoval removal({.run = run_,
                           .files = files_,
                           .digests = matter_,
                           .base = *run_.position.base,
                           .next = *run_.position.run,
                           .records_at_once = pages_looked_for * run_.page_rows});
  const auto holds_back = SLUICE_TRY(must_hold_back(removal));
  if (holds_back && !differs_) {
    // Nothing but these: the base stays what it is.
    run_.position = before;
    discard();
    return {};
  }
  return settle_gone(removal, holds_back);
}

// Where deletes were told already, by a run that was cut off, it has been judged.
Result<bool> SnapshotCapture::must_hold_back(SnapshotRemoval& removal) {
  const std::uint64_t base_rows = run_.position.base->rows;
  if (run_.deletes_anyway || run_.position.gone.told > 0 ||
      !is_too_many(way_.delete_at_most, next_->gone_rows(), base_rows, next_->rows())) {
    return false;
  }
  const auto gone = SLUICE_TRY(removal.count_gone());
  if (!is_too_many(way_.delete_at_most, gone, base_rows, next_->rows())) return false;
  run_.held_back = {.deletes = gone, .of = base_rows};
  return true;
}

Result<void> SnapshotCapture::settle_gone(SnapshotRemoval& removal, bool holds_back) {
  const auto again = [this](const RecordKey& key) -> Result<void> {
    awaited_.push_back(key);
    return awaited_.size() < records_in_query ? Result<void>() : hand_over_and_commit();
  };
  DigestFilePart base = *run_.position.run;
  if (holds_back) {
    const auto kept = SLUICE_TRY(removal.keep(next_->generation() + 1, again));
    base = kept;
  } else if (auto told = removal.tell(again, [this] { return hand_over_and_commit(); }); !told) {
    return told;
  }
  SLUICE_TRY(hand_over_awaited());
  return adopt(base);
}

Result<void> SnapshotCapture::hand_over_and_commit() {
  SLUICE_TRY(hand_over_awaited());
  return commit_if_due();
}

Result<void> SnapshotCapture::adopt(DigestFilePart base) {
  run_.position.base = base;
  run_.position.base_offset = 0;
  run_.position.held_back = run_.held_back.deletes;
  run_.position.run.reset();
  run_.position.gone = {};
  run_.position.loaded_up_to.reset();
  run_.position.is_loaded = true;
  SLUICE_TRY(checkpoint(run_));
  SLUICE_TRY(settle(run_));
  files_.remove_all_but(base.generation);
  return {};
}

void SnapshotCapture::discard() {
  next_.reset();
  files_.remove_all_but(run_.position.base ? run_.position.base->generation : 0);
}

}  // namespace

Result<void> run_snapshot(CaptureRun& run, const capture::BySnapshot& way) {
  const bool is_anew = !run.position.base && !run.position.run;
  SnapshotCapture capture(run, way);
  SLUICE_TRY(capture.open());
  SLUICE_TRY(capture.compare());
  SLUICE_TRY(capture.finish());
  if (is_missing_one(run.connection.dialect(), run.reader.table().key).sql.empty()) return {};
  auto window = SentWindow::open(run.folder / "sent.sqlite", run.dataset);
  if (!window) return std::unexpected(collection_failure(window.error()));
  if (is_anew) {
    if (auto cleared = window->clear(); !cleared) {
      return std::unexpected(collection_failure(cleared.error()));
    }
  }
  constexpr std::int64_t always = std::numeric_limits<std::int64_t>::max();
  return refuse_keyless(run, {}, {*window, 0, [](const TableRow&) { return always; }});
}

}  // namespace sluice::adapters::front_end
