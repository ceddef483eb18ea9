#include "adapters/front_end/sent_window.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

#include <fmt/format.h>

#include "record/try.h"

namespace sluice::adapters::front_end {
namespace {

// What a run spends a tenth of a second on.
constexpr std::uint64_t forgotten_at_once = 20'000;

using Key = std::array<char, sizeof(record::RowDigest)>;

Key bytes_of(const record::RowDigest& digest) {
  Key bytes;
  std::memcpy(bytes.data(), &digest, bytes.size());
  return bytes;
}

std::string_view view_of(const Key& bytes) {
  return {bytes.data(), bytes.size()};
}

// The file's format; a look-back of another one is forgotten, which means one round more.
constexpr std::int64_t format_version = 1;

sqlite::Result<void> create_tables(sqlite::Database& database) {
  auto asked = SLUICE_TRY(database.prepare("PRAGMA user_version"));
  const auto found = SLUICE_TRY(asked.step());
  const bool is_of_this_format = found && asked.integer(0) == format_version;
  asked.reset();
  // What a power cut takes from here is sent once more: see the header.
  auto made = database.execute(
      R"sql(
        PRAGMA synchronous = NORMAL;
        PRAGMA cache_size = -16384;
        CREATE TABLE IF NOT EXISTS sent (
          dataset TEXT NOT NULL,
          key BLOB NOT NULL,
          row BLOB NOT NULL,
          mark INTEGER NOT NULL,
          PRIMARY KEY (dataset, key)
        ) WITHOUT ROWID;
        CREATE INDEX IF NOT EXISTS sent_mark ON sent (dataset, mark))sql");
  if (!made || is_of_this_format) return made;
  auto transaction = SLUICE_TRY(sqlite::Transaction::begin(database));
  made = database.execute(fmt::format(
      R"sql(
        DROP TABLE IF EXISTS look_back;
        CREATE TABLE look_back (
          dataset TEXT PRIMARY KEY,
          columns TEXT NOT NULL,
          begins INTEGER NOT NULL,
          up_to INTEGER NOT NULL,
          seen INTEGER NOT NULL,
          behind BLOB NOT NULL,
          sent INTEGER NOT NULL,
          read_at INTEGER NOT NULL,
          took INTEGER NOT NULL,
          following BLOB NOT NULL,
          source_clock INTEGER,
          own_clock INTEGER,
          rounds_at_rest INTEGER NOT NULL
        ) WITHOUT ROWID;
        PRAGMA user_version = {})sql",
      format_version));
  return made ? transaction.commit() : made;
}

std::unexpected<WindowFailure> failure(const std::filesystem::path& file,
                                       const sqlite::Error& error) {
  return std::unexpected(WindowFailure{
      WindowProblem::failed, file.string(),
      error.message + "; the file may be removed while no run is under way: it only spares work"});
}

}  // namespace

std::expected<SentWindow, WindowFailure> SentWindow::open(const std::filesystem::path& file,
                                                          const record::DatasetId& dataset) {
  auto database = sqlite::Database::open(file);
  if (!database) return failure(file, database.error());
  if (auto made = create_tables(*database); !made) return failure(file, made.error());
  SentWindow window(std::move(*database), dataset, file);
  SLUICE_TRY(window.prepare());
  return window;
}

std::expected<void, WindowFailure> SentWindow::prepare() {
  const auto prepare = [&](sqlite::Statement& statement,
                           std::string_view sql) -> sqlite::Result<void> {
    auto prepared = SLUICE_TRY(database_.prepare(sql));
    statement = std::move(prepared);
    return {};
  };
  auto made = prepare(find_, "SELECT row, mark FROM sent WHERE dataset = ?1 AND key = ?2");
  if (made) made = prepare(insert_, "INSERT OR REPLACE INTO sent VALUES (?1, ?2, ?3, ?4)");
  if (made) {
    made = prepare(forget_,
                   R"sql(
                     DELETE FROM sent
                     WHERE dataset = ?1 AND key IN (
                       SELECT key
                       FROM sent
                       WHERE dataset = ?1 AND mark < ?2
                       ORDER BY mark LIMIT ?3
                     ))sql");
  }
  if (made) made = prepare(clear_, "DELETE FROM sent WHERE dataset = ?1");
  if (made) {
    made = prepare(count_, "SELECT COUNT(*) FROM sent WHERE dataset = ?1 AND mark >= ?2");
  }
  if (made) {
    made = prepare(mark_behind_,
                   "SELECT mark FROM sent WHERE dataset = ?1 ORDER BY mark DESC LIMIT 1 OFFSET ?2");
  }
  if (made) {
    made = prepare(find_look_back_,
                   R"sql(
                     SELECT columns, begins, up_to, seen, behind, sent, read_at, took,
                       following, source_clock, own_clock, rounds_at_rest
                     FROM look_back
                     WHERE dataset = ?1)sql");
  }
  if (made) {
    made = prepare(insert_look_back_,
                   R"sql(
                     INSERT OR REPLACE INTO look_back
                     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13))sql");
  }
  if (made) made = prepare(clear_look_back_, "DELETE FROM look_back WHERE dataset = ?1");
  if (!made) return failure(file_, made.error());
  return {};
}

sqlite::Result<void> SentWindow::begin_reading() {
  if (is_reading_) return {};
  auto begun = database_.execute("BEGIN");
  is_reading_ = begun.has_value();
  return begun;
}

sqlite::Result<void> SentWindow::end_reading() {
  if (!is_reading_) return {};
  find_.reset();
  is_reading_ = false;
  return database_.execute("COMMIT");
}

