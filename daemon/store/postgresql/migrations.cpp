#include "store/postgresql/migrations.h"

#include <utility>

#include <fmt/format.h>

#include "record/try.h"
#include "store/evolution.h"
#include "store/postgresql/dataset_ddl.h"
#include "store/postgresql/kept_schemas.h"
#include "store/postgresql/ledger.h"
#include "store/postgresql/migrating.h"
#include "store/postgresql/records.h"
#include "store/postgresql/session.h"
#include "store/postgresql/versions.h"

namespace sluice::store::postgresql {
namespace {

std::unexpected<StoreFailure> migration_failed(const ServerError& error,
                                               const record::DatasetId& dataset) {
  return std::unexpected(store_failure(error, "dataset " + dataset.str()));
}

record::Time applied_moment(std::int64_t count) {
  return record::Time(std::chrono::milliseconds(count));
}

// The dataset as text in SQL: the names of datasets have no quotes.
std::string literal(const record::DatasetId& dataset) {
  return "'" + dataset.str() + "'";
}

// A statement that waits for a migration, and one that then sees what it has done.
std::string hold_sql(const record::DatasetId& dataset) {
  return fmt::format("SELECT pg_advisory_xact_lock_shared({}, hashtext({}));", dataset_versions,
                     literal(dataset));
}
// The same, without waiting: whether there is none is told within the transaction by a setting,
// since what sees the version has to be another statement.
std::string try_hold_sql(const record::DatasetId& dataset) {
  return fmt::format(
      "SELECT set_config('sluice.holds_version', "
      "pg_try_advisory_xact_lock_shared({}, hashtext({}))::text, true);",
      dataset_versions, literal(dataset));
}
constexpr std::string_view holds_version_sql = "current_setting('sluice.holds_version')";

std::string version_sql(const record::DatasetId& dataset) {
  return fmt::format("(SELECT coalesce(max(version), 1) FROM sluice.migration WHERE dataset = {})",
                     literal(dataset));
}
// When it began.
std::string begun_at_sql(const record::DatasetId& dataset) {
  return fmt::format(
      "(SELECT coalesce((extract(epoch FROM max(applied_at)) * 1000)::bigint, 0) "
      "FROM sluice.migration WHERE dataset = {})",
      literal(dataset));
}

Result<void> check_held(const record::DatasetId& dataset, Version wanted, std::int64_t found) {
  if (static_cast<std::uint64_t>(found) == wanted.value) return {};
  return std::unexpected(migrated_meanwhile(dataset, {static_cast<std::uint64_t>(found)}));
}

// `which`: what follows FROM, of sluice.migration AS entry; its parameters are these. To order by a
// number it names `entry`: else the text that is selected is meant.
Result<void> read_entries(Connection& connection, const std::string& which,
                          const Parameters& parameters,
                          const std::function<bool(const MigrationEntry&)>& consume) {
  // Everything as text or bytea: the answer comes in binary format.
  const auto read = connection.stream(
      R"sql(
        SELECT id::text, dataset, version::text, from_schema, to_schema, mapping, records::text,
          (extract(epoch FROM applied_at) * 1000)::bigint::text, statement, signature,
          (extract(epoch FROM dropped_at) * 1000)::bigint::text,
          (SELECT string_agg(digest, ' ') FROM sluice.version_schema s
           WHERE s.dataset = entry.dataset AND s.version = entry.version - 1)
        FROM )sql" +
          which,
      parameters, [&](const QueryResult& row) {
        const auto text = [&](int column) { return std::string(row.text(0, column)); };
        const auto number = [&](int column) {
          return static_cast<std::uint64_t>(row.integer(0, column));
        };
        MigrationEntry entry{.id = row.integer(0, 0),
                             .dataset = record::DatasetId(text(1)),
                             .version = {number(2)},
                             .from_schema = text(3),
                             .to_schema = text(4),
                             .mapping = text(5),
                             .records = {number(6)},
                             .applied_at = applied_moment(row.integer(0, 7)),
                             .statement = {text(8), text(9)}};
        if (!row.is_null(0, 10)) entry.dropped_at = applied_moment(row.integer(0, 10));
        if (!row.is_null(0, 11)) entry.schemas = digests_of(row.text(0, 11));
        return consume(entry);
      });
  if (!read) return std::unexpected(store_failure(read.error(), "ledger"));
  return {};
}

// While they are filled, the next tables have the longer name.
Result<void> check_names(const MigrationOrder& order) {
  const record::DatasetId& dataset = order.dataset.id;
  const std::string longest = name_of_version(dataset, {order.from.number.value + 1}).str();
  if (longest.size() <= max_name_bytes) return {};
  return std::unexpected(StoreFailure{
      StoreProblem::schema_conflict, "dataset " + dataset.str(),
      fmt::format("its tables can not have a version {}: they would be called {}, which has {} "
                  "characters, and PostgreSQL keeps {}; publish the new form under a new and "
                  "shorter dataset id",
                  order.from.number.value + 1, longest, longest.size(), max_name_bytes)});
}

Result<void> drop_tables(Connection& connection, const MigrationEntry& ended_by, record::Time at) {
  auto transaction = PostgresqlTransaction::begin(connection);
  if (!transaction) return migration_failed(transaction.error(), ended_by.dataset);
  const auto tables = name_of_version(ended_by.dataset, {ended_by.version.value - 1});
  const auto dropped = connection.execute(
      fmt::format("DROP TABLE {}, {}", current_table(tables), history_table(tables)));
  if (!dropped) return migration_failed(dropped.error(), ended_by.dataset);
  const auto noted = connection.query("UPDATE sluice.migration SET dropped_at = $2 WHERE id = $1",
                                      Parameters().number(ended_by.id).text(record::to_string(at)));
  if (!noted) return migration_failed(noted.error(), ended_by.dataset);
  if (auto committed = transaction->commit(); !committed) {
    return migration_failed(committed.error(), ended_by.dataset);
  }
  return {};
}

Result<bool> has_table(Connection& connection, const std::string& name) {
  const auto there = connection.query("SELECT to_regclass('sluice.' || $1::text) IS NOT NULL",
                                      Parameters().text(name));
  if (!there) return std::unexpected(store_failure(there.error(), "central store"));
  return there->text(0, 0) == "t";
}

// As far as a store of a format of before tells it: there were no versions, or the last schema of
// each is known.
Result<std::optional<Version>> former_by_last_schema(Connection& connection,
                                                     const record::DatasetId& dataset,
                                                     const std::string& canonical) {
  if (!SLUICE_TRY(has_table(connection, "migration"))) return std::nullopt;
  const auto former = connection.query(
      "SELECT max(version) FROM sluice.migration WHERE dataset = $1 AND from_schema = $2",
      Parameters().text(dataset.str()).text(canonical));
  if (!former) return migration_failed(former.error(), dataset);
  if (former->is_null(0, 0)) return std::nullopt;
  return Version{static_cast<std::uint64_t>(former->integer(0, 0)) - 1};
}

}  // namespace

