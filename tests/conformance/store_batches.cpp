#include "conformance/store_batches.h"

#include <stdexcept>
#include <utility>

#include "record/copy_text.h"

namespace sluice::test {

std::string columns(const std::vector<Value>& values) {
  std::string text;
  for (const Value& value : values) {
    if (&value != &values.front()) text += '\t';
    if (value) {
      record::append_escaped(text, *value);
    } else {
      record::append_null(text);
    }
  }
  return text;
}

std::string upsert(const std::vector<Value>& values, std::optional<std::string_view> source_time) {
  std::string line;
  record::begin_line(line, record::Operation::upsert, source_time);
  return line + '\t' + columns(values) + '\n';
}

std::string remove(std::vector<Value> key, std::size_t fields) {
  std::string line;
  record::begin_line(line, record::Operation::remove, std::nullopt);
  key.resize(fields);
  return line + '\t' + columns(key) + '\n';
}

DatasetBuilder::DatasetBuilder(std::string id, std::string owner) {
  dataset_.id = record::DatasetId(std::move(id));
  dataset_.owner = record::BureauId(std::move(owner));
}

DatasetBuilder& DatasetBuilder::field(std::string name, record::FieldType type) {
  record::Field field;
  field.name = std::move(name);
  field.type = type;
  dataset_.schema.fields.push_back(std::move(field));
  if (dataset_.schema.primary_key.empty()) key({dataset_.schema.fields.front().name});
  return *this;
}

DatasetBuilder& DatasetBuilder::required() {
  dataset_.schema.fields.back().constraints.required = true;
  return *this;
}

DatasetBuilder& DatasetBuilder::unique() {
  dataset_.schema.fields.back().constraints.unique = true;
  return *this;
}

DatasetBuilder& DatasetBuilder::max_length(std::size_t length) {
  dataset_.schema.fields.back().constraints.max_length = length;
  return *this;
}

DatasetBuilder& DatasetBuilder::key(std::vector<std::string> fields) {
  dataset_.schema.primary_key = std::move(fields);
  return *this;
}

DatasetBuilder& DatasetBuilder::unique_key(std::vector<std::string> fields) {
  dataset_.schema.unique_keys.push_back(std::move(fields));
  return *this;
}

TestStream::TestStream(std::string bureau, std::uint64_t epoch)
    : id_{record::BureauId(std::move(bureau)), {epoch}} {}

Sent TestStream::stray(const record::Dataset& dataset, const std::vector<std::string>& lines,
                       record::ChainHead after) const {
  std::string text;
  record::RowCount upserts;
  record::RowCount deletes;
  for (const std::string& line : lines) {
    text += line;
    ++(line.starts_with('D') ? deletes : upserts).value;
  }
  record::Payload payload = record::compress_payload(text, upserts, deletes);
  Sent sent;
  sent.manifest = {.stream = id_,
                   .sequence = {after.sequence.value + 1},
                   .dataset = dataset.id,
                   .schema = record::schema_digest(dataset.schema),
                   .mode = record::Mode::direct,
                   .upserts = upserts,
                   .deletes = deletes,
                   .payload_bytes = {payload.compressed.size()},
                   .payload_raw_bytes = payload.raw_bytes,
                   .payload = payload.digest,
                   .previous = after.manifest};
  sent.batch = {record::to_json(sent.manifest), std::string("no\0signature", 12),
                std::move(payload.compressed)};
  return sent;
}

Sent TestStream::batch(const record::Dataset& dataset, const std::vector<std::string>& lines) {
  Sent sent = stray(dataset, lines, head_);
  head_ = {sent.manifest.sequence, record::sha256(sent.batch.manifest)};
  return sent;
}

record::RecordChecker checker_of(const record::Dataset& dataset) {
  auto checker = record::RecordChecker::compile(dataset.schema);
  if (!checker) throw std::invalid_argument(record::to_string(checker.error().front()));
  return std::move(*checker);
}

store::ReceiptMaker receipt_maker(const record::Manifest& manifest, const record::Batch& batch) {
  return [&manifest, &batch](record::Outcome outcome, const std::string& reason,
                             const record::RowOutcomes& rows,
                             const std::vector<record::RefusedRows>& refused, record::Time at) {
    record::Receipt receipt;
    receipt.stream = manifest.stream;
    receipt.sequence = manifest.sequence;
    receipt.dataset = manifest.dataset;
    receipt.manifest = record::sha256(batch.manifest);
    receipt.outcome = outcome;
    receipt.reason = reason;
    receipt.rows = rows;
    receipt.refused = refused;
    receipt.at = at;
    return record::SignedReceipt{record::to_json(receipt), std::string("\0\xFF signed", 9)};
  };
}

std::expected<record::SignedReceipt, store::StoreFailure> apply(store::Store& store,
                                                                const record::Dataset& dataset,
                                                                const Sent& sent) {
  const record::RecordChecker checker = checker_of(dataset);
  return store.apply({sent.manifest, sent.batch, dataset, checker},
                     receipt_maker(sent.manifest, sent.batch));
}

record::Receipt receipt_of(const record::SignedReceipt& receipt) {
  auto parsed = record::parse_receipt(receipt.json);
  if (!parsed) throw std::invalid_argument(record::to_string(parsed.error()));
  return std::move(*parsed);
}

}  // namespace sluice::test
