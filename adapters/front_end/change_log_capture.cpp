#include <algorithm>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "adapters/front_end/capture_run.h"
#include "adapters/front_end/keyless_rows.h"
#include "adapters/front_end/operation_code.h"
#include "adapters/front_end/watermark.h"
#include "record/try.h"

namespace sluice::adapters::front_end {
namespace {

// How many records are asked for in one query.
constexpr std::size_t records_in_query = 50;

// Lines of a log become visible when their transactions commit, not in the order of their numbers.
// So the last `look_back_numbers` are read again each time. A line is passed by that was seen
// before; and where the log itself has the records, one of a record of which a higher was sent:
// with a table, what a late line says is looked up there like any other.
class ChangeLogCapture {
 public:
  // `records`: the table that the log is of, where the log itself has only its keys.
  ChangeLogCapture(CaptureRun& run, const capture::ByChangeLog& way, TableReader* records,
                   SentWindow window)
      : run_(run),
        way_(way),
        records_(records),
        log_(run.reader.table()),
        dialect_(run.connection.dialect()),
        sequence_at_(log_.at(way.sequence)),
        operation_at_(log_.at(way.operation)),
        sequence_(log_.columns[sequence_at_]),
        window_(std::move(window)) {}

  Result<void> load();
  Result<void> follow();

 private:
  // The last change to one record in a page of the log.
  struct Change {
    std::int64_t sequence = 0;
    record::Operation operation = record::Operation::upsert;
    RecordKey key;
  };
  Result<void> pass_by_log();
  Result<void> read_lines(std::int64_t after, const TableReader::Each& each);
  Result<void> take(const TableRow& line);
  Result<void> take_records();
  Result<std::size_t> hand_over_records(std::span<const Change* const> changes);
  Result<void> remove_records(std::span<const Change* const> changes);
  Result<void> end_page();
  Result<void> keep_pending();
  void remember(const TableRow& line, const record::RowDigest& digest, std::int64_t sequence);
  Result<bool> is_passed_by(const TableRow& line, const record::RowDigest& digest,
                            std::int64_t sequence);
  // Of a line, and of the how manieth it is of those that say the same under the same number.
  [[nodiscard]] record::RowDigest digest_of(const TableRow& line, std::int64_t sequence);
  [[nodiscard]] std::optional<std::int64_t> sequence_of(const TableRow& line) const {
    const auto text = line.exact(sequence_at_).value_or(std::string_view());
    const auto number = parse_watermark(WatermarkKind::number, text);
    return number ? std::optional(number->value) : std::nullopt;
  }
  [[nodiscard]] CollectionFailure not_a_sequence() const {
    return {CollectionProblem::bad_columns, log_.name.name,
            fmt::format("column {} holds something else than whole numbers of 64 bits; expected "
                        "the log's sequence",
                        way_.sequence)};
  }
  [[nodiscard]] std::int64_t window_start() const {
    const auto back = static_cast<std::int64_t>(way_.look_back_numbers);
    return shifted_back(WatermarkKind::number, {run_.position.reached.value_or(0)}, back).value;
  }

