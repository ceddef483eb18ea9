// Replays the archived batches of one version of a dataset's tables, one after another, into what
// those must hold: each decoded by the schema under which it was made, and turned as it was where
// that is one of before, without the rows that its receipt refused.
#pragma once

#include <cstdint>
#include <expected>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "exchange/dataset_versions.h"
#include "exchange/replayed_tables.h"
#include "exchange/row_keys.h"
#include "record/batch.h"
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
  // Which version's, and their number in the replay.
  struct Target {
    store::Version version;
    int number = 0;
  };
  BatchReplay(Target target, const DatasetVersions& versions, const SchemaByDigest& schema_of,
              ReplayedTables& tables)
      : version_(target.version),
        number_(target.number),
        versions_(versions),
        schema_of_(schema_of),
        tables_(tables) {}

  [[nodiscard]] store::Result<Replayed> take(const store::LedgerEntry& entry,
                                             const record::Batch& batch);

  // By whose columns the last batch was decoded; null: none was.
  [[nodiscard]] const record::TableSchema* last_schema() const { return last_schema_; }

 private:
  // How batches of one schema are read.
  struct Form {
    explicit Form(DatasetVersions::Reading as_read);
    DatasetVersions::Reading reading;
    store::RowReader reader;
    RowKeys keys;
  };
  // Or why they can not be: a clause.
  using Found = std::expected<std::unique_ptr<Form>, std::string>;
  [[nodiscard]] store::Result<Found> find_form(const record::Digest& schema) const;
  [[nodiscard]] store::Result<const Found*> form_of(const record::Digest& schema);
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

  store::Version version_;
  int number_;
  const DatasetVersions& versions_;
  const SchemaByDigest& schema_of_;
  ReplayedTables& tables_;
  std::map<record::Digest, Found> forms_;
  const record::TableSchema* last_schema_ = nullptr;
};

}  // namespace sluice::exchange
