#include <chrono>
#include <cstdio>
#include <memory>
#include <numeric>
#include <string>
#include <thread>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "backup/backup.h"
#include "backup/restore.h"
#include "commands/commands.h"
#include "commands/control_client.h"
#include "commands/invoking_user.h"
#include "commands/terminal.h"
#include "installation/system_clock.h"
#include "jobs/new_epoch_job.h"

namespace sluice::commands {
namespace {

struct BackupOptions {
  std::filesystem::path target;
  bool with_keys = false;
  bool fast = false;
  bool json = false;
};

struct RestoreOptions {
  std::filesystem::path backup;
  std::filesystem::path configuration_to;
  bool check = false;
};

std::uint64_t bytes_of(const backup::BackupManifest& manifest) {
  return std::accumulate(
      manifest.files.begin(), manifest.files.end(), std::uint64_t{0},
      [](std::uint64_t sum, const backup::BackedUpFile& file) { return sum + file.bytes; });
}

// What is of one node alone and was noted in its audit log.
std::expected<void, std::string> note(const settings::Settings& settings,
                                      const trust::AuditEvent& event) {
  auto audit = installation::open_audit_log(settings);
  if (!audit) return std::unexpected(record::to_string(audit.error()));
  if (auto noted = audit->append(event); !noted) {
    return std::unexpected(record::to_string(noted.error()));
  }
  return {};
}

ExitStatus back_up(const Context& context, const BackupOptions& options) {
  const auto settings = context.settings();
  if (!settings) return ExitStatus::usage;
  backup::BackupRequest request{.configuration = context.configuration,
                                .target = options.target,
                                .with_keys = options.with_keys,
                                .now = installation::system_now()};
  // Half of the disk's time is for those who work.
  if (!options.fast) {
    request.pace.pause = [](std::chrono::nanoseconds took) { std::this_thread::sleep_for(took); };
  }
  const auto made = backup::make_backup(*settings, request);
  if (!made) return fail(made.error().sentence);
  const auto noted =
      note(*settings, {"backup-made",
                       {{"actor", invoking_user()},
                        {"target", options.target.string()},
                        {"manifest", record::to_string(record::sha256(backup::to_json(*made)))}}});
  if (!noted) return fail(noted.error());
  if (options.json) {
    fmt::print("{}", backup::to_json(*made));
    return ExitStatus::success;
  }
  fmt::print("{}: {} files, {}, checked and on the disk\n", options.target.string(),
             made->files.size(), human_bytes(bytes_of(*made)));
  if (made->store == backup::StoreKind::elsewhere) {
    fmt::print(
        "The central store is in PostgreSQL and not in it: back that up by PostgreSQL's own "
        "means, before this (docs/restore.md).\n");
  }
  if (!options.with_keys) {
    fmt::print("Keys, certificates and password files are not in it (--with-keys).\n");
  }
  return ExitStatus::success;
}

// What could not be done of a bureau's stream, for people; empty: nothing.
std::string begin_anew(const installation::Installation& installation,
                       const record::BureauId& bureau, trust::AuditLog& audit) {
  const auto begun =
      jobs::run_new_epoch(installation, {.bureau = bureau, .actor = invoking_user()}, audit);
  if (begun) {
    fmt::print("{}: epoch {} begins, {} batches that the center lacks were sealed anew\n",
               bureau.str(), begun->stream.epoch.value, begun->waiting);
    return {};
  }
  return fmt::format(
      "{0}: {1}\n  Nothing of it is taken until then: when the center can be reached, say `sluice "
      "journal new-epoch {0}`, with sluiced stopped.\n",
      bureau.str(), begun.error().sentence);
}

ExitStatus begin_streams(const Context& context, const backup::Restored& restored,
                         const RestoreOptions& options) {
  const auto installation = context.installation();
  if (!installation) return ExitStatus::usage;
  auto audit = installation->open_audit_log();
  if (!audit) return fail(record::to_string(audit.error()));
  const auto noted = audit->append(
      {"node-restored", {{"actor", invoking_user()}, {"target", options.backup.string()}}});
  if (!noted) return fail(record::to_string(noted.error()));
  std::string left;
  for (const record::BureauId& bureau : restored.journals)
    left += begin_anew(*installation, bureau, *audit);
  fmt::print(
      "Start sluiced now. Files that were loaded since the backup are loaded when they are "
      "imported "
      "again; exchange databases are read whole by the next `sluice collect`, and `sluice "
      "reconcile "
      "BUREAU --repair` finds what was deleted meanwhile; calls and keyed records since then must "
      "come again.\n");
  if (left.empty()) return ExitStatus::success;
  fmt::print(stderr, "{}", left);
  return ExitStatus::failure;
}

ExitStatus put_back(const Context& context, const RestoreOptions& options) {
  const auto manifest = backup::verify_backup(options.backup);
  if (!manifest) return fail(manifest.error().sentence);
  fmt::print("{}: of node {}, {}, {} files, {}, whole\n", options.backup.string(),
             manifest->node.str(), record::to_string(manifest->made_at), manifest->files.size(),
             human_bytes(bytes_of(*manifest)));
  if (options.check) return ExitStatus::success;
  if (!options.configuration_to.empty()) {
    const auto count =
        backup::restore_configuration(options.backup, *manifest, options.configuration_to);
    if (!count) return fail(count.error().sentence);
    fmt::print("{}: {} files of the configuration; {}then: sluice --config {} restore {}\n",
               options.configuration_to.string(), *count,
               manifest->has_keys ? "" : "put keys and certificates there, ",
               options.configuration_to.string(), options.backup.string());
    return ExitStatus::success;
  }
  const auto settings = context.settings();
  if (!settings) return ExitStatus::usage;
  if (const auto why =
          daemon_in_the_way(settings->node.control_socket, "it has the state directory open")) {
    return fail(*why, ExitStatus::usage);
  }
  auto credentials = installation::load_credentials(settings->node.identity);
  if (!credentials) return fail(record::to_string(credentials.error()), ExitStatus::usage);
  const record::Keyring keyring(std::move(*credentials));
  const auto restored = backup::restore_state(options.backup, *manifest, *settings, keyring);
  if (!restored) return fail(restored.error().sentence);
  return begin_streams(context, *restored, options);
}

}  // namespace

void add_backup(CLI::App& app, Context& context) {
  auto* command = app.add_subcommand(
      "backup", "Copy this node's state and configuration while it works; audited");
  auto options = std::make_shared<BackupOptions>();
  command->add_option("directory", options->target, "Where to; it must not be there yet")
      ->required();
  command->add_flag("--with-keys", options->with_keys,
                    "Copy all files of the configuration directory: keys, certificates and "
                    "passwords, too");
  command->add_flag("--fast", options->fast, "Leave no time of the disk to those who work");
  command->add_flag("--json", options->json, "For machines");
  command->callback([&context, options] {
    context.chosen = [&context, options] { return back_up(context, *options); };
  });
}

void add_restore(CLI::App& app, Context& context) {
  auto* command = app.add_subcommand(
      "restore",
      "Put this node's state back from a backup, where there is none; begins its streams anew; "
      "audited");
  auto options = std::make_shared<RestoreOptions>();
  command->add_option("directory", options->backup, "What `sluice backup` made")->required();
  command->add_flag("--check", options->check, "Only see whether it is whole");
  command->add_option("--configuration-to", options->configuration_to,
                      "Only put the configuration's files there, in an empty directory");
  command->callback([&context, options] {
    context.chosen = [&context, options] { return put_back(context, *options); };
  });
}

}  // namespace sluice::commands
