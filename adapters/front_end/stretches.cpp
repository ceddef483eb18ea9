#include "adapters/front_end/stretches.h"

#include <array>
#include <string_view>
#include <utility>

#include "adapters/front_end/table_query.h"

namespace sluice::adapters::front_end {
namespace {

// What a number of any length is modulo 2^64; nothing where it is none.
std::optional<std::uint64_t> modulo(std::string_view number) {
  const bool is_negative = number.starts_with('-');
  if (is_negative) number.remove_prefix(1);
  if (number.empty()) return std::nullopt;
  std::uint64_t value = 0;
  for (const char digit : number) {
    if (digit < '0' || digit > '9') return std::nullopt;
    value = value * 10 + static_cast<std::uint64_t>(digit - '0');
  }
  return is_negative ? 0 - value : value;
}

struct Sum {
  std::uint64_t stretch = 0;
  std::uint64_t rows = 0;
  std::uint64_t sum = 0;
};

std::optional<Sum> sum_of(const odbc::Cursor& cursor, std::size_t row) {
  std::array<std::uint64_t, 3> numbers{};
  for (std::size_t column = 0; column < numbers.size(); ++column) {
    const auto number = modulo(cursor.exact(row, column).value_or(std::string_view()));
    if (!number) return std::nullopt;
    numbers[column] = *number;
  }
  return Sum{numbers[0], numbers[1], numbers[2]};
}

}  // namespace

std::expected<std::vector<Stretch>, DigestFileFailure> stretches_of(DigestFileReader& base,
                                                                    std::size_t rows) {
  std::vector<Stretch> stretches;
  while (true) {
    auto entry = base.next();
    if (!entry) return std::unexpected(entry.error());
    if (!*entry) return stretches;
    RecordKey& key = (*entry)->key;
    const bool begins_one =
        stretches.empty() || (stretches.back().rows >= rows &&
                              key.exact.front() != stretches.back().last_key.exact.front());
    if (begins_one) {
      stretches.push_back({.first_key = key, .behind_first = base.offset()});
    }
    Stretch& stretch = stretches.back();
    stretch.end = base.offset();
    ++stretch.rows;
    stretch.sum += (*entry)->row.low;
    stretch.last_key = std::move(key);
  }
}

bool can_add_up(const odbc::Dialect& dialect, const SourceTable& table) {
  return table.digest_at && odbc::stretch_number(dialect, table.key.front());
}

std::expected<std::vector<bool>, CollectionFailure> find_unchanged(
    CaptureRun& run, std::span<const Stretch> all, StretchesAsked asked,
    const std::optional<RecordKey>& after) {
  const odbc::Dialect& dialect = run.connection.dialect();
  const SourceTable& table = run.reader.table();
  const odbc::SourceColumn& first = table.key.front();
  const auto stretches = all.subspan(asked.first, asked.end - asked.first);
  std::vector<std::string> bounds;
  for (const Stretch& stretch : stretches)
    bounds.push_back(stretch.first_key.exact.front());
  std::vector<Query> conditions{are_there(dialect, table.key)};
  if (after) conditions.push_back(beyond(dialect, table.key, after->exact));
  if (asked.first > 0) conditions.push_back(at_least(dialect, first, bounds.front()));
  if (asked.end < all.size()) {
    conditions.push_back(below(dialect, first, all[asked.end].first_key.exact.front()));
  }
  const Query query =
      select_sums(dialect, {.by = first, .bounds = bounds}, table.columns[*table.digest_at],
                  table.name, all_of(std::move(conditions)));
  const std::vector<odbc::SourceColumn> columns(3, {.size = 40, .kind = odbc::ValueKind::decimal});
  auto cursor = run.connection.query(query.sql, query.parameters, columns, {});
  if (!cursor) return std::unexpected(collection_failure(cursor.error()));

  std::vector<bool> unchanged(stretches.size(), false);
  bool has_new_in_front = false;
  while (true) {
    const auto rows = cursor->next_block();
    if (!rows) return std::unexpected(collection_failure(rows.error()));
    if (*rows == 0) break;
    for (std::size_t row = 0; row < *rows; ++row) {
      const auto found = sum_of(*cursor, row);
      if (!found || found->stretch > stretches.size()) continue;
      if (found->stretch == 0) {
        has_new_in_front = true;
        continue;
      }
      const Stretch& known = stretches[found->stretch - 1];
      unchanged[found->stretch - 1] = found->rows == known.rows && found->sum == known.sum;
    }
  }
  if (has_new_in_front) unchanged.front() = false;
  return unchanged;
}

}  // namespace sluice::adapters::front_end
