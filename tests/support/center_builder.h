// A center with an embedded store in a directory of its own, and an origin that sends it batches.
#pragma once

#include <algorithm>
#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>

#include "exchange/reception.h"
#include "sqlite/copy.h"
#include "store/migrations.h"
#include "store/sqlite/sqlite_store.h"
#include "support/batch_builder.h"

namespace sluice::exchange::test {

using record::test::moment;

// Approvals of the park: code and name.
inline record::Dataset approvals() {
  return {.id = record::DatasetId("approval"),
          .owner = record::BureauId("park"),
          .schema = {.fields = {{.name = "code", .constraints = {.required = true}},
                                {.name = "name", .constraints = {.max_length = 10}}},
                     .primary_key = {"code"}}};
}

// The same form under another name.
inline record::Dataset like_approvals(const std::string& id, const std::string& owner) {
  record::Dataset dataset = approvals();
  dataset.id = record::DatasetId(id);
  dataset.owner = record::BureauId(owner);
  return dataset;
}

inline Catalogue catalogue_of(const record::Dataset& dataset) {
  return Catalogue::compile({{dataset.id, dataset}}).value();
}

inline std::string line(const std::string& code, const std::string& name = "name") {
  return "U\t\\N\t" + code + "\t" + name + "\n";
}

// The store of a center whose database comes and goes.
class UnsteadyStore : public store::Store {
 public:
  using IsMigrated = std::function<bool(const record::DatasetId&)>;

  // `available` must outlive the store. `is_migrated`: whether a dataset's tables are just then.
  UnsteadyStore(std::unique_ptr<store::Store> store, const std::atomic<bool>& available,
                IsMigrated is_migrated = {})
      : store_(std::move(store)), available_(available), is_migrated_(std::move(is_migrated)) {}

