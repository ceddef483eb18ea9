// How a dataset's next version is made, whatever store it is in: its tables are filled in one
// transaction, and that is committed only where every record fits.
#pragma once

#include <cstdint>
#include <expected>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "store/dataset_tables.h"
#include "store/migrations.h"

namespace sluice::store {

// A current record of the version that ends; its values are good until the next one.
struct OldRecord {
  std::span<const std::optional<std::string_view>> values;  // canonical text
  std::optional<std::string_view> source_time;
};

// A store's open transaction, which is rolled back unless it is committed.
class MigrationTransaction {
 public:
  virtual ~MigrationTransaction() = default;

  // What the tables are. To migrate, nobody else applies to them or changes them until the
  // transaction ends; to try it out, nobody is kept from anything.
  [[nodiscard]] virtual Result<std::optional<TablesVersion>> look(
      MigrationOrder::Purpose purpose) = 0;
  // When the dataset's last batch or migration was applied; the beginning of time: there was none.
  [[nodiscard]] virtual Result<record::Time> last_applied() = 0;
  [[nodiscard]] virtual Result<std::int64_t> draw_id() = 0;
  // All schemas that the version which ends is known to have had, ascending: with `last`, also
  // where a program of before, which had the store open, let the tables follow it and told nobody.
  [[nodiscard]] virtual Result<std::vector<record::Digest>> schemas_up_to(
      const std::string& last) = 0;
  // Empty tables of the version after `from`, for records that entry `id` brings.
  [[nodiscard]] virtual Result<DatasetTables*> begin_version(std::int64_t id,
                                                             record::Time applied_at) = 0;
  // Every current record of the version that ends, by its key, until `consume` says false. Between
  // them the new tables may be written to.
  [[nodiscard]] virtual Result<void> read_old(
      const std::function<Result<bool>(const OldRecord&)>& consume) = 0;
  // From here on the new tables are the dataset's.
  [[nodiscard]] virtual Result<void> finish_version() = 0;
  // With the dataset's schema, which is another one now, and the first of its version.
  [[nodiscard]] virtual Result<void> write(const MigrationEntry& entry) = 0;
  [[nodiscard]] virtual Result<void> commit() = 0;
};

// `old`: the schema of `order.from`.
[[nodiscard]] Result<MigrationReport> migrate_once(const MigrationOrder& order,
                                                   const record::TableSchema& old,
                                                   const MigrationSigner& sign,
                                                   const std::function<record::Time()>& now,
                                                   MigrationTransaction& transaction);

}  // namespace sluice::store
