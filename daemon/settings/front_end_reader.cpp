#include "settings/front_end_reader.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "settings/schedule_reader.h"

namespace sluice::settings {
namespace {

namespace capture = adapters::front_end::capture;
using adapters::front_end::ExchangeDatabase;
using adapters::front_end::ExchangeTable;
using adapters::front_end::OperationCodes;
using adapters::front_end::TableName;
using adapters::front_end::TextEncoding;

constexpr std::uint64_t most_page_rows = 100'000;
constexpr std::uint64_t most_numbers = 1'000'000'000;

// What of a connection string can be judged without its driver.
struct ConnectionString {
  // In lower case: ODBC (SQLDriverConnect) does not tell them apart by it, and lets blanks stand
  // around them.
  std::set<std::string> keywords;
  // Within a value in braces semicolons separate nothing, and a closing brace is doubled.
  bool has_open_brace = false;
};

ConnectionString parse_connection(std::string_view connection) {
  ConnectionString parsed;
  std::string keyword;
  bool in_keyword = true;
  for (std::size_t i = 0; i < connection.size(); ++i) {
    const char c = connection[i];
    if (parsed.has_open_brace) {
      if (c != '}') continue;
      if (connection.substr(i + 1).starts_with('}')) {
        ++i;
      } else {
        parsed.has_open_brace = false;
      }
    } else if (c == ';') {
      in_keyword = true;
      keyword.clear();
    } else if (c == '=' && in_keyword) {
      parsed.keywords.insert(keyword);
      in_keyword = false;
      parsed.has_open_brace = connection.substr(i + 1).starts_with('{');
      if (parsed.has_open_brace) ++i;
    } else if (in_keyword && c != ' ') {
      keyword += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    }
  }
  return parsed;
}

std::string read_connection(Section& section) {
  std::string connection = section.required_text("connection");
  if (connection.empty()) return connection;
  const auto [keywords, has_open_brace] = parse_connection(connection);
  if (has_open_brace) {
    // What is put behind it, such as the password, would become part of that value.
    section.complain("connection", "a `{` that no `}` closes", "values in braces to end");
  }
  if (!keywords.contains("dsn") && !keywords.contains("driver") && !keywords.contains("filedsn")) {
    section.complain("connection", "neither `DSN=` nor `Driver=`",
                     "an ODBC connection string such as `DSN=exchange;UID=sluice`, whose DSN "
                     "stands in /etc/odbc.ini, or `Driver=…;Server=…;Database=…;UID=…`");
  }
  if (keywords.contains("pwd") || keywords.contains("password")) {
    section.complain("connection", "a password",
                     "an ODBC connection string such as `DSN=exchange;UID=sluice`, the password in "
                     "a file of its own that `password_file` names,");
  }
  return connection;
}

std::filesystem::path read_password_file(Section& section, const std::filesystem::path& base) {
  const std::string name = section.text("password_file").value_or("");
  if (name.empty()) return {};
  std::filesystem::path file = (base / name).lexically_normal();
  std::error_code error;
  if (!std::filesystem::is_regular_file(file, error)) {
    section.complain("password_file", in_quotes(file.string()) + ", where there is no file",
                     "an existing file");
  }
  return file;
}

void set_seconds(Section& section, const char* key, std::chrono::seconds& target) {
  if (const auto value = section.duration(key)) {
    target = std::chrono::ceil<std::chrono::seconds>(*value);
  }
}

TableName read_table(Section& section, const std::string& key) {
  const Value* value = section.find(key);
  if (value == nullptr || !value->is_map()) return {.name = section.text(key).value_or("")};
  Section parts(*value, section.complaints());
  TableName table;
  table.catalog = parts.text("catalog").value_or("");
  table.schema = parts.text("schema").value_or("");
  table.name = parts.required_text("name");
  parts.finish();
  return table;
}

OperationCodes read_codes(Section& section) {
  OperationCodes codes;
  auto given = section.section("codes");
  if (!given) return codes;
  codes.insert = given->text("insert").value_or(codes.insert);
  codes.update = given->text("update").value_or(codes.update);
  codes.remove = given->text("delete").value_or(codes.remove);
  if (codes.remove == codes.insert || codes.remove == codes.update) {
    given->complain("delete", in_quotes(codes.remove), "another code than those for the others");
  }
  given->finish();
  return codes;
}

// Columns that tell records apart: the same one twice tells nothing more.
std::vector<std::string> read_key(Section& section) {
  std::vector<std::string> key = section.texts("key");
  for (std::size_t i = 0; i < key.size(); ++i) {
    const auto before = key.begin() + static_cast<std::ptrdiff_t>(i);
    if (key[i].empty()) {
      section.complain("key", "an empty name", "names of columns");
    } else if (std::find(key.begin(), before, key[i]) != before) {
      section.complain("key", in_quotes(key[i]) + " a second time", "each column once");
    }
  }
  return key;
}

capture::BySnapshot read_snapshot(Section& section) {
  capture::BySnapshot way;
  auto limit = section.section("delete_at_most");
  if (!limit) return way;
  capture::DeleteAtMost& most = way.delete_at_most;
  most.share = limit->share("share").value_or(most.share);
  most.rows = limit->count("rows", 0, most_numbers).value_or(most.rows);
  limit->finish();
  return way;
}

capture::ByWatermark read_watermark(Section& section) {
  capture::ByWatermark way;
  way.column = section.required_text("column");
  set_seconds(section, "look_back", way.look_back);
  way.look_back_numbers =
      section.count("look_back_numbers", 0, most_numbers).value_or(way.look_back_numbers);
  return way;
}

capture::ByFlag read_flag(Section& section, const ExchangeDatabase& database) {
  capture::ByFlag way;
  way.column = section.required_text("column");
  std::array<std::pair<const char*, std::string*>, 4> values = {{{"ready", &way.ready},
                                                                 {"taking", &way.taking},
                                                                 {"taken", &way.taken},
                                                                 {"failed", &way.failed}}};
  for (auto& [key, value] : values)
    *value = section.text(key).value_or(*value);
  for (std::size_t i = 0; i < values.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      if (*values.at(i).second != *values.at(j).second) continue;
      section.complain(values.at(i).first,
                       fmt::format("the same value as `{}`", values.at(j).first), "another one");
    }
  }
  way.reason_column = section.text("reason_column").value_or("");
  way.operation_column = section.text("operation_column").value_or("");
  way.codes = read_codes(section);
  if (section.has("codes") && way.operation_column.empty()) {
    section.complain("codes", "codes of operations",
                     "`operation_column` beside them: without it every row is an upsert;");
  }
  if (!database.write_back) {
    section.complain("kind", "`flag`, which writes to the bureau's database",
                     "`write_back: true` in `channels.front-end`, or another way of capture");
  }
  return way;
}

capture::ByChangeLog read_change_log(Section& section) {
  capture::ByChangeLog way;
  if (section.has("log")) {
    way.log = read_table(section, "log");
  } else {
    static_cast<void>(section.required_text("log"));
  }
  way.sequence = section.required_text("sequence");
  way.operation = section.required_text("operation");
  way.codes = read_codes(section);
  way.look_back_numbers =
      section.count("look_back_numbers", 0, most_numbers).value_or(way.look_back_numbers);
  return way;
}

adapters::front_end::Capture read_capture(Section section, const ExchangeDatabase& database) {
  static const std::array<std::string, 4> kinds = {"snapshot", "watermark", "flag", "change-log"};
  adapters::front_end::Capture way;
  if (section.required_text("kind").empty()) return way;
  const auto kind = section.choice("kind", kinds);
  if (!kind) return way;
  switch (*kind) {
    case 1:
      way = read_watermark(section);
      break;
    case 2:
      way = read_flag(section, database);
      break;
    case 3:
      way = read_change_log(section);
      break;
    default:
      way = read_snapshot(section);
      break;
  }
  section.finish();
  return way;
}

}  // namespace

