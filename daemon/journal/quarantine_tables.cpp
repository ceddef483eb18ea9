#include "journal/quarantine_tables.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "journal/journal_columns.h"
#include "record/try.h"

namespace sluice::journal {
namespace {

constexpr std::string_view count_waiting = "SELECT count(*) FROM quarantine WHERE state = 0";
constexpr std::string_view count_groups =
    R"sql(
      SELECT dataset, rule, count(*), min(id), max(id)
      FROM quarantine
      WHERE state = ?1
      GROUP BY dataset, rule
      ORDER BY dataset, rule)sql";
constexpr std::string_view select_time = "SELECT at FROM quarantine WHERE id = ?1";
constexpr std::string_view select_next_dataset =
    R"sql(
      SELECT dataset
      FROM quarantine
      WHERE state = ?1 AND dataset > ?2
      ORDER BY dataset LIMIT 1)sql";
constexpr std::string_view select_next_rule =
    R"sql(
      SELECT rule
      FROM quarantine
      WHERE state = ?1 AND dataset = ?2 AND rule > ?3
      ORDER BY rule LIMIT 1)sql";
constexpr std::string_view select_ids_after =
    R"sql(
      SELECT id
      FROM quarantine
      WHERE state = ?1 AND dataset = ?2 AND rule = ?3 AND id > ?4
      ORDER BY id LIMIT ?5)sql";
constexpr std::string_view select_ids_before =
    R"sql(
      SELECT id
      FROM quarantine
      WHERE state = ?1 AND dataset = ?2 AND rule = ?3 AND id < ?4
      ORDER BY id DESC LIMIT ?5)sql";
constexpr std::string_view select_head =
    R"sql(
      SELECT id, state, at, dataset, mode, source, place, field, rule, sentence, columns,
        settled_at, settled_by, note, r.epoch, r.sequence, r.row
      FROM quarantine
      LEFT JOIN quarantine_settlement s ON s.entry = id
      LEFT JOIN quarantine_refusal r ON r.entry = id
      WHERE id = ?1)sql";
constexpr std::string_view select_entry =
    R"sql(
      SELECT id, state, at, dataset, mode, source, place, field, rule, sentence, columns,
        settled_at, settled_by, note, r.epoch, r.sequence, r.row, original
      FROM quarantine
      LEFT JOIN quarantine_settlement s ON s.entry = id
      LEFT JOIN quarantine_refusal r ON r.entry = id
      WHERE id = ?1)sql";

std::int64_t number(QuarantineState state) {
  return static_cast<std::int64_t>(state);
}

// Of both of the last two statements: without `original`.
QuarantineEntry head_of(const sqlite::Statement& row) {
  const auto text = [&](int column) { return std::string(row.text(column)); };
  QuarantineEntry entry{.id = row.integer(0),
                        .state = static_cast<QuarantineState>(row.integer(1)),
                        .at = time_of(row.integer(2)),
                        .row = {.dataset = record::DatasetId(text(3)),
                                .mode = static_cast<record::Mode>(row.integer(4)),
                                .source = text(5),
                                .place = count(row, 6),
                                .field = text(7),
                                .rule = text(8),
                                .sentence = text(9),
                                .columns = text(10)}};
  if (!row.is_null(11)) entry.settlement = {time_of(row.integer(11)), {text(12), text(13)}};
  if (!row.is_null(14)) entry.row.refused = {{count(row, 14)}, {count(row, 15)}, count(row, 16)};
  return entry;
}

}  // namespace

sqlite::Result<QuarantineTables> QuarantineTables::prepare(sqlite::Database& database) {
  QuarantineTables tables;
  tables.database_ = &database;
  const std::pair<sqlite::Statement QuarantineTables::*, std::string_view> statements[] = {
      {&QuarantineTables::add_,
       R"sql(
         INSERT INTO quarantine(state, at, dataset, mode, source, place, field, rule, sentence,
           columns, original)
         VALUES(0, ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10))sql"},
      {&QuarantineTables::add_refusal_,
       "INSERT INTO quarantine_refusal VALUES(last_insert_rowid(), ?1, ?2, ?3)"},
      {&QuarantineTables::forget_refusal_, "DELETE FROM quarantine_refusal WHERE entry = ?1"},
      {&QuarantineTables::mark_, "UPDATE quarantine SET state = ?2 WHERE id = ?1 AND state = 0"},
      {&QuarantineTables::note_, "INSERT INTO quarantine_settlement VALUES(?1, ?2, ?3, ?4)"},
      {&QuarantineTables::settled_,
       R"sql(
         SELECT entry
         FROM quarantine_settlement
         WHERE settled_at < ?1
         ORDER BY settled_at LIMIT ?2)sql"},
      {&QuarantineTables::forget_entry_, "DELETE FROM quarantine WHERE id = ?1"},
      {&QuarantineTables::forget_note_, "DELETE FROM quarantine_settlement WHERE entry = ?1"},
      {&QuarantineTables::waiting_, count_waiting},
      {&QuarantineTables::counts_, count_groups},
      {&QuarantineTables::time_, select_time},
      {&QuarantineTables::next_dataset_, select_next_dataset},
      {&QuarantineTables::next_rule_, select_next_rule},
      {&QuarantineTables::ids_after_, select_ids_after},
      {&QuarantineTables::ids_before_, select_ids_before},
      {&QuarantineTables::head_, select_head},
      {&QuarantineTables::entry_, select_entry},
  };
  SLUICE_TRY(prepare_all(database, tables, statements));
  return tables;
}

