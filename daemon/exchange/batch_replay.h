// Replays the archived batches of one dataset, one after another, into what its tables must hold:
// each decoded by the schema under which it was made, without the rows that its receipt refused.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "exchange/replayed_tables.h"
#include "record/batch.h"
#include "record/key_order.h"
#include "record/receipt.h"
#include "record/table_schema.h"
#include "store/row_reader.h"
#include "store/store.h"

namespace sluice::exchange {

// The schema with this digest; nothing: nobody knows it.
using SchemaByDigest =
    std::function<store::Result<std::optional<record::TableSchema>>(const record::Digest&)>;

// What an entry of the ledger does to its dataset's tables. An entry of a new kind has its place
// here: until then it can not be replayed, and says so.
enum class EntryEffect {
  nothing,  // it was rejected whole
  rows,     // those of its batch that its receipt does not refuse
  unknown,
};
[[nodiscard]] EntryEffect effect_of(const record::Receipt& receipt);

// What came of replaying one entry.
struct Replayed {
  // Why it could not be, or not wholly: a clause. Nothing: it was.
  std::optional<std::string> why_not = std::nullopt;
  // Nobody can tell what the dataset's tables must hold from here on, whatever the key.
  bool ends_replay = false;
  // Rows that were counted; nothing where it is in doubt what became of some.
  std::optional<record::RowOutcomes> rows = std::nullopt;
};

// One owner, one thread. What it is given must outlive it.
class BatchReplay {
 public:
  BatchReplay(int dataset, const SchemaByDigest& schema_of, ReplayedTables& tables)
      : dataset_(dataset), schema_of_(schema_of), tables_(tables) {}

  [[nodiscard]] store::Result<Replayed> take(const store::LedgerEntry& entry,
                                             const record::Batch& batch);

  // Of the last batch that was decoded; nothing: none was.
  [[nodiscard]] const record::TableSchema* last_schema() const { return last_schema_; }

 private:
  // How batches of one schema are read.
  struct Form {
    explicit Form(const record::TableSchema& schema);
    record::TableSchema schema;
    store::RowReader reader;
    record::KeyOrder order;
    std::vector<std::size_t> key_columns;
  };
  [[nodiscard]] store::Result<Form*> form_of(const record::Digest& schema);
  [[nodiscard]] store::Result<Replayed> take_rows(const store::LedgerEntry& entry,
                                                  const record::Batch& batch,
                                                  const record::Manifest& manifest,
                                                  const record::Receipt& receipt, Form& form);
  // What the rows of a batch did.
  struct Tally {
    bool names_all = false;  // the receipt does, of those that it refuses
    bool is_certain = true;
    record::RowOutcomes rows;
  };
  [[nodiscard]] store::Result<void> take_row(const store::LedgerEntry& entry, std::string_view key,
                                             const store::Row& row, Tally& tally);

  int dataset_;
  const SchemaByDigest& schema_of_;
  ReplayedTables& tables_;
  std::map<record::Digest, std::unique_ptr<Form>> forms_;  // null: nobody knows that schema
  const record::TableSchema* last_schema_ = nullptr;
  bool has_doubts_ = false;
};

}  // namespace sluice::exchange
