#include "adapters/front_end/odbc/cursor.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

#include <fmt/format.h>

#include "adapters/front_end/odbc/cursor_state.h"
#include "adapters/front_end/odbc/told_value.h"
#include "adapters/front_end/odbc/utf16.h"
#include "record/try.h"

namespace sluice::adapters::front_end::odbc {
namespace {

constexpr std::size_t block_bytes = std::size_t{1} << 20;
constexpr std::size_t most_block_rows = 1000;
constexpr std::size_t piece_bytes = std::size_t{32} << 10;

}  // namespace

OdbcFailure Cursor::State::failure() const {
  return diagnose({SQL_HANDLE_STMT, statement.get()}, Stage::connected, place, secret);
}

OdbcFailure Cursor::State::fault(std::string sentence) const {
  return {OdbcProblem::driver_fault, place,
          std::move(sentence) + "; the run ends here, try another version of the driver"};
}

Result<void> Cursor::State::bind() {
  SQLSMALLINT count = 0;
  if (!SQL_SUCCEEDED(SQLNumResultCols(statement.get(), &count))) return std::unexpected(failure());
  if (count < 0 || static_cast<std::size_t>(count) != columns.size()) {
    return std::unexpected(fault(
        fmt::format("the driver gives {} columns where {} were asked for", count, columns.size())));
  }
  buffers.resize(columns.size());
  conversions.resize(columns.size());
  std::size_t row_bytes = 0;
  is_bound = true;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    buffers[i].c_type = c_type_of(columns[i], form);
    const auto bound = is_loose ? std::nullopt : bound_of(columns[i], form);
    is_bound = is_bound && bound;
    row_bytes += bound.value_or(0);
    buffers[i].stride = bound.value_or(0);
  }
  if (is_bound) {
    block_rows = std::clamp<std::size_t>(block_bytes / std::max<std::size_t>(row_bytes, 1), 1,
                                         most_block_rows);
  }
  for (ColumnBuffer& buffer : buffers) {
    if (!is_bound) buffer.stride = 0;
    buffer.bytes.resize(buffer.stride * block_rows);
    buffer.lengths.assign(block_rows, SQL_NULL_DATA);
  }
  row_status.resize(block_rows);
  return is_bound ? bind_columns() : Result<void>();
}

Result<void> Cursor::State::bind_columns() {
  const SQLHSTMT handle = statement.get();
  if (!SQL_SUCCEEDED(
          SQLSetStmtAttr(handle, SQL_ATTR_ROW_ARRAY_SIZE, as_attribute(block_rows), 0)) ||
      !SQL_SUCCEEDED(SQLSetStmtAttr(handle, SQL_ATTR_ROWS_FETCHED_PTR, &fetched, 0)) ||
      !SQL_SUCCEEDED(SQLSetStmtAttr(handle, SQL_ATTR_ROW_STATUS_PTR, row_status.data(), 0))) {
    return std::unexpected(failure());
  }
  for (std::size_t i = 0; i < buffers.size(); ++i) {
    ColumnBuffer& buffer = buffers[i];
    const SQLRETURN bound =
        SQLBindCol(handle, static_cast<SQLUSMALLINT>(i + 1), buffer.c_type, buffer.bytes.data(),
                   static_cast<SQLLEN>(buffer.stride), buffer.lengths.data());
    if (!SQL_SUCCEEDED(bound)) return std::unexpected(failure());
  }
  return {};
}

Result<std::size_t> Cursor::State::fetch() {
  fetched = is_bound ? 0 : 1;
  for (ColumnBuffer& buffer : buffers)
    buffer.forget_lengths();
  const SQLRETURN result = SQLFetch(statement.get());
  if (result == SQL_NO_DATA) return 0;
  if (!SQL_SUCCEEDED(result)) return std::unexpected(failure());
  if (fetched > block_rows) {
    return std::unexpected(fault(fmt::format(
        "the driver says that it put {} rows where there is room for {}", fetched, block_rows)));
  }
  if (fetched == 0) {
    return std::unexpected(fault("the driver says that there are rows, and gives none"));
  }
  SLUICE_TRY(is_bound ? check_block(result) : get_row());
  return fetched;
}

// A driver's word for a row, or for a length, is not taken before it was looked at.
Result<void> Cursor::State::check_block(SQLRETURN result) const {
  const auto end = row_status.begin() + static_cast<std::ptrdiff_t>(fetched);
  if (std::find(row_status.begin(), end, SQL_ROW_ERROR) != end) return std::unexpected(failure());
  const bool may_be_cut = result == SQL_SUCCESS_WITH_INFO;
  for (std::size_t column = 0; column < buffers.size(); ++column) {
    for (std::size_t row = 0; row < fetched; ++row) {
      const SQLLEN length = buffers[column].lengths[row];
      SLUICE_TRY(check_length(column, length, may_be_cut));
    }
  }
  return {};
}