std::vector<std::string_view> QuarantineTables::reads() {
  return {count_waiting,    count_groups,      select_time, select_next_dataset, select_next_rule,
          select_ids_after, select_ids_before, select_head, select_entry};
}

sqlite::Result<void> QuarantineTables::add(const QuarantinedRow& row, record::Time at) {
  SLUICE_TRY(add_.bind(1, milliseconds(at))
                 .bind(2, row.dataset.str())
                 .bind(3, static_cast<std::int64_t>(row.mode))
                 .bind(4, row.source)
                 .bind(5, row.place)
                 .bind(6, row.field)
                 .bind(7, row.rule)
                 .bind(8, row.sentence)
                 .bind_blob(9, row.columns)
                 .bind_blob(10, row.original)
                 .run());
  if (!row.refused) return {};
  return add_refusal_.bind(1, row.refused->epoch.value)
      .bind(2, row.refused->sequence.value)
      .bind(3, row.refused->row)
      .run();
}

sqlite::Result<bool> QuarantineTables::settle(std::int64_t id, QuarantineState state,
                                              const QuarantineSettlement& settlement) {
  SLUICE_TRY(mark_.bind(1, id).bind(2, number(state)).run());
  if (database_->changes() != 1) return false;
  SLUICE_TRY(note_.bind(1, id)
                 .bind(2, milliseconds(settlement.at))
                 .bind(3, settlement.decision.by)
                 .bind(4, settlement.decision.note)
                 .run());
  return true;
}

sqlite::Result<std::uint64_t> QuarantineTables::forget_settled(record::Time before,
                                                               std::uint64_t most) {
  std::vector<std::int64_t> entries;
  settled_.bind(1, milliseconds(before)).bind(2, most);
  SLUICE_TRY(
      each_row(settled_, [&](const sqlite::Statement& row) { entries.push_back(row.integer(0)); }));
  for (const std::int64_t entry : entries) {
    SLUICE_TRY(forget_entry_.bind(1, entry).run());
    SLUICE_TRY(forget_note_.bind(1, entry).run());
    SLUICE_TRY(forget_refusal_.bind(1, entry).run());
  }
  return entries.size();
}

sqlite::Result<std::uint64_t> QuarantineTables::waiting() {
  const auto waiting =
      SLUICE_TRY(first_row(waiting_, [](const sqlite::Statement& row) { return count(row, 0); }));
  return waiting.value_or(0);
}

sqlite::Result<record::Time> QuarantineTables::time_of_entry(std::int64_t id) {
  time_.bind(1, id);
  const auto at = SLUICE_TRY(
      first_row(time_, [](const sqlite::Statement& row) { return time_of(row.integer(0)); }));
  return at.value_or(record::Time{});
}

sqlite::Result<std::vector<QuarantineTally>> QuarantineTables::tallies_of(QuarantineState state) {
  std::vector<QuarantineTally> all;
  std::vector<std::pair<std::int64_t, std::int64_t>> ends;
  counts_.bind(1, number(state));
  SLUICE_TRY(each_row(counts_, [&](const sqlite::Statement& row) {
    all.push_back({.state = state,
                   .dataset = record::DatasetId(std::string(row.text(0))),
                   .rule = std::string(row.text(1)),
                   .entries = count(row, 2)});
    ends.emplace_back(row.integer(3), row.integer(4));
  }));
  for (std::size_t i = 0; i < all.size(); ++i) {
    all[i].oldest = SLUICE_TRY(time_of_entry(ends[i].first));
    all[i].newest = SLUICE_TRY(time_of_entry(ends[i].second));
  }
  return all;
}

sqlite::Result<std::vector<QuarantineCount>> QuarantineTables::counts() {
  // As of one moment, so that the first of each is still there.
  const auto reading = SLUICE_TRY(sqlite::Transaction::begin_reading(*database_));
  const auto waiting = SLUICE_TRY(tallies_of(QuarantineState::waiting));
  std::vector<QuarantineCount> all;
  for (const QuarantineTally& tally : waiting)
    all.push_back({tally.dataset, tally.rule, tally.entries, tally.oldest});
  return all;
}

