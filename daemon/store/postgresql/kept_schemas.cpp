#include "store/postgresql/kept_schemas.h"

#include "record/try.h"
#include "store/evolution.h"

namespace sluice::store::postgresql {
namespace {

constexpr std::string_view schemas_place = "sluice.schema";

std::unexpected<StoreFailure> schemas_failed(const ServerError& error) {
  return std::unexpected(store_failure(error, std::string(schemas_place)));
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

}  // namespace sluice::store::postgresql
