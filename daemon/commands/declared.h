// What a person may give to a command line, out of its declarations: without what is hidden.
#pragma once

#include <string>
#include <vector>

#include <CLI/CLI.hpp>

namespace sluice::commands {

[[nodiscard]] std::vector<const CLI::App*> declared_commands(const CLI::App& app);
// Those with dashes; --help among them.
[[nodiscard]] std::vector<const CLI::Option*> declared_options(const CLI::App& app);
[[nodiscard]] std::vector<const CLI::Option*> declared_positionals(const CLI::App& app);

// "sluice task list"
[[nodiscard]] std::string full_name(const CLI::App& app);
// All ways to write it: "-h", "--help".
[[nodiscard]] std::vector<std::string> spellings(const CLI::Option& option);
[[nodiscard]] bool takes_value(const CLI::Option& option);

}  // namespace sluice::commands
