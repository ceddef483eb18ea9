// One dataset's tables in the embedded store, with the statements that are prepared for them once.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "record/table_schema.h"
#include "sqlite/database.h"
#include "store/dataset_tables.h"
#include "store/evolution.h"

namespace sluice::store::sqlite {

using sluice::sqlite::Database;
using sluice::sqlite::Error;
using sluice::sqlite::Statement;

// A query for one current record: when its batch was applied, then the fields. Its parameters are
// the key's values.
[[nodiscard]] std::string find_sql(const record::Dataset& dataset);

// `database` must outlive it.
class Tables final : public DatasetTables {
 public:
  [[nodiscard]] static Result<std::unique_ptr<Tables>> open(Database& database,
                                                            const record::Dataset& dataset);

  [[nodiscard]] const record::Digest& schema_digest() const { return schema_digest_; }
  // Whose rows the next calls write.
  void begin_batch(std::int64_t ledger_id, record::Time applied_at);

  Result<void> savepoint() override;
  Result<void> release() override;
  Result<void> roll_back() override;
  Result<void> start_probe(std::span<Probe> probes) override;
  Result<void> finish_probe() override;
  Written end_versions(std::span<const EndedVersion> ended) override;
  Written begin_current(Way way) override;
  Written add_current(const Row& row) override;
  Written begin_passing(Way way) override;
  Written add_passing(const Row& row, std::uint64_t ended_by, Ending ending) override;
  Written finish_rows() override;

 private:
  Tables(Database& database, const record::Dataset& dataset);
  Result<void> prepare_statements();
  Result<void> execute(const char* sql);
  void bind_key(Statement& statement, int first, std::string_view key);
  // Binds what both tables have; the statement is bound further or run by the caller.
  void bind_row(Statement& statement, const Row& row);
  Written run(Statement& statement);
  [[nodiscard]] StoreFailure failure(const Error& error) const;

  Database& database_;
  record::DatasetId dataset_;
  record::Digest schema_digest_;
  std::vector<record::FieldType> types_;
  std::vector<std::string> names_;
  std::vector<std::size_t> key_;
  std::vector<UniqueKey> unique_keys_;
  Statement probe_, insert_current_, insert_passing_, copy_to_history_, delete_current_;
  std::int64_t ledger_id_ = 0;
  std::int64_t applied_at_ms_ = 0;
  std::array<char, 16> digest_{};
  std::vector<std::string> buffers_;  // one a column
};

}  // namespace sluice::store::sqlite
