// What the command line declares, as the texts that a package installs: the manual page sluice(1),
// and what completes a command in bash and zsh. Made of the declarations, so that they can not say
// anything else than `--help` does.
#pragma once

#include <string>

#include <CLI/CLI.hpp>

namespace sluice::commands {

// In the language of groff's package man; UTF-8.
[[nodiscard]] std::string manual_page(const CLI::App& app);
// Bureaus and datasets are completed by the names that the configuration has.
[[nodiscard]] std::string bash_completion(const CLI::App& app);
[[nodiscard]] std::string zsh_completion(const CLI::App& app);

}  // namespace sluice::commands
