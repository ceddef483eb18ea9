// How a journal is opened: its file, and whether that is the journal which the node remembers.
#include <utility>

#include <fmt/format.h>

#include "journal/continuity.h"
#include "journal/journal_creation.h"
#include "journal/journal_state.h"
#include "record/recast.h"
#include "record/try.h"
#include "sqlite/shrinking.h"

namespace sluice::journal {

Result<Journal> Journal::open(const std::filesystem::path& file, const record::BureauId& bureau,
                              const Limits& limits, const record::Keyring& keyring, Clock clock,
                              Neighbours neighbours) {
  auto state = std::make_unique<State>();
  state->file = file;
  state->limits = limits;
  state->keyring = &keyring;
  state->clock = std::move(clock);
  state->disk = std::move(neighbours.disk);
  state->steady = std::move(neighbours.steady);
  state->retention = std::move(neighbours.retention);
  state->marks = neighbours.marks;
  std::optional<StreamMark> mark;
  if (state->marks != nullptr) mark = SLUICE_TRY(state->marks->find(bureau));
  if (mark) {
    if (auto objection = objection_to_file(file, bureau, *mark)) {
      return std::unexpected(state->lost(std::move(*objection)));
    }
  }
  const StreamRow row = SLUICE_TRY(state->open_file(bureau));
  SLUICE_TRY(state->recognise(row, mark));
  return Journal(std::move(state));
}

Result<StreamRow> Journal::State::open_file(const record::BureauId& bureau) {
  const auto unreadable = [&](std::string_view what) {
    return JournalFailure{JournalProblem::unreadable, file.string(),
                          fmt::format("expected the journal of {}: {}", bureau.str(), what)};
  };
  const auto not_opened = [&](const sqlite::Error& error) {
    if (error.is_failed_sync() && disk) {
      disk->distrust(fmt::format("{}: {}", file.string(), error.message));
    }
    auto room = no_room(error, file.string());
    return room ? std::move(*room) : unreadable(error.message);
  };
  SLUICE_TRY(record::recast(sqlite::make_shrinkable(file), not_opened));
  database = SLUICE_TRY(record::recast(sqlite::Database::open(file), not_opened));
  SLUICE_TRY(record::recast(database.execute("PRAGMA wal_autocheckpoint=0"), not_opened));
  const std::string other =
      SLUICE_TRY(record::recast(create_or_check(database, bureau, clock()), not_opened));
  if (!other.empty()) return std::unexpected(unreadable(other));
  SLUICE_TRY(record::recast(prepare_tables(), not_opened));
  StreamRow row = SLUICE_TRY(record::recast(tables.stream(), not_opened));
  if (row.stream.bureau != bureau) {
    return std::unexpected(unreadable("it is the journal of another bureau"));
  }
  stream = row.stream;
  remembered = SLUICE_TRY(record::recast(tables.numbered(), not_opened));
  return row;
}

sqlite::Result<void> Journal::State::prepare_tables() {
  tables = SLUICE_TRY(Tables::prepare(database));
  quarantine = SLUICE_TRY(QuarantineTables::prepare(database));
  retained = SLUICE_TRY(RetentionTables::prepare(database));
  gaps = SLUICE_TRY(GapTables::prepare(database));
  predecessors = SLUICE_TRY(PredecessorTables::prepare(database));
  held = SLUICE_TRY(HeldTables::prepare(database));
  anchors = SLUICE_TRY(AnchorTables::prepare(database));
  places = SLUICE_TRY(PlaceTables::prepare(database));
  taken = SLUICE_TRY(TakenTables::prepare(database));
  return {};
}

Result<void> Journal::State::recognise(const StreamRow& row,
                                       const std::optional<StreamMark>& mark) {
  if (marks == nullptr) return {};
  const StreamMark found{row.stream.epoch, remembered};
  if (!mark) return marks->begin(stream.bureau, found);
  // Begun by this node, which was ended before it could remember it.
  const bool is_successor = row.stream.epoch > mark->epoch && row.follows >= mark->epoch;
  if (is_successor) return marks->replace(stream.bureau, found);
  if (auto objection = objection_of_mark(row.stream, remembered, *mark)) {
    return std::unexpected(lost(std::move(*objection)));
  }
  return {};
}

}  // namespace sluice::journal
