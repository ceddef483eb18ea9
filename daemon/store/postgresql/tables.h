// One dataset's tables in PostgreSQL, with the SQL that is composed for them once.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "record/key_order.h"
#include "record/table_schema.h"
#include "store/dataset_tables.h"
#include "store/evolution.h"
#include "store/postgresql/binary_row.h"
#include "store/postgresql/connection.h"
#include "store/postgresql/stored_value.h"

namespace sluice::store::postgresql {

class Tables final : public DatasetTables {
 public:
  explicit Tables(const record::Dataset& dataset);
  Tables(const Tables&) = delete;
  Tables& operator=(const Tables&) = delete;

  [[nodiscard]] const record::Digest& schema_digest() const { return schema_digest_; }
  [[nodiscard]] const record::KeyOrder& key_order() const { return key_order_; }
  // What the next calls write with; `connection` must outlive them, and have a transaction open.
  void begin_batch(Connection& connection, std::int64_t ledger_id, record::Time applied_at);
  // A COPY that brings the records that stood after ledger entry `as_of` (nothing: now): digest,
  // ledger id, fields.
  [[nodiscard]] std::string read_sql(std::optional<std::int64_t> as_of) const;
  // A query for one current record: when its batch was applied, in milliseconds, then the fields as
  // text. Its parameters are the key's values.
  [[nodiscard]] std::string find_sql() const;
  // A query for digest and key columns, each as text. Its parameters are the values of the range's
  // ends, in order.
  [[nodiscard]] std::string digests_sql(const record::KeyRange& range) const;
  // The digests alone, in any order.
  [[nodiscard]] std::string bare_digests_sql(const record::KeyRange& range) const;

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
  // Statements that write the same columns.
  struct Writing {
    std::string copy;
    std::string insert;
  };
  // How a statement finds the records of many keys: as arrays, one a column, that it joins.
  struct KeyedSql {
    std::string arrays;
    std::string aliases;
    std::string conditions;
  };
  [[nodiscard]] KeyedSql keyed_sql() const;
  [[nodiscard]] std::string probe_sql() const;
  [[nodiscard]] std::string end_sql() const;
  // `own`: the store's columns, which stand before the fields.
  [[nodiscard]] Writing writing_sql(const std::string& table, std::string_view own,
                                    std::size_t own_count) const;
  // `of`: the table that they are of, with a dot, or empty.
  [[nodiscard]] std::string field_names(std::string_view of) const;
  [[nodiscard]] std::vector<std::string> key_names() const;
  // What follows FROM.
  [[nodiscard]] std::string current_within(const record::KeyRange& range) const;
  Result<void> execute(const char* sql);
  Written begin(Way way, const Writing& writing);
  Written insert_row();
  Written add_fields(const Row& row);
  Written put_row();
  [[nodiscard]] StoreFailure failure(const ServerError& error) const;
  [[nodiscard]] WriteFailure write_failure(const ServerError& error) const;

  record::DatasetId dataset_;
  record::Digest schema_digest_;
  std::vector<StoredColumn> columns_;
  std::vector<Encoding> encodings_;
  std::vector<std::size_t> key_;
  record::KeyOrder key_order_;
  std::vector<UniqueKey> unique_keys_;
  // Made of what stands above.
  std::string probe_sql_, end_sql_;
  Writing current_, passing_;
  const std::string* insert_sql_ = nullptr;  // of the rows that are being written, if singly
  Connection* connection_ = nullptr;
  std::int64_t ledger_id_ = 0;
  std::string applied_at_;
  std::span<Probe> asked_;
  std::string buffer_;
  BinaryRows rows_{buffer_};
};

}  // namespace sluice::store::postgresql
