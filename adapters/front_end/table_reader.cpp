#include "adapters/front_end/table_reader.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <utility>

#include <fmt/format.h>

#include "record/try.h"

namespace sluice::adapters::front_end {
namespace {

constexpr std::uint64_t rows_between_reports = 1024;
constexpr std::uint32_t null_length = 0xFFFFFFFF;

void append_json(std::string& json, std::string_view text) {
  json += '"';
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      json += '\\';
      json += c;
    } else if (static_cast<unsigned char>(c) < 0x20) {
      json += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
    } else {
      json += c;
    }
  }
  json += '"';
}

}  // namespace

std::optional<std::string_view> TableRow::exact(std::size_t column) const {
  return cursor_.exact(row_, column);
}

void TableRow::append_exact(std::string& buffer, std::size_t column) const {
  const auto text = exact(column);
  const std::uint32_t length = text ? static_cast<std::uint32_t>(text->size()) : null_length;
  std::array<char, sizeof(length)> bytes{};
  std::memcpy(bytes.data(), &length, bytes.size());
  buffer.append(bytes.data(), bytes.size());
  if (text) buffer += *text;
}

record::RowDigest TableRow::digest_of(std::span<const std::size_t> columns,
                                      std::string& buffer) const {
  buffer.clear();
  for (const std::size_t column : columns)
    append_exact(buffer, column);
  record::RowDigester digester;
  digester.add(0, buffer);
  return digester.digest();
}

record::RowDigest TableRow::digest(std::string& buffer) const {
  if (table_.digest_at) {
    // As the number that it is, which can be added up (stretches.h).
    const std::string_view text = exact(*table_.digest_at).value_or(std::string_view());
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error == std::errc{} && end == text.data() + text.size()) {
      return {.low = static_cast<std::uint64_t>(number)};
    }
    return digest_of({&*table_.digest_at, 1}, buffer);
  }
  buffer.clear();
  for (std::size_t column = 0; column < table_.columns.size(); ++column)
    append_exact(buffer, column);
  record::RowDigester digester;
  digester.add(0, buffer);
  return digester.digest();
}

record::RowDigest TableRow::key_digest(std::string& buffer) const {
  return digest_of(table_.key_at, buffer);
}

bool TableRow::is_at(const RecordKey& key) const {
  for (std::size_t i = 0; i < table_.key_at.size(); ++i) {
    if (exact(table_.key_at[i]) != key.exact[i]) return false;
  }
  return true;
}

RecordKey TableRow::key() const {
  RecordKey key;
  for (const std::size_t column : table_.key_at) {
    key.exact.emplace_back(exact(column).value_or(std::string_view()));
    const odbc::Value told = value(column);
    key.told.emplace_back(told.text.value_or(std::string_view()));
  }
  return key;
}

bool TableRow::has_key() const {
  return std::ranges::all_of(table_.key_at,
                             [&](std::size_t column) { return exact(column).has_value(); });
}

TableReader::TableReader(odbc::Connection& connection, const SourceTable& table,
                         std::uint64_t max_row_bytes, intake::Door& door, Progress& progress)
    : connection_(connection),
      table_(table),
      max_row_bytes_(max_row_bytes),
      door_(door),
      progress_(progress),
      values_(table.announced.size()) {}

Result<std::size_t> TableReader::read(const Query& query, const Each& each) {
  auto cursor = connection_.query(query.sql, query.parameters, table_.columns,
                                  {.max_value_bytes = max_row_bytes_});
  if (!cursor) return std::unexpected(collection_failure(cursor.error()));
  std::size_t rows = 0;
  while (true) {
    const auto block = cursor->next_block();
    if (!block) return std::unexpected(collection_failure(block.error()));
    if (*block == 0) {
      progress_.advanced(0, 0, rows_);
      return rows;
    }
    for (std::size_t row = 0; row < *block; ++row) {
      if (++rows_ % rows_between_reports == 0) progress_.advanced(0, 0, rows_);
      SLUICE_TRY(each(TableRow(*cursor, row, table_)));
    }
    rows += *block;
  }
}

void TableReader::passed(std::uint64_t rows) {
  rows_ += rows;
  progress_.advanced(0, 0, rows_);
}

Result<std::optional<std::string>> TableReader::read_first_value(const Query& query) {
  // Whatever it is, as text.
  const std::vector<odbc::SourceColumn> one(1);
  auto cursor = connection_.query(query.sql, query.parameters, one, {});
  if (!cursor) return std::unexpected(collection_failure(cursor.error()));
  const auto rows = cursor->next_block();
  if (!rows) return std::unexpected(collection_failure(rows.error()));
  const auto text = *rows == 0 ? std::nullopt : cursor->exact(0, 0);
  return text ? std::optional(std::string(*text)) : std::nullopt;
}

std::optional<intake::RowProblem> TableReader::gather(const TableRow& row) {
  std::optional<intake::RowProblem> problem;
  std::uint64_t bytes = 0;
  for (std::size_t i = 0; i < values_.size(); ++i) {
    values_[i].reset();
    if (!table_.read_at[i]) continue;
    const odbc::Value value = row.value(*table_.read_at[i]);
    if (value.problem != nullptr && !problem) {
      problem = *value.problem;
      problem->field = table_.announced[i];
    }
    values_[i] = value.text;
    if (value.text) bytes += value.text->size();
  }
  if (!problem && bytes > max_row_bytes_) {
    problem = {"", "too-large",
               fmt::format("the row's values have {} bytes, more than max_row_bytes ({})", bytes,
                           max_row_bytes_)};
  }
  return problem;
}

std::string_view TableReader::write() {
  original_.assign(1, '{');
  for (std::size_t i = 0; i < values_.size(); ++i) {
    if (!table_.read_at[i]) continue;
    if (original_.size() > 1) original_ += ',';
    append_json(original_, table_.announced[i]);
    original_ += ':';
    if (values_[i]) {
      append_json(original_, *values_[i]);
    } else {
      original_ += "null";
    }
  }
  original_ += '}';
  return original_;
}

Result<void> TableReader::hand_over(const TableRow& row, record::Operation operation) {
  if (const auto problem = gather(row)) return taken(door_.reject(rows_, write(), *problem));
  std::optional<std::string_view> source_time;
  if (table_.source_time) source_time = row.value(*table_.source_time).text;
  return taken(door_.accept({.values = values_,
                             .original = *this,
                             .place = rows_,
                             .operation = operation,
                             .source_time = source_time}));
}

Result<void> TableReader::refuse(const TableRow& row, const intake::RowProblem& problem) {
  static_cast<void>(gather(row));
  return taken(door_.reject(rows_, write(), problem));
}

intake::SourceRow TableReader::row_with(const RecordKey& key) {
  std::ranges::fill(values_, std::nullopt);
  for (std::size_t i = 0; i < key.told.size(); ++i) {
    const auto announced = std::ranges::find(table_.read_at, std::optional(table_.key_at[i]));
    values_[static_cast<std::size_t>(announced - table_.read_at.begin())] = key.told[i];
  }
  return {.values = values_,
          .original = *this,
          .place = rows_,
          .operation = record::Operation::remove,
          .source_time = std::nullopt};
}

Result<void> TableReader::hand_over_removed(const RecordKey& key) {
  ++rows_;
  return taken(door_.accept(row_with(key)));
}

Result<void> TableReader::taken(const intake::Result<void>& handed) const {
  if (handed) return {};
  return std::unexpected(adapters::collection_failure(handed.error()));
}

}  // namespace sluice::adapters::front_end
