#include "store/sqlite/kept_schemas.h"

#include "record/try.h"
#include "store/evolution.h"

namespace sluice::store::sqlite {

Result<std::optional<record::TableSchema>> find_schema(CentralFile& file,
                                                       const record::Digest& digest) {
  auto find = SLUICE_TRY(file.statement("SELECT schema FROM schema WHERE digest = ?"));
  const std::string name = to_string(digest);
  find.bind(1, name);
  if (!SLUICE_TRY(file.step(find))) return std::nullopt;
  return SLUICE_TRY(read_kept_schema(find.text(0)));
}

Result<void> keep_schema(CentralFile& file, const std::string& canonical) {
  auto keep = SLUICE_TRY(file.statement(
      "INSERT INTO schema (digest, schema) VALUES (?, ?) ON CONFLICT (digest) DO NOTHING"));
  const std::string digest = to_string(record::sha256(canonical));
  keep.bind(1, digest).bind(2, canonical);
  return file.run(keep);
}

Result<void> begin_keeping_schemas(CentralFile& file) {
  const auto made = file.database.execute(R"sql(
    CREATE TABLE schema (
      digest TEXT NOT NULL PRIMARY KEY,
      schema TEXT NOT NULL
    ) STRICT)sql");
  if (!made) return std::unexpected(file.failure(made.error()));
  auto present = SLUICE_TRY(file.statement("SELECT schema FROM dataset"));
  while (SLUICE_TRY(file.step(present)))
    SLUICE_TRY(keep_schema(file, std::string(present.text(0))));
  return {};
}

}  // namespace sluice::store::sqlite
