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

namespace sluice::adapters::front_end {
namespace {

// How many records are asked for in one query.
constexpr std::size_t records_in_query = 50;

// Lines of a log become visible when their transactions commit, not in the order of their numbers.
// So the last `look_back_numbers` are read again each time; a line is passed by when one with its
// number or a higher one of the same record was sent before.
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

  Result load();
  Result follow();

 private:
  // The last change to one record in a page of the log.
  struct Change {
    std::int64_t sequence = 0;
    record::Operation operation = record::Operation::upsert;
    RecordKey key;
  };
  Result pass_by_log();
  Result read_lines(std::int64_t after, const TableReader::Each& each);
  Result take(const TableRow& line);
  Result take_records();
  Result hand_over_records(std::span<const Change* const> changes);
  Result end_page();
  Result keep_pending();
  // Of the record that a line is of; one that names none is of its own.
  [[nodiscard]] record::RowDigest record_of(const TableRow& line) {
    return line.has_key() ? line.key_digest(buffer_) : line.digest(buffer_);
  }
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
  std::string buffer_;
};

// What was there before the log's first line: only the table itself knows.
Result ChangeLogCapture::load() {
  if (!run_.position.loaded_up_to) {
    run_.position.reached = 0;  // the log may be all there is
    if (auto cleared = window_.clear(); !cleared) {
      return std::unexpected(collection_failure(cleared.error()));
    }
    if (records_ != nullptr) {
      if (auto passed = pass_by_log(); !passed) return passed;
    }
  }
  if (records_ != nullptr) {
    CaptureRun of_records{run_.connection, *records_,    run_.settlement, run_.position,
                          run_.folder,     run_.dataset, run_.page_rows};
    auto loaded = load_by_key(of_records, [](const TableRow&) { return Result(); });
    if (!loaded) return loaded;
    // Once a load: what becomes of them later, the log says.
    auto refused = refuse_keyless(of_records, {}, {window_, 0, [](const TableRow&) { return 0; }});
    if (!refused) return refused;
  }
  run_.position.loaded_up_to.reset();
  run_.position.is_loaded = true;
  return mark(run_);
}

// The lines that can be seen now are of changes that the table, read from now on, already shows.
Result ChangeLogCapture::pass_by_log() {
  const auto highest =
      run_.reader.read_first_value(select_greatest(dialect_, sequence_, log_.name));
  if (!highest) return std::unexpected(highest.error());
  if (!*highest) return {};
  const auto sequence = parse_watermark(WatermarkKind::number, **highest);
  if (!sequence) return std::unexpected(not_a_sequence());
  run_.position.reached = sequence->value;
  const auto passed = read_lines(window_start(), [&](const TableRow& line) -> Result {
    const auto number = sequence_of(line);
    if (!number) return std::unexpected(not_a_sequence());
    pending_.push_back({record_of(line), {}, *number});
    return {};
  });
  return passed ? keep_pending() : passed;
}

Result ChangeLogCapture::read_lines(std::int64_t after, const TableReader::Each& each) {
  const std::vector<odbc::SourceColumn> order{sequence_};
  std::string last = fmt::to_string(after);
  while (true) {
    const std::vector<std::string> from{last};
    const auto lines =
        run_.reader.read(select(dialect_, log_.columns, log_.name, beyond(dialect_, order, from),
                                order, run_.page_rows),
                         [&](const TableRow& line) -> Result {
                           last = line.exact(sequence_at_).value_or(std::string_view());
                           return each(line);
                         });
    if (!lines) return std::unexpected(lines.error());
    if (auto ended = end_page(); !ended) return ended;
    if (*lines < run_.page_rows) return {};
  }
}

Result ChangeLogCapture::follow() {
  return read_lines(window_start(), [&](const TableRow& line) { return take(line); });
}

Result ChangeLogCapture::take(const TableRow& line) {
  const auto sequence = sequence_of(line);
  if (!sequence) return std::unexpected(not_a_sequence());
  run_.position.reached = std::max(run_.position.reached.value_or(0), *sequence);
  const record::RowDigest key = record_of(line);
  const auto sent = window_.find(key);
  if (!sent) return std::unexpected(collection_failure(sent.error()));
  if (*sent && (*sent)->mark >= *sequence) return {};
  pending_.push_back({key, {}, *sequence});
  if (!line.has_key()) return run_.reader.refuse(line, no_key(log_));
  const auto operation = operation_of(way_.codes, line.exact(operation_at_));
  if (!operation) return run_.reader.refuse(line, unknown_operation(way_.codes));
  if (records_ != nullptr) {
    page_[key] = {*sequence, *operation, line.key()};
    return {};
  }
  if (auto handed = run_.reader.hand_over(line, *operation); !handed) return handed;
  return mark_if_due(run_);
}

// The log's lines say which records were touched; what they are now, the table says. So each is
// looked up once, however often it was touched.
Result ChangeLogCapture::take_records() {
  std::vector<const Change*> upserts;
  for (const auto& [digest, change] : page_) {
    if (change.operation == record::Operation::remove) {
      if (auto handed = records_->hand_over_removed(change.key); !handed) return handed;
    } else {
      upserts.push_back(&change);
    }
  }
  for (std::size_t i = 0; i < upserts.size(); i += records_in_query) {
    const std::size_t count = std::min(records_in_query, upserts.size() - i);
    if (auto handed = hand_over_records(std::span(upserts).subspan(i, count)); !handed) {
      return handed;
    }
  }
  page_.clear();
  return {};
}

// A record that is not found has been deleted since, which a later line of the log says.
Result ChangeLogCapture::hand_over_records(std::span<const Change* const> changes) {
  const SourceTable& table = records_->table();
  std::vector<Query> keys;
  keys.reserve(changes.size());
  for (const Change* change : changes)
    keys.push_back(equal(dialect_, table.key, change->key.exact));
  const auto rows = records_->read(
      select(dialect_, table.columns, table.name, any_of(std::move(keys)), table.key,
             changes.size()),
      [&](const TableRow& row) { return records_->hand_over(row, record::Operation::upsert); });
  if (!rows) return std::unexpected(rows.error());
  return {};
}

Result ChangeLogCapture::end_page() {
  if (records_ != nullptr) {
    if (auto taken = take_records(); !taken) return taken;
  }
  if (!run_.position.is_loaded) return {};
  if (auto marked = mark(run_); !marked) return marked;
  return keep_pending();
}

// After the rows that they stand for, except before a load, which reads the whole table anyway.
Result ChangeLogCapture::keep_pending() {
  if (pending_.empty()) return {};
  if (auto settled = settle(run_); !settled) return settled;
  if (auto kept = window_.keep(pending_, window_start()); !kept) {
    return std::unexpected(collection_failure(kept.error()));
  }
  pending_.clear();
  return {};
}

}  // namespace

Result run_change_log(CaptureRun& run, const capture::ByChangeLog& way, TableReader* records) {
  auto window = SentWindow::open(run.folder / "sent.sqlite", run.dataset);
  if (!window) return std::unexpected(collection_failure(window.error()));
  ChangeLogCapture capture(run, way, records, std::move(*window));
  if (!run.position.is_loaded) {
    if (auto loaded = capture.load(); !loaded) return loaded;
  }
  return capture.follow();
}

}  // namespace sluice::adapters::front_end
