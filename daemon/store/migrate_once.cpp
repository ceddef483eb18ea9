#include "store/migrate_once.h"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "fault/kill_point.h"
#include "record/copy_text.h"
#include "record/rules.h"
#include "record/try.h"
#include "store/evolution.h"
#include "store/line_inspector.h"

namespace sluice::store {
namespace {

// What is written in one go: enough that a statement's cost does not count, and a bound on memory.
constexpr std::size_t most_pending_records = 512;
constexpr std::size_t most_pending_bytes = std::size_t{4} << 20;
// Each costs statements of its own: so many are wrong that it is the mapping.
constexpr std::uint64_t most_refused_by_database = 1000;
constexpr std::size_t most_first_keys = 5;
constexpr std::size_t most_kinds_of_unfit = 1000;

// Fills the new version's tables, and gathers what does not fit.
class Filling {
 public:
  Filling(const MigrationOrder& order, const record::TableSchema& old, DatasetTables& tables)
      : order_(order),
        tables_(tables),
        old_key_(record::key_columns(old)),
        key_(record::key_columns(order.dataset.schema)),
        inspector_(order.dataset.schema, order.checker) {}

  // False: so much is wrong that the rest need not be looked at.
  Result<bool> take(const OldRecord& record);
  Result<void> finish() { return flush(); }
  MigrationReport take_report();

 private:
  // A record on its way; a line that is empty was refused.
  struct Pending {
    std::string line;
    std::string old_key;
  };
  Result<void> flush();
  Written write_all();
  Result<void> write_alone(Pending& pending);
  Result<bool> has_key(const Row& row);
  void refuse(Unfit why, const std::string& old_key);

