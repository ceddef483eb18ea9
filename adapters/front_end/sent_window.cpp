#include "adapters/front_end/sent_window.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

namespace sluice::adapters::front_end {
namespace {

using Key = std::array<char, sizeof(record::RowDigest)>;

Key bytes_of(const record::RowDigest& digest) {
  Key bytes;
  std::memcpy(bytes.data(), &digest, bytes.size());
  return bytes;
}

std::string_view view_of(const Key& bytes) {
  return {bytes.data(), bytes.size()};
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
  // What a power cut takes from here is sent once more: see the header.
  auto made = database->execute(
      "PRAGMA synchronous = NORMAL; PRAGMA cache_size = -16384;"
      "CREATE TABLE IF NOT EXISTS sent (dataset TEXT NOT NULL, key BLOB NOT NULL,"
      " row BLOB NOT NULL, mark INTEGER NOT NULL, PRIMARY KEY (dataset, key)) WITHOUT ROWID;"
      "CREATE INDEX IF NOT EXISTS sent_mark ON sent (dataset, mark)");
  if (!made) return failure(file, made.error());
  SentWindow window(std::move(*database), dataset, file);
  if (auto prepared = window.prepare(); !prepared) return std::unexpected(prepared.error());
  return window;
}

std::expected<void, WindowFailure> SentWindow::prepare() {
  const auto prepare = [&](sqlite::Statement& statement,
                           std::string_view sql) -> sqlite::Result<void> {
    auto prepared = database_.prepare(sql);
    if (!prepared) return std::unexpected(prepared.error());
    statement = std::move(*prepared);
    return {};
  };
  auto made = prepare(find_, "SELECT row, mark FROM sent WHERE dataset = ?1 AND key = ?2");
  if (made) made = prepare(insert_, "INSERT OR REPLACE INTO sent VALUES (?1, ?2, ?3, ?4)");
  if (made) made = prepare(forget_, "DELETE FROM sent WHERE dataset = ?1 AND mark < ?2");
  if (made) made = prepare(clear_, "DELETE FROM sent WHERE dataset = ?1");
  if (!made) return failure(file_, made.error());
  return {};
}

std::expected<std::optional<SentVersion>, WindowFailure> SentWindow::find(
    const record::RowDigest& key) {
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

std::expected<void, WindowFailure> SentWindow::keep(const std::vector<SentVersion>& sent,
                                                    std::int64_t from) {
  auto transaction = sqlite::Transaction::begin(database_);
  if (!transaction) return failure(file_, transaction.error());
  for (const SentVersion& version : sent) {
    const Key key = bytes_of(version.key);
    const Key row = bytes_of(version.row);
    auto kept = insert_.bind(1, std::string_view(dataset_.str()))
                    .bind_blob(2, view_of(key))
                    .bind_blob(3, view_of(row))
                    .bind(4, version.mark)
                    .run();
    if (!kept) return failure(file_, kept.error());
  }
  auto forgotten = forget_.bind(1, std::string_view(dataset_.str())).bind(2, from).run();
  if (!forgotten) return failure(file_, forgotten.error());
  if (auto committed = transaction->commit(); !committed) return failure(file_, committed.error());
  return {};
}

std::expected<void, WindowFailure> SentWindow::clear() {
  auto cleared = clear_.bind(1, std::string_view(dataset_.str())).run();
  if (!cleared) return failure(file_, cleared.error());
  return {};
}

}  // namespace sluice::adapters::front_end
