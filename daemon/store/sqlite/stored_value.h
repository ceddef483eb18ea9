// How a field's COPY text is kept in a STRICT column of SQLite, and how it becomes the same text
// again: whole numbers, years and booleans as INTEGER, everything else as TEXT, decimals too, since
// REAL would not keep them exact.
#pragma once

#include <string>
#include <string_view>

#include "record/table_schema.h"
#include "sqlite/database.h"

namespace sluice::store::sqlite {

using sluice::sqlite::Statement;

[[nodiscard]] std::string_view column_type(record::FieldType type);

// `buffer` must live until the statement has run.
void bind_value(Statement& statement, int index, record::FieldType type, std::string_view escaped,
                std::string& buffer);

// The same for a value that is there and not escaped; `plain` must live as long as a buffer.
void bind_plain_value(Statement& statement, int index, record::FieldType type,
                      std::string_view plain);
void append_plain_value(std::string& text, const Statement& statement, int column,
                        record::FieldType type);

void append_value(std::string& columns, const Statement& statement, int column,
                  record::FieldType type);

}  // namespace sluice::store::sqlite