std::expected<std::optional<SentVersion>, WindowFailure> SentWindow::find(
    const record::RowDigest& key) {
  if (auto begun = begin_reading(); !begun) return failure(file_, begun.error());
  const Key bytes = bytes_of(key);
  find_.reset();
  const auto found =
      find_.bind(1, std::string_view(dataset_.str())).bind_blob(2, view_of(bytes)).step();
  if (!found) return failure(file_, found.error());
  if (!*found) return std::nullopt;
  SentVersion version{.key = key, .mark = find_.integer(1)};
  const std::string_view row = find_.text(0);
  std::memcpy(&version.row, row.data(), std::min(row.size(), sizeof(version.row)));
  return version;
}

sqlite::Result<void> SentWindow::insert(const std::vector<SentVersion>& sent, std::int64_t from) {
  for (const SentVersion& version : sent) {
    const Key key = bytes_of(version.key);
    const Key row = bytes_of(version.row);
    auto kept = insert_.bind(1, std::string_view(dataset_.str()))
                    .bind_blob(2, view_of(key))
                    .bind_blob(3, view_of(row))
                    .bind(4, version.mark)
                    .run();
    if (!kept) return kept;
  }
  // More than were kept, or there would be ever more of them.
  const std::uint64_t most = std::max<std::uint64_t>(forgotten_at_once, 2 * sent.size());
  return forget_.bind(1, std::string_view(dataset_.str())).bind(2, from).bind(3, most).run();
}

sqlite::Result<void> SentWindow::insert(const LookBack& look_back) {
  const std::string behind = packed(look_back.behind);
  const std::string following = packed(look_back.following);
  insert_look_back_.bind(1, std::string_view(dataset_.str()))
      .bind(2, std::string_view(look_back.order))
      .bind(3, look_back.from)
      .bind(4, look_back.up_to)
      .bind(5, look_back.seen)
      .bind_blob(6, behind)
      .bind(7, look_back.rows)
      .bind(8, look_back.read_at)
      .bind(9, look_back.took)
      .bind_blob(10, following)
      .bind(13, static_cast<std::uint64_t>(look_back.rounds_at_rest));
  if (look_back.clocks) {
    insert_look_back_.bind(11, look_back.clocks->source).bind(12, look_back.clocks->own);
  } else {
    insert_look_back_.bind_null(11).bind_null(12);
  }
  return insert_look_back_.run();
}

sqlite::Result<void> SentWindow::write(const std::vector<SentVersion>& sent, std::int64_t from,
                                       const LookBack* look_back) {
  SLUICE_TRY(end_reading());
  auto transaction = SLUICE_TRY(sqlite::Transaction::begin(database_));
  SLUICE_TRY(insert(sent, from));
  if (look_back != nullptr) {
    SLUICE_TRY(insert(*look_back));
  }
  return transaction.commit();
}

std::expected<void, WindowFailure> SentWindow::keep(const std::vector<SentVersion>& sent,
                                                    std::int64_t from) {
  if (auto kept = write(sent, from, nullptr); !kept) return failure(file_, kept.error());
  return {};
}

std::expected<void, WindowFailure> SentWindow::keep(const std::vector<SentVersion>& sent,
                                                    const LookBack& look_back) {
  auto kept = write(sent, look_back.from, &look_back);
  if (!kept) return failure(file_, kept.error());
  return {};
}

std::expected<std::optional<LookBack>, WindowFailure> SentWindow::look_back() {
  sqlite::Statement& found = find_look_back_;
  found.reset();
  const auto row = found.bind(1, std::string_view(dataset_.str())).step();
  if (!row) return failure(file_, row.error());
  if (!*row) return std::nullopt;
  LookBack look_back{.order = std::string(found.text(0)),
                     .from = found.integer(1),
                     .up_to = found.integer(2),
                     .seen = found.integer(3),
                     .rows = static_cast<std::uint64_t>(found.integer(5)),
                     .read_at = found.integer(6),
                     .took = found.integer(7),
                     .rounds_at_rest = static_cast<std::uint32_t>(found.integer(11))};
  auto behind = unpacked(found.text(4));
  auto following = unpacked(found.text(8));
  if (!found.is_null(9)) look_back.clocks = Clocks{found.integer(9), found.integer(10)};
  found.reset();
  if (!behind || !following) return std::nullopt;
  look_back.behind = std::move(*behind);
  look_back.following = std::move(*following);
  return look_back;
}

std::expected<std::uint64_t, WindowFailure> SentWindow::count(std::int64_t from) {
  count_.reset();
  const auto row = count_.bind(1, std::string_view(dataset_.str())).bind(2, from).step();
  if (!row) return failure(file_, row.error());
  const auto rows = static_cast<std::uint64_t>(count_.integer(0));
  count_.reset();
  return rows;
}

std::expected<std::optional<std::int64_t>, WindowFailure> SentWindow::mark_behind(
    std::size_t rows) {
  mark_behind_.reset();
  const auto row = mark_behind_.bind(1, std::string_view(dataset_.str()))
                       .bind(2, static_cast<std::int64_t>(rows))
                       .step();
  if (!row) return failure(file_, row.error());
  const auto mark = *row ? std::optional(mark_behind_.integer(0)) : std::nullopt;
  mark_behind_.reset();
  return mark;
}

std::expected<void, WindowFailure> SentWindow::clear() {
  if (auto ended = end_reading(); !ended) return failure(file_, ended.error());
  auto cleared = clear_.bind(1, std::string_view(dataset_.str())).run();
  if (cleared) cleared = clear_look_back_.bind(1, std::string_view(dataset_.str())).run();
  if (!cleared) return failure(file_, cleared.error());
  return {};
}

}  // namespace sluice::adapters::front_end
