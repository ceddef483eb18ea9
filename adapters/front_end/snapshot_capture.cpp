#include <algorithm>
#include <charconv>
#include <filesystem>
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
#include "adapters/front_end/stretches.h"

namespace sluice::adapters::front_end {
namespace {

// Stretches whose sums are asked for in one query: what one is about in time is bounded.
constexpr std::size_t stretches_in_query = 500;
// How many records are asked for by their keys in one query.
constexpr std::size_t records_in_query = 50;
constexpr std::string_view suffix = ".digests";

// What makes digests comparable: which columns, of which types, in which order, and which key.
record::Digest fingerprint(const SourceTable& table) {
  record::DigestStream stream;
  for (const odbc::SourceColumn& column : table.columns) {
    stream.update(fmt::format("{} {}\n", column.name, column.type_name));
  }
  for (const std::size_t column : table.key_at)
    stream.update(fmt::format("key {}\n", column));
  return stream.finish();
}

intake::RowProblem duplicate_key() {
  return {"", "duplicate-key", "another row of the table has the same key"};
}

// The number in the name of one of this dataset's files.
std::optional<std::uint64_t> generation_of(std::string_view name, std::string_view dataset) {
  if (!name.starts_with(dataset) || !name.ends_with(suffix)) return std::nullopt;
  name.remove_prefix(dataset.size());
  name.remove_suffix(suffix.size());
  std::uint64_t number = 0;
  if (!name.starts_with('.')) return std::nullopt;
  name.remove_prefix(1);
  const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), number);
  if (error != std::errc{} || end != name.data() + name.size()) return std::nullopt;
  return number;
}

class SnapshotCapture {
 public:
  explicit SnapshotCapture(CaptureRun& run)
      : run_(run), table_(run.reader.table()), columns_(fingerprint(table_)) {
    if (!table_.digest_at) return;
    narrow_ = keys_and_digests(table_);
    narrow_reader_.emplace(run_.reader.over(*narrow_));
  }
  // The reader knows where the table lies.
  SnapshotCapture(const SnapshotCapture&) = delete;
  SnapshotCapture& operator=(const SnapshotCapture&) = delete;

  Result open();
  Result compare();
  Result finish();

 private:
  [[nodiscard]] std::filesystem::path file(std::uint64_t generation) const {
    return run_.folder / fmt::format("{}.{}{}", run_.dataset.str(), generation, suffix);
  }
  [[nodiscard]] std::uint64_t unused_generation() const;
  void remove_all_but(std::uint64_t generation) const;
  // Those of the base that begin before an offset.
  Result compare_until(std::uint64_t offset);
  Result compare_stretches();
  Result pass_over(const Stretch& stretch);
  Result compare_range();
  // Rows from the database's own digests where most of them will be what they were.
  std::expected<std::size_t, CollectionFailure> compare_page(const Query& condition);
  Result compare_row(const TableRow& row);
  // Whether it is the one that was expected next, as it was.
  [[nodiscard]] bool is_as_expected(const TableRow& row);
  Result keep(const DigestEntry& entry);
  Result keep_as_it_was(std::size_t index);
  // Of the base, between two offsets: written when something else comes, or must be durable.
  Result keep_part(std::uint64_t begin, std::uint64_t end);
  Result write_part();
  Result hand_over(const TableRow& row, const RecordKey& key);
  Result hand_over_awaited();
  Result remove_until(std::size_t index);
  Result commit();

  CaptureRun& run_;
  const SourceTable& table_;
  record::Digest columns_;
  std::optional<DigestFileReader> base_;
  std::optional<DigestFileWriter> next_;
  std::uint64_t generation_ = 0;
  DigestRange range_;
  std::uint64_t part_begin_ = 0;
  std::uint64_t part_end_ = 0;
  std::optional<RecordKey> after_;
  bool differs_ = false;
  std::optional<SourceTable> narrow_;
  std::optional<TableReader> narrow_reader_;
  bool is_narrow_ = false;          // what is being read
  std::vector<RecordKey> awaited_;  // of which only the digest was read, and is another one
  std::string buffer_;
};

Result SnapshotCapture::open() {
  Position& position = run_.position;
  if (position.base) {
    auto base = DigestFileReader::open(file(position.base->generation), position.base_offset,
                                       position.base->bytes, columns_, table_.key.size());
    if (!base) return std::unexpected(collection_failure_of(base.error()));
    base_ = std::move(*base);
  }
  if (position.run) {
    generation_ = position.run->generation;
    auto next = DigestFileWriter::go_on(file(generation_), position.run->bytes);
    if (!next) return std::unexpected(collection_failure_of(next.error()));
    next_ = std::move(*next);
    after_ = position.loaded_up_to;
    differs_ = true;
    return {};
  }
  generation_ = unused_generation();
  auto next = DigestFileWriter::begin(file(generation_), columns_);
  if (!next) return std::unexpected(collection_failure_of(next.error()));
  next_ = std::move(*next);
  return {};
}

