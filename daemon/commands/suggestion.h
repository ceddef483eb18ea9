// What somebody meant who mistyped a command or an option.
#pragma once

#include <span>
#include <string>

#include <CLI/CLI.hpp>

namespace sluice::commands {

// Of the words of a command line, the program's name left out, that `app` did not understand: "did
// you mean `import`?" for the first that is none of the commands or options there; empty where
// nothing is near it.
[[nodiscard]] std::string suggestion(const CLI::App& app, std::span<const std::string> words);

}  // namespace sluice::commands
