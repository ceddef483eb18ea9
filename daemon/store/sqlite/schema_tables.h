// A dataset's tables in the embedded store, as they are made and follow its schema.
#pragma once

#include <optional>
#include <string>

#include "store/evolution.h"
#include "store/sqlite/central_file.h"

namespace sluice::store::sqlite {

// No transaction of its own; `file` must outlive it.
class SchemaTablesOfFile final : public SchemaTables {
 public:
  explicit SchemaTablesOfFile(CentralFile& file) : file_(file) {}

  Result<std::optional<std::string>> kept_schema(const record::DatasetId& dataset) override;
  Result<void> refuse_former(const record::DatasetId& dataset,
                             const std::string& canonical) override;
  Result<void> create(const record::Dataset& dataset) override;
  Result<void> check(const record::Dataset& dataset, const Evolution& evolution) override;
  Result<void> evolve(const record::Dataset& dataset, const Evolution& evolution) override;
  Result<void> keep_schema(const record::Dataset& dataset, const std::string& canonical) override;

 private:
  CentralFile& file_;
};

}  // namespace sluice::store::sqlite