  std::expected<void, store::StoreFailure> prepare(const record::Dataset& dataset) override {
    if (!available_) return gone();
    if (is_migrated_ && is_migrated_(dataset.id)) {
      return std::unexpected(store::being_migrated(dataset.id));
    }
    return store_->prepare(dataset);
  }
  std::expected<void, store::StoreFailure> compare(const record::Dataset& dataset) override {
    if (!available_) return gone();
    return store_->compare(dataset);
  }
  std::expected<void, store::StoreFailure> keep(const record::TableSchema& schema) override {
    if (!available_) return gone();
    return store_->keep(schema);
  }
  std::expected<std::optional<record::TableSchema>, store::StoreFailure> schema(
      const record::Digest& digest) override {
    if (!available_) return gone();
    return store_->schema(digest);
  }
  std::expected<record::SignedReceipt, store::StoreFailure> apply(
      const store::AdmittedBatch& delivery, const store::ReceiptMaker& make_receipt) override {
    if (!available_) return gone();
    if (is_migrated_ && is_migrated_(delivery.dataset.id)) {
      return std::unexpected(store::being_migrated(delivery.dataset.id));
    }
    return store_->apply(delivery, make_receipt);
  }
  std::expected<record::SignedReceipt, store::StoreFailure> reject(
      const store::RejectedBatch& rejected, const store::ReceiptMaker& make_receipt) override {
    if (!available_) return gone();
    return store_->reject(rejected, make_receipt);
  }
  std::expected<record::SignedReceipt, store::StoreFailure> hold(
      const store::RejectedBatch& held, const store::ReceiptMaker& make_receipt) override {
    if (!available_) return gone();
    return store_->hold(held, make_receipt);
  }
  std::expected<std::vector<store::HeldDataset>, store::StoreFailure> held() override {
    if (!available_) return gone();
    return store_->held();
  }
  std::expected<std::optional<store::HeldBatch>, store::StoreFailure> find_held(
      const store::HeldPlace& place) override {
    if (!available_) return gone();
    return store_->find_held(place);
  }
  std::expected<std::string, store::StoreFailure> incarnation() override {
    if (!available_) return gone();
    return store_->incarnation();
  }
  std::expected<record::ChainHead, store::StoreFailure> head(
      const record::StreamId& stream) override {
    if (!available_) return gone();
    return store_->head(stream);
  }
  std::expected<std::optional<record::SignedReceipt>, store::StoreFailure> receipt(
      const record::StreamId& stream, record::Sequence sequence) override {
    if (!available_) return gone();
    return store_->receipt(stream, sequence);
  }
  std::expected<std::vector<record::StreamId>, store::StoreFailure> streams() override {
    if (!available_) return gone();
    return store_->streams();
  }
  std::expected<void, store::StoreFailure> read(
      const record::DatasetId& dataset, std::optional<record::Time> as_of,
      const std::function<bool(const store::StoredRecord&)>& consume) override {
    if (!available_) return gone();
    return store_->read(dataset, as_of, consume);
  }
  std::expected<void, store::StoreFailure> read_versions(
      const record::Dataset& dataset,
      const std::function<bool(const store::StoredVersion&)>& consume) override {
    if (!available_) return gone();
    return store_->read_versions(dataset, consume);
  }
  std::expected<std::optional<store::FoundRecord>, store::StoreFailure> find(
      const record::Dataset& dataset, const record::Key& key) override {
    if (!available_) return gone();
    return store_->find(dataset, key);
  }
  std::expected<void, store::StoreFailure> read_digests(
      const record::DatasetId& dataset, const record::KeyRange& range,
      const std::function<bool(const record::KeyedDigest&)>& consume) override {
    if (!available_) return gone();
    return store_->read_digests(dataset, range, consume);
  }
  std::expected<record::RecordSum, store::StoreFailure> sum_digests(
      const record::DatasetId& dataset, const record::KeyRange& range) override {
    if (!available_) return gone();
    return store_->sum_digests(dataset, range);
  }
  std::expected<store::Activity, store::StoreFailure> activity(
      const record::DatasetId& dataset, record::Time since,
      std::chrono::milliseconds span) override {
    if (!available_) return gone();
    return store_->activity(dataset, since, span);
  }
  std::expected<void, store::StoreFailure> walk(
      const store::Extent& extent,
      const std::function<bool(const store::LedgerEntry&, const record::Batch&)>& consume)
      override {
    if (!available_) return gone();
    return store_->walk(extent, consume);
  }
  store::Migrations& migrations() override { return store_->migrations(); }
  store::Checkpoints& checkpoints() override { return store_->checkpoints(); }

 private:
  static std::unexpected<store::StoreFailure> gone() {
    return std::unexpected(
        store::StoreFailure{store::StoreProblem::unavailable, "store", "no connection"});
  }
  std::unique_ptr<store::Store> store_;
  const std::atomic<bool>& available_;
  const IsMigrated is_migrated_;
};

struct Center {
  record::test::SigningNode node;  // the origin
  record::Verifier verifier = node.verifier();
  record::Signer signer = certified("center");
  record::Keyring keyring{{certified("center"), node.verifier()}};
  record::Time now = moment("2026-11-23T04:44:00.000Z");
  record::Dataset dataset = approvals();
  std::map<record::DatasetId, record::Dataset> known = {{dataset.id, dataset}};
  Catalogue catalogue = catalogue_of(dataset);
  // Besides the origin's own bureau it speaks for one that it has nothing of.
  Reception::Signatories signatories = {{record::BureauId("park"), {node.signer.subject()}},
                                        {record::BureauId("quality"), {node.signer.subject()}}};
  std::atomic<bool> is_store_available = true;
  std::atomic<bool> is_migrating = false;  // the tables of `dataset`
  std::unique_ptr<Holding> holding;        // null: nothing is held
  record::ChainHead head;                  // of what the origin has sealed