Result<Begun> current_version(Connection& connection, const record::DatasetId& dataset) {
  const auto last = connection.query(
      R"sql(
        SELECT version, (extract(epoch FROM applied_at) * 1000)::bigint
        FROM sluice.migration
        WHERE dataset = $1
        ORDER BY version DESC LIMIT 1)sql",
      Parameters().text(dataset.str()));
  if (!last) return migration_failed(last.error(), dataset);
  if (last->rows() == 0) return Begun{};
  return Begun{{static_cast<std::uint64_t>(last->integer(0, 0))},
               applied_moment(last->integer(0, 1))};
}

Result<std::optional<Version>> former_version(Connection& connection,
                                              const record::DatasetId& dataset,
                                              const std::string& canonical) {
  // Who only looks may look at a store of before it remembered any.
  if (!SLUICE_TRY(has_table(connection, "version_schema"))) {
    return former_by_last_schema(connection, dataset, canonical);
  }
  const auto last = SLUICE_TRY(last_version_with(connection, dataset, record::sha256(canonical)));
  if (!last) return std::nullopt;
  const Begun begun = SLUICE_TRY(current_version(connection, dataset));
  return *last < begun.version ? last : std::nullopt;
}

Result<void> keep_from_migrating(Connection& connection, const record::DatasetId& dataset) {
  const auto held = connection.execute(hold_sql(dataset));
  if (held) return {};
  if (!held.error().is_lock_timeout()) return migration_failed(held.error(), dataset);
  return std::unexpected(
      StoreFailure{StoreProblem::unavailable, "dataset " + dataset.str(),
                   "its tables are being migrated; say it again when that is over"});
}

