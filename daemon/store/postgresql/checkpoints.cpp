#include "store/postgresql/checkpoints.h"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "record/recast.h"
#include "record/try.h"
#include "store/checkpoint_step.h"
#include "store/kept_values.h"
#include "store/postgresql/checkpoints_ddl.h"
#include "store/postgresql/ledger.h"
#include "store/postgresql/session.h"

namespace sluice::store::postgresql {
namespace {

template <class T>
Result<T> named(Connection::Answer<T> answer) {
  return record::recast(std::move(answer), [](const ServerError& error) {
    return store_failure(error, "checkpoints");
  });
}

std::int64_t number_in(std::string_view text) {
  std::int64_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

Result<bool> has_tables(Connection& connection) {
  const auto there =
      SLUICE_TRY(named(connection.execute("SELECT to_regclass('sluice.checkpoint') IS NOT NULL")));
  return there.text(0, 0) == "t";
}

// Also in a store that was made before there were any.
Result<void> make_tables(Connection& connection) {
  if (SLUICE_TRY(has_tables(connection))) return {};
  auto transaction = SLUICE_TRY(named(PostgresqlTransaction::begin(connection)));
  SLUICE_TRY(named(connection.execute(
      fmt::format("SELECT pg_advisory_xact_lock({})", lock_keys(Lock::tables)))));
  SLUICE_TRY(named(connection.execute(central_checkpoints_ddl)));
  return named(transaction.commit());
}

constexpr std::string_view line_columns =
    "name, incarnation, after_line, after_number, after_ledger, after_digest, "
    "(extract(epoch FROM began_at) * 1000)::bigint";

CheckpointLine line_in(const QueryResult& rows, int row) {
  return {
      .name = std::string(rows.text(row, 0)),
      .after = {std::string(rows.text(row, 2)), static_cast<std::uint64_t>(rows.integer(row, 3)),
                rows.integer(row, 4), kept_digest(rows.text(row, 5))},
      .incarnation = std::string(rows.text(row, 1)),
      .began_at = kept_time(rows.integer(row, 6))};
}

class CheckpointTablesOfServer final : public CheckpointTables {
 public:
  explicit CheckpointTablesOfServer(Connection& connection) : connection_(connection) {}

  Result<std::optional<CheckpointLine>> latest_line() override {
    const auto rows = SLUICE_TRY(named(connection_.execute(fmt::format(
        "SELECT {} FROM sluice.checkpoint_line ORDER BY ordinal DESC LIMIT 1", line_columns))));
    if (rows.rows() == 0) return std::nullopt;
    return line_in(rows, 0);
  }

  Result<std::optional<record::Checkpoint>> last_of(const std::string& line) override {
    const auto rows = SLUICE_TRY(named(connection_.query(
        R"sql(
          SELECT number, ledger, digest
          FROM sluice.checkpoint
          WHERE line = $1
          ORDER BY number DESC LIMIT 1)sql",
        Parameters().text(line))));
    if (rows.rows() == 0) return std::nullopt;
    return record::Checkpoint{line, static_cast<std::uint64_t>(rows.integer(0, 0)),
                              rows.integer(0, 1), kept_digest(rows.text(0, 2))};
  }

  Result<SettledIds> settled(std::int64_t after) override {
    return named(settled_without_waiting(connection_, after));
  }

  Result<void> read(std::int64_t after, std::int64_t up_to, std::size_t most,
                    const std::function<void(const ChainedEntry&)>& consume) override {
    const auto entry_in = [&](const QueryResult& row) {
      consume({.id = number_in(row.text(0, 0)),
               .stream = {record::BureauId(std::string(row.text(0, 1))),
                          {static_cast<std::uint64_t>(number_in(row.text(0, 2)))}},
               .sequence = {static_cast<std::uint64_t>(number_in(row.text(0, 3)))},
               .manifest = kept_digest(row.text(0, 4)),
               .receipt = row.text(0, 5)});
      return true;
    };
    // By the number: "ORDER BY id" would mean the text that is selected, of which 10 is before 9.
    return named(connection_.stream(fmt::format(R"sql(
          SELECT id::text, bureau, epoch::text, sequence::text, manifest, receipt
          FROM sluice.ledger AS entry
          WHERE entry.id > $1 AND entry.id <= $2
          ORDER BY entry.id LIMIT {})sql",
                                                most),
                                    Parameters().number(after).number(up_to), entry_in));
  }

