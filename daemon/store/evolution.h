// What must change in a dataset's tables so that they follow its schema, or why they can not.
// The tables' present shape is known from the canonical schema (record::canonical_json) that
// prepare() kept when it made them.
#pragma once

#include <cstddef>
#include <expected>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "record/table_schema.h"
#include "store/store.h"

namespace sluice::store {

// A unique index beside the primary key's. The name follows from the dataset and the fields.
struct UniqueKey {
  std::string index_name;
  std::vector<std::string> fields;
  friend auto operator<=>(const UniqueKey&, const UniqueKey&) = default;
};
[[nodiscard]] std::vector<UniqueKey> unique_keys(const record::DatasetId& dataset,
                                                 const record::TableSchema& schema);

// Whether one of its fields is among these.
[[nodiscard]] bool names_any(const UniqueKey& key, const std::vector<std::string>& fields);

struct Evolution {
  std::vector<std::string> added_fields;
  std::vector<std::string> newly_required;  // must have a value in every current record
  std::vector<UniqueKey> added_keys;
  std::vector<UniqueKey> dropped_keys;
};

// PostgreSQL cuts longer names off without a word (NAMEDATALEN).
inline constexpr std::size_t max_name_bytes = 63;

// Whether a dataset can have tables at all: names that a database can hold and tell apart.
[[nodiscard]] Result<void> check_storable(const record::Dataset& dataset);

// What a store kept of a schema, as canonical text.
[[nodiscard]] Result<record::TableSchema> read_kept_schema(std::string_view canonical);

[[nodiscard]] Result<Evolution> evolve(std::string_view stored_schema,
                                       const record::Dataset& dataset);

// The fields that the tables have, by the canonical schema that they were made for.
[[nodiscard]] Result<std::set<std::string>> kept_fields(std::string_view stored_schema,
                                                        const record::DatasetId& dataset);

// What following a schema asks of a store, inside one open transaction.
class SchemaTables {
 public:
  virtual ~SchemaTables() = default;

  // The canonical schema that the dataset's tables were made for; nothing: there are none.
  [[nodiscard]] virtual Result<std::optional<std::string>> kept_schema(
      const record::DatasetId& dataset) = 0;
  // Fails where that is the schema of an older version of the tables (migrations.h): who still has
  // it does not know of the migration, and is not to undo it.
  [[nodiscard]] virtual Result<void> refuse_former(const record::DatasetId& dataset,
                                                   const std::string& canonical) = 0;
  [[nodiscard]] virtual Result<void> create(const record::Dataset& dataset) = 0;
  // Whether what the tables hold allows it; changes nothing.
  [[nodiscard]] virtual Result<void> check(const record::Dataset& dataset,
                                           const Evolution& evolution) = 0;
  [[nodiscard]] virtual Result<void> evolve(const record::Dataset& dataset,
                                            const Evolution& evolution) = 0;
  // As the one that the tables have now, and by its digest for ever.
  [[nodiscard]] virtual Result<void> keep_schema(const record::Dataset& dataset,
                                                 const std::string& canonical) = 0;
};

// Makes the dataset's tables, or lets them follow its schema, or says why they can not.
[[nodiscard]] Result<void> follow_schema(const record::Dataset& dataset, SchemaTables& tables);

// Why they could not: changes nothing, and needs no transaction.
[[nodiscard]] Result<void> compare_schema(const record::Dataset& dataset, SchemaTables& tables);

// Of each of these why it is refused; fails where one can not be compared.
[[nodiscard]] Result<std::vector<StoreFailure>> conflicts_of(
    const std::vector<const record::Dataset*>& datasets,
    const std::function<Result<void>(const record::Dataset&)>& compare);

// What to say when the database refuses a step of an evolution because of what the tables hold.
[[nodiscard]] StoreFailure missing_values_conflict(const record::Dataset& dataset,
                                                   std::string_view field);
[[nodiscard]] StoreFailure duplicates_conflict(const record::Dataset& dataset,
                                               const UniqueKey& key);

}  // namespace sluice::store
