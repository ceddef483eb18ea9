#include "adapters/front_end/stretches.h"

#include <array>
#include <string_view>
#include <utility>

#include "adapters/front_end/table_query.h"
#include "record/try.h"

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

std::optional<StretchSum> StretchCutter::add(std::string_view first_value,
                                             const record::RowDigest& digest) {
  std::optional<StretchSum> complete;
  if (current_.rows >= rows_ && first_value != last_) complete = finish();
  if (current_.rows == 0) current_.from = first_value;
  ++current_.rows;
  current_.sum += digest.low;
  last_ = first_value;
  return complete;
}

std::optional<StretchSum> StretchCutter::finish() {
  if (current_.rows == 0) return std::nullopt;
  return std::exchange(current_, {});
}

std::expected<Stretches, DigestFileFailure> stretches_of(DigestFileReader& base, std::size_t rows) {
  Stretches stretches;
  StretchCutter cutter(rows);
  while (true) {
    auto entry = SLUICE_TRY(base.next());
    if (!entry) break;
    RecordKey& key = entry->key;
    auto complete = cutter.add(key.exact.front(), entry->row);
    if (complete) stretches.sums.push_back(std::move(*complete));
    // The first row, or the one that made the stretch before it complete, begins one.
    if (stretches.places.size() == stretches.sums.size()) {
      stretches.places.push_back({.behind_first = base.offset()});
    }
    stretches.places.back().end = base.offset();
    stretches.places.back().last_key = std::move(key);
  }
  if (auto last = cutter.finish()) stretches.sums.push_back(std::move(*last));
  return stretches;
}

bool can_add_up(const odbc::Dialect& dialect, const SourceTable& table) {
  return table.digest_at && odbc::stretch_number(dialect, table.key.front());
}

Result<std::vector<bool>> find_unchanged(odbc::Connection& connection, const SourceTable& table,
                                         std::span<const StretchSum> all, StretchRange asked,
                                         const std::optional<RecordKey>& after) {
  const odbc::Dialect& dialect = connection.dialect();
  const odbc::SourceColumn& first = table.key.front();
  const auto stretches = all.subspan(asked.first, asked.end - asked.first);
  std::vector<std::string> bounds;
  for (const StretchSum& stretch : stretches)
    bounds.push_back(stretch.from);
  std::vector<Query> conditions{are_there(dialect, table.key)};
  if (after) conditions.push_back(beyond(dialect, table.key, after->exact));
  if (asked.first > 0) conditions.push_back(at_least(dialect, first, bounds.front()));
  if (asked.end < all.size()) conditions.push_back(below(dialect, first, all[asked.end].from));
  const Query query =
      select_sums(dialect, {.by = first, .bounds = bounds}, table.columns[*table.digest_at],
                  table.name, all_of(std::move(conditions)));
  const std::vector<odbc::SourceColumn> columns(3, {.size = 40, .kind = odbc::ValueKind::decimal});
  auto cursor = connection.query(query.sql, query.parameters, columns, {});
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
      const StretchSum& known = stretches[found->stretch - 1];
      unchanged[found->stretch - 1] = found->rows == known.rows && found->sum == known.sum;
    }
  }
  if (has_new_in_front) unchanged.front() = false;
  return unchanged;
}

}  // namespace sluice::adapters::front_end
