// Each bureau's exchange database, looked at by a process of its own as a collection would be
// (`sluice look-at-database`): one whose driver hangs is ended, one whose driver crashes is told.
#include <algorithm>
#include <csignal>
#include <cstring>
#include <stop_token>
#include <utility>

#include <fmt/format.h>

#include "doctor/checks.h"
#include "doctor/database_look.h"
#include "runs/child_process.h"

namespace sluice::doctor {
namespace {

// Beside its login.
constexpr std::chrono::seconds time_of_questions{30};
// What the runs' child process itself takes to end one that will not.
constexpr std::chrono::seconds time_to_end{10};

// Its last line is ours: a driver may have said something before.
std::optional<Findings> said_by(const runs::ChildEnd& end) {
  const std::string line = runs::last_line(end.output);
  return parse_findings(line);
}

Findings look_by_child(const Surroundings& node, const settings::Bureau& bureau) {
  const adapters::front_end::ExchangeDatabase& database = bureau.front_end->database;
  const runs::ChildLimits limits{.time = database.login_timeout + time_of_questions};
  auto child = runs::ChildProcess::start(
      node.program, {"--config", node.configuration.string(), "look-at-database", bureau.id.str()},
      limits);
  if (!child) return {wrong(bureau.id.str(), child.error().sentence, "")};
  const runs::ChildEnd end = child->wait({});
  if (auto findings = said_by(end); findings && end.status == 0 && !findings->empty()) {
    return std::move(*findings);
  }
  const std::string edit =
      "edit " +
      place_of_key(node.configuration / "bureaus" / (bureau.id.str() + ".yaml"), "connection");
  if (end.is_timed_out) {
    return {wrong(
        bureau.id.str(),
        fmt::format("its database's driver did not answer within {} s, and was ended",
                    limits.time.count()),
        "see whether the database hangs, or something on the way drops what is sent; " + edit)};
  }
  constexpr int by_signal = 128;
  if (end.status > by_signal) {
    return {wrong(
        bureau.id.str(),
        fmt::format("its database's driver crashed ({})", ::strsignal(end.status - by_signal)),
        "try another version of the driver: docs/odbc.md; " + edit)};
  }
  return {wrong(bureau.id.str(),
                fmt::format("the process that looks at its database ended with status {}: {}",
                            end.status, runs::last_line(end.errors)),
                edit)};
}

}  // namespace

std::vector<Check> database_checks(const Shared& node) {
  std::vector<Check> checks;
  if (!node->all) return checks;
  for (const auto& [id, bureau] : node->all->bureaus) {
    if (!bureau.front_end || node->all->carrier(id) != nullptr) continue;
    checks.push_back(
        {.name = "database",
         .group = "Exchange databases",
         .about = id.str(),
         .needs = {"configuration"},
         .limit = bureau.front_end->database.login_timeout + time_of_questions + time_to_end,
         .look = [node, &bureau = bureau] { return look_by_child(*node, bureau); }});
  }
  return checks;
}

}  // namespace sluice::doctor