// Files that the journal does not count (of a run that came to nothing, or was told to begin anew)
// may be there: none is written over, since one of them may be what it counts.
std::uint64_t SnapshotCapture::unused_generation() const {
  std::uint64_t highest = 0;
  for (const auto& entry : std::filesystem::directory_iterator(run_.folder)) {
    const auto number = generation_of(entry.path().filename().string(), run_.dataset.str());
    highest = std::max(highest, number.value_or(0));
  }
  return highest + 1;
}

void SnapshotCapture::remove_all_but(std::uint64_t generation) const {
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(run_.folder, error)) {
    const auto number = generation_of(entry.path().filename().string(), run_.dataset.str());
    if (!number || *number == generation) continue;
    // What can not be removed now is removed after the next run.
    static_cast<void>(std::filesystem::remove(entry.path(), error));
  }
}

Result SnapshotCapture::compare() {
  if (base_) {
    auto compared = can_add_up(run_.connection.dialect(), table_)
                        ? compare_stretches()
                        : compare_until(run_.position.base->bytes);
    if (!compared) return compared;
    range_.clear_at(run_.position.base->bytes);
  }
  // Behind the last one that was there, all are new.
  return compare_range();
}

Result SnapshotCapture::compare_until(std::uint64_t offset) {
  while (base_->offset() < offset) {
    if (auto filled = range_.fill(*base_, offset, run_.page_rows); !filled) return filled;
    if (auto compared = compare_range(); !compared) return compared;
  }
  return {};
}

Result SnapshotCapture::compare_stretches() {
  const std::uint64_t begin = base_->offset();
  const auto all = stretches_of(*base_, run_.page_rows);
  if (!all) return std::unexpected(collection_failure_of(all.error()));
  if (auto back = base_->go_to(begin); !back) {
    return std::unexpected(collection_failure_of(back.error()));
  }
  std::vector<bool> unchanged;
  for (std::size_t i = 0; i < all->size(); ++i) {
    const std::size_t at = i % stretches_in_query;
    if (at == 0) {
      auto found = find_unchanged(run_, *all, {i, std::min(i + stretches_in_query, all->size())},
                                  i == 0 ? after_ : std::nullopt);
      if (!found) return std::unexpected(found.error());
      unchanged = std::move(*found);
    }
    if (unchanged[at]) {
      if (auto passed = pass_over((*all)[i]); !passed) return passed;
      continue;
    }
    // What is new behind its last row lies before the next one's first.
    const bool is_last = i + 1 == all->size();
    auto compared = compare_until(is_last ? (*all)[i].end : (*all)[i + 1].behind_first);
    if (!compared) return compared;
  }
  return {};
}

Result SnapshotCapture::pass_over(const Stretch& stretch) {
  if (auto kept = keep_part(base_->offset(), stretch.end); !kept) return kept;
  if (auto gone = base_->go_to(stretch.end); !gone) {
    return std::unexpected(collection_failure_of(gone.error()));
  }
  range_.clear_at(stretch.end);
  after_ = stretch.last_key;
  run_.reader.passed(stretch.rows);
  return run_.settlement.is_due() ? commit() : Result();
}

// All rows between the last key passed and the range's last one; in the last range, to the end.
Result SnapshotCapture::compare_range() {
  const odbc::Dialect& dialect = run_.connection.dialect();
  while (true) {
    std::vector<Query> conditions{are_there(dialect, table_.key)};
    if (after_) conditions.push_back(beyond(dialect, table_.key, after_->exact));
    if (!range_.is_empty()) {
      conditions.push_back(up_to(dialect, table_.key, range_.last_key().exact));
    }
    const auto rows = compare_page(all_of(std::move(conditions)));
    if (!rows) return std::unexpected(rows.error());
    if (run_.settlement.is_due()) {
      if (auto committed = commit(); !committed) return committed;
    }
    if (*rows < run_.page_rows) break;
  }
  if (range_.is_empty()) return {};
  // What was not met in the range is not in the table any more.
  if (auto removed = remove_until(range_.size()); !removed) return removed;
  after_ = range_.last_key();
  return run_.settlement.is_due() ? commit() : Result();
}

