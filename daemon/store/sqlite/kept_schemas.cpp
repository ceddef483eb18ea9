#include "store/sqlite/kept_schemas.h"

#include "record/try.h"
#include "store/evolution.h"

namespace sluice::store::sqlite {
namespace {

// `which`: rows of dataset, version and canonical schema.
Result<void> remember_all(CentralFile& file, const std::string& which) {
  auto known = SLUICE_TRY(file.statement(which));
  while (SLUICE_TRY(file.step(known))) {
    const record::DatasetId dataset{std::string(known.text(0))};
    const Version version{static_cast<std::uint64_t>(known.integer(1))};
    SLUICE_TRY(remember_schema(file, dataset, version, std::string(known.text(2))));
  }
  return {};
}

}  // namespace

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

Result<void> remember_schema(CentralFile& file, const record::DatasetId& dataset, Version version,
                             const std::string& canonical) {
  SLUICE_TRY(keep_schema(file, canonical));
  auto remember = SLUICE_TRY(
      file.statement("INSERT INTO version_schema (dataset, version, digest) VALUES (?, ?, ?) "
                     "ON CONFLICT (dataset, version, digest) DO NOTHING"));
  const std::string digest = to_string(record::sha256(canonical));
  remember.bind(1, dataset.str()).bind(2, version.value).bind(3, digest);
  return file.run(remember);
}

Result<std::vector<record::Digest>> remembered_schemas(CentralFile& file,
                                                       const record::DatasetId& dataset,
                                                       Version version) {
  auto known = SLUICE_TRY(file.statement(
      "SELECT digest FROM version_schema WHERE dataset = ? AND version = ? ORDER BY digest"));
  known.bind(1, dataset.str()).bind(2, version.value);
  std::vector<record::Digest> digests;
  while (SLUICE_TRY(file.step(known))) {
    if (const auto digest = record::parse_digest(known.text(0))) digests.push_back(*digest);
  }
  return digests;
}

Result<std::optional<Version>> last_version_with(CentralFile& file,
                                                 const record::DatasetId& dataset,
                                                 const record::Digest& schema) {
  auto last = SLUICE_TRY(
      file.statement("SELECT max(version) FROM version_schema WHERE dataset = ? AND digest = ?"));
  const std::string digest = to_string(schema);
  last.bind(1, dataset.str()).bind(2, digest);
  SLUICE_TRY(file.step(last));
  if (last.is_null(0)) return std::nullopt;
  return Version{static_cast<std::uint64_t>(last.integer(0))};
}

Result<void> begin_remembering_versions(CentralFile& file) {
  const auto made = file.database.execute(R"sql(
    CREATE TABLE version_schema (
      dataset TEXT NOT NULL,
      version INTEGER NOT NULL,
      digest  TEXT NOT NULL,
      PRIMARY KEY (dataset, version, digest)
    ) STRICT)sql");
  if (!made) return std::unexpected(file.failure(made.error()));
  SLUICE_TRY(remember_all(file, "SELECT dataset, version - 1, from_schema FROM migration"));
  SLUICE_TRY(remember_all(file, "SELECT dataset, version, to_schema FROM migration"));
  return remember_all(file, R"sql(
    SELECT id, coalesce((SELECT max(version) FROM migration WHERE dataset = dataset.id), 1), schema
    FROM dataset)sql");
}

}  // namespace sluice::store::sqlite
