#include <cstdio>
#include <memory>
#include <string>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "commands/commands.h"
#include "commands/control_client.h"
#include "commands/invoking_user.h"
#include "commands/terminal.h"
#include "installation/sole_daemon.h"
#include "installation/system_clock.h"
#include "jobs/new_epoch_job.h"

namespace sluice::commands {
namespace {

struct NewEpochOptions {
  std::string bureau;
  bool from_start = false;
  bool json = false;
};

// What is known to be in no place any more; empty: nothing is.
std::string gap_of(const jobs::NewEpochReport& report) {
  const auto& mark = report.remembered;
  const auto& place = report.ledger;
  if (!mark || !place) return {};
  const std::uint64_t confirmed =
      place->latest == mark->epoch ? place->latest_sequence.value : place->head.sequence.value;
  if (mark->numbered.value <= confirmed + report.waiting) return {};
  return fmt::format(
      "  numbers up to {} had been given out in epoch {}, and the center's ledger has "
      "them up to {}: what is between them and was not sealed anew is gone, unless "
      "its source has it still\n",
      mark->numbered.value, mark->epoch.value, confirmed);
}

void print_for_people(const jobs::NewEpochReport& report, const settings::Bureau& bureau) {
  const std::string& id = bureau.id.str();
  fmt::print("{}: epoch {} begins\n", id, report.stream.epoch.value);
  if (!report.set_aside.empty()) {
    fmt::print("  what lay there is kept as {}\n", report.set_aside.string());
  }
  if (!report.ledger) fmt::print("  the center's ledger could not be asked\n");
  fmt::print("{}", gap_of(report));
  fmt::print("  {} batches that the center is not known to have were sealed anew\n",
             human_count(report.waiting));
  fmt::print("Read again:\n");
  if (bureau.disk) {
    fmt::print(
        "  files: {} loaded again when they are imported again (`sluice import {} FILE`, or "
        "put back into the drop folder)\n",
        report.reads_all ? "all are" : "those that the center's ledger is not known to have are",
        id);
  }
  if (bureau.front_end && report.reads_tables) {
    fmt::print(
        "  exchange database: the next `sluice collect {0}` reads whole tables; `sluice "
        "reconcile {0} --repair` finds what was deleted meanwhile\n",
        id);
  } else if (bureau.front_end) {
    fmt::print("  exchange database: from where the center's ledger stands\n");
  }
  if (bureau.direct) {
    fmt::print("  calls: can not be; the bureau's system must post again what is gone\n");
  }
  if (bureau.manual_entry) {
    fmt::print("  manual entry: can not be; what is gone must be keyed again\n");
  }
  fmt::print("Start sluiced now.\n");
}

void print_json(const jobs::NewEpochReport& report) {
  boost::json::object object{{"bureau", report.stream.bureau.str()},
                             {"epoch", report.stream.epoch.value},
                             {"waiting", report.waiting},
                             {"reads_all", report.reads_all},
                             {"reads_tables", report.reads_tables},
                             {"set_aside", report.set_aside.string()}};
  if (report.remembered) {
    object["remembered"] = {{"epoch", report.remembered->epoch.value},
                            {"sequence", report.remembered->numbered.value}};
  }
  if (report.ledger) {
    object["ledger"] = {{"epoch", report.ledger->latest.value},
                        {"sequence", report.ledger->latest_sequence.value}};
  }
  fmt::print("{}\n", boost::json::serialize(object));
}

struct GapsOptions {
  std::string bureau;
  bool settled = false;
  bool json = false;
};

std::string time_or_unknown(const std::optional<record::Time>& at) {
  return at ? record::to_string(*at) : "unknown";
}

// What brings a gap's rows back.
std::string remedy_of(const journal::Gap& gap, const std::string& bureau) {
  if (gap.mode == record::to_string(record::Mode::front_end)) {
    return fmt::format("sluice reconcile {} {} --repair", bureau, gap.dataset);
  }
  if (gap.mode == record::to_string(record::Mode::disk)) {
    return fmt::format("import the files of that time again: sluice import {} FILE --dataset {}",
                       bureau, gap.dataset);
  }
  if (gap.mode == record::to_string(record::Mode::direct)) {
    return "the bureau's system must post again what it posted in that time";
  }
  if (gap.mode == record::to_string(record::Mode::manual_entry)) {
    return "what was keyed in that time must be keyed again";
  }
  return "ask the bureau for everything of that time again";
}

void print_gap(const journal::Gap& gap, const std::string& bureau) {
  fmt::print("{}  {} rows in {} batches between {} and {} of epoch {}\n",
             gap.dataset.empty() ? "unknown" : gap.dataset, human_count(gap.rows),
             human_count(gap.batches), gap.from.value, gap.to.value, gap.epoch.value);
  fmt::print("  closed from {} to {}; noticed {}\n", time_or_unknown(gap.first_at),
             time_or_unknown(gap.last_at), record::to_string(gap.noticed_at));
  fmt::print("  {}\n", remedy_of(gap, bureau));
}

void print_gap_json(const journal::Gap& gap, const std::string& bureau) {
  boost::json::object object{{"bureau", bureau},
                             {"dataset", gap.dataset},
                             {"mode", gap.mode},
                             {"epoch", gap.epoch.value},
                             {"from", gap.from.value},
                             {"to", gap.to.value},
                             {"batches", gap.batches},
                             {"rows", gap.rows},
                             {"noticed_at", record::to_string(gap.noticed_at)},
                             {"remedy", remedy_of(gap, bureau)}};
  if (gap.first_at) object["first_at"] = record::to_string(*gap.first_at);
  if (gap.last_at) object["last_at"] = record::to_string(*gap.last_at);
  fmt::print("{}\n", boost::json::serialize(object));
}

ExitStatus list_gaps(const Context& context, const GapsOptions& options) {
  const auto installation = context.installation();
  if (!installation) return ExitStatus::usage;
  const settings::Bureau* bureau = find_bureau(installation->settings, options.bureau);
  if (bureau == nullptr) return ExitStatus::usage;
  auto journal = installation->open_journal(bureau->id);
  if (!journal) return fail(record::to_string(journal.error()));
  const auto gaps = journal->gaps();
  if (!gaps) return fail(record::to_string(gaps.error()));
  for (const journal::Gap& gap : *gaps) {
    if (options.json) {
      print_gap_json(gap, options.bureau);
    } else {
      print_gap(gap, options.bureau);
    }
  }
  if (gaps->empty() && !options.json) fmt::print("nothing that the center lost is missing\n");
  if (!options.settled) return ExitStatus::success;
  if (auto settled = journal->settle_gaps(); !settled) {
    return fail(record::to_string(settled.error()));
  }
  return ExitStatus::success;
}

ExitStatus begin_new_epoch(const Context& context, const NewEpochOptions& options) {
  const auto installation = context.installation();
  if (!installation) return ExitStatus::usage;
  const settings::Bureau* bureau = find_bureau(installation->settings, options.bureau);
  if (bureau == nullptr) return ExitStatus::usage;
  if (const auto why = daemon_in_the_way(installation->settings.node.control_socket,
                                         "it has journals open; start it again afterwards")) {
    return fail(*why, ExitStatus::usage);
  }
  const auto sole = installation::SoleDaemon::take(installation->paths);
  if (!sole) return fail(sole.error().sentence, ExitStatus::usage);
  auto audit = installation->open_audit_log();
  if (!audit) return fail(record::to_string(audit.error()));
  const auto report =
      jobs::run_new_epoch(*installation, {bureau->id, options.from_start, invoking_user()}, *audit);
  if (!report) return fail(report.error().sentence);
  if (options.json) {
    print_json(*report);
  } else {
    print_for_people(*report, *bureau);
  }
  return ExitStatus::success;
}

}  // namespace

void add_journal(CLI::App& app, Context& context) {
  auto* group = app.add_subcommand("journal", "What to do about a journal that was lost");
  group->require_subcommand(1);
  auto* gaps = group->add_subcommand(
      "gaps", "Say what the center lost and this node has no more, and what brings it back");
  auto gaps_options = std::make_shared<GapsOptions>();
  gaps->add_option("bureau", gaps_options->bureau, "The bureau whose stream it is")->required();
  gaps->add_flag("--settled", gaps_options->settled,
                 "It has been brought back: tell of it once more, and then no longer");
  gaps->add_flag("--json", gaps_options->json, "For machines, a line each");
  gaps->callback([&context, gaps_options] {
    context.chosen = [&context, gaps_options] { return list_gaps(context, *gaps_options); };
  });
  auto* command = group->add_subcommand(
      "new-epoch",
      "Let a bureau's stream begin anew, where its journal or the central store was lost or put "
      "back as it was earlier; audited");
  auto options = std::make_shared<NewEpochOptions>();
  command->add_option("bureau", options->bureau, "The bureau whose stream it is")->required();
  command->add_flag("--from-start", options->from_start,
                    "Read all sources again from the start, and not from where the center's ledger "
                    "stands");
  command->add_flag("--json", options->json, "For machines");
  command->callback([&context, options] {
    context.chosen = [&context, options] { return begin_new_epoch(context, *options); };
  });
}

}  // namespace sluice::commands
