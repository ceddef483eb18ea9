#include "store/postgresql/postgresql_store.h"

#include <map>
#include <utility>

#include "record/recast.h"
#include "record/try.h"
#include "store/apply_once.h"
#include "store/postgresql/binary_array.h"
#include "store/postgresql/dataset_ddl.h"
#include "store/postgresql/ledger.h"
#include "store/postgresql/postgresql_tables.h"
#include "store/postgresql/session.h"

namespace sluice::store::postgresql {
namespace {

using Done = std::expected<void, StoreFailure>;

class PostgresqlStore final : public Store {
 public:
  PostgresqlStore(PostgresqlAccess access, std::function<record::Time()> now)
      : access_(std::move(access)), now_(std::move(now)) {}

  Done prepare(const record::Dataset& dataset) override;
  std::expected<record::SignedReceipt, StoreFailure> apply(
      const AdmittedBatch& admitted, const ReceiptMaker& make_receipt) override;
  std::expected<record::ChainHead, StoreFailure> head(const record::StreamId& stream) override;
  std::expected<std::vector<record::StreamId>, StoreFailure> streams() override;
  Done read(const record::DatasetId& dataset, std::optional<record::Time> as_of,
            const std::function<bool(const StoredRecord&)>& consume) override;
  Done read_digests(const record::DatasetId& dataset, const record::KeyRange& range,
                    const std::function<bool(const record::KeyedDigest&)>& consume) override;
  std::expected<record::RecordSum, StoreFailure> sum_digests(
      const record::DatasetId& dataset, const record::KeyRange& range) override;
  Done walk(const Extent& extent,
            const std::function<bool(const LedgerEntry&, const record::Batch&)>& consume) override;

 private:
  // A dataset that prepare() has seen.
  struct Prepared {
    std::unique_ptr<PostgresqlTables> tables;
    Expectation expectation = Expectation::any;
  };

  // Runs `work` on a live connection, and lets go of one that it left broken or unsure.
  template <class Work>
  auto with_connection(Work work) -> decltype(work(std::declval<Connection&>()));

  Done prepare_on(Connection& connection, const record::Dataset& dataset);
  Done read_on(Connection& connection, const record::DatasetId& dataset,
               const PostgresqlTables& tables, std::optional<record::Time> as_of,
               const std::function<bool(const StoredRecord&)>& consume);
  // What `sql` makes of a prepared dataset's records within a range.
  Done stream_range(const record::DatasetId& dataset, const record::KeyRange& range,
                    std::string (PostgresqlTables::*sql)(const record::KeyRange&) const,
                    const std::function<bool(const Result&)>& consume);

  PostgresqlAccess access_;
  std::function<record::Time()> now_;
  std::optional<Connection> connection_;
  std::map<record::DatasetId, Prepared> prepared_;
};

std::unexpected<StoreFailure> failed(const ServerError& error, std::string place) {
  return std::unexpected(store_failure(error, std::move(place)));
}

// The transaction of one batch; its failures name that.
class Applying final : public ApplyTransaction {
 public:
  Applying(Connection& connection, PostgresqlTransaction transaction, PostgresqlTables& tables,
           std::string place)
      : connection_(connection),
        transaction_(std::move(transaction)),
        tables_(tables),
        place_(std::move(place)) {}

  std::expected<std::optional<StreamPlace>, StoreFailure> lock_stream(
      const record::BureauId& bureau) override {
    return ours(postgresql::lock_stream(connection_, bureau));
  }
  std::expected<std::optional<LedgerAnswer>, StoreFailure> find(
      const record::StreamId& stream, record::Sequence sequence) override {
    return ours(find_in_ledger(connection_, stream, sequence));
  }
  std::expected<std::int64_t, StoreFailure> draw_id() override {
    return ours(draw_ledger_id(connection_));
  }
  DatasetTables& begin_batch(std::int64_t id, record::Time applied_at) override {
    tables_.begin_batch(connection_, id, applied_at);
    return tables_;
  }
  Done write(const LedgerEntry& entry, const record::RowOutcomes& rows,
             const record::Batch& batch) override {
    return ours(write_ledger(connection_, entry, rows, batch));
  }
  Done commit() override { return ours(transaction_.commit()); }