Result<void> hold_version(Connection& connection, const record::DatasetId& dataset,
                          Version version) {
  const auto found = connection.execute(hold_sql(dataset) + " SELECT " + version_sql(dataset));
  if (!found) return migration_failed(found.error(), dataset);
  return check_held(dataset, version, found->integer(0, 0));
}

Result<void> keep_from_migrating_at_once(Connection& connection, const record::DatasetId& dataset) {
  const auto held =
      connection.execute(fmt::format("{} SELECT {}", try_hold_sql(dataset), holds_version_sql));
  if (!held) return migration_failed(held.error(), dataset);
  if (held->text(0, 0) != "true") return std::unexpected(being_migrated(dataset));
  return {};
}

// Who waited for a migration would keep its stream waiting; an id that is drawn and not used is one
// that nobody misses.
Result<DrawnId> draw_ledger_id_of_version(Connection& connection, const record::DatasetId& dataset,
                                          Version version) {
  const auto drawn = connection.execute(
      fmt::format("{} {}", try_hold_sql(dataset),
                  drawing_sql(fmt::format(", {}, {}, {}", version_sql(dataset),
                                          begun_at_sql(dataset), holds_version_sql))));
  if (!drawn) return migration_failed(drawn.error(), dataset);
  if (drawn->text(0, 4) != "true") return std::unexpected(being_migrated(dataset));
  SLUICE_TRY(check_held(dataset, version, drawn->integer(0, 2)));
  return DrawnId{drawn->integer(0, 0), applied_moment(drawn->integer(0, 3))};
}

Result<void> begin_migrations(Connection& connection) {
  const auto made = connection.execute(R"sql(
    CREATE TABLE sluice.migration (
      id          bigint PRIMARY KEY,
      dataset     text COLLATE "C" NOT NULL,
      version     bigint NOT NULL,
      from_schema text NOT NULL,
      to_schema   text NOT NULL,
      mapping     text NOT NULL,
      records     bigint NOT NULL,
      applied_at  timestamptz NOT NULL,
      statement   text NOT NULL,
      signature   bytea NOT NULL,
      dropped_at  timestamptz,
      UNIQUE (dataset, version)
    ))sql");
  if (!made) return std::unexpected(store_failure(made.error(), "sluice.migration"));
  return {};
}

Result<std::optional<TablesVersion>> ServerMigrations::current(const record::DatasetId& dataset) {
  std::optional<TablesVersion> found;
  const auto ask = [&](Connection& connection) -> Result<void> {
    const auto known = connection.query("SELECT schema FROM sluice.dataset WHERE id = $1",
                                        Parameters().text(dataset.str()));
    if (!known) return migration_failed(known.error(), dataset);
    if (known->rows() == 0) return {};
    const Begun begun = SLUICE_TRY(current_version(connection, dataset));
    found = TablesVersion{begun.version, std::string(known->text(0, 0))};
    return {};
  };
  SLUICE_TRY(with_connection_(ask));
  return found;
}

Result<std::vector<record::Digest>> ServerMigrations::schemas(const record::DatasetId& dataset,
                                                              Version version) {
  std::vector<record::Digest> found;
  const auto ask = [&](Connection& connection) -> Result<void> {
    found = SLUICE_TRY(remembered_schemas(connection, dataset, version));
    return {};
  };
  SLUICE_TRY(with_connection_(ask));
  return found;
}

Result<MigrationReport> ServerMigrations::migrate(const MigrationOrder& order,
                                                  const MigrationSigner& sign) {
  SLUICE_TRY(check_names(order));
  const auto old = SLUICE_TRY(read_kept_schema(order.from.schema));
  MigrationReport report;
  const auto work = [&](Connection& connection) -> Result<void> {
    auto begun = PostgresqlTransaction::begin(connection);
    if (!begun) return migration_failed(begun.error(), order.dataset.id);
    Migrating migrating(connection, std::move(*begun), order, old);
    report = SLUICE_TRY(migrate_once(order, old, sign, now_, migrating));
    return {};
  };
  SLUICE_TRY(with_connection_(work));
  return report;
}

