#include <algorithm>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "adapters/front_end/capture_run.h"
#include "adapters/front_end/fitting_text.h"
#include "adapters/front_end/keyless_rows.h"
#include "adapters/front_end/operation_code.h"
#include "record/try.h"

namespace sluice::adapters::front_end {
namespace {

// A page is claimed, journaled and written back whole: small enough that a bureau's own writers
// never wait long for one of its rows.
constexpr std::size_t rows_claimed = 1'000;

// The protocol for one page, each step safe to do again after a crash:
//   1. ready -> taking, for the rows of the page;
//   2. read what is taking, hand it over, wait until it is durable in our journal;
//   3. taking -> taken, or failed with the reason.
// A bureau's system that changes a row meanwhile sets it to ready again, so that step 3 passes it
// by and the next page has its new version.
class FlagCapture {
 public:
  FlagCapture(CaptureRun& run, const capture::ByFlag& way)
      : run_(run),
        way_(way),
        table_(run.reader.table()),
        dialect_(run.connection.dialect()),
        status_(table_.columns[table_.at(way.column)]) {}

  // What is `taking` already: of a run that was cut off, or of claim().
  Result<void> take_claimed();
  // False: nothing was ready.
  Result<bool> claim();
  // Those that can not be claimed by their key, all at once.
  Result<void> refuse_keyless();

 private:
  // Rows without a key could not be written back one by one.
  [[nodiscard]] Query of_status(const std::string& value) const {
    return all_of({equal(dialect_, status_, value), are_there(dialect_, table_.key)});
  }
  Result<void> take(const TableRow& row);
  Result<void> write_back(const RecordKey& last);
  Result<void> write_reasons();
  // What the limit refused is not taken, but each bad row is told its reason all the same: the
  // bureau corrects by that, and the next run finds the page without it.
  Result<void> tell_of_refused(const Result<void>& result);
  Result<void> fail(const std::string& reason, const Query& condition);
  Result<void> update_status(std::vector<Assignment> assignments, const Query& condition);

