// The operator's commands, each added to the command line by one function.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>

#include <CLI/CLI.hpp>

#include "installation/installation.h"
#include "runs/exit_status.h"

namespace sluice::commands {

using runs::ExitStatus;

// As which this program starts itself, for what needs a process of its own.
inline constexpr const char* own_program = "/proc/self/exe";

// What all commands share; lives as long as the command line.
struct Context {
  std::filesystem::path configuration = "/etc/sluice";
  // What the chosen command does; set while the command line is read.
  std::function<ExitStatus()> chosen;

  // Loads the configuration; prints what is wrong and returns nothing if it can not.
  [[nodiscard]] std::unique_ptr<installation::Installation> installation() const;
  // The same, for a command that needs no key, and makes nothing.
  [[nodiscard]] std::optional<settings::Settings> settings() const;
  // Where the daemon is asked. Who may ask it need not be able to read the configuration: then it
  // is the package's.
  [[nodiscard]] std::optional<std::filesystem::path> control_socket() const;
};

void add_init(CLI::App& app, Context& context);
void add_pki(CLI::App& app, Context& context);
void add_status(CLI::App& app, Context& context);
void add_reload(CLI::App& app, Context& context);
// And what it starts to have a database looked at.
void add_doctor(CLI::App& app, Context& context);
void add_support_bundle(CLI::App& app, Context& context);
void add_import(CLI::App& app, Context& context);
// What an import starts to have a file read.
void add_read_file(CLI::App& app, Context& context);
// What the daemon and other commands start to have a sheet or a quarantined row read.
void add_read_csv(CLI::App& app, Context& context);
void add_collect(CLI::App& app, Context& context);
void add_reconcile(CLI::App& app, Context& context);
void add_report(CLI::App& app, Context& context);
void add_jobs(CLI::App& app, Context& context);
void add_journal(CLI::App& app, Context& context);
void add_store(CLI::App& app, Context& context);
void add_backup(CLI::App& app, Context& context);
void add_restore(CLI::App& app, Context& context);
void add_batch(CLI::App& app, Context& context);
void add_quarantine(CLI::App& app, Context& context);
void add_audit(CLI::App& app, Context& context);
void add_dataset(CLI::App& app, Context& context);
void add_task(CLI::App& app, Context& context);
void add_user(CLI::App& app, Context& context);
void add_explain(CLI::App& app, Context& context);
// Prints what a package installs of the command line itself.
void add_manual(CLI::App& app, Context& context);

// Prints a failure to standard error.
[[nodiscard]] ExitStatus fail(const std::string& sentence, ExitStatus status = ExitStatus::failure);
// Says that only a node with a central store can do this.
[[nodiscard]] ExitStatus fail_without_store();
// The settings of a bureau whose data begins on this node, or nothing after printing that there is
// none of that name and which there are, or on which node it begins.
[[nodiscard]] const settings::Bureau* find_bureau(const settings::Settings& settings,
                                                  const std::string& name);

}  // namespace sluice::commands
