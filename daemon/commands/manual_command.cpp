#include <functional>
#include <string>

#include <fmt/format.h>

#include "commands/commands.h"
#include "commands/explanation.h"
#include "commands/manual.h"

namespace sluice::commands {

// For whoever packs it, and so hidden.
void add_manual(CLI::App& app, Context& context) {
  auto* manual = app.add_subcommand("manual", "")->group("")->require_subcommand(1);
  const auto add = [&](const char* form, auto make) {
    manual->add_subcommand(form, "")->callback([&app, &context, make] {
      context.chosen = [&app, make] {
        fmt::print("{}", make(app));
        return ExitStatus::success;
      };
    });
  };
  add("page", manual_page);
  add("bash", bash_completion);
  add("zsh", zsh_completion);
  add("catalog", [](const CLI::App&) { return journal_catalog(); });
}

}  // namespace sluice::commands
