#include "doctor/database_look.h"

#include <fstream>
#include <optional>
#include <utility>
#include <variant>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "adapters/front_end/odbc/connection.h"
#include "adapters/front_end/odbc/connection_string.h"
#include "adapters/front_end/odbc/rights.h"
#include "adapters/front_end/source.h"
#include "adapters/front_end/table_query.h"
#include "doctor/clock_skew.h"
#include "jobs/front_end_source.h"
#include "settings/channels.h"

namespace sluice::doctor {
namespace {

namespace front_end = adapters::front_end;
namespace odbc = front_end::odbc;

// Of a session that looks a few things up.
constexpr std::chrono::seconds query_patience{15};
// A watermark's window is behind the database's clock, not behind ours.
constexpr std::chrono::minutes tolerance_of_database{5};

struct Look {
  const settings::Bureau& bureau;
  std::filesystem::path file;  // bureaus/ID.yaml

  [[nodiscard]] std::string edit(const std::string& key) const {
    return "edit " + place_of_key(file, key);
  }
};

Finding of_connection(const Look& look, const odbc::OdbcFailure& failure) {
  using enum odbc::OdbcProblem;
  const bool is_login = failure.code == login_refused;
  return wrong(failure.place, failure.sentence,
               look.edit(is_login ? "password_file" : "connection") +
                   (is_login ? ", or correct the password in the file that it names" : ""));
}

Finding of_clock(odbc::Connection& connection, const std::string& place,
                 const std::function<record::Time()>& clock) {
  const record::Time asked = clock();
  const auto told = odbc::own_time(connection);
  const record::Time answered = clock();
  if (!told) return warning(place, "its clock: " + told.error().sentence, "");
  if (!*told) return skipped(place, "its clock: not known how to ask this product");
  std::string text = **told;
  constexpr std::size_t between = 10;
  if (text.size() > between) text[between] = 'T';
  const auto time = record::parse_time(text + ".500Z");  // it is told to the second
  if (!time) return skipped(place, "its clock: what it says is not understood");
  return judge_clock({asked, answered, *time}, "the database", place, tolerance_of_database);
}

// In the table with the records, or the log of changes.
odbc::TableName read_table(const front_end::Source& source) {
  const auto* log = std::get_if<front_end::capture::ByChangeLog>(&source.exchange.capture);
  const front_end::TableName& name = log == nullptr ? source.exchange.table : log->log;
  return {name.catalog, name.schema, name.name};
}

// Whether the columns that are collected can be read.
std::expected<void, std::string> read_columns(odbc::Connection& connection,
                                              const front_end::Source& source) {
  const auto* log = std::get_if<front_end::capture::ByChangeLog>(&source.exchange.capture);
  const auto wanted =
      log == nullptr ? front_end::wanted_records(source) : front_end::wanted_log(source, *log);
  const auto table = front_end::find_table(connection, wanted);
  if (!table) return std::unexpected(table.error().sentence);
  // No row of it: what the database has against reading these columns it says before the first.
  const auto order = table->key.empty() ? table->columns : table->key;
  const auto query =
      front_end::select(connection.dialect(), table->columns, table->name, {"1 = 0", {}}, order, 1);
  auto cursor = connection.query(query.sql, query.parameters, table->columns, {});
  if (!cursor) return std::unexpected(cursor.error().sentence);
  const auto rows = cursor->next_block();
  if (!rows) return std::unexpected(rows.error().sentence);
  return {};
}

Finding of_rights(const Look& look, const std::string& place, const front_end::Source& source,
                  const odbc::Result<std::optional<odbc::TableRights>>& rights) {
  const std::string readable = "it can be read";
  if (!rights) {
    return warning(place, readable + "; its rights can not be told: " + rights.error().sentence,
                   "");
  }
  if (!*rights) {
    return ok(place, readable + "; whether it could be written to is not known of this product");
  }
  const odbc::TableRights& may = **rights;
  const bool is_flagged =
      std::holds_alternative<front_end::capture::ByFlag>(source.exchange.capture);
  if (is_flagged && !may.update) {
    return wrong(place,
                 readable +
                     ", and `capture: {kind: flag}` must write to its columns, which this "
                     "user may not",
                 "have the database's administrator GRANT UPDATE on them to this user; or choose "
                 "another way of capture: " +
                     look.edit("capture"));
  }
  std::vector<std::string> too_much;
  if (may.insert) too_much.emplace_back("INSERT");
  if (may.update && !is_flagged) too_much.emplace_back("UPDATE");
  if (may.remove) too_much.emplace_back("DELETE");
  if (!too_much.empty()) {
    return warning(place,
                   fmt::format("{}, and this user could also {} there, which it need not", readable,
                               fmt::join(too_much, ", ")),
                   fmt::format("have the database's administrator REVOKE {} from it",
                               fmt::join(too_much, ", ")));
  }
  return ok(place, readable + (is_flagged ? ", its flags be written, and no more"
                                          : ", and not written to"));
}

Finding of_table(const Look& look, odbc::Connection& connection, const std::string& where,
                 const front_end::Source& source) {
  const odbc::TableName table = read_table(source);
  const std::string place = fmt::format("{}: {}", where, table.name);
  if (const auto read = read_columns(connection, source); !read) {
    const bool is_denied = read.error().find("denied") != std::string::npos;
    return wrong(place, read.error(),
                 is_denied ? fmt::format("have the database's administrator GRANT SELECT on {} to "
                                         "this user; or {}",
                                         table.name, look.edit("table"))
                           : look.edit("table") + ", or see what the user may see");
  }
  return of_rights(look, place, source, odbc::rights_on(connection, table));
}

}  // namespace

std::string place_of_key(const std::filesystem::path& file, const std::string& key) {
  std::ifstream in(file);
  std::string line;
  for (int number = 1; std::getline(in, line); ++number) {
    const std::size_t at = line.find(key + ":");
    if (at == std::string::npos || line.find('#') < at) continue;
    if (at == 0 || line[at - 1] == ' ' || line[at - 1] == '{') {
      return fmt::format("{}:{}", file.string(), number);
    }
  }
  return file.string();
}

Findings look_at_database(const std::filesystem::path& configuration,
                          const settings::Settings& settings, const settings::Bureau& bureau,
                          const std::function<record::Time()>& clock) {
  const Look look{bureau, configuration / "bureaus" / (bureau.id.str() + ".yaml")};
  Findings findings;
  std::optional<odbc::Connection> connection;
  std::string where;
  for (const settings::Publication& publication : bureau.publishes) {
    if (!settings::comes_by(publication, record::Mode::front_end)) continue;
    const auto source =
        jobs::front_end_look(settings.datasets.at(publication.dataset).schema, bureau, publication);
    if (!source) {
      findings.push_back(wrong(source.error().place, source.error().sentence,
                               look.edit("password_file") + ", or make that file"));
      return findings;
    }
    if (!connection) {
      odbc::Access access = source->access;
      access.query_timeout = std::min(access.query_timeout, query_patience);
      auto opened = odbc::Connection::open(access);
      if (!opened) {
        findings.push_back(of_connection(look, opened.error()));
        return findings;
      }
      connection.emplace(std::move(*opened));
      where = odbc::place_of(access.connection);
      findings.push_back(
          ok(where, fmt::format("{} answers (driver {})", connection->dialect().product,
                                connection->dialect().driver)));
      findings.push_back(of_clock(*connection, where, clock));
    }
    findings.push_back(of_table(look, *connection, where, *source));
  }
  if (findings.empty()) {
    findings.push_back(skipped(bureau.id.str(), "nothing is collected from its database"));
  }
  return findings;
}

}  // namespace sluice::doctor
