#include "adapters/front_end/odbc/dialect.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <utility>

#include <fmt/format.h>

namespace sluice::adapters::front_end::odbc {
namespace {

struct Product {
  std::string_view mark;  // in the product's name, lower case
  Dialect::Limit limit;
  const char* current_timestamp;
};

// The session of PostgreSQL and MariaDB is set to UTC when it is opened.
constexpr std::array products = {
    Product{"postgres", Dialect::Limit::limit, "SELECT CURRENT_TIMESTAMP"},
    Product{"kingbase", Dialect::Limit::limit, "SELECT CURRENT_TIMESTAMP"},
    Product{"mariadb", Dialect::Limit::limit, "SELECT UTC_TIMESTAMP(6)"},
    Product{"mysql", Dialect::Limit::limit, "SELECT UTC_TIMESTAMP(6)"},
    Product{"sqlite", Dialect::Limit::limit, "SELECT CURRENT_TIMESTAMP"},
    Product{"dm", Dialect::Limit::limit, ""},
    Product{"microsoft sql server", Dialect::Limit::top, "SELECT SYSUTCDATETIME()"},
    Product{"sql server", Dialect::Limit::top, "SELECT SYSUTCDATETIME()"},
    Product{"adaptive server", Dialect::Limit::top, "SELECT GETUTCDATE()"},
    Product{"oracle", Dialect::Limit::fetch_first,
            "SELECT SYS_EXTRACT_UTC(SYSTIMESTAMP) FROM DUAL"},
};

std::string lower(std::string_view text) {
  std::string result(text);
  std::ranges::transform(result, result.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return result;
}

}  // namespace

Dialect dialect_of(std::string product, std::string driver, std::string quote) {
  Dialect dialect;
  const std::string name = lower(product);
  const std::string library = lower(driver);
  const auto known = std::ranges::find_if(
      products, [&](const Product& each) { return name.starts_with(each.mark); });
  if (known != products.end()) {
    dialect.limit = known->limit;
    dialect.current_timestamp = known->current_timestamp;
  }
  dialect.has_loose_types = name.starts_with("sqlite");
  for (const std::string_view utf_8 : {"psqlodbc", "libmaodbc", "maodbc", "sqlite3odbc"}) {
    dialect.tells_utf_8 = dialect.tells_utf_8 || library.find(utf_8) != std::string::npos;
  }
  dialect.product = std::move(product);
  dialect.driver = std::move(driver);
  // A blank says that there is no quoting (ODBC, SQL_IDENTIFIER_QUOTE_CHAR); standard SQL has one.
  if (!quote.empty() && quote != " ") dialect.quote = std::move(quote);
  return dialect;
}

std::string quoted(const Dialect& dialect, std::string_view name) {
  std::string text = dialect.quote;
  for (const char c : name) {
    text += c;
    if (dialect.quote.size() == 1 && c == dialect.quote.front()) text += c;
  }
  return text + dialect.quote;
}

std::string qualified(const Dialect& dialect, const TableName& table) {
  std::string text;
  for (const std::string* part : {&table.catalog, &table.schema, &table.name}) {
    if (part->empty()) continue;
    if (!text.empty()) text += '.';
    text += quoted(dialect, *part);
  }
  return text;
}

std::string limited(const Dialect& dialect, std::string query, std::size_t rows) {
  constexpr std::string_view select = "SELECT ";
  switch (dialect.limit) {
    case Dialect::Limit::limit:
      return fmt::format("{} LIMIT {}", query, rows);
    case Dialect::Limit::top:
      return query.insert(select.size(), fmt::format("TOP {} ", rows));
    case Dialect::Limit::fetch_first:
      break;
  }
  return fmt::format("{} FETCH FIRST {} ROWS ONLY", query, rows);
}

}  // namespace sluice::adapters::front_end::odbc
