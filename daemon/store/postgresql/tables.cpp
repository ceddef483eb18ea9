#include "store/postgresql/tables.h"

#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "store/postgresql/binary_array.h"
#include "store/postgresql/dataset_ddl.h"

namespace sluice::store::postgresql {
namespace {

// What is handed to libpq at once: large enough that its own costs vanish, small enough that the
// server starts early.
constexpr std::size_t copy_buffer_bytes = std::size_t{64} << 10;

// The store's own columns of a current row and of one that goes straight into the history.
constexpr std::size_t own_of_current = 3;
constexpr std::size_t own_of_passing = 8;

std::string_view to_string(Ending ending) {
  return ending == Ending::deleted ? "deleted" : "superseded";
}

// The columns of keys as arrays, which unnest() puts together again as rows.
std::vector<BinaryArray> key_arrays(std::size_t columns) {
  return std::vector<BinaryArray>(columns, BinaryArray(type_id::text));
}

void add_key(std::vector<BinaryArray>& arrays, std::string_view key, std::string& buffer) {
  for (BinaryArray& array : arrays) {
    const std::size_t end = key.find('\t');
    const std::string_view column = key.substr(0, end);
    array.add(record::unescape(column, buffer).value_or(column));
    key.remove_prefix(end == std::string_view::npos ? key.size() : end + 1);
  }
}

}  // namespace

Tables::Tables(const record::Dataset& dataset)
    : dataset_(dataset.id),
      schema_digest_(record::schema_digest(dataset.schema)),
      columns_(stored_columns(dataset.schema)),
      encodings_(encodings(dataset.schema)),
      key_(record::key_columns(dataset.schema)),
      key_order_(dataset.schema),
      unique_keys_(unique_keys(dataset.id, dataset.schema)),
      probe_sql_(probe_sql()),
      end_sql_(end_sql()),
      current_(writing_sql(current_table(dataset_),
                           "sluice_digest, sluice_batch, sluice_source_time", own_of_current)),
      passing_(
          writing_sql(history_table(dataset_),
                      "sluice_digest, sluice_batch_from, sluice_batch_to, sluice_valid_from, "
                      "sluice_valid_to, sluice_ended_by_line, sluice_ended, sluice_source_time",
                      own_of_passing)) {}

Tables::KeyedSql Tables::keyed_sql() const {
  std::vector<std::string> arrays, aliases, conditions;
  for (std::size_t i = 0; i < key_.size(); ++i) {
    const StoredColumn& column = columns_[key_[i]];
    arrays.push_back(fmt::format("${}::text[]", i + 1));
    aliases.push_back(fmt::format("k{}", i));
    conditions.push_back(fmt::format("c.{} = p.k{}{}", column.name, i, column.key_cast));
  }
  return {fmt::format("{}", fmt::join(arrays, ", ")), fmt::format("{}", fmt::join(aliases, ", ")),
          fmt::format("{}", fmt::join(conditions, " AND "))};
}

std::string Tables::probe_sql() const {
  const KeyedSql keyed = keyed_sql();
  return fmt::format(
      R"sql(
        SELECT p.n, c.sluice_digest
        FROM unnest({arrays}, ${digests}::uuid[]) WITH ORDINALITY AS p({aliases}, digest, n)
        LEFT JOIN {current} c ON {conditions}
        WHERE c.sluice_digest IS DISTINCT FROM p.digest)sql",
      fmt::arg("arrays", keyed.arrays), fmt::arg("digests", key_.size() + 1),
      fmt::arg("aliases", keyed.aliases), fmt::arg("current", current_table(dataset_)),
      fmt::arg("conditions", keyed.conditions));
}

