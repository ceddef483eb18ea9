#include "store/batch_application.h"

#include <algorithm>
#include <functional>
#include <span>
#include <utility>

#include <fmt/format.h>

#include "fault/kill_point.h"
#include "record/payload.h"
#include "store/line_inspector.h"
#include "store/slice.h"
#include "store/stream_place.h"

namespace sluice::store {
namespace {

using Done = std::expected<void, StoreFailure>;

// Enough keys that a question's round trip does not count, few enough that the next lines are
// inspected while the database answers.
constexpr std::size_t keys_per_probe = 4096;

void add(record::RowOutcomes& sum, const record::RowOutcomes& more) {
  sum.inserted.value += more.inserted.value;
  sum.updated.value += more.updated.value;
  sum.unchanged.value += more.unchanged.value;
  sum.deleted.value += more.deleted.value;
  sum.rejected.value += more.rejected.value;
}

class Application {
 public:
  Application(const Delivery& delivery, DatasetTables& tables)
      : delivery_(delivery),
        tables_(tables),
        inspector_(delivery.dataset.schema, delivery.checker),
        slice_(record::key_columns(delivery.dataset.schema)),
        columns_(delivery.dataset.schema.fields.size()) {}

  // False: some record was there already, and nothing was written.
  std::expected<bool, StoreFailure> insert_all();
  Done compare_all();
  AppliedRows take_result();

 private:
  using Consumer = std::function<bool(std::string_view line, std::uint64_t number)>;
  Done for_each_line(const Consumer& consume);
  void reject(record::RejectedRow row);
  void forget();

  Done keep(std::string_view line, std::uint64_t number);
  Done ask();
  Done take_answers();
  Done settle_slice();
  Done write(std::size_t first, std::size_t last);
  Done write_one_by_one(const KeptKey& key, const Refusal& refusal);
  Written write(const Plan& plan);
  Row row_of(const KeptChange& change);

