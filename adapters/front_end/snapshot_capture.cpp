#include <algorithm>
#include <charconv>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "adapters/front_end/capture_run.h"
#include "adapters/front_end/digest_file.h"

namespace sluice::adapters::front_end {
namespace {

// Entries of the base that are compared at once.
constexpr std::size_t entries_in_range = 10'000;
// How many records are asked for by their keys in one query.
constexpr std::size_t records_in_query = 50;
constexpr std::string_view suffix = ".digests";

CollectionFailure collection_failure_of(const DigestFileFailure& failure) {
  const bool is_disk = failure.code == DigestFileProblem::not_durable;
  return {is_disk ? CollectionProblem::journal_failed : CollectionProblem::unreadable,
          failure.place, failure.sentence};
}

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

// The next stretch of the table as it was the last time, in the database's own order of keys, and
// how far this run has come in it. Keys are never compared by us: the database is asked for what
// lies between two of them, and of two rows the one that it gives first is the smaller.
class Range {
 public:
  Result fill(DigestFileReader& base) {
    entries_.clear();
    at_.clear();
    next_ = 0;
    while (entries_.size() < entries_in_range) {
      const std::uint64_t offset = base.offset();
      auto entry = base.next();
      if (!entry) return std::unexpected(collection_failure_of(entry.error()));
      if (!*entry) break;
      entries_.push_back({std::move(**entry), offset});
    }
    end_ = base.offset();
    return {};
  }

  [[nodiscard]] bool is_empty() const { return entries_.empty(); }
  [[nodiscard]] const RecordKey& last_key() const { return entries_.back().entry.key; }
  // Where a later run would go on reading the base.
  [[nodiscard]] std::uint64_t offset() const {
    return next_ < entries_.size() ? entries_[next_].offset : end_;
  }

  // The one that comes next if the table is what it was; nothing at the end.
  [[nodiscard]] const DigestEntry* expected() const {
    return next_ < entries_.size() ? &entries_[next_].entry : nullptr;
  }
  [[nodiscard]] std::optional<std::size_t> find(const RecordKey& key) {
    // Made where it is needed: most ranges of most runs are what they were.
    for (std::size_t i = at_.size(); i < entries_.size(); ++i)
      at_.emplace(joined(entries_[i].entry.key.exact), i);
    const auto found = at_.find(joined(key.exact));
    return found == at_.end() ? std::nullopt : std::optional(found->second);
  }
  [[nodiscard]] std::size_t next() const { return next_; }
  [[nodiscard]] std::size_t size() const { return entries_.size(); }
  [[nodiscard]] const DigestEntry& entry(std::size_t index) const { return entries_[index].entry; }
  void pass(std::size_t index) { next_ = index + 1; }

 private:
  static std::string joined(const std::vector<std::string>& texts) {
    if (texts.size() == 1) return texts.front();
    std::string all;
    for (const std::string& text : texts)
      all += fmt::format("{}:{}", text.size(), text);
    return all;
  }

  struct Placed {
    DigestEntry entry;
    std::uint64_t offset = 0;
  };
  std::vector<Placed> entries_;
  std::unordered_map<std::string, std::size_t> at_;
  std::size_t next_ = 0;
  std::uint64_t end_ = 0;
};

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
  Result compare_range();
  // Rows from the database's own digests where most of them will be what they were.
  std::expected<std::size_t, CollectionFailure> compare_page(const Query& condition);
  Result compare_row(const TableRow& row);
  // Whether it is the one that was expected next, as it was.
  [[nodiscard]] bool is_as_expected(const TableRow& row);
  Result keep(const DigestEntry& entry);
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
  Range range_;
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
  if (!position.base) {
    if (auto refused = refuse_without_key(run_); !refused) return refused;
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
  while (true) {
    if (base_) {
      if (auto filled = range_.fill(*base_); !filled) return filled;
    }
    const bool is_last = range_.is_empty();
    if (auto compared = compare_range(); !compared) return compared;
    if (is_last) return {};
  }
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
    for (std::size_t i = first; i < last; ++i) {
      std::vector<Query> columns;
      for (std::size_t column = 0; column < table_.key.size(); ++column) {
        columns.push_back(equal(dialect, table_.key[column], awaited_[i].exact[column]));
      }
      keys.push_back(all_of(std::move(columns)));
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
  if (auto written = next_->append(entry); !written) {
    return std::unexpected(collection_failure_of(written.error()));
  }
  after_ = entry.key;
  // What is still awaited must be in the batch before the digests count.
  return awaited_.empty() && run_.settlement.is_due() ? commit() : Result();
}

Result SnapshotCapture::compare_row(const TableRow& row) {
  if (is_as_expected(row)) {
    const DigestEntry& entry = *range_.expected();
    range_.pass(range_.next());
    return keep(entry);
  }
  RecordKey key = row.key();
  if (after_ && *after_ == key) {
    differs_ = true;
    if (!is_narrow_) return run_.reader.refuse(row, duplicate_key());
    if (awaited_.empty() || awaited_.back() != key) awaited_.push_back(std::move(key));
    return {};
  }
  DigestEntry entry{std::move(key), row.digest(buffer_)};
  bool is_same = false;
  if (const auto index = range_.find(entry.key); index && *index >= range_.next()) {
    if (auto removed = remove_until(*index); !removed) return removed;
    is_same = range_.entry(*index).row == entry.row;
    range_.pass(*index);
  }
  if (!is_same) {
    if (auto handed = hand_over(row, entry.key); !handed) return handed;
  }
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
  SnapshotCapture capture(run);
  if (auto opened = capture.open(); !opened) return opened;
  if (auto compared = capture.compare(); !compared) return compared;
  return capture.finish();
}

}  // namespace sluice::adapters::front_end