// A version of this very batch is not in the ledger yet.
std::string Tables::end_sql() const {
  const KeyedSql keyed = keyed_sql();
  const std::size_t next = key_.size() + 1;
  return fmt::format(
      R"sql(
        WITH p AS (
          SELECT *
          FROM unnest({arrays}, ${lines}::bigint[], ${endings}::text[])
            AS p({aliases}, sluice_line, sluice_ending)
        ), gone AS (
          DELETE FROM {current} c USING p
          WHERE {conditions}
          RETURNING c.*, p.sluice_line, p.sluice_ending
        )
        INSERT INTO {history} ({fields}, sluice_digest, sluice_source_time, sluice_batch_from,
          sluice_batch_to, sluice_valid_from, sluice_valid_to, sluice_ended_by_line, sluice_ended)
        SELECT {gone}, sluice_digest, sluice_source_time, sluice_batch, ${batch}::bigint,
          coalesce(l.applied_at,
            (SELECT m.applied_at FROM sluice.migration m WHERE m.id = gone.sluice_batch),
            ${time}::timestamptz), ${time}::timestamptz, sluice_line,
          sluice_ending
        FROM gone
        LEFT JOIN sluice.ledger l ON l.id = gone.sluice_batch)sql",
      fmt::arg("arrays", keyed.arrays), fmt::arg("lines", next), fmt::arg("endings", next + 1),
      fmt::arg("aliases", keyed.aliases), fmt::arg("current", current_table(dataset_)),
      fmt::arg("history", history_table(dataset_)), fmt::arg("conditions", keyed.conditions),
      fmt::arg("fields", field_names("")), fmt::arg("gone", field_names("gone.")),
      fmt::arg("batch", next + 2), fmt::arg("time", next + 3));
}

Tables::Writing Tables::writing_sql(const std::string& table, std::string_view own,
                                    std::size_t own_count) const {
  std::string values = "$1";
  for (std::size_t i = 2; i <= own_count + columns_.size(); ++i)
    values += fmt::format(", ${}", i);
  const std::string columns = fmt::format("{} ({}, {})", table, own, field_names(""));
  return {fmt::format("COPY {} FROM STDIN (FORMAT binary)", columns),
          fmt::format("INSERT INTO {} VALUES ({})", columns, values)};
}

std::string Tables::field_names(std::string_view of) const {
  std::vector<std::string> names;
  for (const StoredColumn& column : columns_)
    names.push_back(fmt::format("{}{}", of, column.name));
  return fmt::format("{}", fmt::join(names, ", "));
}

std::string Tables::read_sql(std::optional<std::int64_t> as_of) const {
  std::vector<std::string> expressions, key;
  for (const StoredColumn& column : columns_)
    expressions.push_back(column.read);
  for (const std::size_t column : key_)
    key.push_back("v." + columns_[column].name);
  const std::string fields = field_names("");
  std::string versions = fmt::format("SELECT sluice_digest, sluice_batch, {} FROM {}", fields,
                                     current_table(dataset_));
  if (as_of) {
    versions += fmt::format(
        R"sql(
          WHERE sluice_batch <= {0}
          UNION ALL
          SELECT sluice_digest, sluice_batch_from, {1}
          FROM {2}
          WHERE sluice_batch_from <= {0} AND sluice_batch_to > {0})sql",
        *as_of, fields, history_table(dataset_));
  }
  return fmt::format(
      "COPY (SELECT sluice_digest, sluice_batch, {} FROM ({}) v ORDER BY {}) TO STDOUT",
      fmt::join(expressions, ", "), versions, fmt::join(key, ", "));
}

// Fields may be called as the ledger's columns are: the two are not joined.
std::string Tables::find_sql() const {
  std::vector<std::string> read, conditions;
  for (const StoredColumn& column : columns_)
    read.push_back(column.read);
  for (const std::size_t column : key_) {
    conditions.push_back(fmt::format("c.{} = ${}::text{}", columns_[column].name,
                                     conditions.size() + 1, columns_[column].key_cast));
  }
  return fmt::format(
      R"sql(
        SELECT (extract(epoch FROM coalesce(
          (SELECT l.applied_at FROM sluice.ledger l WHERE l.id = c.sluice_batch),
          (SELECT m.applied_at FROM sluice.migration m WHERE m.id = c.sluice_batch)
        )) * 1000)::bigint, {}
        FROM {} c
        WHERE {})sql",
      fmt::join(read, ", "), current_table(dataset_), fmt::join(conditions, " AND "));
}

std::vector<std::string> Tables::key_names() const {
  std::vector<std::string> names;
  // With the table's name: ORDER BY would take the text that is read for the column.
  for (const std::size_t column : key_)
    names.push_back("c." + columns_[column].name);
  return names;
}

