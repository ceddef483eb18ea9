// Batches for the tests of the stores, in words: a bureau's stream that numbers and chains what it
// is told to send, and lines that read like records. Nothing is signed: a store does not verify.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "record/batch.h"
#include "record/record_checker.h"
#include "record/table_schema.h"
#include "store/store.h"

namespace sluice::test {

using Value = std::optional<std::string>;
inline constexpr std::nullopt_t null = std::nullopt;

[[nodiscard]] std::string upsert(const std::vector<Value>& values,
                                 std::optional<std::string_view> source_time = std::nullopt);
// The key's values, and nothing for the fields after them.
[[nodiscard]] std::string remove(std::vector<Value> key, std::size_t fields);
// The fields of a record as Store::read() gives them.
[[nodiscard]] std::string columns(const std::vector<Value>& values);

// Field by field, then made a dataset of a bureau.
class DatasetBuilder {
 public:
  DatasetBuilder(std::string id, std::string owner);
  DatasetBuilder& field(std::string name, record::FieldType type = record::FieldType::string);
  DatasetBuilder& required();  // the last field
  DatasetBuilder& unique();    // the last field
  DatasetBuilder& max_length(std::size_t length);
  DatasetBuilder& key(std::vector<std::string> fields);
  DatasetBuilder& unique_key(std::vector<std::string> fields);
  [[nodiscard]] record::Dataset build() const { return dataset_; }

 private:
  record::Dataset dataset_;
};

struct Sent {
  record::Manifest manifest;
  record::Batch batch;
};

class TestStream {
 public:
  explicit TestStream(std::string bureau, std::uint64_t epoch = 1000);
  // The next batch, of these lines.
  [[nodiscard]] Sent batch(const record::Dataset& dataset, const std::vector<std::string>& lines);
  // A batch with any number and any predecessor; the stream does not go on from it.
  [[nodiscard]] Sent stray(const record::Dataset& dataset, const std::vector<std::string>& lines,
                           record::ChainHead after) const;
  [[nodiscard]] const record::ChainHead& head() const { return head_; }
  [[nodiscard]] const record::StreamId& id() const { return id_; }

 private:
  record::StreamId id_;
  record::ChainHead head_;
};

[[nodiscard]] record::RecordChecker checker_of(const record::Dataset& dataset);
// A receipt that any test can read back; its signature is not one.
[[nodiscard]] store::ReceiptMaker receipt_maker(const record::Manifest& manifest,
                                                const record::Batch& batch);
[[nodiscard]] std::expected<record::SignedReceipt, store::StoreFailure> apply(
    store::Store& store, const record::Dataset& dataset, const Sent& sent);
[[nodiscard]] record::Receipt receipt_of(const record::SignedReceipt& receipt);

}  // namespace sluice::test
