#include "store/batch_application.h"

#include <algorithm>
#include <functional>
#include <span>
#include <utility>

#include <fmt/format.h>

#include "fault/kill_point.h"
#include "record/payload.h"
#include "record/try.h"
#include "store/line_inspector.h"
#include "store/slice.h"
#include "store/stream_place.h"

namespace sluice::store {
namespace {

// Enough keys that a question's round trip does not count, few enough that the next lines are
// inspected while the database answers.
constexpr std::size_t keys_per_probe = 4096;

// Where the server does not say what is wrong with so many rows of a batch, it is not the rows.
constexpr std::uint64_t most_in_doubt = 1000;

void add(record::RowOutcomes& sum, const record::RowOutcomes& more) {
  sum.inserted.value += more.inserted.value;
  sum.updated.value += more.updated.value;
  sum.unchanged.value += more.unchanged.value;
  sum.deleted.value += more.deleted.value;
  sum.rejected.value += more.rejected.value;
}

class Application {
 public:
  Application(const AdmittedBatch& admitted, DatasetTables& tables)
      : admitted_(admitted),
        tables_(tables),
        inspector_(admitted.dataset.schema, admitted.checker),
        slice_(record::key_columns(admitted.dataset.schema)),
        columns_(admitted.dataset.schema.fields.size()) {}

  // False: some record was there already, and nothing was written.
  Result<bool> insert_all();
  Result<void> compare_all();
  AppliedRows take_result();

 private:
  // Lines have the columns of the dataset's schema, and live until the next one; those that can not
  // have them are rejected.
  using Consumer = std::function<bool(std::string_view line, std::uint64_t number)>;
  Result<void> for_each_line(const Consumer& consume);
  // False: no more are wanted.
  bool take_line(std::string_view line, std::uint64_t number, const Consumer& consume);
  void reject(const record::RejectedRow& row);
  void forget();

  Result<void> keep(std::string_view line, std::uint64_t number);
  Result<void> ask();
  Result<void> take_answers();
  Result<void> settle_slice();
  Result<void> write(std::size_t first, std::size_t last);
  Result<void> write_one_by_one(const KeptKey& key, const WriteFailure& why);
  Result<std::optional<Refusal>> write_alone(const Plan& plan);
  Written write(const Plan& plan, Way way);
  Row row_of(const KeptChange& change);

