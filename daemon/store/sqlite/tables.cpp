#include "store/sqlite/tables.h"

#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "record/try.h"
#include "store/sqlite/dataset_ddl.h"
#include "store/sqlite/stored_value.h"

namespace sluice::store::sqlite {
namespace {

// Parameters of both inserts: digest, source time, the batch, then the fields.
constexpr int first_field_parameter = 4;

std::string placeholders(std::size_t count) {
  std::string text;
  for (std::size_t i = 0; i < count; ++i)
    text += text.empty() ? "?" : ", ?";
  return text;
}

std::string_view to_string(Ending ending) {
  return ending == Ending::deleted ? "deleted" : "superseded";
}

}  // namespace

// Each name with its table's: SQLite would take one that is not there for a text. Fields may be
// called as the ledger's columns are: the two are not joined.
std::string find_sql(const record::Dataset& dataset) {
  std::string fields;
  for (const record::Field& field : dataset.schema.fields)
    fields += ", c." + quoted_name(field.name);
  std::vector<std::string> conditions;
  for (const std::string& name : dataset.schema.primary_key)
    conditions.push_back(fmt::format("c.{} = ?", quoted_name(name)));
  return fmt::format(
      "SELECT coalesce((SELECT l.applied_at FROM ledger l WHERE l.id = c.sluice_batch), "
      "(SELECT m.applied_at FROM migration m WHERE m.id = c.sluice_batch)){} FROM {} c WHERE {}",
      fields, current_table(dataset.id), fmt::join(conditions, " AND "));
}

Tables::Tables(Database& database, const record::Dataset& dataset)
    : database_(database),
      dataset_(dataset.id),
      schema_digest_(record::schema_digest(dataset.schema)),
      key_(record::key_columns(dataset.schema)),
      unique_keys_(unique_keys(dataset.id, dataset.schema)),
      buffers_(dataset.schema.fields.size()) {
  for (const record::Field& field : dataset.schema.fields) {
    types_.push_back(field.type);
    names_.push_back(quoted_name(field.name));
  }
}

Result<std::unique_ptr<Tables>> Tables::open(Database& database, const record::Dataset& dataset) {
  std::unique_ptr<Tables> tables(new Tables(database, dataset));
  SLUICE_TRY(tables->prepare_statements());
  return tables;
}

Result<void> Tables::prepare_statements() {
  const std::string fields = fmt::format("{}", fmt::join(names_, ", "));
  std::vector<std::string> conditions;
  for (const std::size_t column : key_)
    conditions.push_back(names_[column] + " = ?");
  const std::string current = current_table(dataset_);
  const std::string history = history_table(dataset_);
  const std::string with_key = fmt::format("{}", fmt::join(conditions, " AND "));
  constexpr std::string_view history_columns =
      "sluice_batch_to, sluice_valid_from, sluice_valid_to, sluice_ended_by_line, sluice_ended";
  constexpr auto insert_into_history = R"sql(
    INSERT INTO {} (sluice_digest, sluice_source_time, sluice_batch_from, {}, {})
    VALUES ({}))sql";
  // A version of this very batch is not in the ledger yet.
  constexpr auto copy_into_history = R"sql(
    INSERT INTO {} (sluice_digest, sluice_source_time, sluice_batch_from, {}, {})
    SELECT sluice_digest, sluice_source_time, sluice_batch, {}, ?1,
      coalesce((SELECT applied_at FROM ledger WHERE id = sluice_batch),
        (SELECT applied_at FROM migration WHERE id = sluice_batch), ?2), ?2, ?3, ?4
    FROM {}
    WHERE {})sql";
  const std::pair<Statement*, std::string> wanted[] = {
      {&probe_, fmt::format("SELECT sluice_digest FROM {} WHERE {}", current, with_key)},
      {&insert_current_,
       fmt::format(
           "INSERT INTO {} (sluice_digest, sluice_source_time, sluice_batch, {}) VALUES ({})",
           current, fields, placeholders(3 + names_.size()))},
      {&insert_passing_, fmt::format(insert_into_history, history, fields, history_columns,
                                     placeholders(8 + names_.size()))},
      {&copy_to_history_,
       fmt::format(copy_into_history, history, fields, history_columns, fields, current, with_key)},
      {&delete_current_, fmt::format("DELETE FROM {} WHERE {}", current, with_key)},
  };
  for (const auto& [statement, sql] : wanted) {
    auto prepared = database_.prepare(sql);
    if (!prepared) return std::unexpected(failure(prepared.error()));
    *statement = std::move(*prepared);
  }
  return {};
}