Result<void> ServerMigrations::walk(std::int64_t after,
                                    const std::function<bool(const MigrationEntry&)>& consume) {
  return with_connection_([&](Connection& connection) -> Result<void> {
    if (const auto settled = settled_ledger_id(connection); !settled) {
      return std::unexpected(store_failure(settled.error(), "ledger"));
    }
    return read_entries(connection,
                        "sluice.migration AS entry WHERE entry.id > $1 ORDER BY entry.id",
                        Parameters().number(after), consume);
  });
}

Result<std::vector<MigrationEntry>> ServerMigrations::of(const record::DatasetId& dataset) {
  std::vector<MigrationEntry> entries;
  const auto work = [&](Connection& connection) {
    return read_entries(connection,
                        "sluice.migration AS entry WHERE dataset = $1 ORDER BY entry.version",
                        Parameters().text(dataset.str()), [&](const MigrationEntry& entry) {
                          entries.push_back(entry);
                          return true;
                        });
  };
  SLUICE_TRY(with_connection_(work));
  return entries;
}

// Who migrates has the version for itself, and the server lets go of that only when what it did is
// seen by all, or undone: also where it has not heard yet that the connection is gone.
Result<std::optional<MigrationEntry>> ServerMigrations::last_settled(
    const record::DatasetId& dataset, std::chrono::milliseconds longest) {
  std::optional<MigrationEntry> last;
  const auto work = [&](Connection& connection) -> Result<void> {
    const auto transaction = PostgresqlTransaction::begin(connection);
    if (!transaction) return migration_failed(transaction.error(), dataset);
    const auto settled = connection.execute(
        fmt::format("SET LOCAL lock_timeout = '{}ms'; {}", longest.count(), hold_sql(dataset)));
    if (!settled && settled.error().is_lock_timeout()) {
      return std::unexpected(being_migrated(dataset));
    }
    if (!settled) return migration_failed(settled.error(), dataset);
    return read_entries(
        connection,
        "sluice.migration AS entry WHERE dataset = $1 ORDER BY entry.version DESC LIMIT 1",
        Parameters().text(dataset.str()), [&](const MigrationEntry& entry) {
          last = entry;
          return true;
        });
  };
  SLUICE_TRY(with_connection_(work));
  return last;
}

Result<void> ServerMigrations::read(const MigrationEntry& ended_by,
                                    std::optional<record::Time> as_of,
                                    const std::function<bool(const StoredRecord&)>& consume) {
  if (ended_by.dropped_at) return std::unexpected(dropped_version(ended_by));
  record::Dataset old{.id = name_of_version(ended_by.dataset, {ended_by.version.value - 1}),
                      .owner = {},
                      .title = {},
                      .schema = SLUICE_TRY(read_kept_schema(ended_by.from_schema))};
  return with_connection_([&](Connection& connection) -> Result<void> {
    std::optional<std::int64_t> up_to;
    if (as_of) {
      const auto id = ledger_id_at(connection, ended_by.dataset, *as_of);
      if (!id) return migration_failed(id.error(), ended_by.dataset);
      up_to = *id;
    }
    auto transaction = begin_long_read(connection);
    if (!transaction) return migration_failed(transaction.error(), ended_by.dataset);
    return copy_records(connection, ended_by.dataset, Tables(old).read_sql(up_to), consume);
  });
}

Result<void> ServerMigrations::read_versions(
    const MigrationEntry& ended_by, const std::function<bool(const StoredVersion&)>& consume) {
  if (ended_by.dropped_at) return std::unexpected(dropped_version(ended_by));
  return with_connection_([&](Connection& connection) -> Result<void> {
    auto transaction = begin_long_read(connection);
    if (!transaction) return migration_failed(transaction.error(), ended_by.dataset);
    return read_older_versions(connection,
                               name_of_version(ended_by.dataset, {ended_by.version.value - 1}),
                               ended_by.from_schema, consume);
  });
}

Result<void> ServerMigrations::drop(const MigrationEntry& ended_by) {
  if (ended_by.dropped_at) return std::unexpected(dropped_version(ended_by));
  return with_connection_(
      [&](Connection& connection) { return drop_tables(connection, ended_by, now_()); });
}

}  // namespace sluice::store::postgresql