  Result<void> write(const NewCheckpoints& made) override {
    if (made.line) SLUICE_TRY(write_line(*made.line));
    if (!made.checkpoint) return {};
    const record::Checkpoint& checkpoint = made.checkpoint->checkpoint;
    SLUICE_TRY(named(
        connection_.query("INSERT INTO sluice.checkpoint (line, number, ledger, digest, made_at) "
                          "VALUES ($1, $2, $3, $4, $5)",
                          Parameters()
                              .text(checkpoint.line)
                              .text(std::to_string(checkpoint.number))
                              .number(checkpoint.ledger)
                              .text(record::to_string(checkpoint.digest))
                              .text(record::to_string(made.checkpoint->made_at)))));
    return {};
  }

 private:
  Result<void> write_line(const CheckpointLine& line) {
    SLUICE_TRY(named(connection_.query(
        R"sql(
          INSERT INTO sluice.checkpoint_line (ordinal, name, incarnation, after_line, after_number,
            after_ledger, after_digest, began_at)
          SELECT coalesce(max(ordinal), 0) + 1, $1::text, $2::text, $3::text, $4::bigint, $5::bigint,
            $6::text, $7::timestamptz
          FROM sluice.checkpoint_line)sql",
        Parameters()
            .text(line.name)
            .text(line.incarnation)
            .text(line.after.line)
            .text(std::to_string(line.after.number))
            .number(line.after.ledger)
            .text(record::to_string(line.after.digest))
            .text(record::to_string(line.began_at)))));
    return {};
  }

  Connection& connection_;
};

}  // namespace

Result<CheckpointStep> PostgresqlCheckpoints::make() {
  const auto incarnation = SLUICE_TRY(surroundings_.incarnation());
  return on_connection<CheckpointStep>(
      [&](Connection& connection) { return make_on(connection, incarnation); });
}

Result<CheckpointStep> PostgresqlCheckpoints::make_on(Connection& connection,
                                                      const std::string& incarnation) const {
  SLUICE_TRY(make_tables(connection));
  auto transaction = SLUICE_TRY(named(PostgresqlTransaction::begin(connection)));
  CheckpointTablesOfServer tables(connection);
  const auto turn = SLUICE_TRY(named(connection.execute(
      fmt::format("SELECT pg_try_advisory_xact_lock({})", lock_keys(Lock::checkpoints)))));
  if (turn.text(0, 0) != "t")
    return CheckpointStep{.newest = SLUICE_TRY(newest_checkpoint(tables))};
  auto step = SLUICE_TRY(make_checkpoint(tables, incarnation, surroundings_.now));
  SLUICE_TRY(named(transaction.commit()));
  return step;
}

Result<std::vector<CheckpointLine>> PostgresqlCheckpoints::lines() {
  using Lines = std::vector<CheckpointLine>;
  return on_connection<Lines>([](Connection& connection) -> Result<Lines> {
    Lines lines;
    if (!SLUICE_TRY(has_tables(connection))) return lines;
    const auto rows = SLUICE_TRY(named(connection.execute(
        fmt::format("SELECT {} FROM sluice.checkpoint_line ORDER BY ordinal", line_columns))));
    for (int row = 0; row < rows.rows(); ++row)
      lines.push_back(line_in(rows, row));
    return lines;
  });
}

Result<std::optional<record::Checkpoint>> PostgresqlCheckpoints::last(const std::string& line) {
  using Last = std::optional<record::Checkpoint>;
  return on_connection<Last>([&](Connection& connection) -> Result<Last> {
    if (!SLUICE_TRY(has_tables(connection))) return Last();
    return CheckpointTablesOfServer(connection).last_of(line);
  });
}

Result<std::vector<KeptCheckpoint>> PostgresqlCheckpoints::list(const std::string& line,
                                                                std::uint64_t from,
                                                                std::size_t most) {
  using Kept = std::vector<KeptCheckpoint>;
  return on_connection<Kept>([&](Connection& connection) -> Result<Kept> {
    Kept found;
    if (!SLUICE_TRY(has_tables(connection))) return found;
    const auto rows =
        SLUICE_TRY(named(connection.query(fmt::format(R"sql(
          SELECT number, ledger, digest, (extract(epoch FROM made_at) * 1000)::bigint
          FROM sluice.checkpoint
          WHERE line = $1 AND number >= $2
          ORDER BY number LIMIT {})sql",
                                                      most),
                                          Parameters().text(line).text(std::to_string(from)))));
    for (int row = 0; row < rows.rows(); ++row) {
      found.push_back({{line, static_cast<std::uint64_t>(rows.integer(row, 0)),
                        rows.integer(row, 1), kept_digest(rows.text(row, 2))},
                       kept_time(rows.integer(row, 3))});
    }
    return found;
  });
}

}  // namespace sluice::store::postgresql
