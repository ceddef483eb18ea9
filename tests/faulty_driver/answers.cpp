#include "faulty_driver/answers.h"

#include <algorithm>
#include <charconv>
#include <cstring>

namespace sluice::test::faulty_driver {
namespace {

struct Column {
  const char* name;
  SQLSMALLINT type;
  const char* type_name;
  int size;
};
// The last one has no bound, so that whoever asks for it has to fetch in pieces.
constexpr Column columns[] = {{"id", SQL_INTEGER, "INTEGER", 10},
                              {"name", SQL_WVARCHAR, "VARCHAR", 40},
                              {"amount", SQL_DOUBLE, "DOUBLE", 15},
                              {"paid", SQL_BIT, "BIT", 1},
                              {"note", SQL_WLONGVARCHAR, "TEXT", 0}};

std::size_t number_in(std::string_view text, std::size_t otherwise) {
  std::size_t number = otherwise;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

Cell value_of(std::string_view column, std::size_t id) {
  const std::string number = std::to_string(id);
  if (column == "id") return number;
  if (column == "name") return "payer " + number;
  if (column == "amount") return number + ".5";
  if (column == "paid") return id % 2 == 0 ? "1" : "0";
  return "note " + number;
}

std::vector<std::string> names_in(std::string_view list) {
  std::vector<std::string> names;
  while (list.find('"') != std::string_view::npos) {
    list.remove_prefix(list.find('"') + 1);
    names.emplace_back(list.substr(0, list.find('"')));
    list.remove_prefix(names.back().size() + 1);
  }
  return names;
}

}  // namespace

Answer described_columns() {
  Answer answer{.columns = 18, .rows = {}};
  for (const Column& column : columns) {
    Cells cells(answer.columns);
    cells[1] = "";
    cells[2] = "payment";
    cells[3] = column.name;
    cells[4] = std::to_string(column.type);
    cells[5] = column.type_name;
    cells[6] = std::to_string(column.size);
    cells[8] = "0";
    cells[10] = std::to_string(std::string_view(column.name) == "id" ? SQL_NO_NULLS : SQL_NULLABLE);
    answer.rows.push_back(std::move(cells));
  }
  return answer;
}

Answer described_key() {
  return {.columns = 6, .rows = {{std::nullopt, std::nullopt, "payment", "id", "1", "primary"}}};
}

Answer described_tables() {
  return {.columns = 5, .rows = {{std::nullopt, std::nullopt, "payment", "TABLE", std::nullopt}}};
}

Answer answer_to(std::string_view sql, const std::vector<std::string>& parameters,
                 std::size_t rows) {
  const auto names = names_in(sql.substr(0, sql.find(" FROM ")));
  std::size_t parameter = 0;
  const auto bound = [&](std::string_view condition, std::size_t otherwise) {
    const bool is_asked = sql.find(condition) != std::string_view::npos;
    return is_asked ? number_in(parameters.at(parameter++), otherwise) : otherwise;
  };
  const std::size_t after = bound("\"id\" > ?", 0);
  const std::size_t last = std::min(rows, bound("\"id\" <= ?", rows));
  constexpr std::string_view limit = "FETCH FIRST ";
  const std::size_t at = sql.find(limit);
  const std::size_t most =
      at == std::string_view::npos ? rows : number_in(sql.substr(at + limit.size()), rows);
  Answer answer{.columns = names.size(), .rows = {}};
  for (std::size_t id = after + 1; id <= last && answer.rows.size() < most; ++id) {
    Cells& cells = answer.rows.emplace_back();
    for (const std::string& name : names)
      cells.push_back(value_of(name, id));
  }
  return answer;
}

bool put(const Cell& cell, const Target& target) {
  if (!cell) {
    *target.length = SQL_NULL_DATA;
    return true;
  }
  std::string bytes = *cell;
  std::size_t terminator = 1;
  if (target.c_type == SQL_C_SLONG) {
    const auto number = static_cast<SQLINTEGER>(std::stol(*cell));
    bytes.assign(reinterpret_cast<const char*>(&number), sizeof(number));
    terminator = 0;
  } else if (target.c_type == SQL_C_DOUBLE) {
    const double number = std::stod(*cell);
    bytes.assign(reinterpret_cast<const char*>(&number), sizeof(number));
    terminator = 0;
  } else if (target.c_type == SQL_C_BIT) {
    bytes.assign(1, *cell == "1" ? '\1' : '\0');
    terminator = 0;
  } else if (target.c_type == SQL_C_WCHAR) {
    const std::u16string wide(cell->begin(), cell->end());
    bytes.assign(reinterpret_cast<const char*>(wide.data()), wide.size() * sizeof(char16_t));
    terminator = sizeof(char16_t);
  }
  *target.length = static_cast<SQLLEN>(bytes.size());
  bytes.append(terminator, '\0');
  // Numbers are of the size that their type says: no room is told for them.
  const std::size_t room =
      terminator == 0 ? bytes.size() : static_cast<std::size_t>(std::max<SQLLEN>(target.room, 0));
  std::memcpy(target.memory, bytes.data(), std::min(room, bytes.size()));
  return bytes.size() <= room;
}

}  // namespace sluice::test::faulty_driver
