#include "store/postgresql/records.h"

#include "store/dataset_tables.h"
#include "store/kept_values.h"
#include "store/postgresql/binary_array.h"
#include "store/postgresql/tables.h"
#include "store/stream_place.h"

namespace sluice::store::postgresql {
namespace {

// A person waits for the answer.
Connection::Answer<PostgresqlTransaction> begin_short_read(Connection& connection) {
  auto transaction = PostgresqlTransaction::begin(connection);
  if (!transaction) return transaction;
  auto set =
      connection.execute("SET LOCAL lock_timeout = '2s'; SET LOCAL statement_timeout = '2s'");
  if (!set) return std::unexpected(set.error());
  return transaction;
}

}  // namespace

Connection::Answer<PostgresqlTransaction> begin_walk(Connection& connection) {
  auto transaction = PostgresqlTransaction::begin(connection);
  if (!transaction) return transaction;
  auto set = connection.execute(
      "SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0");
  if (!set) return std::unexpected(set.error());
  return transaction;
}

Connection::Answer<PostgresqlTransaction> begin_long_read(Connection& connection) {
  auto transaction = begin_walk(connection);
  if (!transaction) return transaction;
  auto set = connection.execute("SET LOCAL enable_seqscan = on");
  if (!set) return std::unexpected(set.error());
  return transaction;
}

Result<void> copy_records(Connection& connection, const record::DatasetId& dataset,
                          const std::string& sql,
                          const std::function<bool(const StoredRecord&)>& consume) {
  const auto read = connection.copy_out(sql, [&](std::string_view line) {
    const std::size_t digest_end = line.find('\t');
    const std::size_t batch_end = line.find('\t', digest_end + 1);
    StoredRecord record;
    record.digest = parse_digest_bytes(from_hexadecimal(line.substr(0, digest_end)));
    for (const char digit : line.substr(digest_end + 1, batch_end - digest_end - 1)) {
      record.ledger_id = 10 * record.ledger_id + (digit - '0');
    }
    record.columns = line.substr(batch_end + 1);
    return consume(record);
  });
  if (!read) return std::unexpected(store_failure(read.error(), "dataset " + dataset.str()));
  return {};
}

Result<std::optional<FoundRecord>> find_record(Connection& connection,
                                               const record::Dataset& dataset,
                                               const record::Key& key) {
  const std::string place = "dataset " + dataset.id.str();
  auto transaction = begin_short_read(connection);
  if (!transaction) return std::unexpected(store_failure(transaction.error(), place));
  Parameters parameters;
  for (const std::string& value : key)
    parameters.text(value);
  const auto row = connection.query(Tables(dataset).find_sql(), parameters);
  if (!row && row.error().is_undefined_table()) {
    return std::unexpected(unknown_dataset(dataset.id));
  }
  if (!row) return std::unexpected(store_failure(row.error(), place));
  if (row->rows() == 0) return std::nullopt;
  FoundRecord found{.applied_at = kept_time(row->integer(0, 0))};
  for (int column = 1; column < row->columns(); ++column) {
    auto& value = found.values.emplace_back();
    if (!row->is_null(0, column)) value = row->text(0, column);
  }
  return found;
}

}  // namespace sluice::store::postgresql
