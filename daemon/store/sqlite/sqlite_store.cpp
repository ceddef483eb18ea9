#include "store/sqlite/sqlite_store.h"

#include <cstdint>
#include <map>
#include <random>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "record/key_order.h"
#include "record/try.h"
#include "sqlite/database.h"
#include "store/apply_once.h"
#include "store/evolution.h"
#include "store/sqlite/applying.h"
#include "store/sqlite/checkpoints.h"
#include "store/sqlite/dataset_ddl.h"
#include "store/sqlite/ddl.h"
#include "store/sqlite/format.h"
#include "store/sqlite/kept_schemas.h"
#include "store/sqlite/ledger.h"
#include "store/sqlite/migrations.h"
#include "store/sqlite/records.h"
#include "store/sqlite/schema_tables.h"
#include "store/sqlite/stored_value.h"
#include "store/sqlite/tables.h"
#include "store/sqlite/versions.h"

namespace sluice::store::sqlite {
namespace {

class SqliteStore final : public Store {
 public:
  SqliteStore(Database database, std::string place, std::function<record::Time()> now,
              std::shared_ptr<files::StateDisk> disk)
      : file_(std::move(database), std::move(place), std::move(disk)), now_(std::move(now)) {}
  // The ledger knows where the file lies.
  SqliteStore(const SqliteStore&) = delete;
  SqliteStore& operator=(const SqliteStore&) = delete;

  Result<void> open(StoreNumber number, const IncarnationCheck& check);

  Result<void> prepare(const record::Dataset& dataset) override;
  Result<void> compare(const record::Dataset& dataset) override {
    SchemaTablesOfFile tables(file_);
    return compare_schema(dataset, tables);
  }
  Result<void> keep(const record::TableSchema& schema) override {
    return keep_schema(file_, record::canonical_json(schema));
  }
  Result<std::optional<record::TableSchema>> schema(const record::Digest& digest) override {
    return find_schema(file_, digest);
  }
  Result<record::SignedReceipt> apply(const AdmittedBatch& admitted,
                                      const ReceiptMaker& make_receipt) override;
  Result<record::SignedReceipt> reject(const RejectedBatch& rejected,
                                       const ReceiptMaker& make_receipt) override;
  Result<record::SignedReceipt> hold(const RejectedBatch& held,
                                     const ReceiptMaker& make_receipt) override;
  Result<std::vector<HeldDataset>> held() override { return ledger_.held(); }
  Result<std::optional<HeldBatch>> find_held(const HeldPlace& place) override {
    return ledger_.find_held(place);
  }
  Result<std::string> incarnation() override {
    return fmt::format("sqlite-{:08x}", SLUICE_TRY(drawn_incarnation()));
  }
  Result<record::ChainHead> head(const record::StreamId& stream) override {
    return ledger_.head(stream);
  }
  Result<std::optional<record::SignedReceipt>> receipt(const record::StreamId& stream,
                                                       record::Sequence sequence) override {
    auto found = SLUICE_TRY(ledger_.find(stream, sequence));
    if (!found) return std::nullopt;
    return std::move(found->receipt);
  }
  Result<std::vector<record::StreamId>> streams() override { return ledger_.streams(); }
  Result<void> read(const record::DatasetId& dataset, std::optional<record::Time> as_of,
                    const std::function<bool(const StoredRecord&)>& consume) override;
  Result<void> read_versions(const record::Dataset& dataset,
                             const std::function<bool(const StoredVersion&)>& consume) override {
    return sqlite::read_versions(file_, dataset, consume);
  }
  Result<std::optional<FoundRecord>> find(const record::Dataset& dataset,
                                          const record::Key& key) override;
  Result<void> read_digests(
      const record::DatasetId& dataset, const record::KeyRange& range,
      const std::function<bool(const record::KeyedDigest&)>& consume) override;
  Result<record::RecordSum> sum_digests(const record::DatasetId& dataset,
                                        const record::KeyRange& range) override;
  Result<Activity> activity(const record::DatasetId& dataset, record::Time since,
                            std::chrono::milliseconds span) override {
    return ledger_.activity(dataset, since, span);
  }
  Result<void> walk(
      const Extent& extent,
      const std::function<bool(const LedgerEntry&, const record::Batch&)>& consume) override {
    return ledger_.walk(extent, consume);
  }
  Migrations& migrations() override { return migrations_; }
  Checkpoints& checkpoints() override { return checkpoints_; }

