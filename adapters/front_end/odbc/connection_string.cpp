#include "adapters/front_end/odbc/connection_string.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "record/lower_case.h"

namespace sluice::adapters::front_end::odbc {
namespace {

std::string_view trimmed(std::string_view text) {
  while (text.starts_with(' '))
    text.remove_prefix(1);
  while (text.ends_with(' '))
    text.remove_suffix(1);
  return text;
}

// How much of the text a value in braces takes, its braces included; 0 where it is in none.
std::size_t braced_length(std::string_view text) {
  if (!text.starts_with('{')) return 0;
  std::size_t end = 1;
  while ((end = text.find('}', end)) != std::string_view::npos) {
    if (end + 1 == text.size() || text[end + 1] != '}') return end + 1;
    end += 2;
  }
  return text.size();
}

// Takes `keyword=value` from the front; a value in braces may hold semicolons, and braces doubled.
std::pair<std::string_view, std::string_view> take_attribute(std::string_view& rest) {
  const std::size_t equals = std::min(rest.find_first_of("=;"), rest.size());
  const std::string_view keyword = trimmed(rest.substr(0, equals));
  rest.remove_prefix(equals);
  if (!rest.starts_with('=')) {
    if (!rest.empty()) rest.remove_prefix(1);
    return {keyword, {}};
  }
  rest.remove_prefix(1);
  const std::size_t end = std::min(rest.find(';', braced_length(rest)), rest.size());
  const std::string_view value = trimmed(rest.substr(0, end));
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return {keyword, value};
}

// The value of the keyword that comes first, as drivers take it; nothing where it is not there.
std::optional<std::string_view> find(std::string_view connection, std::string_view keyword) {
  const std::string wanted = record::lower_case(keyword);
  while (!connection.empty()) {
    const auto [name, value] = take_attribute(connection);
    if (record::lower_case(name) == wanted) return value;
  }
  return std::nullopt;
}

struct Option {
  std::string_view driver;  // in the driver's name
  std::string_view keyword;
  std::string_view value;
};

// psqlODBC reads a whole result into memory unless it declares a cursor, cuts text at 8190 bytes
// unless told how much it may be, says that a varchar without a length has 255 characters unless
// told another number (this one is the first that result_buffers.cpp fetches in pieces, however
// long the value), and calls booleans and byteas text. MariaDB's connector speaks
// the locale's encoding unless told another.
constexpr std::array needed = {
    Option{"psqlodbc", "UseDeclareFetch", "1"},
    Option{"psqlodbc", "Fetch", "1000"},
    Option{"psqlodbc", "BoolsAsChar", "0"},
    Option{"psqlodbc", "TextAsLongVarchar", "1"},
    Option{"psqlodbc", "UnknownsAsLongVarchar", "1"},
    Option{"psqlodbc", "ByteaAsLongVarBinary", "1"},
    Option{"psqlodbc", "MaxLongVarcharSize", "0"},
    Option{"psqlodbc", "MaxVarcharSize", "4001"},
    Option{"maodbc", "CHARSET", "utf8mb4"},
};

}  // namespace

std::string value_of(std::string_view connection, std::string_view keyword) {
  return std::string(find(connection, keyword).value_or(std::string_view()));
}

std::string place_of(std::string_view connection) {
  if (const std::string dsn = value_of(connection, "DSN"); !dsn.empty()) return "DSN " + dsn;
  std::string server;
  for (const char* keyword : {"Server", "Servername", "Host"}) {
    if (server.empty()) server = value_of(connection, keyword);
  }
  const std::string database = value_of(connection, "Database");
  if (server.empty() && database.empty()) return "exchange database";
  return database.empty() ? server : server.empty() ? database : server + "/" + database;
}

bool names_a_source(std::string_view connection) {
  return std::ranges::any_of(std::array{"DSN", "FILEDSN", "Driver"}, [&](const char* keyword) {
    return !value_of(connection, keyword).empty();
  });
}

std::string password_part(std::string_view password) {
  if (password.empty()) return {};
  std::string part = ";PWD={";
  for (const char c : password) {
    part += c;
    if (c == '}') part += c;
  }
  return part + "}";
}

std::string with_needed_options(const std::string& connection, std::string_view driver) {
  const std::string library = record::lower_case(driver);
  std::string whole = connection;
  for (const Option& option : needed) {
    if (library.find(option.driver) == std::string::npos) continue;
    if (find(connection, option.keyword)) continue;
    if (!whole.ends_with(';')) whole += ';';
    whole += fmt::format("{}={}", option.keyword, option.value);
  }
  return whole;
}

bool streams(std::string_view connection, std::string_view driver) {
  return record::lower_case(driver).find("psqlodbc") != std::string::npos &&
         find(connection, "UseDeclareFetch") == "1";
}

std::vector<std::string> session_statements(const Dialect& dialect) {
  const std::string product = record::lower_case(dialect.product);
  if (product.starts_with("postgres") || product.starts_with("kingbase")) {
    return {"SET TimeZone = 'UTC'"};
  }
  if (product.starts_with("mariadb") || product.starts_with("mysql")) {
    return {"SET time_zone = '+00:00'"};
  }
  return {};
}

}  // namespace sluice::adapters::front_end::odbc
