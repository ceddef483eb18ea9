#include "store/checkpoint_step.h"

#include <fmt/format.h>

#include "record/try.h"

namespace sluice::store {
namespace {

// Of some hundred bytes each, so that a step takes some milliseconds.
constexpr std::size_t most_entries = 2000;

std::optional<record::Checkpoint> in_front(const std::optional<CheckpointLine>& line) {
  if (!line || line->after.number == 0) return std::nullopt;
  return line->after;
}

// Its name is drawn from all that is said of its beginning, so that no two lines have the same one.
CheckpointLine begin_line(const std::optional<record::Checkpoint>& newest,
                          const std::string& incarnation, record::Time at) {
  CheckpointLine line{
      .after = newest.value_or(record::Checkpoint{}), .incarnation = incarnation, .began_at = at};
  const std::string beginning =
      fmt::format("sluice-checkpoint-line/1\n{}\n{} {} {} {}\n{}\n", incarnation, line.after.line,
                  line.after.number, line.after.ledger, record::to_string(line.after.digest),
                  record::to_string(at));
  constexpr std::size_t prefix = std::string_view("sha256:").size();
  line.name = record::to_string(record::sha256(beginning)).substr(prefix, 16);
  return line;
}

}  // namespace

Result<std::optional<record::Checkpoint>> newest_checkpoint(CheckpointTables& tables) {
  const auto line = SLUICE_TRY(tables.latest_line());
  if (!line) return std::nullopt;
  auto last = SLUICE_TRY(tables.last_of(line->name));
  return last ? std::move(last) : in_front(line);
}

Result<CheckpointStep> make_checkpoint(CheckpointTables& tables, const std::string& incarnation,
                                       const std::function<record::Time()>& now) {
  const auto line = SLUICE_TRY(tables.latest_line());
  const auto last = line ? SLUICE_TRY(tables.last_of(line->name)) : std::nullopt;
  CheckpointStep step{.newest = last ? last : in_front(line)};
  const auto before = step.newest.value_or(record::Checkpoint{});
  record::Checkpoint covered{.ledger = before.ledger, .digest = before.digest};
  std::size_t entries = 0;
  const auto settled = SLUICE_TRY(tables.settled(before.ledger));
  step.is_held_up = !settled.is_all;
  if (settled.up_to > before.ledger) {
    SLUICE_TRY(
        tables.read(before.ledger, settled.up_to, most_entries, [&](const ChainedEntry& entry) {
          covered.digest = chain(covered.digest, entry);
          covered.ledger = entry.id;
          ++entries;
        }));
  }
  const bool is_another_store = !line || line->incarnation != incarnation;
  if (entries == 0 && !is_another_store) return step;
  NewCheckpoints made;
  const record::Time at = now();
  if (is_another_store) made.line = begin_line(step.newest, incarnation, at);
  if (entries > 0) {
    covered.line = made.line ? made.line->name : line->name;
    covered.number = made.line || !last ? 1 : last->number + 1;
    made.checkpoint = KeptCheckpoint{covered, at};
  }
  SLUICE_TRY(tables.write(made));
  if (made.checkpoint) step.newest = covered;
  step.is_made = made.checkpoint.has_value();
  step.begun = std::move(made.line);
  step.is_more = entries == most_entries;
  return step;
}

}  // namespace sluice::store