std::expected<std::size_t, CollectionFailure> SnapshotCapture::compare_page(
    const Query& condition) {
  // Behind the last one that was there, all are new.
  is_narrow_ = narrow_reader_ && !range_.is_empty();
  TableReader& reader = is_narrow_ ? *narrow_reader_ : run_.reader;
  const auto rows = reader.read(select(run_.connection.dialect(), reader.table().columns,
                                       table_.name, condition, table_.key, run_.page_rows),
                                [&](const TableRow& row) { return compare_row(row); });
  if (!rows) return rows;
  if (auto handed = hand_over_awaited(); !handed) return std::unexpected(handed.error());
  return rows;
}

// They may have changed once more since: then the digest is an older one, and the next run hands
// them over again. Those that are gone meanwhile it finds gone.
Result SnapshotCapture::hand_over_awaited() {
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

Result SnapshotCapture::hand_over(const TableRow& row, const RecordKey& key) {
  differs_ = true;
  if (!is_narrow_) return run_.reader.hand_over(row, record::Operation::upsert);
  awaited_.push_back(key);
  return {};
}

bool SnapshotCapture::is_as_expected(const TableRow& row) {
  const DigestEntry* expected = range_.expected();
  return expected != nullptr && row.is_at(expected->key) && row.digest(buffer_) == expected->row;
}

Result SnapshotCapture::keep(const DigestEntry& entry) {
  if (auto written = write_part(); !written) return written;
  if (auto written = next_->append(entry); !written) {
    return std::unexpected(collection_failure_of(written.error()));
  }
  after_ = entry.key;
  // What is still awaited must be in the batch before the digests count.
  return awaited_.empty() && run_.settlement.is_due() ? commit() : Result();
}

Result SnapshotCapture::keep_as_it_was(std::size_t index) {
  range_.pass(index);
  if (auto kept = keep_part(range_.offset(index), range_.offset(index + 1)); !kept) return kept;
  after_ = range_.entry(index).key;
  return awaited_.empty() && run_.settlement.is_due() ? commit() : Result();
}

Result SnapshotCapture::keep_part(std::uint64_t begin, std::uint64_t end) {
  if (begin == part_end_) {
    part_end_ = end;
    return {};
  }
  auto written = write_part();
  part_begin_ = begin;
  part_end_ = end;
  return written;
}

Result SnapshotCapture::write_part() {
  if (part_begin_ == part_end_) return {};
  const auto written = base_->read_as_is(part_begin_, part_end_, [&](std::string_view entries) {
    return next_->append_as_is(entries);
  });
  if (!written) return std::unexpected(collection_failure_of(written.error()));
  part_begin_ = part_end_;
  return {};
}

Result SnapshotCapture::compare_row(const TableRow& row) {
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
    if (auto removed = remove_until(*index); !removed) return removed;
    if (range_.entry(*index).row == entry.row) return keep_as_it_was(*index);
    range_.pass(*index);
  }
  if (auto handed = hand_over(row, entry.key); !handed) return handed;
  return keep(entry);
}

Result SnapshotCapture::remove_until(std::size_t index) {
  for (std::size_t i = range_.next(); i < index; ++i) {
    differs_ = true;
    if (auto handed = run_.reader.hand_over_removed(range_.entry(i).key); !handed) return handed;
  }
  if (index > range_.next()) range_.pass(index - 1);
  return {};
}

// The file first, and then, in one transaction, the rows and how far the file counts.
Result SnapshotCapture::commit() {
  if (auto written = write_part(); !written) return written;
  const auto bytes = next_->make_durable();
  if (!bytes) return std::unexpected(collection_failure_of(bytes.error()));
  run_.position.run = DigestFilePart{generation_, *bytes};
  run_.position.loaded_up_to = after_;
  if (base_) run_.position.base_offset = range_.offset();
  return mark(run_);
}

Result SnapshotCapture::finish() {
  if (!differs_) {
    next_.reset();
    remove_all_but(run_.position.base ? run_.position.base->generation : 0);
    return {};
  }
  if (auto written = write_part(); !written) return written;
  const auto bytes = next_->make_durable();
  if (!bytes) return std::unexpected(collection_failure_of(bytes.error()));
  run_.position.base = DigestFilePart{generation_, *bytes};
  run_.position.base_offset = 0;
  run_.position.run.reset();
  run_.position.loaded_up_to.reset();
  run_.position.is_loaded = true;
  if (auto marked = mark(run_); !marked) return marked;
  if (auto settled = settle(run_); !settled) return settled;
  remove_all_but(generation_);
  return {};
}

}  // namespace

Result run_snapshot(CaptureRun& run) {
  const bool is_anew = !run.position.base && !run.position.run;
  SnapshotCapture capture(run);
  if (auto opened = capture.open(); !opened) return opened;
  if (auto compared = capture.compare(); !compared) return compared;
  if (auto finished = capture.finish(); !finished) return finished;
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
