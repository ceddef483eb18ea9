#include "reconciliation/source_digests.h"

#include <array>
#include <string_view>
#include <utility>

#include "store/dataset_tables.h"

namespace sluice::reconciliation {
namespace {

// Before and after all keys: an encoded key is never empty, and never begins with this byte, which
// UTF-8 has not, unless it is a number, and then it has eight bytes.
const std::string before_all;
const std::string after_all(9, '\xFF');

}  // namespace

std::expected<SourceDigests, Failure> SourceDigests::create(ScratchDatabase& scratch,
                                                            record::KeyOrder order) {
  SourceDigests digests(scratch, std::move(order));
  auto made = scratch.execute(
      "CREATE TABLE record (key BLOB PRIMARY KEY, state INTEGER NOT NULL, digest BLOB NOT NULL) "
      "STRICT, WITHOUT ROWID");
  if (!made) return std::unexpected(made.error());
  auto put = scratch.prepare("INSERT OR REPLACE INTO record VALUES (?, ?, ?)");
  if (!put) return std::unexpected(put.error());
  digests.put_ = std::move(*put);
  return digests;
}

std::expected<void, Failure> SourceDigests::begin() {
  puts_ = 0;
  counts_ = {};
  return scratch_.execute("BEGIN; DELETE FROM record");
}

std::expected<void, Failure> SourceDigests::put(const record::Key& key, SourceState state,
                                                const record::RowDigest& digest) {
  const auto encoded = order_.encode(key);
  if (!encoded) {
    return std::unexpected(Failure{Problem::refused, "source", "a key has not its fields' types"});
  }
  const auto bytes = store::digest_bytes(digest);
  put_.bind_blob(1, *encoded)
      .bind(2, static_cast<std::int64_t>(state))
      .bind_blob(3, {bytes.data(), bytes.size()});
  ++puts_;
  return scratch_.run(put_);
}

std::expected<void, Failure> SourceDigests::finish() {
  if (auto done = scratch_.execute("COMMIT"); !done) return done;
  return count();
}

std::expected<void, Failure> SourceDigests::count() {
  auto statement = scratch_.prepare("SELECT state, count(*) FROM record GROUP BY state");
  if (!statement) return std::unexpected(statement.error());
  std::uint64_t all = 0;
  for (auto row = scratch_.step(*statement);; row = scratch_.step(*statement)) {
    if (!row) return std::unexpected(row.error());
    if (!*row) break;
    const auto state = static_cast<SourceState>(statement->integer(0));
    const auto count = static_cast<std::uint64_t>(statement->integer(1));
    all += count;
    if (state == SourceState::present) counts_.present = count;
    if (state == SourceState::refused) counts_.refused = count;
  }
  counts_.repeated = puts_ - all;
  return {};
}

std::expected<void, Failure> SourceDigests::walk(const record::KeyRange& range, const Each& each) {
  auto statement = scratch_.prepare(
      "SELECT key, state, digest FROM record WHERE key > ? AND key <= ? ORDER BY key");
  if (!statement) return std::unexpected(statement.error());
  const std::string after = range.after ? order_.encode(*range.after).value() : before_all;
  const std::string up_to = range.up_to ? order_.encode(*range.up_to).value() : after_all;
  statement->bind_blob(1, after).bind_blob(2, up_to);
  for (auto row = scratch_.step(*statement);; row = scratch_.step(*statement)) {
    if (!row) return std::unexpected(row.error());
    if (!*row) return {};
    each(statement->text(0), static_cast<SourceState>(statement->integer(1)),
         store::parse_digest_bytes(statement->text(2)));
  }
}

std::expected<std::vector<Stretch>, Failure> SourceDigests::split(const record::KeyRange& range,
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

std::expected<std::vector<SourceRecord>, Failure> SourceDigests::list(
    const record::KeyRange& range) {
  std::vector<SourceRecord> records;
  auto walked =
      walk(range, [&](std::string_view key, SourceState state, const record::RowDigest& digest) {
        records.push_back({order_.decode(key), state, digest});
      });
  if (!walked) return std::unexpected(walked.error());
  return records;
}

}  // namespace sluice::reconciliation