std::string Tables::current_within(const record::KeyRange& range) const {
  std::size_t next = 1;
  const auto compared = [&](std::string_view comparison) {
    std::vector<std::string> values;
    for (const std::size_t column : key_)
      values.push_back(fmt::format("${}::text{}", next++, columns_[column].key_cast));
    return fmt::format("({}) {} ({})", fmt::join(key_names(), ", "), comparison,
                       fmt::join(values, ", "));
  };
  std::vector<std::string> conditions;
  if (range.after) conditions.push_back(compared(">"));
  if (range.up_to) conditions.push_back(compared("<="));
  return fmt::format("{} c{}{}", current_table(dataset_), conditions.empty() ? "" : " WHERE ",
                     fmt::join(conditions, " AND "));
}

std::string Tables::digests_sql(const record::KeyRange& range) const {
  std::vector<std::string> read;
  for (const std::size_t column : key_)
    read.push_back(columns_[column].key_text);
  return fmt::format("SELECT sluice_digest, {} FROM {} ORDER BY {}", fmt::join(read, ", "),
                     current_within(range), fmt::join(key_names(), ", "));
}

std::string Tables::bare_digests_sql(const record::KeyRange& range) const {
  return "SELECT sluice_digest FROM " + current_within(range);
}

void Tables::begin_batch(Connection& connection, std::int64_t ledger_id, record::Time applied_at) {
  connection_ = &connection;
  ledger_id_ = ledger_id;
  applied_at_ = record::to_string(applied_at);
  asked_ = {};
  buffer_.clear();
}

StoreFailure Tables::failure(const ServerError& error) const {
  return store_failure(error, "dataset " + dataset_.str());
}

WriteFailure Tables::write_failure(const ServerError& error) const {
  WriteFailure why{std::nullopt, failure(error), error.leaves_a_row_open()};
  if (why.in_doubt) why.refusal = Refusal{"", "store", why.failure.sentence};
  if (!error.blames_a_row()) return why;
  why.refusal = Refusal{error.column, "store",
                        fmt::format("the central store's table does not take the record "
                                    "(PostgreSQL, SQLSTATE {})",
                                    error.state)};
  for (const UniqueKey& key : unique_keys_) {
    if (error.is_unique_violation() && error.constraint == key.index_name) {
      why.refusal = unique_refusal(key.fields);
    }
  }
  return why;
}

Result<void> Tables::execute(const char* sql) {
  if (auto done = connection_->execute(sql); !done) return std::unexpected(failure(done.error()));
  return {};
}

Result<void> Tables::savepoint() {
  return execute("SAVEPOINT sluice");
}
Result<void> Tables::release() {
  return execute("RELEASE SAVEPOINT sluice");
}

Result<void> Tables::roll_back() {
  connection_->abandon();
  buffer_.clear();
  return execute("ROLLBACK TO SAVEPOINT sluice; RELEASE SAVEPOINT sluice");
}

Result<void> Tables::start_probe(std::span<Probe> probes) {
  auto keys = key_arrays(key_.size());
  BinaryArray digests(type_id::uuid);
  std::string buffer;
  for (const Probe& probe : probes) {
    add_key(keys, probe.key, buffer);
    const auto digest = digest_bytes(probe.stored.value_or(record::RowDigest{}));
    digests.add(std::string_view(digest.data(), digest.size()));
  }
  Parameters parameters;
  for (BinaryArray& array : keys)
    parameters.binary(array.bytes(), type_id::text_array);
  parameters.binary(digests.bytes(), type_id::uuid_array);
  asked_ = probes;
  auto sent = connection_->send_query(probe_sql_, parameters, Connection::Format::binary);
  if (!sent) return std::unexpected(failure(sent.error()));
  return {};
}

// The server answers only for records that are not as expected.
Result<void> Tables::finish_probe() {
  const auto answer = connection_->take_answer();
  if (!answer) return std::unexpected(failure(answer.error()));
  for (int row = 0; row < answer->rows(); ++row) {
    std::uint64_t position = 0;
    for (const char byte : answer->text(row, 0)) {
      position = position << 8 | static_cast<unsigned char>(byte);
    }
    Probe& probe = asked_[position - 1];
    probe.stored.reset();
    if (!answer->is_null(row, 1)) probe.stored = parse_digest_bytes(answer->text(row, 1));
  }
  return {};
}

