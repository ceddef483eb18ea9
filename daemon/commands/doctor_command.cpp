#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json.hpp>
#include <fmt/format.h>
#include <unistd.h>

#include "commands/commands.h"
#include "commands/terminal.h"
#include "doctor/checks.h"
#include "doctor/database_look.h"
#include "doctor/examination.h"
#include "files/file_descriptor.h"
#include "installation/system_clock.h"
#include "record/lower_case.h"

namespace sluice::commands {
namespace {

using doctor::Check;
using doctor::Finding;
using doctor::Findings;
using doctor::Verdict;

constexpr std::size_t widest_about = 44;

struct Mark {
  std::string_view drawn;
  std::string_view word;  // where the terminal can not draw it
  std::string_view colour;
};

Mark sign_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::ok:
      return {"✓", "ok     ", "\x1b[32m"};
    case Verdict::skipped:
      return {"–", "skipped", "\x1b[2m"};
    case Verdict::warning:
      return {"!", "warning", "\x1b[33m"};
    case Verdict::wrong:
      break;
  }
  return {"✗", "WRONG  ", "\x1b[31m"};
}

// What is no terminal takes UTF-8, as all our output is.
bool draws_marks() {
  if (isatty(STDOUT_FILENO) != 1) return true;
  for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
    const char* value = std::getenv(name);
    if (value == nullptr || *value == '\0') continue;
    const std::string locale = record::lower_case(value);
    return locale.find("utf-8") != std::string::npos || locale.find("utf8") != std::string::npos;
  }
  return false;
}

// Prints each check as soon as those before it are printed.
class Page {
 public:
  explicit Page(const std::vector<Check>& checks) {
    for (const Check& check : checks)
      width_ = std::max(width_, std::min(columns_of(check.about), widest_about));
  }

  void print(const Check& check, const Findings& findings) {
    if (check.group != group_) {
      fmt::print("{}{}\n", group_.empty() ? "" : "\n", check.group);
      group_ = check.group;
    }
    for (const Finding& finding : findings) {
      ++counts_.at(static_cast<std::size_t>(finding.verdict));
      print(finding);
    }
    std::fflush(stdout);
  }

  void print_summary() const {
    const auto count = [&](Verdict verdict) {
      return counts_.at(static_cast<std::size_t>(verdict));
    };
    fmt::print("\n{} wrong, {} to be seen to, {} well, {} not looked at\n", count(Verdict::wrong),
               count(Verdict::warning), count(Verdict::ok), count(Verdict::skipped));
  }

 private:
  void print(const Finding& finding) const {
    const Mark mark = sign_of(finding.verdict);
    const std::string about = printable(finding.about);
    const std::size_t columns = columns_of(about);
    const std::string_view drawn = draws_ ? mark.drawn : mark.word;
    fmt::print("  {}{}{} {}{}  {}\n", has_colours_ ? mark.colour : "", drawn,
               has_colours_ ? "\x1b[0m" : "", about,
               std::string(columns < width_ ? width_ - columns : 0, ' '), printable(finding.found));
    if (finding.remedy.empty()) return;
    fmt::print("    {} {}\n", draws_ ? "→" : "->", printable(finding.remedy));
  }

  std::size_t width_ = 0;
  std::string group_;
  std::array<std::size_t, 4> counts_{};
  bool draws_ = draws_marks();
  bool has_colours_ = isatty(STDOUT_FILENO) == 1 && std::getenv("NO_COLOR") == nullptr;
};

boost::json::object told(const Check& check, const Finding& finding) {
  return {{"check", check.name},
          {"group", check.group},
          {"verdict", doctor::to_string(finding.verdict)},
          {"about", finding.about},
          {"found", finding.found},
          {"remedy", finding.remedy}};
}

ExitStatus run_doctor(const Context& context, bool json) {
  const std::vector<Check> checks = doctor::checks_of({.configuration = context.configuration,
                                                       .clock = installation::system_now,
                                                       .program = own_program,
                                                       .sync = ::fsync});
  Page page(checks);
  boost::json::array all;
  bool is_configured = true;
  const auto examined = doctor::examine(checks, [&](const Check& check, const Findings& findings) {
    if (check.name == "configuration" && worst(findings) == Verdict::wrong) is_configured = false;
    if (!json) return page.print(check, findings);
    for (const Finding& finding : findings)
      all.push_back(told(check, finding));
  });
  if (json) {
    fmt::print("{}\n", boost::json::serialize(boost::json::object{
                           {"version", SLUICE_VERSION},
                           {"at", record::to_string(installation::system_now())},
                           {"verdict", doctor::to_string(examined.worst)},
                           {"findings", std::move(all)}}));
  } else {
    page.print_summary();
  }
  const ExitStatus status = !is_configured                     ? ExitStatus::usage
                            : examined.worst == Verdict::wrong ? ExitStatus::unwell
                                                               : ExitStatus::success;
  if (examined.is_cut_short) {
    // A thread that hangs can not be waited for.
    std::fflush(stdout);
    std::_Exit(static_cast<int>(status));
  }
  return status;
}

ExitStatus look_at_database(const Context& context, const std::string& name) {
  // A driver may print: what is for who asked goes by a way of its own.
  const files::FileDescriptor answer(::dup(STDOUT_FILENO));
  if (!answer || ::dup2(STDERR_FILENO, STDOUT_FILENO) < 0) return fail("there is no way to answer");
  const auto settings = context.settings();
  if (!settings) return ExitStatus::usage;
  const settings::Bureau* bureau = find_bureau(*settings, name);
  if (bureau == nullptr || !bureau->front_end) return ExitStatus::usage;
  const std::string line = "\n" +
                           to_json(doctor::look_at_database(context.configuration, *settings,
                                                            *bureau, installation::system_now)) +
                           "\n";
  for (std::string_view rest = line; !rest.empty();) {
    const ssize_t written = ::write(answer.get(), rest.data(), rest.size());
    if (written <= 0) return ExitStatus::failure;
    rest.remove_prefix(static_cast<std::size_t>(written));
  }
  return ExitStatus::success;
}

}  // namespace

void add_doctor(CLI::App& app, Context& context) {
  auto* command = app.add_subcommand(
      "doctor", "Look at this node and at whom it works with; say what is wrong and what to do");
  auto json = std::make_shared<bool>(false);
  command->add_flag("--json", *json, "For machines");
  command->callback([&context, json] {
    context.chosen = [&context, json] { return run_doctor(context, *json); };
  });
  // What the doctor starts for each database; nothing to give by hand.
  auto* look = app.add_subcommand("look-at-database", "")->group("");
  auto bureau = std::make_shared<std::string>();
  look->add_option("bureau", *bureau)->required();
  look->callback([&context, bureau] {
    context.chosen = [&context, bureau] { return look_at_database(context, *bureau); };
  });
}

}  // namespace sluice::commands