Result<void> Cursor::State::check_length(std::size_t column, SQLLEN length, bool may_be_cut) const {
  const ColumnBuffer& buffer = buffers[column];
  if (buffer.is_possible(length, may_be_cut)) return {};
  const auto fixed = fixed_length(buffer.c_type);
  std::string expected = "expected a length or the word for NULL";
  if (fixed) expected = fmt::format("expected {} bytes", *fixed);
  if (length == untold_length) {
    return std::unexpected(
        fault(fmt::format("the driver does not say how long a value of column {} is; {}",
                          columns[column].name, expected)));
  }
  if (length == SQL_NO_TOTAL) {
    return std::unexpected(
        fault(fmt::format("the driver gives a value of column {} whole and says that it does not "
                          "know its length; {}",
                          columns[column].name, expected)));
  }
  return std::unexpected(fault(fmt::format("the driver gives {} bytes as a value of column {}; {}",
                                           length, columns[column].name, expected)));
}

// In the order of the columns, which every driver allows.
Result<void> Cursor::State::get_row() {
  for (std::size_t i = 0; i < buffers.size(); ++i) {
    SLUICE_TRY(get_value(static_cast<SQLUSMALLINT>(i + 1), buffers[i]));
  }
  return {};
}

Result<void> Cursor::State::get_value(SQLUSMALLINT number, ColumnBuffer& buffer) {
  buffer.whole.clear();
  buffer.is_cut = false;
  const std::size_t room = piece_bytes - terminator_of(buffer.c_type);
  const auto fixed = static_cast<SQLLEN>(fixed_length(buffer.c_type).value_or(0));
  std::array<char, piece_bytes> piece;
  while (true) {
    SQLLEN left = fixed > 0 ? fixed : untold_length;
    const SQLRETURN result = SQLGetData(statement.get(), number, buffer.c_type, piece.data(),
                                        static_cast<SQLLEN>(piece.size()), &left);
    // The end of a value that filled the piece before exactly.
    if (result == SQL_NO_DATA) break;
    if (!SQL_SUCCEEDED(result)) return std::unexpected(failure());
    SLUICE_TRY(check_length(number - 1U, left, result == SQL_SUCCESS_WITH_INFO));
    buffer.lengths[0] = left;
    if (left == SQL_NULL_DATA && buffer.whole.empty()) return {};
    const bool is_more = result == SQL_SUCCESS_WITH_INFO &&
                         (left == SQL_NO_TOTAL || left > static_cast<SQLLEN>(room));
    if (!is_more && (left < 0 || left > static_cast<SQLLEN>(room))) {
      return std::unexpected(
          fault(fmt::format("the driver gives {} bytes of column {} where there is room for {}",
                            left, columns[number - 1].name, room)));
    }
    buffer.whole.append(piece.data(), is_more ? room : static_cast<std::size_t>(left));
    if (!is_more || buffer.whole.size() > limits.max_value_bytes) break;
  }
  buffer.is_cut = buffer.whole.size() > limits.max_value_bytes;
  buffer.lengths[0] = 0;
  return {};
}

std::optional<std::string_view> Cursor::State::exact(std::size_t row, std::size_t column) {
  const ColumnBuffer& buffer = buffers[column];
  Conversion& conversion = conversions[column];
  conversion.is_malformed = false;
  const auto bytes = buffer.value(row, conversion.is_cut);
  if (!bytes) return std::nullopt;
  if (buffer.c_type == SQL_C_DOUBLE) {
    double number = 0;
    std::memcpy(&number, bytes->data(), std::min(bytes->size(), sizeof(number)));
    conversion.exact = text_of(number);
    return conversion.exact;
  }
  if (buffer.c_type == SQL_C_BIT) return bytes->starts_with('\0') ? "0" : "1";
  if (columns[column].kind != ValueKind::text || form == TextForm::narrow_utf_8) return bytes;
  if (form == TextForm::wide) {
    std::u16string wide(bytes->size() / sizeof(char16_t), u'\0');
    std::memcpy(wide.data(), bytes->data(), wide.size() * sizeof(char16_t));
    conversion.is_malformed = !to_utf8(wide, conversion.exact);
  } else {
    conversion.is_malformed = !narrow.to_utf8(*bytes, conversion.exact);
  }
  return conversion.exact;
}

Cursor::Cursor(std::unique_ptr<State> state) : state_(std::move(state)) {}
Cursor::Cursor(Cursor&&) noexcept = default;
Cursor& Cursor::operator=(Cursor&&) noexcept = default;
Cursor::~Cursor() = default;

const std::vector<SourceColumn>& Cursor::columns() const {
  return state_->columns;
}

Result<std::size_t> Cursor::next_block() {
  return state_->fetch();
}

std::optional<std::string_view> Cursor::exact(std::size_t row, std::size_t column) const {
  return state_->exact(row, column);
}

Value Cursor::value(std::size_t row, std::size_t column) const {
  const auto text = state_->exact(row, column);
  if (!text) return {};
  State::Conversion& conversion = state_->conversions[column];
  const auto refused = [&](intake::RowProblem problem) {
    conversion.problem = std::move(problem);
    return Value{text, &conversion.problem};
  };
  if (conversion.is_cut) {
    return refused({"", "too-large",
                    "the value is longer than its column declares, or than max_row_bytes allows"});
  }
  if (conversion.is_malformed) {
    return refused({"", "encoding", "the text is not well-formed in its encoding"});
  }
  const auto told = tell(state_->columns[column], *text, *state_->zone, conversion.told);
  if (!told) return refused(told.error());
  return {*told, nullptr};
}

}  // namespace sluice::adapters::front_end::odbc
