#include <cstdio>
#include <fstream>
#include <iterator>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "commands/commands.h"
#include "commands/terminal.h"
#include "installation/system_clock.h"
#include "jobs/replay_job.h"
#include "record/record_checker.h"
#include "trust/audit_log.h"

namespace sluice::commands {
namespace {

struct QuarantineOptions {
  std::string bureau;
  std::int64_t id = 0;
  std::vector<std::int64_t> ids;
  std::string with;
  bool all = false;
  bool json = false;
};

std::string_view to_string(journal::QuarantineState state) {
  return state == journal::QuarantineState::waiting ? "waiting" : "replayed";
}

// Bytes that are not UTF-8 are given as hexadecimal digits, under another name.
void put_original(boost::json::object& object, const std::string& original) {
  if (record::is_valid_utf8(original)) {
    object["original"] = original;
    return;
  }
  std::string digits;
  for (const char c : original)
    digits += fmt::format("{:02x}", static_cast<unsigned char>(c));
  object["original_hex"] = digits;
}

boost::json::object to_json(const journal::QuarantineEntry& entry) {
  boost::json::object object{{"id", entry.id},
                             {"state", std::string(to_string(entry.state))},
                             {"at", record::to_string(entry.at)},
                             {"dataset", entry.row.dataset.str()},
                             {"mode", std::string(record::to_string(entry.row.mode))},
                             {"source", entry.row.source},
                             {"place", entry.row.place},
                             {"field", entry.row.field},
                             {"rule", entry.row.rule},
                             {"reason", entry.row.sentence},
                             {"columns", entry.row.columns}};
  put_original(object, entry.row.original);
  return object;
}

// Calls `consume` with each entry of the bureau's quarantine; prints a failure.
ExitStatus for_each_entry(const Context& context, const std::string& bureau_name,
                          std::int64_t after,
                          const std::function<bool(const journal::QuarantineEntry&)>& consume) {
  const auto installation = context.installation();
  if (!installation) return ExitStatus::usage;
  const settings::Bureau* bureau = find_bureau(installation->settings, bureau_name);
  if (bureau == nullptr) return ExitStatus::usage;
  auto journal = installation->open_journal(bureau->id);
  if (!journal) return fail(record::to_string(journal.error()));
  const auto read = journal->quarantine(after, consume);
  if (!read) return fail(record::to_string(read.error()));
  return ExitStatus::success;
}

ExitStatus list_rows(const Context& context, const QuarantineOptions& options) {
  std::vector<std::vector<std::string>> rows;
  const ExitStatus status =
      for_each_entry(context, options.bureau, 0, [&](const journal::QuarantineEntry& entry) {
        if (!options.all && entry.state != journal::QuarantineState::waiting) return true;
        if (options.json) {
          boost::json::object object = to_json(entry);
          object.erase("original");
          object.erase("original_hex");
          fmt::print("{}\n", boost::json::serialize(object));
          return true;
        }
        rows.push_back({std::to_string(entry.id), entry.row.dataset.str(),
                        fmt::format("{}:{}", entry.row.source, entry.row.place), entry.row.field,
                        entry.row.rule, std::string(to_string(entry.state))});
        return true;
      });
  if (status != ExitStatus::success || options.json) return status;
  if (rows.empty()) {
    fmt::print("nothing is in the quarantine of {}\n", options.bureau);
    return status;
  }
  fmt::print("{}\nSee one whole: sluice quarantine show {} ID\n",
             table({"id", "dataset", "from", "field", "rule", "state"}, rows), options.bureau);
  return status;
}

ExitStatus show_row(const Context& context, const QuarantineOptions& options) {
  bool found = false;
  const ExitStatus status = for_each_entry(
      context, options.bureau, options.id - 1, [&](const journal::QuarantineEntry& entry) {
        found = entry.id == options.id;
        if (!found) return false;
        if (options.json) {
          fmt::print("{}\n", boost::json::serialize(to_json(entry)));
          return false;
        }
        const journal::QuarantinedRow& row = entry.row;
        fmt::print("entry    {} ({}, since {})\ndataset  {} by {}\nfrom     {}, place {}\n",
                   entry.id, to_string(entry.state), record::to_string(entry.at), row.dataset.str(),
                   record::to_string(row.mode), row.source, row.place);
        fmt::print("field    {}\nrule     {}\nreason   {}\ncolumns  {}\n\n",
                   row.field.empty() ? "(the whole row)" : row.field, row.rule, row.sentence,
                   row.columns);
        std::fwrite(row.original.data(), 1, row.original.size(), stdout);
        fmt::print("\n\nTake it again, corrected: sluice quarantine replay {} {} --with FILE\n",
                   options.bureau, entry.id);
        return false;
      });
  if (status == ExitStatus::success && !found) {
    return fail(
        fmt::format("there is no entry {} in the quarantine of {}", options.id, options.bureau));
  }
  return status;
}

ExitStatus export_all(const Context& context, const QuarantineOptions& options) {
  return for_each_entry(context, options.bureau, 0, [&](const journal::QuarantineEntry& entry) {
    if (options.all || entry.state == journal::QuarantineState::waiting) {
      fmt::print("{}\n", boost::json::serialize(to_json(entry)));
    }
    return true;
  });
}

ExitStatus replay(const Context& context, const QuarantineOptions& options) {
  if (!options.with.empty() && options.ids.size() != 1) {
    return fail("--with goes with exactly one entry", ExitStatus::usage);
  }
  std::optional<std::string> corrected;
  if (!options.with.empty()) {
    std::ifstream file(options.with, std::ios::binary);
    if (!file) return fail(options.with + ": can not be read");
    corrected.emplace(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
    // An editor's last newline is no part of the row.
    while (corrected->ends_with('\n') || corrected->ends_with('\r'))
      corrected->pop_back();
  }
  const auto installation = context.installation();
  if (!installation) return ExitStatus::usage;
  const settings::Bureau* bureau = find_bureau(installation->settings, options.bureau);
  if (bureau == nullptr) return ExitStatus::usage;
  auto audit = trust::AuditLog::open(installation->paths.audit_log(), installation::system_now);
  if (!audit) return fail(record::to_string(audit.error()));
  auto worst = ExitStatus::success;
  for (const std::int64_t id : options.ids) {
    const auto placement = jobs::replay(*installation, bureau->id, id, corrected);
    if (!placement) {
      const bool still = placement.error().code == jobs::ReplayProblem::still_refused;
      worst = fail(record::to_string(placement.error()),
                   still ? ExitStatus::some_quarantined : ExitStatus::failure);
      continue;
    }
    if (auto noted = audit->append({"quarantine-replayed",
                                    {{"bureau", bureau->id.str()},
                                     {"entry", std::to_string(id)},
                                     {"corrected", corrected ? "yes" : "no"}}});
        !noted) {
      return fail(record::to_string(noted.error()));
    }
    fmt::print("entry {} taken: batch {}, row {}\n", id, placement->sequence.value,
               placement->first_row);
  }
  return worst;
}

}  // namespace

void add_quarantine(CLI::App& app, Context& context) {
  auto* group = app.add_subcommand("quarantine", "Look at rows that failed, and take them again");
  group->require_subcommand(1);
  auto options = std::make_shared<QuarantineOptions>();
  const auto add = [&](const char* name, const char* what, auto run) {
    auto* command = group->add_subcommand(name, what);
    command->add_option("bureau", options->bureau)->required();
    command->callback([&context, options, run] {
      context.chosen = [&context, options, run] { return run(context, *options); };
    });
    return command;
  };
  auto* listing = add("list", "One line an entry", list_rows);
  listing->add_flag("--all", options->all, "Those that were replayed too");
  listing->add_flag("--json", options->json, "For machines");
  auto* showing = add("show", "One entry with the row's original bytes", show_row);
  showing->add_option("id", options->id)->required();
  showing->add_flag("--json", options->json, "For machines");
  auto* exporting = add("export", "All entries with their original bytes, JSON lines", export_all);
  exporting->add_flag("--all", options->all, "Those that were replayed too");
  auto* replaying = add("replay", "Take entries again, as they were or corrected", replay);
  replaying->add_option("id", options->ids)->required();
  replaying->add_option("--with", options->with,
                        "A file with the corrected row, in its own format");
}

}  // namespace sluice::commands