  const Delivery& delivery_;
  DatasetTables& tables_;
  LineInspector inspector_;
  Slice slice_;
  std::vector<Probe> asked_;  // the probe under way: of the keys before next_key_
  std::size_t next_key_ = 0;  // the first key of the slice that was not asked for
  bool met_present_ = false;
  std::vector<std::string_view> columns_;
  AppliedRows result_;
};

Done Application::for_each_line(const Consumer& consume) {
  std::uint64_t number = 0;
  bool stopped = false;
  const auto read = record::read_payload(
      delivery_.batch.payload, delivery_.manifest.payload_raw_bytes, [&](std::string_view lines) {
        while (!lines.empty()) {
          const std::size_t end = lines.find('\n');
          if (!consume(lines.substr(0, end), ++number)) {
            stopped = true;
            return false;
          }
          lines.remove_prefix(end + 1);
        }
        return true;
      });
  const auto corrupt = [&](std::string sentence) {
    return std::unexpected(
        StoreFailure{StoreProblem::corrupt, place_of(delivery_.manifest), std::move(sentence)});
  };
  if (!read) return corrupt(record::to_string(read.error()));
  const std::uint64_t said = delivery_.manifest.upserts.value + delivery_.manifest.deletes.value;
  if (!stopped && number != said) {
    return corrupt(
        fmt::format("the payload holds {} changes where its manifest says {}", number, said));
  }
  return {};
}

void Application::reject(record::RejectedRow row) {
  ++result_.outcomes.rejected.value;
  if (result_.rejected.size() < record::max_rejected_rows) {
    result_.rejected.push_back(std::move(row));
  }
}

void Application::forget() {
  result_ = {};
  slice_.clear();
  next_key_ = 0;
}

AppliedRows Application::take_result() {
  std::ranges::sort(result_.rejected, {}, &record::RejectedRow::row);
  return std::move(result_);
}

std::expected<bool, StoreFailure> Application::insert_all() {
  if (auto marked = tables_.mark(); !marked) return std::unexpected(marked.error());
  Written written = tables_.begin_current();
  bool removes = false;
  if (written) {
    Row row;
    const Done read = for_each_line([&](std::string_view line, std::uint64_t number) {
      if (auto refused = inspector_.inspect(line, number, row)) {
        reject(std::move(*refused));
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
    if (auto undone = tables_.roll_back(); !undone) return std::unexpected(undone.error());
    return false;
  }
  if (auto released = tables_.release(); !released) return std::unexpected(released.error());
  result_.all_new = true;
  return true;
}

Done Application::compare_all() {
  Done kept;
  const Done read = for_each_line([&](std::string_view line, std::uint64_t number) {
    kept = keep(line, number);
    return kept.has_value();
  });
  if (!kept) return kept;
  if (!read) return read;
  if (auto settled = settle_slice(); !settled) return settled;
  result_.all_new = !met_present_;
  return {};
}

Done Application::keep(std::string_view line, std::uint64_t number) {
  Row row;
  if (auto refused = inspector_.inspect(line, number, row)) {
    reject(std::move(*refused));
    return {};
  }
  slice_.add(line, row);
  if (slice_.keys().size() - next_key_ >= keys_per_probe) {
    if (auto asked = ask(); !asked) return asked;
  }
  return slice_.is_full() ? settle_slice() : Done{};
}

Done Application::ask() {
  if (auto taken = take_answers(); !taken) return taken;
  for (std::size_t position = next_key_; position < slice_.keys().size(); ++position) {
    const KeptKey& key = slice_.keys()[position];
    asked_.push_back({key.text, slice_.change(key.first).digest});
  }
  next_key_ = slice_.keys().size();
  return asked_.empty() ? Done{} : tables_.start_probe(asked_);
}

Done Application::take_answers() {
  if (asked_.empty()) return {};
  if (auto finished = tables_.finish_probe(); !finished) return finished;
  std::size_t position = next_key_ - asked_.size();
  for (const Probe& probe : asked_) {
    slice_.keys()[position++].stored = probe.stored;
    met_present_ = met_present_ || probe.stored.has_value();
  }
  asked_.clear();
  return {};
}

Done Application::settle_slice() {
  if (auto asked = ask(); !asked) return asked;
  if (auto taken = take_answers(); !taken) return taken;
  const Done written = write(0, slice_.keys().size());
  slice_.clear();
  next_key_ = 0;
  return written;
}

Done Application::write(std::size_t first, std::size_t last) {
  const Plan plan = slice_.plan(first, last);
  if (!plan.writes()) {
    add(result_.outcomes, plan.outcomes);
    return {};
  }
  if (auto marked = tables_.mark(); !marked) return marked;
  const Written written = write(plan);
  if (written) {
    add(result_.outcomes, plan.outcomes);
    return tables_.release();
  }
  if (!written.error().refusal) return std::unexpected(written.error().failure);
  if (auto undone = tables_.roll_back(); !undone) return undone;
  if (last - first == 1) return write_one_by_one(slice_.keys()[first], *written.error().refusal);
  const std::size_t middle = first + (last - first) / 2;
  if (auto half = write(first, middle); !half) return half;
  return write(middle, last);
}

// A record whose changes can not all be written: each on its own, so that only what is refused is
// rejected, and the record stays as the last good change left it.
Done Application::write_one_by_one(const KeptKey& key, const Refusal& refusal) {
  const auto rejected = [](const KeptChange& change, const Refusal& why) {
    return record::RejectedRow{change.number, why.field, why.rule, why.sentence};
  };
  if (key.first == key.last) {
    reject(rejected(slice_.change(key.first), refusal));
    return {};
  }
  std::optional<record::RowDigest> stored = key.stored;
  for (std::uint32_t at = key.first; at != 0; at = slice_.change(at).next_of_key) {
    const KeptChange& change = slice_.change(at);
    const Plan plan = Slice::plan_one(key, change, stored);
    if (plan.writes()) {
      if (auto marked = tables_.mark(); !marked) return marked;
      const Written written = write(plan);
      if (!written && !written.error().refusal) return std::unexpected(written.error().failure);
      if (auto ended = written ? tables_.release() : tables_.roll_back(); !ended) return ended;
      if (!written) {
        reject(rejected(change, *written.error().refusal));
        continue;
      }
    }
    add(result_.outcomes, plan.outcomes);
    stored =
        change.operation == record::Operation::remove ? std::nullopt : std::optional(change.digest);
  }
  return {};
}

// Ends come first: a value of a unique key may pass from one record to another.
Written Application::write(const Plan& plan) {
  if (!plan.ended.empty()) {
    if (auto ended = tables_.end_versions(plan.ended); !ended) return ended;
  }
  SLUICE_KILL_POINT("store.mid-copy");
  if (!plan.passing.empty()) {
    if (auto begun = tables_.begin_passing(); !begun) return begun;
    for (const Plan::Passing& passing : plan.passing) {
      const Row row = row_of(*passing.change);
      if (auto added = tables_.add_passing(row, passing.ended_by, passing.ending); !added) {
        return added;
      }
    }
    if (auto finished = tables_.finish_rows(); !finished) return finished;
  }
  if (plan.standing.empty()) return {};
  if (auto begun = tables_.begin_current(); !begun) return begun;
  for (const KeptChange* change : plan.standing) {
    if (auto added = tables_.add_current(row_of(*change)); !added) return added;
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

std::expected<AppliedRows, StoreFailure> apply_rows(const Delivery& delivery, DatasetTables& tables,
                                                    Expectation expectation) {
  Application application(delivery, tables);
  if (expectation == Expectation::new_records && delivery.manifest.deletes.value == 0) {
    const auto inserted = application.insert_all();
    if (!inserted) return std::unexpected(inserted.error());
    if (*inserted) return application.take_result();
  }
  if (auto compared = application.compare_all(); !compared) {
    return std::unexpected(compared.error());
  }
  return application.take_result();
}

}  // namespace sluice::store