 private:
  Result<void> make_tables();
  // Whether the store's own tables are there; fails where they are of another format.
  Result<bool> has_tables();
  // 0: the file was made before stores had one.
  Result<std::uint32_t> drawn_incarnation();
  Result<void> draw_incarnation();
  // A query about the current records of a prepared dataset within a range.
  Result<Statement> select_within(std::string_view before_from, const record::DatasetId& dataset,
                                  const record::KeyRange& range, std::string_view behind);
  // A dataset that prepare() has seen.
  struct Prepared {
    record::Dataset dataset;
    record::KeyOrder key_order;
    std::unique_ptr<Tables> tables;
    Begun begun;
    Expectation expectation = Expectation::any;
  };
  // Fails where it was not prepared, or its tables are of another version since.
  Result<Prepared*> prepared_now(const record::DatasetId& dataset);

  CentralFile file_;
  Ledger ledger_{file_};
  std::function<record::Time()> now_;
  FileMigrations migrations_{file_, ledger_, now_};
  SqliteCheckpoints checkpoints_{file_, [this] { return incarnation(); },
                                 [this] { return now_(); }};
  std::map<record::DatasetId, Prepared> prepared_;
};

std::string key_names(const record::TableSchema& schema) {
  std::string names;
  for (const std::string& name : schema.primary_key)
    names += (names.empty() ? "" : ", ") + quoted_name(name);
  return names;
}

// What follows FROM; its parameters are the values of the range's ends, in order.
std::string current_within(const record::DatasetId& dataset, const record::TableSchema& schema,
                           const record::KeyRange& range) {
  std::string placeholders;
  for (std::size_t i = 0; i < schema.primary_key.size(); ++i)
    placeholders += placeholders.empty() ? "?" : ", ?";
  const std::string names = key_names(schema);
  std::vector<std::string> conditions;
  if (range.after) conditions.push_back(fmt::format("({}) > ({})", names, placeholders));
  if (range.up_to) conditions.push_back(fmt::format("({}) <= ({})", names, placeholders));
  return fmt::format("{}{}{}", current_table(dataset), conditions.empty() ? "" : " WHERE ",
                     fmt::join(conditions, " AND "));
}

Result<bool> SqliteStore::has_tables() {
  const std::int64_t format = SLUICE_TRY(format_of(file_));
  if (format == 0) return false;
  if (format == format_version) return true;
  return std::unexpected(unknown_format(file_, format));
}

Result<std::uint32_t> SqliteStore::drawn_incarnation() {
  auto version = SLUICE_TRY(file_.statement("PRAGMA user_version"));
  SLUICE_TRY(file_.step(version));
  return static_cast<std::uint32_t>(version.integer(0));
}

Result<void> SqliteStore::draw_incarnation() {
  std::random_device chance;
  const std::uint32_t drawn = std::uniform_int_distribution<std::uint32_t>(1, INT32_MAX)(chance);
  if (auto set = file_.database.execute(fmt::format("PRAGMA user_version={}", drawn)); !set) {
    return std::unexpected(file_.failure(set.error()));
  }
  return {};
}

Result<void> SqliteStore::open(StoreNumber number, const IncarnationCheck& check) {
  // A bulk load lives in this cache; it is the store's largest use of memory.
  if (auto set = file_.database.execute("PRAGMA cache_size=-49152"); !set) {
    return std::unexpected(file_.failure(set.error()));
  }
  SLUICE_TRY(upgrade(file_));
  // Who only reads waits for nobody that writes.
  const bool has_all = SLUICE_TRY(has_tables());
  if (!has_all || SLUICE_TRY(drawn_incarnation()) == 0) SLUICE_TRY(make_tables());
  if (check) {
    const std::uint32_t found = SLUICE_TRY(drawn_incarnation());
    SLUICE_TRY(check(found));
  }
  if (SLUICE_TRY(ledger_.numbering(number)) == Numbering::fits) return {};
  auto transaction = SLUICE_TRY(file_.begin());
  if (SLUICE_TRY(ledger_.numbering(number)) == Numbering::to_be_set) {
    SLUICE_TRY(ledger_.set_number(number));
  }
  return file_.commit(transaction);
}

Result<void> SqliteStore::make_tables() {
  auto transaction = SLUICE_TRY(file_.begin());
  // Another process may have been here meanwhile.
  if (!SLUICE_TRY(has_tables())) {
    if (auto made = file_.database.execute(central_store_ddl); !made) {
      return std::unexpected(file_.failure(made.error()));
    }
  }
  if (SLUICE_TRY(drawn_incarnation()) == 0) SLUICE_TRY(draw_incarnation());
  return file_.commit(transaction);
}

Result<void> SqliteStore::prepare(const record::Dataset& dataset) {
  const auto known = prepared_.find(dataset.id);
  if (known != prepared_.end() &&
      known->second.tables->schema_digest() == record::schema_digest(dataset.schema)) {
    return {};
  }
  prepared_.erase(dataset.id);
  auto transaction = SLUICE_TRY(file_.begin());
  SchemaTablesOfFile followed(file_);
  SLUICE_TRY(follow_schema(dataset, followed));
  const auto begun = SLUICE_TRY(current_version(file_, dataset.id));
  SLUICE_TRY(file_.commit(transaction));
  auto tables = SLUICE_TRY(Tables::open(file_.database, dataset));
  auto any = SLUICE_TRY(
      file_.statement(fmt::format("SELECT 1 FROM {} LIMIT 1", current_table(dataset.id))));
  const auto row = SLUICE_TRY(file_.step(any));
  prepared_.emplace(dataset.id,
                    Prepared{dataset, record::KeyOrder(dataset.schema), std::move(tables), begun,
                             row ? Expectation::any : Expectation::new_records});
  return {};
}

Result<SqliteStore::Prepared*> SqliteStore::prepared_now(const record::DatasetId& dataset) {
  const auto prepared = prepared_.find(dataset);
  if (prepared == prepared_.end()) return std::unexpected(unknown_dataset(dataset));
  const auto begun = SLUICE_TRY(current_version(file_, dataset));
  if (begun.version == prepared->second.begun.version) return &prepared->second;
  prepared_.erase(prepared);
  return std::unexpected(migrated_meanwhile(dataset, begun.version));
}

Result<record::SignedReceipt> SqliteStore::apply(const AdmittedBatch& admitted,
                                                 const ReceiptMaker& make_receipt) {
  SLUICE_TRY(check_admitted(admitted));
  auto begun = SLUICE_TRY(file_.begin());
  Prepared* prepared = SLUICE_TRY(prepared_now(admitted.manifest.dataset));
  Applying applying(file_, ledger_, std::move(begun),
                    Applying::Target{*prepared->tables, prepared->begun.at});
  return apply_once(admitted, make_receipt, now_, applying, prepared->expectation);
}

Result<record::SignedReceipt> SqliteStore::reject(const RejectedBatch& rejected,
                                                  const ReceiptMaker& make_receipt) {
  auto begun = SLUICE_TRY(file_.begin());
  Applying applying(file_, ledger_, std::move(begun), std::nullopt);
  return reject_once(rejected, make_receipt, now_, applying);
}

Result<record::SignedReceipt> SqliteStore::hold(const RejectedBatch& held,
                                                const ReceiptMaker& make_receipt) {
  auto begun = SLUICE_TRY(file_.begin());
  Applying applying(file_, ledger_, std::move(begun), std::nullopt);
  return hold_once(held, make_receipt, now_, applying);
}

Result<void> SqliteStore::read(const record::DatasetId& dataset, std::optional<record::Time> as_of,
                               const std::function<bool(const StoredRecord&)>& consume) {
  const Prepared* prepared = SLUICE_TRY(prepared_now(dataset));
  std::optional<std::int64_t> up_to;
  if (as_of) {
    const Begun begun = SLUICE_TRY(current_version(file_, dataset));
    if (*as_of < begun.at) {
      return std::unexpected(before_version(dataset, begun.version, begun.at));
    }
    up_to = SLUICE_TRY(ledger_.id_at(dataset, *as_of));
  }
  return read_records(file_, dataset, prepared->dataset.schema, up_to, consume);
}

Result<std::optional<FoundRecord>> SqliteStore::find(const record::Dataset& dataset,
                                                     const record::Key& key) {
  if (!record::KeyOrder(dataset.schema).encode(key)) return std::unexpected(not_a_key(dataset.id));
  return find_record(file_, dataset, key);
}

Result<Statement> SqliteStore::select_within(std::string_view before_from,
                                             const record::DatasetId& dataset,
                                             const record::KeyRange& range,
                                             std::string_view behind) {
  const Prepared* prepared = SLUICE_TRY(prepared_now(dataset));
  if (!prepared->key_order.takes(range)) return std::unexpected(not_a_range(dataset));
  const record::TableSchema& schema = prepared->dataset.schema;
  auto select = file_.statement(
      fmt::format("{} FROM {}{}", before_from, current_within(dataset, schema, range), behind));
  if (!select) return select;
  const std::vector<std::size_t> key = record::key_columns(schema);
  int parameter = 0;
  for (const auto* end : {&range.after, &range.up_to}) {
    for (std::size_t i = 0; *end && i < key.size(); ++i) {
      bind_plain_value(*select, ++parameter, schema.fields[key[i]].type, (**end)[i]);
    }
  }
  return select;
}

Result<void> SqliteStore::read_digests(
    const record::DatasetId& dataset, const record::KeyRange& range,
    const std::function<bool(const record::KeyedDigest&)>& consume) {
  const Prepared* prepared = SLUICE_TRY(prepared_now(dataset));
  const record::TableSchema& schema = prepared->dataset.schema;
  const std::string names = key_names(schema);
  auto select = SLUICE_TRY(
      select_within("SELECT sluice_digest, " + names, dataset, range, " ORDER BY " + names));
  const std::vector<std::size_t> key = record::key_columns(schema);
  record::KeyedDigest record;
  record.key.resize(key.size());
  while (SLUICE_TRY(file_.step(select))) {
    record.digest = parse_digest_bytes(select.text(0));
    for (std::size_t i = 0; i < key.size(); ++i) {
      record.key[i].clear();
      append_plain_value(record.key[i], select, static_cast<int>(i) + 1,
                         schema.fields[key[i]].type);
    }
    if (!consume(record)) return {};
  }
  return {};
}

Result<record::RecordSum> SqliteStore::sum_digests(const record::DatasetId& dataset,
                                                   const record::KeyRange& range) {
  auto select = SLUICE_TRY(select_within("SELECT sluice_digest", dataset, range, ""));
  record::RecordSum sum;
  while (SLUICE_TRY(file_.step(select))) {
    sum.add(parse_digest_bytes(select.text(0)));
  }
  return sum;
}

}  // namespace
}  // namespace sluice::store::sqlite

namespace sluice::store {

Result<std::unique_ptr<Store>> open_sqlite(const std::filesystem::path& file,
                                           std::function<record::Time()> now,
                                           SqliteSurroundings surroundings) {
  auto database = sqlite::Database::open(file);
  if (!database) return std::unexpected(sqlite::sqlite_failure(database.error(), file.string()));
  auto store = std::make_unique<sqlite::SqliteStore>(std::move(*database), file.string(),
                                                     std::move(now), std::move(surroundings.disk));
  SLUICE_TRY(store->open(surroundings.number, surroundings.check));
  return store;
}

}  // namespace sluice::store
