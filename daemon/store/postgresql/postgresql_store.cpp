#include "store/postgresql/postgresql_store.h"

#include <map>
#include <utility>

#include "record/recast.h"
#include "record/try.h"
#include "store/apply_once.h"
#include "store/postgresql/applying.h"
#include "store/postgresql/checkpoints.h"
#include "store/postgresql/dataset_ddl.h"
#include "store/postgresql/kept_schemas.h"
#include "store/postgresql/ledger.h"
#include "store/postgresql/migrations.h"
#include "store/postgresql/records.h"
#include "store/postgresql/session.h"
#include "store/postgresql/tables.h"
#include "store/postgresql/versions.h"

namespace sluice::store::postgresql {
namespace {

class PostgresqlStore final : public Store {
 public:
  PostgresqlStore(PostgresqlAccess access, std::function<record::Time()> now, StoreNumber number)
      : access_(std::move(access)), now_(std::move(now)), number_(number) {}

  Result<void> prepare(const record::Dataset& dataset) override;
  Result<void> compare(const record::Dataset& dataset) override {
    return with_connection(
        [&](Connection& connection) { return compare_tables(connection, dataset); });
  }
  Result<void> keep(const record::TableSchema& schema) override {
    return with_connection([&](Connection& connection) {
      return keep_schema(connection, record::canonical_json(schema));
    });
  }
  Result<std::optional<record::TableSchema>> schema(const record::Digest& digest) override {
    return with_connection([&](Connection& connection) { return find_schema(connection, digest); });
  }
  Result<record::SignedReceipt> apply(const AdmittedBatch& admitted,
                                      const ReceiptMaker& make_receipt) override;
  Result<record::SignedReceipt> reject(const RejectedBatch& rejected,
                                       const ReceiptMaker& make_receipt) override;
  Result<record::SignedReceipt> hold(const RejectedBatch& held,
                                     const ReceiptMaker& make_receipt) override;
  Result<std::vector<HeldDataset>> held() override;
  Result<std::optional<HeldBatch>> find_held(const HeldPlace& place) override;
  Result<std::string> incarnation() override;
  Result<record::ChainHead> head(const record::StreamId& stream) override;
  Result<std::optional<record::SignedReceipt>> receipt(const record::StreamId& stream,
                                                       record::Sequence sequence) override;
  Result<std::vector<record::StreamId>> streams() override;
  Result<void> read(const record::DatasetId& dataset, std::optional<record::Time> as_of,
                    const std::function<bool(const StoredRecord&)>& consume) override;
  Result<void> read_versions(const record::Dataset& dataset,
                             const std::function<bool(const StoredVersion&)>& consume) override;
  Result<std::optional<FoundRecord>> find(const record::Dataset& dataset,
                                          const record::Key& key) override;
  Result<void> read_digests(
      const record::DatasetId& dataset, const record::KeyRange& range,
      const std::function<bool(const record::KeyedDigest&)>& consume) override;
  Result<record::RecordSum> sum_digests(const record::DatasetId& dataset,
                                        const record::KeyRange& range) override;
  Result<Activity> activity(const record::DatasetId& dataset, record::Time since,
                            std::chrono::milliseconds span) override;
  Result<void> walk(
      const Extent& extent,
      const std::function<bool(const LedgerEntry&, const record::Batch&)>& consume) override;
  Migrations& migrations() override { return migrations_; }
  Checkpoints& checkpoints() override { return checkpoints_; }

 private:
  // A dataset that prepare() has seen.
  struct Prepared {
    std::unique_ptr<Tables> tables;
    Version version;
    Expectation expectation = Expectation::any;
  };

  // Runs `work` on a live connection, and lets go of one that it left broken or unsure.
  template <class Work>
  auto with_connection(Work work) -> decltype(work(std::declval<Connection&>()));
  // What a question to a live connection was answered; a failure is told as of `place`.
  template <class Ask>
  auto ask(std::string_view place, Ask question);
  // Takes the steps of a transaction that enters a batch.
  using Steps = std::function<Result<record::SignedReceipt>(ApplyTransaction&)>;
  Result<record::SignedReceipt> enter(const record::Manifest& manifest,
                                      const std::optional<Applying::Target>& target,
                                      const Steps& steps);