  CaptureRun& run_;
  const capture::ByFlag& way_;
  const SourceTable& table_;
  const odbc::Dialect& dialect_;
  const odbc::SourceColumn& status_;
  // The page's rows by their place, to find the refused ones again; only their keys.
  struct Read {
    RecordKey key;
    bool is_refused = false;
    std::string reason;
  };
  std::vector<Read> read_;
};

Result<bool> FlagCapture::claim() {
  std::optional<RecordKey> last;
  const auto rows = run_.reader.read(select(dialect_, table_.columns, table_.name,
                                            of_status(way_.ready), table_.key, rows_claimed),
                                     [&](const TableRow& row) -> Result<void> {
                                       last = row.key();
                                       return {};
                                     });
  if (!rows) return std::unexpected(rows.error());
  if (!last) return false;
  SLUICE_TRY(update_status(
      {{status_, way_.taking}},
      all_of({equal(dialect_, status_, way_.ready), up_to(dialect_, table_.key, last->exact)})));
  return true;
}

Result<void> FlagCapture::take_claimed() {
  while (true) {
    read_.clear();
    const auto rows = run_.reader.read(select(dialect_, table_.columns, table_.name,
                                              of_status(way_.taking), table_.key, rows_claimed),
                                       [&](const TableRow& row) { return take(row); });
    if (!rows) return std::unexpected(rows.error());
    if (*rows == 0) return {};
    if (!read_.empty()) {
      const RecordKey last = read_.back().key;
      SLUICE_TRY(write_back(last));
    }
    if (*rows < rows_claimed) return {};
  }
}

Result<void> FlagCapture::take(const TableRow& row) {
  const std::size_t refused_before = run_.settlement.refused().size();
  Result<void> handed;
  auto operation = std::optional(record::Operation::upsert);
  if (!way_.operation_column.empty()) {
    operation = operation_of(way_.codes, row.exact(table_.at(way_.operation_column)));
  }
  if (operation) {
    handed = run_.reader.hand_over(row, *operation);
  } else {
    handed = run_.reader.refuse(row, unknown_operation(way_.codes));
  }
  const bool is_told = run_.settlement.refused().size() > refused_before;
  if (!handed && !is_told) return handed;
  Read read{.key = row.key()};
  if (is_told) {
    read.is_refused = true;
    const intake::RowProblem& problem = run_.settlement.refused().back().problem;
    read.reason = problem.field.empty() ? problem.sentence
                                        : fmt::format("{}: {}", problem.field, problem.sentence);
  }
  read_.push_back(std::move(read));
  if (!handed) return tell_of_refused(handed);
  if (!run_.settlement.is_due()) return {};
  const RecordKey last = read_.back().key;
  return write_back(last);
}

Result<void> FlagCapture::refuse_keyless() {
  const Query is_keyless = is_missing_one(dialect_, table_.key);
  if (is_keyless.sql.empty()) return {};
  const Query is_taking = all_of({equal(dialect_, status_, way_.taking), is_keyless});
  if (auto claimed = update_status({{status_, way_.taking}},
                                   all_of({equal(dialect_, status_, way_.ready), is_keyless}));
      !claimed) {
    return claimed;
  }
  const intake::RowProblem problem = no_key(table_);
  const auto rows = run_.reader.read(
      select(dialect_, table_.columns, table_.name, is_taking, table_.key, most_keyless_rows + 1),
      [&](const TableRow& row) { return run_.reader.refuse(row, problem); });
  if (rows && *rows > most_keyless_rows) return std::unexpected(too_many_keyless(table_));
  if (rows && *rows == 0) return {};
  Result<void> settled;
  if (!rows) settled = std::unexpected(rows.error());
  if (settled) settled = checkpoint(run_);
  if (settled) settled = settle(run_);
  if (!settled && settled.error().code != CollectionProblem::refused) return settled;
  SLUICE_TRY(fail(problem.sentence, is_taking));
  return settled;
}

Result<void> FlagCapture::fail(const std::string& reason, const Query& condition) {
  std::vector<Assignment> assignments{{status_, way_.failed}};
  if (!way_.reason_column.empty()) {
    const odbc::SourceColumn& column = table_.columns[table_.at(way_.reason_column)];
    assignments.push_back({column, cut_to_fit(reason, column)});
  }
  return update_status(std::move(assignments), condition);
}

Result<void> FlagCapture::write_back(const RecordKey& last) {
  if (auto marked = checkpoint(run_); !marked) return tell_of_refused(marked);
  SLUICE_TRY(settle(run_));
  SLUICE_TRY(write_reasons());
  read_.clear();
  const Query is_taking = equal(dialect_, status_, way_.taking);
  return update_status({{status_, way_.taken}},
                       all_of({is_taking, up_to(dialect_, table_.key, last.exact)}));
}

Result<void> FlagCapture::write_reasons() {
  const Query is_taking = equal(dialect_, status_, way_.taking);
  for (const Read& read : read_) {
    if (!read.is_refused) continue;
    const Query condition = all_of({is_taking, equal(dialect_, table_.key, read.key.exact)});
    SLUICE_TRY(fail(read.reason, condition));
  }
  return {};
}

Result<void> FlagCapture::tell_of_refused(const Result<void>& result) {
  if (result.error().code != CollectionProblem::refused) return result;
  SLUICE_TRY(write_reasons());
  return result;
}

Result<void> FlagCapture::update_status(std::vector<Assignment> assignments,
                                        const Query& condition) {
  const Query query = update(dialect_, table_.name, assignments, condition);
  const auto changed = run_.connection.execute(query.sql, query.parameters);
  if (!changed) return std::unexpected(collection_failure(changed.error()));
  return {};
}

}  // namespace

Result<void> run_flag(CaptureRun& run, const capture::ByFlag& way) {
  FlagCapture capture(run, way);
  run.position.is_loaded = true;
  while (true) {
    SLUICE_TRY(capture.take_claimed());
    const auto claimed = SLUICE_TRY(capture.claim());
    if (!claimed) return capture.refuse_keyless();
  }
}

}  // namespace sluice::adapters::front_end