 private:
  template <class T>
  std::expected<T, StoreFailure> ours(Connection::Answer<T> answer) const {
    return record::recast(std::move(answer), [this](const ServerError& error) {
      return store_failure(error, place_);
    });
  }

  Connection& connection_;
  PostgresqlTransaction transaction_;
  PostgresqlTables& tables_;
  std::string place_;
};

// All of a table may be read here, and its reader may be slow.
Connection::Answer<PostgresqlTransaction> begin_long_read(Connection& connection) {
  auto transaction = PostgresqlTransaction::begin(connection);
  if (!transaction) return transaction;
  auto set = connection.execute("SET LOCAL enable_seqscan = on; SET LOCAL statement_timeout = 0");
  if (!set) return std::unexpected(set.error());
  return transaction;
}

template <class Work>
auto PostgresqlStore::with_connection(Work work) -> decltype(work(std::declval<Connection&>())) {
  if (connection_ && (!connection_->is_alive() || connection_->in_transaction())) {
    connection_.reset();
  }
  if (!connection_) {
    auto opened = SLUICE_TRY(open_session(access_));
    connection_.emplace(std::move(opened));
  }
  auto result = work(*connection_);
  if (!result && result.error().code == StoreProblem::unavailable) connection_.reset();
  return result;
}

Done PostgresqlStore::prepare(const record::Dataset& dataset) {
  const auto known = prepared_.find(dataset.id);
  if (known != prepared_.end() &&
      known->second.tables->schema_digest() == record::schema_digest(dataset.schema)) {
    return {};
  }
  return with_connection([&](Connection& connection) { return prepare_on(connection, dataset); });
}

Done PostgresqlStore::prepare_on(Connection& connection, const record::Dataset& dataset) {
  prepared_.erase(dataset.id);
  SLUICE_TRY(make_tables_follow(connection, dataset));
  const auto any = connection.execute("SELECT 1 FROM " + current_table(dataset.id) + " LIMIT 1");
  if (!any) return failed(any.error(), "dataset " + dataset.id.str());
  auto tables = std::make_unique<PostgresqlTables>(dataset);
  const auto expected = any->rows() == 0 ? Expectation::new_records : Expectation::any;
  prepared_.emplace(dataset.id, Prepared{std::move(tables), expected});
  return {};
}

std::expected<record::SignedReceipt, StoreFailure> PostgresqlStore::apply(
    const AdmittedBatch& admitted, const ReceiptMaker& make_receipt) {
  SLUICE_TRY(check_admitted(admitted));
  const auto prepared = prepared_.find(admitted.manifest.dataset);
  if (prepared == prepared_.end()) {
    return std::unexpected(unknown_dataset(admitted.manifest.dataset));
  }
  return with_connection(
      [&](Connection& connection) -> std::expected<record::SignedReceipt, StoreFailure> {
        auto begun = PostgresqlTransaction::begin(connection);
        if (!begun) return failed(begun.error(), place_of(admitted.manifest));
        Applying applying(connection, std::move(*begun), *prepared->second.tables,
                          place_of(admitted.manifest));
        return apply_once(admitted, make_receipt, now_, applying, prepared->second.expectation);
      });
}

std::expected<record::ChainHead, StoreFailure> PostgresqlStore::head(
    const record::StreamId& stream) {
  return with_connection(
      [&](Connection& connection) -> std::expected<record::ChainHead, StoreFailure> {
        auto head = head_of(connection, stream);
        if (!head) return failed(head.error(), "bureau " + stream.bureau.str());
        return *head;
      });
}

std::expected<std::vector<record::StreamId>, StoreFailure> PostgresqlStore::streams() {
  return with_connection(
      [](Connection& connection) -> std::expected<std::vector<record::StreamId>, StoreFailure> {
        auto streams = known_streams(connection);
        if (!streams) return failed(streams.error(), "streams");
        return std::move(*streams);
      });
}

Done PostgresqlStore::read(const record::DatasetId& dataset, std::optional<record::Time> as_of,
                           const std::function<bool(const StoredRecord&)>& consume) {
  const auto prepared = prepared_.find(dataset);
  if (prepared == prepared_.end()) return std::unexpected(unknown_dataset(dataset));
  return with_connection([&](Connection& connection) {
    return read_on(connection, dataset, *prepared->second.tables, as_of, consume);
  });
}

Done PostgresqlStore::read_on(Connection& connection, const record::DatasetId& dataset,
                              const PostgresqlTables& tables, std::optional<record::Time> as_of,
                              const std::function<bool(const StoredRecord&)>& consume) {
  const std::string where = "dataset " + dataset.str();
  std::optional<std::int64_t> last;
  if (as_of) {
    const auto id = ledger_id_at(connection, dataset, *as_of);
    if (!id) return failed(id.error(), where);
    last = *id;
  }
  auto transaction = begin_long_read(connection);
  if (!transaction) return failed(transaction.error(), where);
  const auto read = connection.copy_out(tables.read_sql(last), [&](std::string_view line) {
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
  if (!read) return failed(read.error(), where);
  return {};
}

Done PostgresqlStore::read_digests(const record::DatasetId& dataset, const record::KeyRange& range,
                                   const std::function<bool(const record::KeyedDigest&)>& consume) {
  record::KeyedDigest record;
  return stream_range(dataset, range, &PostgresqlTables::digests_sql, [&](const Result& row) {
    record.digest = parse_digest_bytes(row.text(0, 0));
    record.key.resize(static_cast<std::size_t>(row.columns()) - 1);
    for (std::size_t i = 0; i < record.key.size(); ++i)
      record.key[i] = row.text(0, static_cast<int>(i) + 1);
    return consume(record);
  });
}

std::expected<record::RecordSum, StoreFailure> PostgresqlStore::sum_digests(
    const record::DatasetId& dataset, const record::KeyRange& range) {
  record::RecordSum sum;
  auto read =
      stream_range(dataset, range, &PostgresqlTables::bare_digests_sql, [&](const Result& row) {
        sum.add(parse_digest_bytes(row.text(0, 0)));
        return true;
      });
  if (!read) return std::unexpected(std::move(read.error()));
  return sum;
}

Done PostgresqlStore::stream_range(const record::DatasetId& dataset, const record::KeyRange& range,
                                   std::string (PostgresqlTables::*sql)(const record::KeyRange&)
                                       const,
                                   const std::function<bool(const Result&)>& consume) {
  const auto prepared = prepared_.find(dataset);
  if (prepared == prepared_.end()) return std::unexpected(unknown_dataset(dataset));
  const PostgresqlTables& tables = *prepared->second.tables;
  if (!tables.key_order().takes(range)) return std::unexpected(not_a_range(dataset));
  return with_connection([&](Connection& connection) -> Done {
    const std::string where = "dataset " + dataset.str();
    auto transaction = begin_long_read(connection);
    if (!transaction) return failed(transaction.error(), where);
    Parameters parameters;
    for (const auto* end : {&range.after, &range.up_to}) {
      if (!*end) continue;
      for (const std::string& value : **end)
        parameters.text(value);
    }
    const auto read = connection.stream((tables.*sql)(range), parameters, consume);
    if (!read) return failed(read.error(), where);
    return {};
  });
}

Done PostgresqlStore::walk(
    const Extent& extent,
    const std::function<bool(const LedgerEntry&, const record::Batch&)>& consume) {
  return with_connection([&](Connection& connection) -> Done {
    const auto last = settled_ledger_id(connection);
    if (!last) return failed(last.error(), "ledger");
    if (auto walked = walk_ledger(connection, extent, *last, consume); !walked) {
      return failed(walked.error(), "ledger");
    }
    return {};
  });
}

}  // namespace
}  // namespace sluice::store::postgresql

namespace sluice::store {

std::expected<std::unique_ptr<Store>, StoreFailure> open_postgresql(
    PostgresqlAccess access, std::function<record::Time()> now) {
  SLUICE_TRY(postgresql::check_access(access));
  return std::make_unique<postgresql::PostgresqlStore>(std::move(access), std::move(now));
}

}  // namespace sluice::store