  CaptureRun& run_;
  const capture::ByChangeLog& way_;
  TableReader* records_;
  const SourceTable& log_;
  const odbc::Dialect& dialect_;
  std::size_t sequence_at_;
  std::size_t operation_at_;
  const odbc::SourceColumn& sequence_;
  SentWindow window_;
  std::vector<SentVersion> pending_;
  std::map<record::RowDigest, Change> page_;  // by key; only with `records_`
  std::int64_t number_ = 0;                   // of the lines in `alike_`
  std::map<record::RowDigest, std::uint64_t> alike_;
  std::string buffer_;
};

// What was there before the log's first line: only the table itself knows.
Result<void> ChangeLogCapture::load() {
  if (!run_.position.loaded_up_to) {
    run_.position.reached = 0;  // the log may be all there is
    if (auto cleared = window_.clear(); !cleared) {
      return std::unexpected(collection_failure(cleared.error()));
    }
    if (records_ != nullptr) {
      SLUICE_TRY(pass_by_log());
    }
  }
  if (records_ != nullptr) {
    CaptureRun of_records{run_.connection, *records_,    run_.settlement, run_.position,
                          run_.folder,     run_.dataset, run_.page_rows};
    auto loaded = load_by_key(of_records, [](const TableRow&) { return Result<void>(); });
    if (!loaded) return loaded;
    // Once a load: what becomes of them later, the log says.
    auto refused = refuse_keyless(of_records, {}, {window_, 0, [](const TableRow&) { return 0; }});
    if (!refused) return refused;
  }
  run_.position.loaded_up_to.reset();
  run_.position.is_loaded = true;
  return checkpoint(run_);
}

// The lines that can be seen now are of changes that the table, read from now on, already shows.
Result<void> ChangeLogCapture::pass_by_log() {
  const auto highest =
      SLUICE_TRY(run_.reader.read_first_value(select_greatest(dialect_, sequence_, log_.name)));
  if (!highest) return {};
  const auto sequence = parse_watermark(WatermarkKind::number, *highest);
  if (!sequence) return std::unexpected(not_a_sequence());
  run_.position.reached = sequence->value;
  const auto passed = read_lines(window_start(), [&](const TableRow& line) -> Result<void> {
    const auto number = sequence_of(line);
    if (!number) return std::unexpected(not_a_sequence());
    remember(line, digest_of(line, *number), *number);
    return {};
  });
  return passed ? keep_pending() : passed;
}

Result<void> ChangeLogCapture::read_lines(std::int64_t after, const TableReader::Each& each) {
  const std::vector<odbc::SourceColumn> order{sequence_};
  std::string last = fmt::to_string(after);
  const auto read = [&](const Query& condition, std::size_t most) {
    alike_.clear();
    return run_.reader.read(select(dialect_, log_.columns, log_.name, condition, order, most),
                            [&](const TableRow& line) -> Result<void> {
                              last = line.exact(sequence_at_).value_or(std::string_view());
                              return each(line);
                            });
  };
  while (true) {
    const auto lines =
        SLUICE_TRY(read(above(dialect_, sequence_, std::string(last)), run_.page_rows));
    SLUICE_TRY(end_page());
    if (lines < run_.page_rows) return {};
    // Others with the last one's number may stand behind the page's end.
    SLUICE_TRY(read(equal(dialect_, sequence_, std::string(last)), all_rows));
    SLUICE_TRY(end_page());
  }
}

Result<void> ChangeLogCapture::follow() {
  return read_lines(window_start(), [&](const TableRow& line) { return take(line); });
}

record::RowDigest ChangeLogCapture::digest_of(const TableRow& line, std::int64_t sequence) {
  if (number_ != sequence) alike_.clear();
  number_ = sequence;
  record::RowDigest digest = line.digest(buffer_);
  digest.high += alike_[digest]++;
  return digest;
}

void ChangeLogCapture::remember(const TableRow& line, const record::RowDigest& digest,
                                std::int64_t sequence) {
  pending_.push_back({digest, {}, sequence});
  if (records_ == nullptr && line.has_key()) {
    pending_.push_back({line.key_digest(buffer_), {}, sequence});
  }
}

Result<bool> ChangeLogCapture::is_passed_by(const TableRow& line, const record::RowDigest& digest,
                                            std::int64_t sequence) {
  const auto itself = window_.find(digest);
  if (!itself) return std::unexpected(collection_failure(itself.error()));
  if (*itself) return true;
  if (records_ != nullptr || !line.has_key()) return false;
  const auto record = window_.find(line.key_digest(buffer_));
  if (!record) return std::unexpected(collection_failure(record.error()));
  return *record && (*record)->mark > sequence;
}

Result<void> ChangeLogCapture::take(const TableRow& line) {
  const auto sequence = sequence_of(line);
  if (!sequence) return std::unexpected(not_a_sequence());
  run_.position.reached = std::max(run_.position.reached.value_or(0), *sequence);
  const record::RowDigest digest = digest_of(line, *sequence);
  const auto passed_by = SLUICE_TRY(is_passed_by(line, digest, *sequence));
  if (passed_by) return {};
  remember(line, digest, *sequence);
  if (!line.has_key()) return run_.reader.refuse(line, no_key(log_));
  const auto operation = operation_of(way_.codes, line.exact(operation_at_));
  if (!operation) return run_.reader.refuse(line, unknown_operation(way_.codes));
  if (records_ != nullptr) {
    page_[line.key_digest(buffer_)] = {*sequence, *operation, line.key()};
    return {};
  }
  SLUICE_TRY(run_.reader.hand_over(line, *operation));
  return checkpoint_if_due(run_);
}

// The log's lines say which records were touched; what they are now, the table says. So each is
// looked up once, however often it was touched.
Result<void> ChangeLogCapture::take_records() {
  std::vector<const Change*> upserts;
  std::vector<const Change*> removes;
  for (const auto& [digest, change] : page_) {
    (change.operation == record::Operation::remove ? removes : upserts).push_back(&change);
  }
  const auto in_parts = [](std::span<const Change* const> all, const auto& each) -> Result<void> {
    for (std::size_t i = 0; i < all.size(); i += records_in_query) {
      const auto part = all.subspan(i, std::min(records_in_query, all.size() - i));
      SLUICE_TRY(each(part));
    }
    return {};
  };
  // One that is not found has been deleted since, which a later line of the log says.
  auto handed = in_parts(upserts, [&](const auto& part) { return hand_over_records(part); });
  if (!handed) return handed;
  handed = in_parts(removes, [&](const auto& part) { return remove_records(part); });
  if (!handed) return handed;
  page_.clear();
  return {};
}

// How many of them there were.
Result<std::size_t> ChangeLogCapture::hand_over_records(std::span<const Change* const> changes) {
  const SourceTable& table = records_->table();
  std::vector<Query> keys;
  keys.reserve(changes.size());
  for (const Change* change : changes)
    keys.push_back(equal(dialect_, table.key, change->key.exact));
  return records_->read(
      select(dialect_, table.columns, table.name, any_of(std::move(keys)), table.key,
             changes.size()),
      [&](const TableRow& row) { return records_->hand_over(row, record::Operation::upsert); });
}

// Where a line came late, the record may be there again. The table may write its key in another
// way than the log, so where any of these is there, each is asked for by itself.
Result<void> ChangeLogCapture::remove_records(std::span<const Change* const> changes) {
  const auto found = SLUICE_TRY(hand_over_records(changes));
  for (std::size_t i = 0; i < changes.size(); ++i) {
    if (found > 0) {
      const auto is_there = SLUICE_TRY(hand_over_records(changes.subspan(i, 1)));
      if (is_there > 0) continue;
    }
    SLUICE_TRY(records_->hand_over_removed(changes[i]->key));
  }
  return {};
}

Result<void> ChangeLogCapture::end_page() {
  if (records_ != nullptr) {
    SLUICE_TRY(take_records());
  }
  if (!run_.position.is_loaded) return {};
  SLUICE_TRY(checkpoint(run_));
  return keep_pending();
}

// After the rows that they stand for, except before a load, which reads the whole table anyway.
Result<void> ChangeLogCapture::keep_pending() {
  if (pending_.empty()) return {};
  SLUICE_TRY(settle(run_));
  if (auto kept = window_.keep(pending_, window_start()); !kept) {
    return std::unexpected(collection_failure(kept.error()));
  }
  pending_.clear();
  return {};
}

}  // namespace

Result<void> run_change_log(CaptureRun& run, const capture::ByChangeLog& way,
                            TableReader* records) {
  auto window = SentWindow::open(run.folder / "sent.sqlite", run.dataset);
  if (!window) return std::unexpected(collection_failure(window.error()));
  ChangeLogCapture capture(run, way, records, std::move(*window));
  if (!run.position.is_loaded) {
    SLUICE_TRY(capture.load());
  }
  return capture.follow();
}

}  // namespace sluice::adapters::front_end
