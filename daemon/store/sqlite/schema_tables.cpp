#include "store/sqlite/schema_tables.h"

#include "record/try.h"
#include "store/sqlite/dataset_ddl.h"
#include "store/sqlite/kept_schemas.h"
#include "store/sqlite/migrations.h"

namespace sluice::store::sqlite {

Result<std::optional<std::string>> SchemaTablesOfFile::kept_schema(
    const record::DatasetId& dataset) {
  auto known = SLUICE_TRY(file_.statement("SELECT schema FROM dataset WHERE id = ?"));
  known.bind(1, dataset.str());
  const auto row = SLUICE_TRY(file_.step(known));
  if (!row) return std::nullopt;
  return std::string(known.text(0));
}

Result<void> SchemaTablesOfFile::refuse_former(const record::DatasetId& dataset,
                                               const std::string& canonical) {
  const auto former = SLUICE_TRY(former_version(file_, dataset, canonical));
  if (!former) return {};
  const auto begun = SLUICE_TRY(current_version(file_, dataset));
  return std::unexpected(former_schema(dataset, *former, begun.version));
}

Result<void> SchemaTablesOfFile::create(const record::Dataset& dataset) {
  return create_tables(file_.database, dataset);
}

Result<void> SchemaTablesOfFile::check(const record::Dataset& dataset, const Evolution& evolution) {
  return check_tables(file_.database, dataset, evolution);
}

Result<void> SchemaTablesOfFile::evolve(const record::Dataset& dataset,
                                        const Evolution& evolution) {
  return evolve_tables(file_.database, dataset, evolution);
}

Result<void> SchemaTablesOfFile::keep_schema(const record::Dataset& dataset,
                                             const std::string& canonical) {
  auto keep = SLUICE_TRY(file_.statement(
      R"sql(
        INSERT INTO dataset (id, owner, schema)
        VALUES (?, ?, ?)
        ON CONFLICT (id) DO UPDATE SET owner = excluded.owner, schema = excluded.schema)sql"));
  keep.bind(1, dataset.id.str()).bind(2, dataset.owner.str()).bind(3, canonical);
  SLUICE_TRY(file_.run(keep));
  const Begun begun = SLUICE_TRY(current_version(file_, dataset.id));
  return remember_schema(file_, dataset.id, begun.version, canonical);
}

}  // namespace sluice::store::sqlite