Written Tables::end_versions(std::span<const EndedVersion> ended) {
  auto keys = key_arrays(key_.size());
  BinaryArray lines(type_id::int8);
  BinaryArray endings(type_id::text);
  std::string buffer;
  for (const EndedVersion& version : ended) {
    add_key(keys, version.key, buffer);
    lines.add(static_cast<std::int64_t>(version.line));
    endings.add(to_string(version.ending));
  }
  Parameters parameters;
  for (BinaryArray& array : keys)
    parameters.binary(array.bytes(), type_id::text_array);
  parameters.binary(lines.bytes(), type_id::int8_array)
      .binary(endings.bytes(), type_id::text_array)
      .number(ledger_id_)
      .text(applied_at_);
  const auto moved = connection_->query(end_sql_, parameters);
  if (!moved) return std::unexpected(write_failure(moved.error()));
  if (moved->affected() != ended.size()) {
    return std::unexpected(WriteFailure{
        std::nullopt,
        {StoreProblem::failed, "dataset " + dataset_.str(),
         fmt::format("{} records were to be moved to the history, {} were there; somebody else "
                     "writes to the tables",
                     ended.size(), moved->affected())}});
  }
  return {};
}

Written Tables::begin(Way way, const Writing& writing) {
  insert_sql_ = way == Way::singly ? &writing.insert : nullptr;
  if (insert_sql_ != nullptr) return {};
  auto begun = connection_->begin_copy(writing.copy);
  if (!begun) return std::unexpected(write_failure(begun.error()));
  BinaryRows::begin(buffer_);
  return {};
}

Written Tables::begin_current(Way way) {
  return begin(way, current_);
}

Written Tables::add_current(const Row& row) {
  rows_.begin_row(own_of_current + encodings_.size());
  rows_.uuid(row.digest);
  rows_.int8(ledger_id_);
  return add_fields(row);
}

Written Tables::begin_passing(Way way) {
  return begin(way, passing_);
}

Written Tables::add_passing(const Row& row, std::uint64_t ended_by, Ending ending) {
  rows_.begin_row(own_of_passing + encodings_.size());
  rows_.uuid(row.digest);
  rows_.int8(ledger_id_);
  rows_.int8(ledger_id_);
  rows_.column(Encoding::timestamptz, applied_at_);
  rows_.column(Encoding::timestamptz, applied_at_);
  rows_.int8(static_cast<std::int64_t>(ended_by));
  rows_.text(to_string(ending));
  return add_fields(row);
}

// What every row ends with: the time at the source and the fields.
Written Tables::add_fields(const Row& row) {
  rows_.column(Encoding::timestamptz, row.source_time);
  for (std::size_t i = 0; i < encodings_.size(); ++i)
    rows_.column(encodings_[i], row.columns[i]);
  return insert_sql_ != nullptr ? insert_row() : put_row();
}

// An INSERT takes what COPY takes: each column's binary form.
Written Tables::insert_row() {
  Parameters values;
  for (const auto& value : BinaryRows::columns_of(buffer_)) {
    if (value) {
      values.binary(*value);
    } else {
      values.null();
    }
  }
  const auto inserted = connection_->query(*insert_sql_, values);
  buffer_.clear();
  if (!inserted) return std::unexpected(write_failure(inserted.error()));
  return {};
}

Written Tables::put_row() {
  if (buffer_.size() < copy_buffer_bytes) return {};
  const auto put = connection_->put_copy(buffer_);
  buffer_.clear();
  if (!put) return std::unexpected(write_failure(put.error()));
  return {};
}

Written Tables::finish_rows() {
  if (insert_sql_ != nullptr) return {};
  BinaryRows::end(buffer_);
  const auto put = connection_->put_copy(buffer_);
  buffer_.clear();
  if (!put) return std::unexpected(write_failure(put.error()));
  if (auto finished = connection_->finish_copy(); !finished) {
    return std::unexpected(write_failure(finished.error()));
  }
  return {};
}

}  // namespace sluice::store::postgresql
