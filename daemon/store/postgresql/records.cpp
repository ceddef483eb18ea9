#include "store/postgresql/records.h"

#include "store/dataset_tables.h"
#include "store/postgresql/binary_array.h"

namespace sluice::store::postgresql {

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

}  // namespace sluice::store::postgresql
