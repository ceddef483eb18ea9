#include "store/postgresql/kept_schemas.h"

#include "record/try.h"
#include "store/evolution.h"

namespace sluice::store::postgresql {
namespace {

constexpr std::string_view schemas_place = "sluice.schema";

std::unexpected<StoreFailure> schemas_failed(const ServerError& error) {
  return std::unexpected(store_failure(error, std::string(schemas_place)));
}

// `which`: rows of dataset, version and canonical schema.
Result<void> remember_all(Connection& connection, const std::string& which) {
  const auto known = connection.execute(which);
  if (!known) return schemas_failed(known.error());
  for (int row = 0; row < known->rows(); ++row) {
    const record::DatasetId dataset{std::string(known->text(row, 0))};
    const Version version{static_cast<std::uint64_t>(known->integer(row, 1))};
    SLUICE_TRY(remember_schema(connection, dataset, version, std::string(known->text(row, 2))));
  }
  return {};
}

}  // namespace

Result<std::optional<record::TableSchema>> find_schema(Connection& connection,
                                                       const record::Digest& digest) {
  const auto found = connection.query("SELECT schema FROM sluice.schema WHERE digest = $1",
                                      Parameters().text(to_string(digest)));
  if (!found) return schemas_failed(found.error());
  if (found->rows() == 0) return std::nullopt;
  return SLUICE_TRY(read_kept_schema(found->text(0, 0)));
}

Result<void> keep_schema(Connection& connection, const std::string& canonical) {
  const auto kept = connection.query(
      "INSERT INTO sluice.schema (digest, schema) VALUES ($1, $2) ON CONFLICT (digest) DO NOTHING",
      Parameters().text(to_string(record::sha256(canonical))).text(canonical));
  if (!kept) return schemas_failed(kept.error());
  return {};
}

Result<void> begin_keeping_schemas(Connection& connection) {
  const auto made = connection.execute(R"sql(
    CREATE TABLE sluice.schema (
      digest text COLLATE "C" PRIMARY KEY,
      schema text NOT NULL
    ))sql");
  if (!made) return schemas_failed(made.error());
  const auto present = connection.execute("SELECT schema FROM sluice.dataset");
  if (!present) return schemas_failed(present.error());
  for (int row = 0; row < present->rows(); ++row)
    SLUICE_TRY(keep_schema(connection, std::string(present->text(row, 0))));
  return {};
}

Result<void> remember_schema(Connection& connection, const record::DatasetId& dataset,
                             Version version, const std::string& canonical) {
  SLUICE_TRY(keep_schema(connection, canonical));
  const auto remembered = connection.query(
      "INSERT INTO sluice.version_schema (dataset, version, digest) VALUES ($1, $2, $3) "
      "ON CONFLICT (dataset, version, digest) DO NOTHING",
      Parameters()
          .text(dataset.str())
          .text(std::to_string(version.value))
          .text(to_string(record::sha256(canonical))));
  if (!remembered) return schemas_failed(remembered.error());
  return {};
}

Result<std::vector<record::Digest>> remembered_schemas(Connection& connection,
                                                       const record::DatasetId& dataset,
                                                       Version version) {
  const auto known = connection.query(
      "SELECT digest FROM sluice.version_schema WHERE dataset = $1 AND version = $2 "
      "ORDER BY digest",
      Parameters().text(dataset.str()).text(std::to_string(version.value)));
  if (!known) return schemas_failed(known.error());
  std::vector<record::Digest> digests;
  for (int row = 0; row < known->rows(); ++row) {
    if (const auto digest = record::parse_digest(known->text(row, 0))) digests.push_back(*digest);
  }
  return digests;
}

Result<std::optional<Version>> last_version_with(Connection& connection,
                                                 const record::DatasetId& dataset,
                                                 const record::Digest& schema) {
  const auto last = connection.query(
      "SELECT max(version) FROM sluice.version_schema WHERE dataset = $1 AND digest = $2",
      Parameters().text(dataset.str()).text(to_string(schema)));
  if (!last) return schemas_failed(last.error());
  if (last->is_null(0, 0)) return std::nullopt;
  return Version{static_cast<std::uint64_t>(last->integer(0, 0))};
}

Result<void> begin_remembering_versions(Connection& connection) {
  const auto made = connection.execute(R"sql(
    CREATE TABLE sluice.version_schema (
      dataset text COLLATE "C" NOT NULL,
      version bigint NOT NULL,
      digest  text COLLATE "C" NOT NULL,
      PRIMARY KEY (dataset, version, digest)
    ))sql");
  if (!made) return schemas_failed(made.error());
  SLUICE_TRY(
      remember_all(connection, "SELECT dataset, version - 1, from_schema FROM sluice.migration"));
  SLUICE_TRY(remember_all(connection, "SELECT dataset, version, to_schema FROM sluice.migration"));
  return remember_all(connection, R"sql(
    SELECT id, coalesce((SELECT max(version) FROM sluice.migration m WHERE m.dataset = d.id), 1),
      schema
    FROM sluice.dataset d)sql");
}

}  // namespace sluice::store::postgresql