ExchangeDatabase read_exchange_database(Section& section, const std::filesystem::path& base) {
  static const std::array<std::string, 3> encodings = {"automatic", "utf-8", "gb18030"};
  ExchangeDatabase database;
  database.connection = read_connection(section);
  database.password_file = read_password_file(section, base);
  if (const auto encoding = section.choice("encoding", encodings)) {
    database.encoding =
        std::array{TextEncoding::automatic, TextEncoding::utf_8, TextEncoding::gb18030}[*encoding];
  }
  read_time_zone(section, "time_zone", database.time_zone);
  set_seconds(section, "login_timeout", database.login_timeout);
  set_seconds(section, "query_timeout", database.query_timeout);
  database.page_rows = section.count("page_rows", 1, most_page_rows).value_or(database.page_rows);
  database.write_back = section.boolean("write_back").value_or(false);
  return database;
}

ExchangeTable read_exchange_table(Section section, const ExchangeDatabase& database) {
  ExchangeTable exchange;
  exchange.table = read_table(section, "table");
  exchange.capture = read_capture(section.required_section("capture"), database);
  const bool has_log = std::holds_alternative<capture::ByChangeLog>(exchange.capture);
  if (exchange.table.name.empty() && !has_log) {
    section.complain("table", "no table", "the table's name; only a change log may do without");
  }
  exchange.key = read_key(section);
  exchange.source_time = section.text("source_time").value_or("");
  section.finish();
  return exchange;
}

}  // namespace sluice::settings