  const MigrationOrder& order_;
  DatasetTables& tables_;
  std::vector<std::size_t> old_key_;
  std::vector<std::size_t> key_;
  LineInspector inspector_;
  std::vector<Pending> pending_;
  std::size_t pending_bytes_ = 0;
  std::uint64_t refused_by_database_ = 0;
  MigrationReport report_;
};

Result<bool> Filling::take(const OldRecord& record) {
  ++report_.records.value;
  std::vector<std::string_view> key;
  key.reserve(old_key_.size());
  for (const std::size_t column : old_key_)
    key.push_back(record.values[column].value_or(std::string_view{}));
  std::string old_key = fmt::format("{}", fmt::join(key, ", "));
  const auto converted = order_.convert(record.values);
  if (!converted) {
    refuse(converted.error(), old_key);
    return true;
  }
  std::string line;
  record::begin_line(line, record::Operation::upsert, record.source_time);
  line += '\t';
  line += *converted;
  pending_bytes_ += line.size() + old_key.size();
  pending_.push_back({std::move(line), std::move(old_key)});
  if (pending_.size() >= most_pending_records || pending_bytes_ >= most_pending_bytes) {
    SLUICE_TRY(flush());
  }
  return report_.is_whole;
}

Result<void> Filling::flush() {
  if (pending_.empty()) return {};
  SLUICE_TRY(tables_.savepoint());
  const Written written = write_all();
  if (written) {
    SLUICE_TRY(tables_.release());
    SLUICE_KILL_POINT("store.mid-migration");
  } else {
    if (!written.error().refusal) return std::unexpected(written.error().failure);
    SLUICE_TRY(tables_.roll_back());
    for (Pending& pending : pending_)
      SLUICE_TRY(write_alone(pending));
  }
  pending_.clear();
  pending_bytes_ = 0;
  return {};
}

Written Filling::write_all() {
  SLUICE_TRY(tables_.begin_current(Way::bulk));
  Row row;
  for (Pending& pending : pending_) {
    if (auto refused = inspector_.inspect(pending.line, report_.records.value, row)) {
      refuse({refused->field, refused->rule, refused->sentence}, pending.old_key);
      pending.line.clear();
      continue;
    }
    SLUICE_TRY(tables_.add_current(row));
  }
  return tables_.finish_rows();
}

Result<void> Filling::write_alone(Pending& pending) {
  Row row;
  if (pending.line.empty() || !report_.is_whole) return {};
  if (auto refused = inspector_.inspect(pending.line, report_.records.value, row)) {
    refuse({refused->field, refused->rule, refused->sentence}, pending.old_key);
    return {};
  }
  std::optional<Unfit> why;
  if (SLUICE_TRY(has_key(row))) {
    why = Unfit{"", record::Rule("duplicate-key").text(),
                fmt::format("another record would have the same primary key ({})",
                            fmt::join(order_.dataset.schema.primary_key, ", "))};
  } else {
    SLUICE_TRY(tables_.savepoint());
    Written written = tables_.begin_current(Way::singly);
    if (written) written = tables_.add_current(row);
    if (written) written = tables_.finish_rows();
    if (written) return tables_.release();
    const auto& refusal = written.error().refusal;
    if (!refusal) return std::unexpected(written.error().failure);
    why = Unfit{refusal->field, refusal->rule.text(), refusal->sentence};
    SLUICE_TRY(tables_.roll_back());
  }
  refuse(std::move(*why), pending.old_key);
  report_.is_whole = ++refused_by_database_ < most_refused_by_database;
  return {};
}

Result<bool> Filling::has_key(const Row& row) {
  std::string key;
  for (const std::size_t column : key_) {
    if (!key.empty()) key += '\t';
    key += row.columns[column];
  }
  std::array<Probe, 1> probes = {Probe{key, std::nullopt}};
  SLUICE_TRY(tables_.start_probe(probes));
  SLUICE_TRY(tables_.finish_probe());
  return probes.front().stored.has_value();
}

void Filling::refuse(Unfit why, const std::string& old_key) {
  const auto same = std::ranges::find_if(report_.unfit, [&](const UnfitRecords& other) {
    return other.why.field == why.field && other.why.rule == why.rule;
  });
  if (same != report_.unfit.end()) {
    ++same->records.value;
    if (same->first_keys.size() < most_first_keys) same->first_keys.push_back(old_key);
  } else if (report_.unfit.size() < most_kinds_of_unfit) {
    report_.unfit.push_back({std::move(why), {1}, {old_key}});
  }
}

MigrationReport Filling::take_report() {
  std::ranges::sort(report_.unfit, std::greater<>(),
                    [](const UnfitRecords& records) { return records.records; });
  return std::move(report_);
}

// What is done, but for who signs it.
struct Done {
  std::int64_t id;
  record::Time at;
  record::RowCount records;
  std::vector<record::Digest> schemas;  // of the version that ends
};

MigrationEntry entry_of(const MigrationOrder& order, Done done, const MigrationSigner& sign) {
  MigrationEntry entry{.id = done.id,
                       .dataset = order.dataset.id,
                       .version = {order.from.number.value + 1},
                       .from_schema = order.from.schema,
                       .to_schema = record::canonical_json(order.dataset.schema),
                       .mapping = order.mapping,
                       .records = done.records,
                       .applied_at = done.at,
                       .statement = {},
                       .schemas = std::move(done.schemas)};
  entry.statement = sign({.ledger_id = entry.id,
                          .dataset = entry.dataset,
                          .version = entry.version,
                          .from = record::sha256(entry.from_schema),
                          .to = record::sha256(entry.to_schema),
                          .mapping = record::sha256(entry.mapping),
                          .records = entry.records,
                          .at = entry.applied_at,
                          .schemas = entry.schemas});
  return entry;
}

Result<void> check_unchanged(const MigrationOrder& order,
                             const std::optional<TablesVersion>& present) {
  if (present == order.from) return {};
  return std::unexpected(
      StoreFailure{StoreProblem::schema_conflict, "dataset " + order.dataset.id.str(),
                   "its tables were changed by somebody else just now; look again (`--dry-run`)"});
}

}  // namespace

Result<MigrationReport> migrate_once(const MigrationOrder& order, const record::TableSchema& old,
                                     const MigrationSigner& sign,
                                     const std::function<record::Time()>& now,
                                     MigrationTransaction& transaction) {
  using Purpose = MigrationOrder::Purpose;
  SLUICE_TRY(check_storable(order.dataset));
  const auto present = SLUICE_TRY(transaction.look(order.purpose));
  SLUICE_TRY(check_unchanged(order, present));
  const auto last = SLUICE_TRY(transaction.last_applied());
  // Moments of a dataset always grow, also where a clock was set back.
  const record::Time at = std::max(now(), last + std::chrono::milliseconds(1));
  std::int64_t id = 0;
  if (order.purpose == Purpose::migrate) id = SLUICE_TRY(transaction.draw_id());
  DatasetTables* tables = SLUICE_TRY(transaction.begin_version(id, at));
  Filling filling(order, old, *tables);
  SLUICE_TRY(transaction.read_old([&](const OldRecord& record) { return filling.take(record); }));
  SLUICE_TRY(filling.finish());
  MigrationReport report = filling.take_report();
  if (order.purpose == Purpose::try_out || !report.unfit.empty()) return report;
  SLUICE_TRY(transaction.finish_version());
  auto schemas = SLUICE_TRY(transaction.schemas_up_to(order.from.schema));
  report.entry = entry_of(order, {id, at, report.records, std::move(schemas)}, sign);
  SLUICE_TRY(transaction.write(*report.entry));
  SLUICE_TRY(transaction.commit());
  return report;
}

}  // namespace sluice::store
