// What a cursor is inside; connection.cpp makes it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <date/tz.h>

#include "adapters/front_end/odbc/cursor.h"
#include "adapters/front_end/odbc/handle.h"
#include "adapters/front_end/odbc/narrow_text.h"
#include "adapters/front_end/odbc/result_buffers.h"

namespace sluice::adapters::front_end::odbc {

struct Cursor::State {
  StatementHandle statement;
  std::string place;   // for failures
  std::string secret;  // kept out of them
  std::vector<SourceColumn> columns;
  TextForm form = TextForm::narrow_utf_8;
  const date::time_zone* zone = nullptr;
  ReadLimits limits;

  bool is_loose = false;  // any value of any length may be in any column
  bool is_bound = false;  // in blocks; else row by row, in pieces
  std::size_t block_rows = 1;
  std::vector<ColumnBuffer> buffers;
  SQLULEN fetched = 0;
  std::vector<SQLUSMALLINT> row_status;

  // A value in UTF-8 and as it is told, by column: good until the same column is asked again.
  struct Conversion {
    std::string exact;
    std::string told;
    bool is_malformed = false;
    bool is_cut = false;
    intake::RowProblem problem;
  };
  std::vector<Conversion> conversions;
  NarrowText narrow;

  // After the statement was executed.
  [[nodiscard]] Result<void> bind();
  [[nodiscard]] Result<std::size_t> fetch();
  [[nodiscard]] std::optional<std::string_view> exact(std::size_t row, std::size_t column);
  [[nodiscard]] OdbcFailure failure() const;
  [[nodiscard]] OdbcFailure fault(std::string sentence) const;

 private:
  [[nodiscard]] Result<void> bind_columns();
  [[nodiscard]] Result<void> check_block(SQLRETURN result) const;
  [[nodiscard]] Result<void> check_length(std::size_t column, SQLLEN length, bool may_be_cut) const;
  [[nodiscard]] Result<void> get_row();
  [[nodiscard]] Result<void> get_value(SQLUSMALLINT number, ColumnBuffer& buffer);
};

}  // namespace sluice::adapters::front_end::odbc