sqlite::Result<std::vector<QuarantineTally>> QuarantineTables::tallies() {
  using enum QuarantineState;
  const auto reading = SLUICE_TRY(sqlite::Transaction::begin_reading(*database_));
  std::vector<QuarantineTally> all;
  for (const QuarantineState state : {waiting, replayed, discarded}) {
    auto of_state = SLUICE_TRY(tallies_of(state));
    std::ranges::move(of_state, std::back_inserter(all));
  }
  return all;
}

sqlite::Result<std::set<std::string>> QuarantineTables::rules() {
  const auto reading = SLUICE_TRY(sqlite::Transaction::begin_reading(*database_));
  const auto all = SLUICE_TRY(groups({}));
  std::set<std::string> found;
  for (const Group& group : all)
    found.insert(group.rule);
  return found;
}

sqlite::Result<std::vector<std::string>> QuarantineTables::datasets(QuarantineState state) {
  std::vector<std::string> found;
  std::string last;
  while (true) {
    next_dataset_.bind(1, number(state)).bind(2, last);
    auto next = SLUICE_TRY(first_row(
        next_dataset_, [](const sqlite::Statement& row) { return std::string(row.text(0)); }));
    if (!next) return found;
    last = *next;
    found.push_back(*std::move(next));
  }
}

sqlite::Result<std::vector<std::string>> QuarantineTables::rules(QuarantineState state,
                                                                 const std::string& dataset) {
  std::vector<std::string> found;
  std::string last;
  while (true) {
    next_rule_.bind(1, number(state)).bind(2, dataset).bind(3, last);
    auto next = SLUICE_TRY(first_row(
        next_rule_, [](const sqlite::Statement& row) { return std::string(row.text(0)); }));
    if (!next) return found;
    last = *next;
    found.push_back(*std::move(next));
  }
}

sqlite::Result<std::vector<QuarantineTables::Group>> QuarantineTables::groups(
    const QuarantineFilter& filter) {
  using enum QuarantineState;
  std::vector<Group> found;
  for (const QuarantineState state : {waiting, replayed, discarded}) {
    if (filter.state && *filter.state != state) continue;
    const auto of_state =
        filter.dataset ? std::vector{filter.dataset->str()} : SLUICE_TRY(datasets(state));
    for (const std::string& dataset : of_state) {
      const auto of_dataset =
          filter.rule ? std::vector{*filter.rule} : SLUICE_TRY(rules(state, dataset));
      for (const std::string& rule : of_dataset)
        found.push_back({state, dataset, rule});
    }
  }
  return found;
}

sqlite::Result<std::vector<std::int64_t>> QuarantineTables::ids(const QuarantineFilter& filter,
                                                                const QuarantineCut& cut) {
  const bool is_after = cut.side == QuarantineCut::Side::after;
  sqlite::Statement& nearest = is_after ? ids_after_ : ids_before_;
  std::vector<std::int64_t> found;
  const auto all = SLUICE_TRY(groups(filter));
  for (const Group& group : all) {
    nearest.bind(1, number(group.state))
        .bind(2, group.dataset)
        .bind(3, group.rule)
        .bind(4, cut.id)
        .bind(5, static_cast<std::int64_t>(cut.most));
    SLUICE_TRY(
        each_row(nearest, [&](const sqlite::Statement& row) { found.push_back(row.integer(0)); }));
  }
  std::ranges::sort(found);
  if (found.size() <= cut.most) return found;
  const auto surplus = static_cast<std::ptrdiff_t>(found.size() - cut.most);
  if (is_after) {
    found.erase(found.end() - surplus, found.end());
  } else {
    found.erase(found.begin(), found.begin() + surplus);
  }
  return found;
}

sqlite::Result<std::vector<QuarantineEntry>> QuarantineTables::page(const QuarantineFilter& filter,
                                                                    const QuarantineCut& cut) {
  // As of one moment: an entry that is settled meanwhile is neither missed nor told twice.
  const auto reading = SLUICE_TRY(sqlite::Transaction::begin_reading(*database_));
  const auto nearest = SLUICE_TRY(ids(filter, cut));
  std::vector<QuarantineEntry> entries;
  entries.reserve(nearest.size());
  for (const std::int64_t id : nearest) {
    head_.bind(1, id);
    auto head = SLUICE_TRY(first_row(head_, head_of));
    if (head) entries.push_back(*std::move(head));
  }
  return entries;
}

sqlite::Result<std::optional<QuarantineEntry>> QuarantineTables::entry(std::int64_t id) {
  entry_.bind(1, id);
  return first_row(entry_, [](const sqlite::Statement& row) {
    QuarantineEntry whole = head_of(row);
    whole.row.original = std::string(row.text(17));
    return whole;
  });
}

}  // namespace sluice::journal