  // Another signer whose certificate is of the same authority.
  [[nodiscard]] record::Signer certified(const std::string& name) {
    const auto issued = node.authority.issue(
        name, {moment("2020-01-01T00:00:00.000Z"), moment("2090-01-01T00:00:00.000Z")});
    const auto files = write_signer(issued, node.directory.path(), name);
    return record::Signer::load(files.certificate, files.key).value();
  }

  [[nodiscard]] std::unique_ptr<store::Store> store() {
    auto embedded = store::open_sqlite(node.directory / "central.sqlite", [this] { return now; });
    return std::make_unique<UnsteadyStore>(
        std::move(embedded.value()), is_store_available,
        [this](const record::DatasetId& id) { return is_migrating && id == dataset.id; });
  }
  // What the store is now can be put back later, under the connections that there are.
  void keep_store() const { copy_store("central.sqlite", "kept.sqlite"); }
  void put_store_back() const {
    copy_store("kept.sqlite", "central.sqlite");
    auto store = sqlite::Database::open(node.directory / "central.sqlite").value();
    store.execute("PRAGMA user_version=4711").value();  // as `sluice restore` does
  }
  void copy_store(const char* from, const char* to) const {
    auto source = sqlite::Database::open(node.directory / from).value();
    auto target = sqlite::Database::open(node.directory / to).value();
    sqlite::copy(source, target, {.pages = -1}).value();
  }
  [[nodiscard]] Reception reception() {
    return Reception(store(),
                     {.catalogue = catalogue,
                      .keyring = keyring,
                      .signatories = signatories,
                      .holding = holding.get()},
                     [this] { return now; });
  }
  // Of receptions that are opened from now on.
  void hold_after(std::chrono::milliseconds deferred) {
    holding = std::make_unique<Holding>(deferred);
  }

  [[nodiscard]] record::BatchOrigin origin() const {
    return {.stream = {record::BureauId("park"), {1000}},
            .dataset = dataset.id,
            .schema = record::schema_digest(dataset.schema),
            .collected_at = now};
  }
  // The stream's next batch.
  [[nodiscard]] record::Batch batch(const std::string& lines) {
    record::Batch sealed = stray(origin(), lines, node.signer);
    head = {{head.sequence.value + 1}, record::sha256(sealed.manifest)};
    return sealed;
  }
  // The same of another dataset of that form.
  [[nodiscard]] record::Batch batch_of(const std::string& id, const std::string& lines) {
    record::BatchOrigin other = origin();
    other.dataset = record::DatasetId(id);
    record::Batch sealed = stray(other, lines, node.signer);
    head = {{head.sequence.value + 1}, record::sha256(sealed.manifest)};
    return sealed;
  }
  // Puts a dataset of that form into the catalogue. Nobody may be at work with it.
  void learn(const std::string& id, const std::string& owner) {
    known.emplace(record::DatasetId(id), like_approvals(id, owner));
    catalogue = Catalogue::compile(known).value();
  }
  // The stream's next batch, made under another schema of the dataset.
  [[nodiscard]] record::Batch batch_under(const record::TableSchema& schema,
                                          const std::string& lines) {
    record::BatchOrigin other = origin();
    other.schema = record::schema_digest(schema);
    record::Batch sealed = stray(other, lines, node.signer);
    head = {{head.sequence.value + 1}, record::sha256(sealed.manifest)};
    return sealed;
  }
  // Its schema is another one from now on. Nobody may be at work with it.
  void change(const record::TableSchema& schema) {
    dataset.schema = schema;
    known.at(dataset.id) = dataset;
    catalogue = Catalogue::compile(known).value();
  }
  // Numbered and chained as the next, but the stream does not go on from it.
  [[nodiscard]] record::Batch stray(const record::BatchOrigin& from, const std::string& lines,
                                    const record::Signer& by) const {
    const auto rows = static_cast<std::uint64_t>(std::ranges::count(lines, '\n'));
    return record::seal(from, record::compress_payload(lines, {rows}, {0}), head, by).batch;
  }
};

}  // namespace sluice::exchange::test
