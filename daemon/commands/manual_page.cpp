#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "commands/declared.h"
#include "commands/manual.h"
#include "runs/exit_status.h"

namespace sluice::commands {
namespace {

// What groff would take for an order or another character; and the dash is the one that is typed.
constexpr std::array<std::pair<char, std::string_view>, 8> roff_characters{{{'\\', "\\[rs]"},
                                                                            {'-', "\\-"},
                                                                            {'`', "\\[ga]"},
                                                                            {'\'', "\\[aq]"},
                                                                            {'~', "\\[ti]"},
                                                                            {'^', "\\[ha]"},
                                                                            {'"', "\\[dq]"},
                                                                            {'.', "\\&."}}};

// As plain text.
std::string roff(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const auto* const known =
        std::ranges::find(roff_characters, c, &std::pair<char, std::string_view>::first);
    if (known == roff_characters.end()) {
      out += c;
    } else {
      out += known->second;
    }
  }
  return out;
}

// What one gives for it: "bureau", "path…", "[directory]".
std::string how_given(const CLI::Option& positional) {
  const bool several = positional.get_items_expected_max() > 1;
  const std::string name = positional.get_name(true) + (several ? " …" : "");
  return positional.get_required() ? name : "[" + name + "]";
}

std::string type_of(const CLI::Option& option) {
  return takes_value(option) ? option.get_type_name() : std::string();
}

// "sluice import [options] bureau path…"
std::string synopsis(const CLI::App& command) {
  std::string line = fmt::format("\\fB{}\\fR", roff(full_name(command)));
  if (!declared_options(command).empty()) line += " [\\fIoptions\\fR]";
  for (const CLI::Option* positional : declared_positionals(command))
    line += fmt::format(" \\fI{}\\fR", roff(how_given(*positional)));
  if (!declared_commands(command).empty()) line += " \\fIcommand\\fR …";
  return line + "\n";
}

std::string described(const CLI::Option& option, const std::string& head) {
  std::string text = ".TP\n" + head + "\n" + roff(option.get_description());
  if (!option.get_default_str().empty()) {
    text += fmt::format(" (default: {})", roff(option.get_default_str()));
  }
  return text + "\n";
}

std::string options_of(const CLI::App& command) {
  std::string text;
  for (const CLI::Option* positional : declared_positionals(command))
    text += described(*positional, fmt::format("\\fI{}\\fR", roff(how_given(*positional))));
  for (const CLI::Option* option : declared_options(command)) {
    if (option->check_lname("help") && command.get_parent() != nullptr) continue;
    std::string head =
        fmt::format("\\fB{}\\fR", roff(fmt::format("{}", fmt::join(spellings(*option), ", "))));
    if (const std::string type = type_of(*option); !type.empty()) {
      head += fmt::format(" \\fI{}\\fR", roff(type));
    }
    text += described(*option, head);
  }
  return text;
}

// One that only has others below it is told by them.
std::string section_of(const CLI::App& command) {
  const auto below = declared_commands(command);
  std::string text = fmt::format(".SS {}{}\n", synopsis(command), roff(command.get_description()));
  text += options_of(command);
  for (const CLI::App* each : below)
    text += section_of(*each);
  return text;
}

std::string exit_statuses() {
  std::string text;
  for (int number = 0; number < 256; ++number) {
    const std::string_view meaning = runs::meaning(runs::ExitStatus{number});
    if (!meaning.empty()) text += fmt::format(".TP\n.B {}\n{}\n", number, roff(meaning));
  }
  return text;
}

constexpr std::string_view files_section = R"page(.TP
.I /etc/sluice
The configuration.
.TP
.I /run/sluice/control.socket
Where the daemon listens to this command; for the group
.BR sluice .
.TP
.I /usr/share/doc/sluice
The documentation.
)page";

}  // namespace

std::string manual_page(const CLI::App& app) {
  std::string commands;
  for (const CLI::App* command : declared_commands(app))
    commands += section_of(*command);
  return fmt::format(
      "'\\\" -*- coding: utf-8 -*-\n"
      ".TH SLUICE 1 \"\" \"Sluice {}\" \"User commands\"\n"
      ".SH NAME\nsluice \\- exchange data between bureaus: the operator\\[aq]s command\n"
      ".SH SYNOPSIS\n{}"
      ".SH DESCRIPTION\nHandles a node whose daemon is\n.BR sluiced (8):\n"
      "with it where it runs, or on its files. What changes them is to be run as the user\n.BR "
      "sluice .\n"
      ".SH OPTIONS\n{}"
      ".SH COMMANDS\n{}"
      ".SH EXIT STATUS\n{}"
      ".SH FILES\n{}"
      ".SH SEE ALSO\n.BR sluiced (8)\n",
      SLUICE_VERSION, synopsis(app), options_of(app), commands, exit_statuses(), files_section);
}

}  // namespace sluice::commands
