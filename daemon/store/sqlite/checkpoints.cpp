#include "store/sqlite/checkpoints.h"

#include "record/try.h"
#include "store/checkpoint_step.h"
#include "store/kept_values.h"
#include "store/sqlite/checkpoints_ddl.h"

namespace sluice::store::sqlite {
namespace {

// The log is fsynced with the next batch: no receipt that tells of a checkpoint is durable before
// it.
constexpr const char* without_fsync = "PRAGMA synchronous=NORMAL";
constexpr const char* with_fsync = "PRAGMA synchronous=FULL";

constexpr std::string_view line_columns =
    "name, incarnation, after_line, after_number, after_ledger, after_digest, began_at";

CheckpointLine line_in(const Statement& row) {
  return {.name = std::string(row.text(0)),
          .after = {std::string(row.text(2)), static_cast<std::uint64_t>(row.integer(3)),
                    row.integer(4), kept_digest(row.text(5))},
          .incarnation = std::string(row.text(1)),
          .began_at = kept_time(row.integer(6))};
}

class CheckpointTablesOfFile final : public CheckpointTables {
 public:
  explicit CheckpointTablesOfFile(CentralFile& file) : file_(file) {}

  Result<std::optional<CheckpointLine>> latest_line() override {
    auto select = SLUICE_TRY(file_.statement(
        fmt::format("SELECT {} FROM checkpoint_line ORDER BY ordinal DESC LIMIT 1", line_columns)));
    const auto row = SLUICE_TRY(file_.step(select));
    if (!row) return std::nullopt;
    return line_in(select);
  }

  Result<std::optional<record::Checkpoint>> last_of(const std::string& line) override {
    auto select =
        SLUICE_TRY(file_.statement("SELECT number, ledger, digest FROM checkpoint WHERE line = ? "
                                   "ORDER BY number DESC LIMIT 1"));
    select.bind(1, std::string_view(line));
    const auto row = SLUICE_TRY(file_.step(select));
    if (!row) return std::nullopt;
    return record::Checkpoint{line, static_cast<std::uint64_t>(select.integer(0)),
                              select.integer(1), kept_digest(select.text(2))};
  }

  // One writes at a time, and ids are drawn in the order of commits.
  Result<SettledIds> settled(std::int64_t) override {
    auto select = SLUICE_TRY(file_.statement("SELECT coalesce(max(id), 0) FROM ledger"));
    SLUICE_TRY(file_.step(select));
    return SettledIds{.up_to = select.integer(0)};
  }

