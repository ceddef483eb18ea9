#include "adapters/front_end/odbc/failure.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>
#include <sql.h>
#include <sqlext.h>

#include "record/record_checker.h"

namespace sluice::adapters::front_end::odbc {
namespace {

constexpr std::size_t longest_message = 600;

struct Diagnosis {
  OdbcProblem problem;
  const char* what_to_do;
};

// SQLSTATEs of ODBC 3.8 (Appendix A) and, by their class, those that databases add.
Diagnosis diagnosis_of(Stage stage, std::string_view state, std::string_view message) {
  const auto mentions = [&](std::string_view text) {
    return message.find(text) != std::string_view::npos;
  };
  if (state == "IM002") {
    return {OdbcProblem::no_source,
            "name a DSN of /etc/odbc.ini (`odbcinst -q -s` lists them), or a driver with "
            "`Driver=/path/to/library.so`"};
  }
  if (state == "IM003" || state == "IM004" || mentions("Can't open lib")) {
    return {OdbcProblem::no_driver,
            "install the driver's package, or correct its name (`odbcinst -q -d` lists them) or "
            "path; where the file is there, `ldd` says what else it needs"};
  }
  // FreeTDS passes SQL Server's refusal on under SQLSTATE 42000.
  if (state == "28000" || state == "28P01" || mentions("authentication failed") ||
      mentions("Access denied") || mentions("Login failed")) {
    return {OdbcProblem::login_refused, "check the user, and the password in its file"};
  }
  if (stage == Stage::connecting) {
    if (state == "3D000" || mentions("Unknown database") ||
        (mentions("database \"") && mentions("does not exist"))) {
      return {OdbcProblem::unreachable, "check the database's name in the connection string"};
    }
    return {OdbcProblem::unreachable,
            "see whether the server runs and can be reached from here by its name and port, or its "
            "file is there and this user may use it"};
  }
  if (state == "HYT00" || state == "HYT01") {
    return {OdbcProblem::timed_out, "see whether the database is busy, or raise the time limit"};
  }
  if (state == "57P01" || mentions("closed the connection") || mentions("server has gone away") ||
      mentions("Lost connection") || mentions("no connection to the server")) {
    return {OdbcProblem::lost, "the next run goes on where this one was"};
  }
  if (state.starts_with("08")) {
    return {OdbcProblem::lost, "the next run goes on where this one was"};
  }
  if (state == "42S02" || state == "42P01") {
    return {OdbcProblem::no_table, "check the table's name, and what the user may see"};
  }
  return {OdbcProblem::rejected, "that is the database's own answer: its administrator knows more"};
}

// For logs and JSON, whatever the server's encoding is: a character that was cut at the end goes,
// and where the rest is no UTF-8 either, all that is not ASCII is a question mark.
std::string printable(std::string line) {
  constexpr std::size_t longest_character = 4;
  for (std::size_t cut = 0; cut < longest_character && cut < line.size(); ++cut) {
    if (record::is_valid_utf8(std::string_view(line).substr(0, line.size() - cut))) {
      line.erase(line.size() - cut);
      break;
    }
  }
  const bool is_text = record::is_valid_utf8(line);
  std::ranges::replace_if(
      line,
      [is_text](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return byte < ' ' || byte == 0x7F || (!is_text && byte > 0x7F);
      },
      '?');
  return line;
}

// Drivers quote statements and parameters over several lines; the first one says what is wrong.
std::string first_line(std::string_view message, std::string_view secret) {
  constexpr std::string_view hidden = "…";
  std::string line(message.substr(0, message.find_first_of("\r\n")));
  std::size_t at = 0;
  while (!secret.empty() && (at = line.find(secret, at)) != std::string::npos) {
    line.replace(at, secret.size(), hidden);
    at += hidden.size();
  }
  if (line.size() > longest_message) line.resize(longest_message);
  return printable(std::move(line));
}

}  // namespace

OdbcFailure diagnose(const HandleName& handle, Stage stage, std::string_view place,
                     std::string_view secret) {
  std::array<SQLCHAR, 6> state{};
  std::array<SQLCHAR, 2048> text{};
  SQLINTEGER native = 0;
  SQLSMALLINT length = 0;
  const SQLRETURN result =
      SQLGetDiagRec(handle.type, handle.handle, 1, state.data(), &native, text.data(),
                    static_cast<SQLSMALLINT>(text.size()), &length);
  if (!SQL_SUCCEEDED(result)) {
    return {OdbcProblem::driver_fault, std::string(place),
            "the driver failed and does not say why"};
  }
  const auto size = std::clamp<std::size_t>(length < 0 ? 0U : static_cast<std::size_t>(length), 0,
                                            text.size() - 1);
  // The driver manager's and the driver's characters are bytes to us.
  const std::string_view code(reinterpret_cast<const char*>(state.data()), 5);
  const std::string_view message(reinterpret_cast<const char*>(text.data()), size);
  const Diagnosis diagnosis = diagnosis_of(stage, code, message);
  return {
      diagnosis.problem, std::string(place),
      fmt::format("{} (SQLSTATE {}); {}", first_line(message, secret), code, diagnosis.what_to_do)};
}

}  // namespace sluice::adapters::front_end::odbc
