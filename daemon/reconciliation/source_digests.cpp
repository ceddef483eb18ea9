#include "reconciliation/source_digests.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "record/try.h"
#include "store/dataset_tables.h"

namespace sluice::reconciliation {
namespace {

// Before and after all keys: an encoded key is never empty, and never begins with this byte, which
// UTF-8 has not, unless it is a number, and then it has eight bytes.
const std::string before_all;
const std::string after_all(9, '\xFF');

}  // namespace

void SourceDigests::Tally::add(const Tally& other) {
  records += other.records;
  refused += other.refused;
  unknown += other.unknown;
  present.add(other.present);
}

Result<SourceDigests> SourceDigests::open(ScratchDatabase& scratch, record::KeyOrder order) {
  SourceDigests digests(scratch, std::move(order));
  SLUICE_TRY(digests.make_tables());
  SLUICE_TRY(digests.recall());
  auto put = SLUICE_TRY(scratch.prepare("INSERT OR REPLACE INTO record VALUES (?, ?, ?, ?)"));
  digests.put_ = std::move(put);
  return digests;
}

Result<void> SourceDigests::make_tables() {
  return scratch_.execute(
      R"sql(
        CREATE TABLE IF NOT EXISTS record (
          key BLOB PRIMARY KEY,
          state INTEGER NOT NULL,
          digest BLOB NOT NULL,
          number INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS remembered (
          place INTEGER PRIMARY KEY,
          number INTEGER NOT NULL,
          begins BLOB NOT NULL,
          rows INTEGER NOT NULL,
          sum INTEGER NOT NULL,
          records INTEGER NOT NULL,
          refused INTEGER NOT NULL,
          unknown INTEGER NOT NULL,
          present INTEGER NOT NULL,
          digest BLOB NOT NULL
        ) STRICT;
        CREATE TABLE IF NOT EXISTS made_of (
          matter TEXT NOT NULL,
          number INTEGER NOT NULL
        ) STRICT)sql");
}

Result<void> SourceDigests::recall() {
  auto made_of = SLUICE_TRY(scratch_.prepare("SELECT matter, number FROM made_of"));
  const auto is_there = SLUICE_TRY(scratch_.step(made_of));
  if (!is_there) return {};
  matter_ = record::parse_digest(made_of.text(0));
  number_ = made_of.integer(1);
  auto statement = SLUICE_TRY(scratch_.prepare(
      R"sql(
        SELECT number, begins, rows, sum, records, refused, unknown, present, digest
        FROM remembered
        ORDER BY place)sql"));
  const auto count = [&](int column) {
    return static_cast<std::uint64_t>(statement.integer(column));
  };
  for (auto row = scratch_.step(statement);; row = scratch_.step(statement)) {
    if (!row) return std::unexpected(row.error());
    if (!*row) return {};
    remembered_.push_back(
        {.rows = {std::string(statement.text(1)), count(2), count(3)},
         .number = statement.integer(0),
         .tally = {.records = count(4),
                   .refused = count(5),
                   .unknown = count(6),
                   .present = {count(7), store::parse_digest_bytes(statement.text(8))}}});
  }
}

Result<void> SourceDigests::begin() {
  matter_.reset();
  remembered_.clear();
  return start();
}

Result<std::vector<SourceRows>> SourceDigests::begin_again(const record::Digest& matter) {
  if (matter != matter_) remembered_.clear();
  matter_ = matter;
  std::vector<SourceRows> known;
  for (const Remembered& each : remembered_)
    known.push_back(each.rows);
  SLUICE_TRY(start());
  return known;
}

Result<void> SourceDigests::start() {
  next_.clear();
  looked_at_ = 0;
  ++number_;
  counting_ = {};
  counts_ = {};
  has_changed_ = !remembers();
  return scratch_.execute(has_changed_ ? "BEGIN; DELETE FROM record" : "BEGIN");
}

void SourceDigests::keep_until(std::size_t end) {
  for (; looked_at_ < end; ++looked_at_)
    next_.push_back(std::move(remembered_[looked_at_]));
}

void SourceDigests::forget(std::size_t first, std::size_t end) {
  keep_until(first);
  looked_at_ = end;
  has_changed_ = true;
}

Result<void> SourceDigests::put(const record::Key& key, SourceState state,
                                const record::RowDigest& digest) {
  const auto encoded = order_.encode(key);
  if (!encoded) {
    return std::unexpected(Failure{Problem::refused, "source", "a key has not its fields' types"});
  }
  const auto bytes = store::digest_bytes(digest);
  put_.bind_blob(1, *encoded)
      .bind(2, static_cast<std::int64_t>(state))
      .bind_blob(3, {bytes.data(), bytes.size()})
      .bind(4, number_);
  ++counts_.rows_put;
  ++counting_.records;
  if (state == SourceState::present) counting_.present.add(digest);
  if (state == SourceState::refused) ++counting_.refused;
  return scratch_.run(put_);
}

void SourceDigests::put_unknown() {
  ++counts_.rows_put;
  ++counting_.unknown;
}

void SourceDigests::remember(SourceRows rows) {
  next_.push_back({std::move(rows), number_++, std::exchange(counting_, {})});
}

Result<void> SourceDigests::finish() {
  keep_until(remembered_.size());
  remembered_ = std::move(next_);
  all_ = counting_;
  for (const Remembered& each : remembered_)
    all_.add(each.tally);
  if (has_changed_) {
    SLUICE_TRY(write_remembered());
  }
  SLUICE_TRY(scratch_.execute("COMMIT"));
  counts_.present = all_.present.rows();
  counts_.refused = all_.refused;
  counts_.unknown = all_.unknown;
  return has_changed_ || counting_.records > 0 ? count() : Result<void>();
}

Result<void> SourceDigests::write_remembered() {
  if (auto cleared = scratch_.execute("DELETE FROM remembered; DELETE FROM made_of"); !cleared) {
    return cleared;
  }
  auto write =
      SLUICE_TRY(scratch_.prepare("INSERT INTO remembered VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"));
  std::uint64_t place = 0;
  for (const Remembered& each : remembered_) {
    const auto digest = store::digest_bytes(each.tally.present.digest());
    write.bind(1, place++)
        .bind(2, each.number)
        .bind_blob(3, each.rows.from)
        .bind(4, each.rows.rows)
        .bind(5, static_cast<std::int64_t>(each.rows.sum))
        .bind(6, each.tally.records)
        .bind(7, each.tally.refused)
        .bind(8, each.tally.unknown)
        .bind(9, each.tally.present.rows())
        .bind_blob(10, {digest.data(), digest.size()});
    SLUICE_TRY(scratch_.run(write));
  }
  auto made_of = SLUICE_TRY(scratch_.prepare("INSERT INTO made_of VALUES (?, ?)"));
  const std::string matter = record::to_string(matter_.value_or(record::Digest()));
  made_of.bind(1, std::string_view(matter)).bind(2, number_);
  SLUICE_TRY(scratch_.run(made_of));
  // What was forgotten and did not come again.
  auto clear = SLUICE_TRY(scratch_.prepare(
      "DELETE FROM record WHERE number <> ? AND number NOT IN (SELECT number FROM remembered)"));
  clear.bind(1, number_);
  return scratch_.run(clear);
}

Result<void> SourceDigests::count() {
  auto statement =
      SLUICE_TRY(scratch_.prepare("SELECT state, count(*) FROM record GROUP BY state"));
  std::uint64_t all = 0;
  counts_.present = 0;
  counts_.refused = 0;
  for (auto row = scratch_.step(statement);; row = scratch_.step(statement)) {
    if (!row) return std::unexpected(row.error());
    if (!*row) break;
    const auto state = static_cast<SourceState>(statement.integer(0));
    const auto count = static_cast<std::uint64_t>(statement.integer(1));
    all += count;
    if (state == SourceState::present) counts_.present = count;
    if (state == SourceState::refused) counts_.refused = count;
  }
  counts_.repeated = all_.records - all;
  // One record of two rows, or one of no stretch: what it is would be known of no rows that are
  // told to be what they were.
  if (counts_.repeated > 0 || counting_.records > 0) remembered_.clear();
  return {};
}

Result<Stretch> SourceDigests::whole() {
  if (counts_.repeated == 0) return Stretch{{}, all_.records, all_.present};
  auto stretches = SLUICE_TRY(split({}, UINT64_MAX));
  return std::move(stretches.front());
}

Result<void> SourceDigests::walk(const record::KeyRange& range, const Each& each) {
  auto statement = SLUICE_TRY(scratch_.prepare(
      "SELECT key, state, digest FROM record WHERE key > ? AND key <= ? ORDER BY key"));
  const std::string after = range.after ? order_.encode(*range.after).value() : before_all;
  const std::string up_to = range.up_to ? order_.encode(*range.up_to).value() : after_all;
  statement.bind_blob(1, after).bind_blob(2, up_to);
  for (auto row = scratch_.step(statement);; row = scratch_.step(statement)) {
    if (!row) return std::unexpected(row.error());
    if (!*row) return {};
    each(statement.text(0), static_cast<SourceState>(statement.integer(1)),
         store::parse_digest_bytes(statement.text(2)));
  }
}

Result<std::vector<Stretch>> SourceDigests::split(const record::KeyRange& range,
                                                  std::uint64_t records) {
  std::vector<Stretch> stretches{{.range = range}};
  std::string last;
  auto walked =
      walk(range, [&](std::string_view key, SourceState state, const record::RowDigest& digest) {
        if (stretches.back().records == records) {
          const record::Key bound = order_.decode(last);
          stretches.back().range.up_to = bound;
          stretches.push_back({.range = {.after = bound, .up_to = range.up_to}});
        }
        ++stretches.back().records;
        if (state == SourceState::present) stretches.back().sum.add(digest);
        last = key;
      });
  if (!walked) return std::unexpected(walked.error());
  return stretches;
}

Result<std::vector<SourceRecord>> SourceDigests::list(const record::KeyRange& range) {
  std::vector<SourceRecord> records;
  auto walked =
      walk(range, [&](std::string_view key, SourceState state, const record::RowDigest& digest) {
        records.push_back({order_.decode(key), state, digest});
      });
  if (!walked) return std::unexpected(walked.error());
  return records;
}

}  // namespace sluice::reconciliation