  const AdmittedBatch& admitted_;
  DatasetTables& tables_;
  LineInspector inspector_;
  Slice slice_;
  std::vector<Probe> asked_;  // the probe under way: of the keys before next_key_
  std::size_t next_key_ = 0;  // the first key of the slice that was not asked for
  bool met_present_ = false;
  bool has_written_ = false;
  std::optional<StoreFailure> doubt_;  // the first
  std::uint64_t in_doubt_ = 0;         // rows that were rejected for one
  std::vector<std::string_view> columns_;
  record::RefusedRowsBuilder refused_;
  AppliedRows result_;
};

bool Application::take_line(std::string_view line, std::uint64_t number, const Consumer& consume) {
  if (admitted_.turn == nullptr) return consume(line, number);
  auto turned = (*admitted_.turn)(line);
  if (turned) return consume(*turned, number);
  Unfit& why = turned.error();
  reject({number, std::move(why.field), std::move(why.rule), std::move(why.sentence)});
  return true;
}

Result<void> Application::for_each_line(const Consumer& consume) {
  std::uint64_t number = 0;
  bool stopped = false;
  const auto read = record::read_payload(
      admitted_.batch.payload, admitted_.manifest.payload_raw_bytes, [&](std::string_view lines) {
        while (!lines.empty()) {
          const std::size_t end = lines.find('\n');
          const std::string_view line = lines.substr(0, end);
          if (!take_line(line, ++number, consume)) {
            stopped = true;
            return false;
          }
          lines.remove_prefix(end + 1);
        }
        return true;
      });
  const auto corrupt = [&](std::string sentence) {
    return std::unexpected(
        StoreFailure{StoreProblem::corrupt, place_of(admitted_.manifest), std::move(sentence)});
  };
  if (!read) return corrupt(record::to_string(read.error()));
  const std::uint64_t said = admitted_.manifest.upserts.value + admitted_.manifest.deletes.value;
  if (!stopped && number != said) {
    return corrupt(
        fmt::format("the payload holds {} changes where its manifest says {}", number, said));
  }
  return {};
}

void Application::reject(const record::RejectedRow& row) {
  ++result_.outcomes.rejected.value;
  refused_.add(row);
}

void Application::forget() {
  result_ = {};
  refused_.clear();
  slice_.clear();
  next_key_ = 0;
}

AppliedRows Application::take_result() {
  result_.refused = refused_.take();
  return std::move(result_);
}

Result<bool> Application::insert_all() {
  SLUICE_TRY(tables_.savepoint());
  Written written = tables_.begin_current(Way::bulk);
  bool removes = false;
  if (written) {
    Row row;
    const Result<void> read = for_each_line([&](std::string_view line, std::uint64_t number) {
      if (auto refused = inspector_.inspect(line, number, row)) {
        reject(*refused);
        return true;
      }
      removes = row.operation == record::Operation::remove;
      if (removes) return false;
      written = tables_.add_current(row);
      ++result_.outcomes.inserted.value;
      return written.has_value();
    });
    if (!read) return std::unexpected(read.error());
    if (written && !removes) {
      SLUICE_KILL_POINT("store.mid-insert");
      written = tables_.finish_rows();
    }
  }
  if (!written && !written.error().refusal) return std::unexpected(written.error().failure);
  if (!written || removes) {
    forget();
    SLUICE_TRY(tables_.roll_back());
    return false;
  }
  SLUICE_TRY(tables_.release());
  result_.all_new = true;
  return true;
}

Result<void> Application::compare_all() {
  Result<void> kept;
  const Result<void> read = for_each_line([&](std::string_view line, std::uint64_t number) {
    kept = keep(line, number);
    return kept.has_value();
  });
  if (!kept) return kept;
  if (!read) return read;
  SLUICE_TRY(settle_slice());
  // Where no row goes in, no row is to blame.
  if (doubt_ && !has_written_) return std::unexpected(*doubt_);
  result_.all_new = !met_present_;
  return {};
}

Result<void> Application::keep(std::string_view line, std::uint64_t number) {
  Row row;
  if (auto refused = inspector_.inspect(line, number, row)) {
    reject(*refused);
    return {};
  }
  slice_.add(line, row);
  if (slice_.keys().size() - next_key_ >= keys_per_probe) {
    SLUICE_TRY(ask());
  }
  return slice_.is_full() ? settle_slice() : Result<void>{};
}

Result<void> Application::ask() {
  SLUICE_TRY(take_answers());
  for (std::size_t position = next_key_; position < slice_.keys().size(); ++position) {
    const KeptKey& key = slice_.keys()[position];
    asked_.push_back({key.text, slice_.change(key.first).digest});
  }
  next_key_ = slice_.keys().size();
  return asked_.empty() ? Result<void>{} : tables_.start_probe(asked_);
}

Result<void> Application::take_answers() {
  if (asked_.empty()) return {};
  SLUICE_TRY(tables_.finish_probe());
  std::size_t position = next_key_ - asked_.size();
  for (const Probe& probe : asked_) {
    slice_.keys()[position++].stored = probe.stored;
    met_present_ = met_present_ || probe.stored.has_value();
  }
  asked_.clear();
  return {};
}

Result<void> Application::settle_slice() {
  SLUICE_TRY(ask());
  SLUICE_TRY(take_answers());
  const Result<void> written = write(0, slice_.keys().size());
  slice_.clear();
  next_key_ = 0;
  return written;
}

Result<void> Application::write(std::size_t first, std::size_t last) {
  const Plan plan = slice_.plan(first, last);
  if (!plan.writes()) {
    add(result_.outcomes, plan.outcomes);
    return {};
  }
  SLUICE_TRY(tables_.savepoint());
  const Written written = write(plan, Way::bulk);
  if (written) {
    has_written_ = true;
    add(result_.outcomes, plan.outcomes);
    return tables_.release();
  }
  if (!written.error().refusal) return std::unexpected(written.error().failure);
  SLUICE_TRY(tables_.roll_back());
  if (last - first == 1) return write_one_by_one(slice_.keys()[first], written.error());
  const std::size_t middle = first + (last - first) / 2;
  SLUICE_TRY(write(first, middle));
  return write(middle, last);
}

// A record whose changes can not all be written: each on its own, so that only what is refused is
// rejected, and the record stays as the last good change left it.
Result<void> Application::write_one_by_one(const KeptKey& key, const WriteFailure& why) {
  const auto refuse = [this](const KeptChange& change, const Refusal& refusal) {
    reject({change.number, refusal.field, refusal.rule.text(), refusal.sentence});
  };
  if (key.first == key.last && !why.in_doubt) {
    refuse(slice_.change(key.first), *why.refusal);
    return {};
  }
  std::optional<record::RowDigest> stored = key.stored;
  for (std::uint32_t at = key.first; at != 0; at = slice_.change(at).next_of_key) {
    const KeptChange& change = slice_.change(at);
    const Plan plan = Slice::plan_one(key, change, stored);
    if (plan.writes()) {
      const auto refusal = SLUICE_TRY(write_alone(plan));
      if (refusal) {
        refuse(change, *refusal);
        continue;
      }
    }
    add(result_.outcomes, plan.outcomes);
    stored =
        change.operation == record::Operation::remove ? std::nullopt : std::optional(change.digest);
  }
  return {};
}

// Why the plan's only change is not taken; nothing: it is written.
Result<std::optional<Refusal>> Application::write_alone(const Plan& plan) {
  SLUICE_TRY(tables_.savepoint());
  Written written = write(plan, Way::singly);
  if (written) {
    has_written_ = true;
    SLUICE_TRY(tables_.release());
    return std::nullopt;
  }
  WriteFailure& why = written.error();
  if (!why.refusal) return std::unexpected(std::move(why.failure));
  SLUICE_TRY(tables_.roll_back());
  if (why.in_doubt) {
    if (!doubt_) doubt_ = why.failure;
    if (++in_doubt_ > most_in_doubt) return std::unexpected(std::move(why.failure));
  }
  return std::move(why.refusal);
}

// Ends come first: a value of a unique key may pass from one record to another.
Written Application::write(const Plan& plan, Way way) {
  if (!plan.ended.empty()) {
    SLUICE_TRY(tables_.end_versions(plan.ended));
  }
  SLUICE_KILL_POINT("store.mid-copy");
  if (!plan.passing.empty()) {
    SLUICE_TRY(tables_.begin_passing(way));
    for (const Plan::Passing& passing : plan.passing) {
      const Row row = row_of(*passing.change);
      SLUICE_TRY(tables_.add_passing(row, passing.ended_by, passing.ending));
    }
    SLUICE_TRY(tables_.finish_rows());
  }
  if (plan.standing.empty()) return {};
  SLUICE_TRY(tables_.begin_current(way));
  for (const KeptChange* change : plan.standing) {
    SLUICE_TRY(tables_.add_current(row_of(*change)));
  }
  return tables_.finish_rows();
}

// Splits again what inspection had split: cheaper than keeping the views of all the rows that turn
// out to be unchanged.
Row Application::row_of(const KeptChange& change) {
  const std::size_t operation_end = change.line.find('\t');
  const std::size_t time_end = change.line.find('\t', operation_end + 1);
  Row row;
  row.number = change.number;
  row.operation = change.operation;
  row.digest = change.digest;
  row.source_time = change.line.substr(operation_end + 1, time_end - operation_end - 1);
  row.fields = change.line.substr(time_end + 1);
  static_cast<void>(record::split_line(row.fields, columns_));  // inspection counted the columns
  row.columns = columns_;
  return row;
}

}  // namespace

Result<AppliedRows> apply_rows(const AdmittedBatch& admitted, DatasetTables& tables,
                               Expectation expectation) {
  Application application(admitted, tables);
  if (expectation == Expectation::new_records && admitted.manifest.deletes.value == 0) {
    const auto inserted = SLUICE_TRY(application.insert_all());
    if (inserted) return application.take_result();
  }
  SLUICE_TRY(application.compare_all());
  return application.take_result();
}

}  // namespace sluice::store
