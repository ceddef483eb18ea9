#include "reconciliation/differences.h"

#include <array>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "record/try.h"
#include "store/dataset_tables.h"

namespace sluice::reconciliation {
namespace {

void bind(sqlite::Statement& statement, int index, const std::optional<record::RowDigest>& digest,
          std::array<char, 16>& bytes) {
  if (!digest) {
    statement.bind_null(index);
    return;
  }
  bytes = store::digest_bytes(*digest);
  statement.bind_blob(index, {bytes.data(), bytes.size()});
}

std::optional<record::RowDigest> digest_at(const sqlite::Statement& row, int column) {
  if (row.is_null(column)) return std::nullopt;
  return store::parse_digest_bytes(row.text(column));
}

}  // namespace

Result<Differences> Differences::create(ScratchDatabase& scratch, record::KeyOrder order,
                                        std::string table) {
  Differences differences(scratch, std::move(order), std::move(table));
  const std::string& name = differences.table_;
  constexpr auto create_table = R"sql(
    CREATE TABLE {} (
      key BLOB PRIMARY KEY,
      kind INTEGER NOT NULL,
      source BLOB,
      central BLOB,
      is_back INTEGER NOT NULL DEFAULT 0
    ) STRICT, WITHOUT ROWID)sql";
  SLUICE_TRY(scratch.execute(fmt::format(create_table, name)));
  auto add = SLUICE_TRY(scratch.prepare(
      fmt::format("INSERT INTO {} (key, kind, source, central) VALUES (?, ?, ?, ?)", name)));
  auto find = SLUICE_TRY(scratch.prepare(
      fmt::format("SELECT key, kind, source, central, is_back FROM {} WHERE key = ?", name)));
  auto note =
      SLUICE_TRY(scratch.prepare(fmt::format("UPDATE {} SET is_back = ?2 WHERE key = ?1", name)));
  differences.add_ = std::move(add);
  differences.find_ = std::move(find);
  differences.note_ = std::move(note);
  return differences;
}

Result<void> Differences::begin() {
  return scratch_.execute("DELETE FROM " + table_);
}

Result<void> Differences::add(const Difference& difference) {
  const std::string key = order_.encode(difference.key).value();
  std::array<char, 16> source{}, central{};
  add_.bind_blob(1, key).bind(2, static_cast<std::int64_t>(difference.kind));
  bind(add_, 3, difference.source, source);
  bind(add_, 4, difference.central, central);
  return scratch_.run(add_);
}

Result<std::uint64_t> Differences::keep_what_stood(Differences& earlier) {
  // Both sides as they were then, and as they are now.
  const std::string same = fmt::format(
      R"sql(
        SELECT key
        FROM {0} n
        JOIN {1} e USING (key)
        WHERE n.source IS e.source AND n.central IS e.central)sql",
      table_, earlier.table_);
  const auto fleeting = number(fmt::format(
      "SELECT count(*) FROM (SELECT key FROM {} UNION SELECT key FROM {}) WHERE key NOT IN ({})",
      table_, earlier.table_, same));
  if (!fleeting) return fleeting;
  SLUICE_TRY(scratch_.execute(fmt::format("DELETE FROM {} WHERE key NOT IN ({})", table_, same)));
  return fleeting;
}

Result<std::uint64_t> Differences::number(const std::string& sql) {
  auto statement = SLUICE_TRY(scratch_.prepare(sql));
  SLUICE_TRY(scratch_.step(statement));
  return static_cast<std::uint64_t>(statement.integer(0));
}

Result<DifferenceCounts> Differences::counts() {
  DifferenceCounts counts;
  for (const auto& [kind, count] :
       {std::pair{Kind::missing, &counts.missing}, std::pair{Kind::extra, &counts.extra},
        std::pair{Kind::different, &counts.different}}) {
    const auto found = SLUICE_TRY(number(
        fmt::format("SELECT count(*) FROM {} WHERE kind = {}", table_, static_cast<int>(kind))));
    *count = found;
  }
  return counts;
}

Difference Differences::difference(const sqlite::Statement& row) const {
  return {order_.decode(row.text(0)), static_cast<Kind>(row.integer(1)), digest_at(row, 2),
          digest_at(row, 3), row.integer(4) != 0};
}

Result<std::optional<Difference>> Differences::find(const record::Key& key) {
  const auto encoded = order_.encode(key);
  if (!encoded) return std::nullopt;
  find_.bind_blob(1, *encoded);
  const auto row = scratch_.step(find_);
  std::optional<Difference> found;
  if (row && *row) found = difference(find_);
  find_.reset();
  if (!row) return std::unexpected(row.error());
  return found;
}

Result<void> Differences::note_back(const record::Key& key, bool is_back) {
  const auto encoded = order_.encode(key);
  if (!encoded) return {};
  note_.bind_blob(1, *encoded).bind(2, static_cast<std::int64_t>(is_back));
  return scratch_.run(note_);
}

Result<std::vector<record::Key>> Differences::gone(const std::optional<record::Key>& after,
                                                   std::size_t most) {
  auto statement = SLUICE_TRY(scratch_.prepare(fmt::format(
      "SELECT key FROM {} WHERE kind = {} AND is_back = 0 AND key > ? ORDER BY key LIMIT ?", table_,
      static_cast<int>(Kind::extra))));
  const std::string from = after ? order_.encode(*after).value() : std::string();
  statement.bind_blob(1, from).bind(2, static_cast<std::int64_t>(most));
  std::vector<record::Key> keys;
  for (auto row = scratch_.step(statement);; row = scratch_.step(statement)) {
    if (!row) return std::unexpected(row.error());
    if (!*row) return keys;
    keys.push_back(order_.decode(statement.text(0)));
  }
}

Result<void> Differences::walk(const std::function<bool(const Difference&)>& each) {
  auto statement = SLUICE_TRY(scratch_.prepare(
      fmt::format("SELECT key, kind, source, central, is_back FROM {} ORDER BY key", table_)));
  for (auto row = scratch_.step(statement);; row = scratch_.step(statement)) {
    if (!row) return std::unexpected(row.error());
    if (!*row || !each(difference(statement))) return {};
  }
}

}  // namespace sluice::reconciliation
