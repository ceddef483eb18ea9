// The operator's command.
#include <cstdio>
#include <exception>
#include <new>
#include <string>
#include <vector>

#include <malloc.h>

#include "commands/commands.h"
#include "commands/suggestion.h"
#include "runs/spawn.h"

namespace {

// A job makes, sends and forgets one batch of some MiB after the other: given back to the system
// each time, their memory would be fetched anew, page by page.
void keep_memory() {
  constexpr int largest_batches = 32 << 20;  // bytes
  mallopt(M_MMAP_THRESHOLD, largest_batches);
  mallopt(M_TRIM_THRESHOLD, 2 * largest_batches);
}

}  // namespace

int main(int argc, char** argv) {
  using namespace sluice::commands;
  keep_memory();
  sluice::runs::end_with_parent();
  try {
    CLI::App app("Sluice: data exchange between bureaus. The operator's command.", "sluice");
    app.set_version_flag("--version", "sluice " SLUICE_VERSION);
    Context context;
    app.add_option("--config", context.configuration, "The configuration directory")
        ->capture_default_str();
    app.require_subcommand(1);
    add_init(app, context);
    add_pki(app, context);
    add_status(app, context);
    add_reload(app, context);
    add_doctor(app, context);
    add_support_bundle(app, context);
    add_import(app, context);
    add_read_file(app, context);
    add_read_csv(app, context);
    add_collect(app, context);
    add_reconcile(app, context);
    add_report(app, context);
    add_jobs(app, context);
    add_journal(app, context);
    add_store(app, context);
    add_backup(app, context);
    add_restore(app, context);
    add_batch(app, context);
    add_quarantine(app, context);
    add_dataset(app, context);
    add_audit(app, context);
    add_task(app, context);
    add_user(app, context);
    add_explain(app, context);
    add_manual(app, context);
    try {
      app.parse(argc, argv);
    } catch (const CLI::Success& asked) {
      return app.exit(asked);
    } catch (const CLI::ParseError& error) {
      app.exit(error);
      const std::vector<std::string> words(argv + 1, argv + argc);
      const std::string meant = suggestion(app, words);
      if (!meant.empty()) std::fprintf(stderr, "sluice: %s\n", meant.c_str());
      return static_cast<int>(ExitStatus::usage);
    }
    return static_cast<int>(context.chosen());
  } catch (const std::bad_alloc&) {
    std::fprintf(stderr,
                 "sluice: it would take more memory than it may: where the daemon started it, "
                 "`schedule.memory_limit` or `channels.disk.memory_limit` says how much\n");
    return static_cast<int>(ExitStatus::failure);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "sluice: %s\n", error.what());
    return static_cast<int>(ExitStatus::failure);
  }
}