StoreFailure Tables::failure(const Error& error) const {
  return sqlite_failure(error, "dataset " + dataset_.str());
}

void Tables::begin_batch(std::int64_t ledger_id, record::Time applied_at) {
  ledger_id_ = ledger_id;
  applied_at_ms_ = applied_at.time_since_epoch().count();
}

Result<void> Tables::execute(const char* sql) {
  if (auto done = database_.execute(sql); !done) return std::unexpected(failure(done.error()));
  return {};
}

Result<void> Tables::savepoint() {
  return execute("SAVEPOINT sluice");
}
Result<void> Tables::release() {
  return execute("RELEASE sluice");
}
Result<void> Tables::roll_back() {
  return execute("ROLLBACK TO sluice; RELEASE sluice");
}

void Tables::bind_key(Statement& statement, int first, std::string_view key) {
  for (std::size_t i = 0; i < key_.size(); ++i) {
    const std::size_t end = key.find('\t');
    bind_value(statement, first + static_cast<int>(i), types_[key_[i]], key.substr(0, end),
               buffers_[key_[i]]);
    key.remove_prefix(end == std::string_view::npos ? key.size() : end + 1);
  }
}

// In process, so that asking is answering: nothing is gained by putting it off.
Result<void> Tables::start_probe(std::span<Probe> probes) {
  for (Probe& probe : probes) {
    bind_key(probe_, 1, probe.key);
    const auto found = probe_.step();
    if (!found) {
      const StoreFailure why = failure(found.error());
      probe_.reset();
      return std::unexpected(why);
    }
    probe.stored.reset();
    if (*found) probe.stored = parse_digest_bytes(probe_.text(0));
    probe_.reset();
  }
  return {};
}

Result<void> Tables::finish_probe() {
  return {};
}

Written Tables::run(Statement& statement) {
  const auto done = statement.run();
  if (done) return {};
  WriteFailure why{std::nullopt, failure(done.error())};
  if (done.error().is_constraint()) {
    why.refusal = Refusal{"", "store", "the central store's table does not take the record"};
    for (const UniqueKey& key : unique_keys_) {
      std::vector<std::string> columns;
      for (const std::string& field : key.fields) {
        columns.push_back(fmt::format("data.{}.{}", dataset_.str(), field));
      }
      // SQLite names the columns of the index, in its order, and no values.
      if (done.error().message.ends_with(fmt::format(": {}", fmt::join(columns, ", ")))) {
        why.refusal = unique_refusal(key.fields);
      }
    }
  }
  return std::unexpected(std::move(why));
}

Written Tables::end_versions(std::span<const EndedVersion> ended) {
  constexpr int first_key_parameter = 5;
  for (const EndedVersion& version : ended) {
    copy_to_history_.bind(1, ledger_id_).bind(2, applied_at_ms_).bind(3, version.line);
    copy_to_history_.bind(4, to_string(version.ending));
    bind_key(copy_to_history_, first_key_parameter, version.key);
    SLUICE_TRY(run(copy_to_history_));
    bind_key(delete_current_, 1, version.key);
    SLUICE_TRY(run(delete_current_));
  }
  return {};
}

void Tables::bind_row(Statement& statement, const Row& row) {
  digest_ = digest_bytes(row.digest);
  statement.bind_blob(1, {digest_.data(), digest_.size()});
  if (record::is_null(row.source_time)) {
    statement.bind_null(2);
  } else {
    statement.bind(2, row.source_time);
  }
  statement.bind(3, ledger_id_);
  for (std::size_t i = 0; i < types_.size(); ++i) {
    bind_value(statement, first_field_parameter + static_cast<int>(i), types_[i], row.columns[i],
               buffers_[i]);
  }
}

Written Tables::begin_current(Way) {
  return {};
}

Written Tables::add_current(const Row& row) {
  bind_row(insert_current_, row);
  return run(insert_current_);
}

Written Tables::begin_passing(Way) {
  return {};
}

Written Tables::add_passing(const Row& row, std::uint64_t ended_by, Ending ending) {
  bind_row(insert_passing_, row);
  const int next = first_field_parameter + static_cast<int>(types_.size());
  insert_passing_.bind(next, ledger_id_)
      .bind(next + 1, applied_at_ms_)
      .bind(next + 2, applied_at_ms_)
      .bind(next + 3, ended_by)
      .bind(next + 4, to_string(ending));
  return run(insert_passing_);
}

Written Tables::finish_rows() {
  return {};
}

}  // namespace sluice::store::sqlite
