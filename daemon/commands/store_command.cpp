#include <cstdio>

#include <fmt/format.h>

#include "commands/commands.h"
#include "commands/control_client.h"
#include "commands/invoking_user.h"
#include "installation/sole_daemon.h"
#include "installation/system_clock.h"
#include "jobs/new_epoch_job.h"

namespace sluice::commands {
namespace {

// The streams that begin here begin anew: the store that is accepted has not what theirs had.
ExitStatus begin_streams_anew(const installation::Installation& installation,
                              trust::AuditLog& audit) {
  for (const auto& [id, bureau] : installation.settings.bureaus) {
    if (installation.settings.carrier(id) != nullptr) continue;
    const auto had = installation.has_journal(id);
    if (!had) return fail(record::to_string(had.error()));
    if (!*had) continue;
    const auto begun = jobs::run_new_epoch(
        installation, {.bureau = id, .from_start = true, .actor = invoking_user()}, audit);
    if (!begun) return fail(begun.error().sentence);
    fmt::print("{}: epoch {} begins, {} batches that wait were sealed anew\n", id.str(),
               begun->stream.epoch.value, begun->waiting);
  }
  return ExitStatus::success;
}

ExitStatus accept_new(const Context& context) {
  const auto installation = context.installation();
  if (!installation) return ExitStatus::usage;
  const auto& location = installation->settings.node.store;
  if (!location) return fail_without_store();
  if (!std::holds_alternative<settings::SqliteLocation>(*location)) {
    return fail(
        "this node's store is in PostgreSQL, of which it remembers nothing; where the "
        "database was lost, say `sluice journal new-epoch BUREAU --from-start` for each "
        "bureau whose data begins here",
        ExitStatus::usage);
  }
  if (const auto why = daemon_in_the_way(installation->settings.node.control_socket,
                                         "it has the store open; start it again afterwards")) {
    return fail(*why, ExitStatus::usage);
  }
  const auto sole = installation::SoleDaemon::take(installation->paths);
  if (!sole) return fail(sole.error().sentence, ExitStatus::usage);
  auto audit = installation->open_audit_log();
  if (!audit) return fail(record::to_string(audit.error()));
  if (auto accepted = installation->accept_store(); !accepted) {
    return fail(record::to_string(accepted.error()));
  }
  const std::string file = std::get<settings::SqliteLocation>(*location).file.string();
  const auto noted =
      audit->append({"store-accepted", {{"actor", invoking_user()}, {"target", file}}});
  if (!noted) return fail(record::to_string(noted.error()));
  fmt::print("{}: is this node's store from now on\n", file);
  const ExitStatus begun = begin_streams_anew(*installation, *audit);
  if (begun != ExitStatus::success) return begun;
  fmt::print(
      "Start sluiced now, and read all sources again: `sluice import`, `sluice collect`; what came "
      "by calls or was keyed must come again. On nodes that bring batches here, `sluice status` "
      "says what to do there.\n");
  return ExitStatus::success;
}

}  // namespace

void add_store(CLI::App& app, Context& context) {
  auto* group = app.add_subcommand("store", "What to do about an embedded store that was lost");
  group->require_subcommand(1);
  group
      ->add_subcommand("accept-new",
                       "Take the store that lies there, or a new one, for the one that was lost, "
                       "and begin all streams of this node anew; audited")
      ->callback([&context] { context.chosen = [&context] { return accept_new(context); }; });
}

}  // namespace sluice::commands