  Result<void> prepare_on(Connection& connection, const record::Dataset& dataset);
  Result<void> read_on(Connection& connection, const record::DatasetId& dataset,
                       const Prepared& prepared, std::optional<record::Time> as_of,
                       const std::function<bool(const StoredRecord&)>& consume);
  // What `sql` makes of a prepared dataset's records within a range.
  Result<void> stream_range(const record::DatasetId& dataset, const record::KeyRange& range,
                            std::string (Tables::*sql)(const record::KeyRange&) const,
                            const std::function<bool(const QueryResult&)>& consume);

  PostgresqlAccess access_;
  std::function<record::Time()> now_;
  StoreNumber number_;
  std::optional<Connection> connection_;
  std::string incarnation_;  // as the connection found it; empty: it was not asked
  PostgresqlCheckpoints checkpoints_{
      {[this](const PostgresqlCheckpoints::Work& work) { return with_connection(work); },
       [this] { return incarnation(); }, [this] { return now_(); }}};
  std::map<record::DatasetId, Prepared> prepared_;
  ServerMigrations migrations_{[this](const std::function<Result<void>(Connection&)>& work) {
                                 return with_connection(work);
                               },
                               now_};
};

std::unexpected<StoreFailure> failed(const ServerError& error, std::string place) {
  return std::unexpected(store_failure(error, std::move(place)));
}

template <class Work>
auto PostgresqlStore::with_connection(Work work) -> decltype(work(std::declval<Connection&>())) {
  if (connection_ && (!connection_->is_alive() || connection_->in_transaction())) {
    connection_.reset();
  }
  if (!connection_) {
    auto opened = SLUICE_TRY(open_session(access_, number_));
    connection_.emplace(std::move(opened));
    incarnation_.clear();
  }
  auto result = work(*connection_);
  if (result) return result;
  const StoreProblem problem = result.error().code;
  // A database that was replaced behind us: its tables, ours too, are looked for anew.
  if (problem == StoreProblem::unknown_dataset) prepared_.clear();
  if (problem == StoreProblem::unavailable || problem == StoreProblem::unknown_dataset) {
    connection_.reset();
  }
  return result;
}

template <class Ask>
auto PostgresqlStore::ask(std::string_view place, Ask question) {
  return with_connection([&](Connection& connection) {
    return record::recast(question(connection), [&](const ServerError& error) {
      return store_failure(error, std::string(place));
    });
  });
}

Result<void> PostgresqlStore::prepare(const record::Dataset& dataset) {
  const auto known = prepared_.find(dataset.id);
  if (known != prepared_.end() &&
      known->second.tables->schema_digest() == record::schema_digest(dataset.schema)) {
    return {};
  }
  return with_connection([&](Connection& connection) { return prepare_on(connection, dataset); });
}

Result<void> PostgresqlStore::prepare_on(Connection& connection, const record::Dataset& dataset) {
  prepared_.erase(dataset.id);
  const Version version = SLUICE_TRY(make_tables_follow(connection, dataset));
  const auto any = connection.execute("SELECT 1 FROM " + current_table(dataset.id) + " LIMIT 1");
  if (!any) return failed(any.error(), "dataset " + dataset.id.str());
  auto tables = std::make_unique<Tables>(dataset);
  const auto expected = any->rows() == 0 ? Expectation::new_records : Expectation::any;
  prepared_.emplace(dataset.id, Prepared{std::move(tables), version, expected});
  return {};
}

Result<record::SignedReceipt> PostgresqlStore::apply(const AdmittedBatch& admitted,
                                                     const ReceiptMaker& make_receipt) {
  SLUICE_TRY(check_admitted(admitted));
  const auto prepared = prepared_.find(admitted.manifest.dataset);
  if (prepared == prepared_.end()) {
    return std::unexpected(unknown_dataset(admitted.manifest.dataset));
  }
  Prepared& into = prepared->second;
  return enter(admitted.manifest, Applying::Target{prepared->first, into.version, *into.tables},
               [&](ApplyTransaction& transaction) {
                 return apply_once(admitted, make_receipt, now_, transaction, into.expectation);
               });
}

Result<record::SignedReceipt> PostgresqlStore::reject(const RejectedBatch& rejected,
                                                      const ReceiptMaker& make_receipt) {
  return enter(rejected.manifest, std::nullopt, [&](ApplyTransaction& transaction) {
    return reject_once(rejected, make_receipt, now_, transaction);
  });
}

Result<record::SignedReceipt> PostgresqlStore::hold(const RejectedBatch& held,
                                                    const ReceiptMaker& make_receipt) {
  return enter(held.manifest, std::nullopt, [&](ApplyTransaction& transaction) {
    return hold_once(held, make_receipt, now_, transaction);
  });
}

Result<record::SignedReceipt> PostgresqlStore::enter(const record::Manifest& manifest,
                                                     const std::optional<Applying::Target>& target,
                                                     const Steps& steps) {
  const std::string place = place_of(manifest);
  bool in_doubt = false;
  const auto once = [&](Connection& connection) -> Result<record::SignedReceipt> {
    auto begun = PostgresqlTransaction::begin(connection);
    if (!begun) return failed(begun.error(), place);
    Applying applying(connection, std::move(*begun), target, place, in_doubt);
    return steps(applying);
  };
  auto receipt = with_connection(once);
  // What was committed is no failure: the ledger is asked, over another connection, once the old
  // one's transaction has ended.
  if (!receipt && in_doubt) receipt = with_connection(once);
  return receipt;
}

Result<std::vector<HeldDataset>> PostgresqlStore::held() {
  return ask("held batches", held_datasets);
}

Result<std::optional<HeldBatch>> PostgresqlStore::find_held(const HeldPlace& place) {
  return ask("held batches",
             [&](Connection& connection) { return postgresql::find_held(connection, place); });
}

Result<std::string> PostgresqlStore::incarnation() {
  return ask("incarnation", [this](Connection& connection) -> Connection::Answer<std::string> {
    if (incarnation_.empty()) incarnation_ = SLUICE_TRY(incarnation_of(connection));
    return incarnation_;
  });
}

Result<record::ChainHead> PostgresqlStore::head(const record::StreamId& stream) {
  return ask("bureau " + stream.bureau.str(),
             [&](Connection& connection) { return head_of(connection, stream); });
}

Result<std::optional<record::SignedReceipt>> PostgresqlStore::receipt(
    const record::StreamId& stream, record::Sequence sequence) {
  auto found = SLUICE_TRY(ask("bureau " + stream.bureau.str(), [&](Connection& connection) {
    return find_in_ledger(connection, stream, sequence);
  }));
  if (!found) return std::nullopt;
  return std::move(found->receipt);
}

Result<std::vector<record::StreamId>> PostgresqlStore::streams() {
  return ask("streams", known_streams);
}

Result<Activity> PostgresqlStore::activity(const record::DatasetId& dataset, record::Time since,
                                           std::chrono::milliseconds span) {
  return ask("dataset " + dataset.str(),
             [&](Connection& connection) { return activity_of(connection, dataset, since, span); });
}

Result<void> PostgresqlStore::read(const record::DatasetId& dataset,
                                   std::optional<record::Time> as_of,
                                   const std::function<bool(const StoredRecord&)>& consume) {
  const auto prepared = prepared_.find(dataset);
  if (prepared == prepared_.end()) return std::unexpected(unknown_dataset(dataset));
  return with_connection([&](Connection& connection) {
    return read_on(connection, dataset, prepared->second, as_of, consume);
  });
}

Result<void> PostgresqlStore::read_on(Connection& connection, const record::DatasetId& dataset,
                                      const Prepared& prepared, std::optional<record::Time> as_of,
                                      const std::function<bool(const StoredRecord&)>& consume) {
  const std::string where = "dataset " + dataset.str();
  std::optional<std::int64_t> last;
  if (as_of) {
    const Begun begun = SLUICE_TRY(current_version(connection, dataset));
    if (*as_of < begun.at) {
      return std::unexpected(before_version(dataset, begun.version, begun.at));
    }
    const auto id = ledger_id_at(connection, dataset, *as_of);
    if (!id) return failed(id.error(), where);
    last = *id;
  }
  auto transaction = begin_long_read(connection);
  if (!transaction) return failed(transaction.error(), where);
  SLUICE_TRY(hold_version(connection, dataset, prepared.version));
  return copy_records(connection, dataset, prepared.tables->read_sql(last), consume);
}

Result<void> PostgresqlStore::read_versions(
    const record::Dataset& dataset, const std::function<bool(const StoredVersion&)>& consume) {
  return with_connection([&](Connection& connection) -> Result<void> {
    auto transaction = begin_long_read(connection);
    if (!transaction) return failed(transaction.error(), "dataset " + dataset.id.str());
    // A migration is kept waiting at its beginning, and not at its end for the tables' names.
    SLUICE_TRY(keep_from_migrating(connection, dataset.id));
    return postgresql::read_versions(connection, dataset, consume);
  });
}

Result<std::optional<FoundRecord>> PostgresqlStore::find(const record::Dataset& dataset,
                                                         const record::Key& key) {
  if (!record::KeyOrder(dataset.schema).encode(key)) return std::unexpected(not_a_key(dataset.id));
  return with_connection(
      [&](Connection& connection) { return find_record(connection, dataset, key); });
}

Result<void> PostgresqlStore::read_digests(
    const record::DatasetId& dataset, const record::KeyRange& range,
    const std::function<bool(const record::KeyedDigest&)>& consume) {
  record::KeyedDigest record;
  return stream_range(dataset, range, &Tables::digests_sql, [&](const QueryResult& row) {
    record.digest = parse_digest_bytes(row.text(0, 0));
    record.key.resize(static_cast<std::size_t>(row.columns()) - 1);
    for (std::size_t i = 0; i < record.key.size(); ++i)
      record.key[i] = row.text(0, static_cast<int>(i) + 1);
    return consume(record);
  });
}

Result<record::RecordSum> PostgresqlStore::sum_digests(const record::DatasetId& dataset,
                                                       const record::KeyRange& range) {
  record::RecordSum sum;
  auto read = stream_range(dataset, range, &Tables::bare_digests_sql, [&](const QueryResult& row) {
    sum.add(parse_digest_bytes(row.text(0, 0)));
    return true;
  });
  if (!read) return std::unexpected(std::move(read.error()));
  return sum;
}

Result<void> PostgresqlStore::stream_range(const record::DatasetId& dataset,
                                           const record::KeyRange& range,
                                           std::string (Tables::*sql)(const record::KeyRange&)
                                               const,
                                           const std::function<bool(const QueryResult&)>& consume) {
  const auto prepared = prepared_.find(dataset);
  if (prepared == prepared_.end()) return std::unexpected(unknown_dataset(dataset));
  const Tables& tables = *prepared->second.tables;
  if (!tables.key_order().takes(range)) return std::unexpected(not_a_range(dataset));
  return with_connection([&](Connection& connection) -> Result<void> {
    const std::string where = "dataset " + dataset.str();
    auto transaction = begin_long_read(connection);
    if (!transaction) return failed(transaction.error(), where);
    SLUICE_TRY(hold_version(connection, dataset, prepared->second.version));
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

Result<void> PostgresqlStore::walk(
    const Extent& extent,
    const std::function<bool(const LedgerEntry&, const record::Batch&)>& consume) {
  return with_connection([&](Connection& connection) -> Result<void> {
    const auto last = settled_ledger_id(connection);
    if (!last) return failed(last.error(), "ledger");
    auto transaction = begin_walk(connection);
    if (!transaction) return failed(transaction.error(), "ledger");
    if (auto walked = walk_ledger(connection, extent, *last, consume); !walked) {
      return failed(walked.error(), "ledger");
    }
    return {};
  });
}

}  // namespace
}  // namespace sluice::store::postgresql

namespace sluice::store {

Result<std::unique_ptr<Store>> open_postgresql(PostgresqlAccess access,
                                               std::function<record::Time()> now,
                                               StoreNumber number) {
  SLUICE_TRY(record::recast(sluice::postgresql::check(access), postgresql::access_failure));
  return std::make_unique<postgresql::PostgresqlStore>(std::move(access), std::move(now), number);
}

}  // namespace sluice::store