  Result<void> read(std::int64_t after, std::int64_t up_to, std::size_t most,
                    const std::function<void(const ChainedEntry&)>& consume) override {
    auto select = SLUICE_TRY(file_.statement(R"sql(
          SELECT id, bureau, epoch, sequence, manifest, receipt
          FROM ledger
          WHERE id > ? AND id <= ?
          ORDER BY id LIMIT ?)sql"));
    select.bind(1, after).bind(2, up_to).bind(3, std::uint64_t{most});
    while (SLUICE_TRY(file_.step(select))) {
      consume({.id = select.integer(0),
               .stream = {record::BureauId(std::string(select.text(1))),
                          {static_cast<std::uint64_t>(select.integer(2))}},
               .sequence = {static_cast<std::uint64_t>(select.integer(3))},
               .manifest = kept_digest(select.text(4)),
               .receipt = select.text(5)});
    }
    return {};
  }

  Result<void> write(const NewCheckpoints& made) override {
    SLUICE_TRY(execute(without_fsync));
    auto written = write_in_transaction(made);
    SLUICE_TRY(execute(with_fsync));
    return written;
  }

 private:
  Result<void> execute(const char* sql) {
    if (auto done = file_.database.execute(sql); !done) {
      return std::unexpected(file_.failure(done.error()));
    }
    return {};
  }

  Result<void> write_in_transaction(const NewCheckpoints& made) {
    auto transaction = SLUICE_TRY(file_.begin());
    if (made.line) SLUICE_TRY(write_line(*made.line));
    if (made.checkpoint) SLUICE_TRY(write_checkpoint(*made.checkpoint));
    return file_.commit(transaction);
  }

  Result<void> write_line(const CheckpointLine& line) {
    auto insert = SLUICE_TRY(file_.statement(
        R"sql(
          INSERT INTO checkpoint_line (ordinal, name, incarnation, after_line, after_number,
            after_ledger, after_digest, began_at)
          SELECT coalesce(max(ordinal), 0) + 1, ?1, ?2, ?3, ?4, ?5, ?6, ?7
          FROM checkpoint_line)sql"));
    const std::string digest = record::to_string(line.after.digest);
    insert.bind(1, std::string_view(line.name))
        .bind(2, std::string_view(line.incarnation))
        .bind(3, std::string_view(line.after.line))
        .bind(4, line.after.number)
        .bind(5, line.after.ledger)
        .bind(6, std::string_view(digest))
        .bind(7, std::int64_t{line.began_at.time_since_epoch().count()});
    return file_.run(insert);
  }

  Result<void> write_checkpoint(const KeptCheckpoint& made) {
    auto insert = SLUICE_TRY(file_.statement(
        "INSERT INTO checkpoint (line, number, ledger, digest, made_at) VALUES (?, ?, ?, ?, ?)"));
    const std::string digest = record::to_string(made.checkpoint.digest);
    insert.bind(1, std::string_view(made.checkpoint.line))
        .bind(2, made.checkpoint.number)
        .bind(3, made.checkpoint.ledger)
        .bind(4, std::string_view(digest))
        .bind(5, std::int64_t{made.made_at.time_since_epoch().count()});
    return file_.run(insert);
  }

  CentralFile& file_;
};

}  // namespace

Result<bool> SqliteCheckpoints::has_tables() {
  auto known = SLUICE_TRY(file_.statement("SELECT 1 FROM sqlite_schema WHERE name = 'checkpoint'"));
  return file_.step(known);
}

// Also in a store that was made before there were any.
Result<void> SqliteCheckpoints::make_tables() {
  if (SLUICE_TRY(has_tables())) return {};
  auto transaction = SLUICE_TRY(file_.begin());
  if (auto made = file_.database.execute(central_checkpoints_ddl); !made) {
    return std::unexpected(file_.failure(made.error()));
  }
  return file_.commit(transaction);
}

Result<CheckpointStep> SqliteCheckpoints::make() {
  const auto incarnation = SLUICE_TRY(incarnation_());
  SLUICE_TRY(make_tables());
  CheckpointTablesOfFile tables(file_);
  return make_checkpoint(tables, incarnation, now_);
}

Result<std::vector<CheckpointLine>> SqliteCheckpoints::lines() {
  std::vector<CheckpointLine> lines;
  if (!SLUICE_TRY(has_tables())) return lines;
  auto select = SLUICE_TRY(file_.statement(
      fmt::format("SELECT {} FROM checkpoint_line ORDER BY ordinal", line_columns)));
  while (SLUICE_TRY(file_.step(select))) {
    lines.push_back(line_in(select));
  }
  return lines;
}

Result<std::optional<record::Checkpoint>> SqliteCheckpoints::last(const std::string& line) {
  if (!SLUICE_TRY(has_tables())) return std::nullopt;
  return CheckpointTablesOfFile(file_).last_of(line);
}

Result<std::vector<KeptCheckpoint>> SqliteCheckpoints::list(const std::string& line,
                                                            std::uint64_t from, std::size_t most) {
  std::vector<KeptCheckpoint> found;
  if (!SLUICE_TRY(has_tables())) return found;
  auto select = SLUICE_TRY(file_.statement(R"sql(
        SELECT number, ledger, digest, made_at
        FROM checkpoint
        WHERE line = ? AND number >= ?
        ORDER BY number LIMIT ?)sql"));
  select.bind(1, std::string_view(line)).bind(2, from).bind(3, std::uint64_t{most});
  while (SLUICE_TRY(file_.step(select))) {
    found.push_back({{line, static_cast<std::uint64_t>(select.integer(0)), select.integer(1),
                      kept_digest(select.text(2))},
                     kept_time(select.integer(3))});
  }
  return found;
}

}  // namespace sluice::store::sqlite
