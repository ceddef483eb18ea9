#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <expected>
#include <fstream>
#include <functional>
#include <iterator>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "commands/commands.h"
#include "commands/invoking_user.h"
#include "commands/quarantine_counts.h"
#include "commands/terminal.h"
#include "installation/system_clock.h"
#include "jobs/confined_csv.h"
#include "jobs/quarantine_settlement.h"
#include "jobs/replay_job.h"
#include "record/record_checker.h"
#include "trust/audit_log.h"

namespace sluice::commands {
namespace {

using journal::QuarantineEntry;
using journal::QuarantineState;

constexpr std::size_t entries_a_page = 500;

struct QuarantineOptions {
  std::string bureau;
  std::int64_t id = 0;
  std::vector<std::int64_t> ids;
  std::string with;
  std::string reason;
  std::string dataset;
  std::string rule;
  std::string state = "waiting";
  std::int64_t after = 0;
  std::uint64_t limit = 0;  // none
  bool all = false;
  bool json = false;
};

journal::QuarantineFilter filter_of(const QuarantineOptions& options) {
  journal::QuarantineFilter filter;
  if (!options.dataset.empty()) filter.dataset = record::DatasetId(options.dataset);
  if (!options.rule.empty()) filter.rule = options.rule;
  // "all" is the name of none.
  if (!options.all) filter.state = journal::parse_quarantine_state(options.state);
  return filter;
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

// The names in a row's `columns`, which are kept as the text of a JSON array; empty where it is
// none: of a line that the center refused there is its schema's digest.
boost::json::array column_names(const std::string& columns) {
  boost::system::error_code error;
  boost::json::value parsed = boost::json::parse(columns, error);
  if (error || !parsed.is_array()) return {};
  return std::move(parsed.get_array());
}

// Without the original.
boost::json::object head_json(const QuarantineEntry& entry) {
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
                             {"columns", column_names(entry.row.columns)}};
  object["refused_by"] = entry.row.refused ? "center" : "node";
  if (const auto& refused = entry.row.refused) {
    object["schema"] = entry.row.columns;
    object["batch"] = {{"epoch", refused->epoch.value},
                       {"sequence", refused->sequence.value},
                       {"row", refused->row}};
  }
  if (const auto& settlement = entry.settlement) {
    object["settled_at"] = record::to_string(settlement->at);
    object["settled_by"] = settlement->decision.by;
    object["note"] = settlement->decision.note;
  }
  return object;
}

boost::json::object whole_json(const QuarantineEntry& entry) {
  boost::json::object object = head_json(entry);
  put_original(object, entry.row.original);
  return object;
}

// Does it with the bureau's journal; prints a failure to come so far.
ExitStatus with_journal(
    const Context& context, const std::string& bureau_name,
    const std::function<ExitStatus(const installation::Installation&, journal::Journal&)>& done) {
  const auto installation = context.installation();
  if (!installation) return ExitStatus::usage;
  const settings::Bureau* bureau = find_bureau(installation->settings, bureau_name);
  if (bureau == nullptr) return ExitStatus::usage;
  auto journal = installation->open_journal(bureau->id);
  if (!journal) return fail(record::to_string(journal.error()));
  return done(*installation, *journal);
}

// Calls `consume` with each entry that is asked for, without its original, in pages: whoever writes
// to the journal meanwhile is not kept from it.
ExitStatus for_each_head(journal::Journal& journal, const QuarantineOptions& options,
                         const std::function<ExitStatus(const QuarantineEntry&)>& consume) {
  const journal::QuarantineFilter filter = filter_of(options);
  std::uint64_t left =
      options.limit == 0 ? std::numeric_limits<std::uint64_t>::max() : options.limit;
  journal::QuarantineCut cut{.id = options.after};
  while (left > 0) {
    cut.most = std::min<std::uint64_t>(entries_a_page, left);
    const auto page = journal.quarantine_page(filter, cut);
    if (!page) return fail(record::to_string(page.error()));
    for (const QuarantineEntry& entry : *page) {
      if (const auto status = consume(entry); status != ExitStatus::success) return status;
    }
    if (page->size() < cut.most) break;
    left -= page->size();
    cut.id = page->back().id;
  }
  return ExitStatus::success;
}

ExitStatus list_rows(const Context& context, const QuarantineOptions& options) {
  return with_journal(
      context, options.bureau, [&](const installation::Installation&, journal::Journal& journal) {
        std::vector<std::vector<std::string>> rows;
        const ExitStatus status =
            for_each_head(journal, options, [&](const QuarantineEntry& entry) {
              if (options.json) {
                fmt::print("{}\n", boost::json::serialize(head_json(entry)));
                return ExitStatus::success;
              }
              rows.push_back({std::to_string(entry.id), entry.row.dataset.str(),
                              fmt::format("{}:{}", entry.row.source, entry.row.place),
                              entry.row.field, entry.row.rule,
                              entry.row.refused ? "center" : "node",
                              std::string(to_string(entry.state))});
              return ExitStatus::success;
            });
        if (status != ExitStatus::success || options.json) return status;
        if (rows.empty()) {
          fmt::print("nothing of that kind is in the quarantine of {}\n", options.bureau);
          return status;
        }
        fmt::print("{}\nSee one whole: sluice quarantine show {} ID\n",
                   table({"id", "dataset", "from", "field", "rule", "refused by", "state"}, rows),
                   options.bureau);
        return status;
      });
}

std::string columns_text(const std::string& columns) {
  std::string text;
  for (const boost::json::value& name : column_names(columns)) {
    if (!text.empty()) text += ", ";
    text += name.is_string() ? std::string(std::string_view(name.get_string()))
                             : boost::json::serialize(name);
  }
  return text;
}

void print_for_people(const QuarantineEntry& entry, const std::string& bureau,
                      const std::string& columns) {
  const journal::QuarantinedRow& row = entry.row;
  fmt::print("entry    {} ({}, since {})\n", entry.id, to_string(entry.state),
             record::to_string(entry.at));
  if (const auto& settlement = entry.settlement) {
    fmt::print("settled  {} by {}\n", record::to_string(settlement->at), settlement->decision.by);
    if (!settlement->decision.note.empty()) {
      fmt::print("note     {}\n", printable(settlement->decision.note));
    }
  }
  fmt::print("dataset  {} by {}\nfrom     {}, place {}\n", row.dataset.str(),
             record::to_string(row.mode), printable(row.source), row.place);
  if (row.refused) {
    fmt::print("refused  by the center, in epoch {}, batch {}, row {}\n", row.refused->epoch.value,
               row.refused->sequence.value, row.refused->row);
  }
  fmt::print("field    {}\nrule     {}\nreason   {}\ncolumns  {}\n\n",
             row.field.empty() ? "(the whole row)" : printable(row.field), printable(row.rule),
             printable(row.sentence), printable(columns_text(columns)));
  // Byte for byte it is in the JSON: here a person reads it, on a terminal that obeys it.
  fmt::print("{}\n", printable(row.original, Lines::several));
  if (entry.state != QuarantineState::waiting) return;
  fmt::print(
      "\nTake it again, corrected: sluice quarantine replay {0} {1} --with FILE\n"
      "It will not be taken:     sluice quarantine discard {0} {1} --reason TEXT\n",
      bureau, entry.id);
}

ExitStatus show_row(const Context& context, const QuarantineOptions& options) {
  return with_journal(
      context, options.bureau,
      [&](const installation::Installation& installation, journal::Journal& journal) {
        const auto entry = journal.quarantine_entry(options.id);
        if (!entry) return fail(record::to_string(entry.error()));
        if (!*entry) {
          return fail(fmt::format("there is no entry {} in the quarantine of {}", options.id,
                                  options.bureau));
        }
        if (options.json) {
          fmt::print("{}\n", boost::json::serialize(whole_json(**entry)));
        } else {
          const journal::QuarantinedRow& row = (*entry)->row;
          const exchange::KnownDataset* known = installation.catalogue.find(row.dataset);
          print_for_people(
              **entry, options.bureau,
              row.refused && known != nullptr ? jobs::columns_of_line(row, *known) : row.columns);
        }
        return ExitStatus::success;
      });
}

ExitStatus export_all(const Context& context, const QuarantineOptions& options) {
  return with_journal(context, options.bureau,
                      [&](const installation::Installation&, journal::Journal& journal) {
                        return for_each_head(journal, options, [&](const QuarantineEntry& head) {
                          const auto entry = journal.quarantine_entry(head.id);
                          if (!entry) return fail(record::to_string(entry.error()));
                          if (*entry)
                            fmt::print("{}\n", boost::json::serialize(whole_json(**entry)));
                          return ExitStatus::success;
                        });
                      });
}

ExitStatus status_of(const jobs::SettlementFailure& failure) {
  switch (failure.code) {
    case jobs::SettlementProblem::still_refused:
      return ExitStatus::some_quarantined;
    case jobs::SettlementProblem::bad_reason:
      return ExitStatus::usage;
    default:
      return ExitStatus::failure;
  }
}

// Does it with each entry that was named; one that fails does not keep the others from it, but for
// an audit log that takes nothing. The worst of the statuses comes back.
ExitStatus settle_each(const Context& context, const QuarantineOptions& options,
                       const std::function<std::expected<void, jobs::SettlementFailure>(
                           const jobs::SettlementDesk&, std::int64_t)>& settle) {
  const auto installation = context.installation();
  if (!installation) return ExitStatus::usage;
  const settings::Bureau* bureau = find_bureau(installation->settings, options.bureau);
  if (bureau == nullptr) return ExitStatus::usage;
  auto audit = installation->open_audit_log();
  if (!audit) return fail(record::to_string(audit.error()));
  const jobs::ConfinedCsv parser(own_program);
  const jobs::SettlementDesk desk{*installation, *audit,
                                  bureau->id,    invoking_user(),
                                  parser,        installation::schema_objections(*installation)};
  auto worst = ExitStatus::success;
  for (const std::int64_t id : options.ids) {
    const auto settled = settle(desk, id);
    if (settled) continue;
    worst = fail(record::to_string(settled.error()), status_of(settled.error()));
    if (settled.error().code == jobs::SettlementProblem::unaudited) break;
  }
  return worst;
}

ExitStatus replay_rows(const Context& context, const QuarantineOptions& options) {
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
  using Settled = std::expected<void, jobs::SettlementFailure>;
  return settle_each(context, options,
                     [&](const jobs::SettlementDesk& desk, std::int64_t id) -> Settled {
                       const auto placement = jobs::replay_entry(desk, id, corrected);
                       if (!placement) return std::unexpected(placement.error());
                       fmt::print("entry {} taken: batch {}, row {}\n", id,
                                  placement->sequence.value, placement->first_row);
                       return {};
                     });
}

ExitStatus discard_rows(const Context& context, const QuarantineOptions& options) {
  return settle_each(context, options, [&](const jobs::SettlementDesk& desk, std::int64_t id) {
    auto discarded = jobs::discard_entry(desk, id, options.reason);
    if (discarded) fmt::print("entry {} discarded\n", id);
    return discarded;
  });
}

void add_filter(CLI::App& command, QuarantineOptions& options) {
  command.add_option("--dataset", options.dataset, "Only rows of this dataset");
  command.add_option("--rule", options.rule, "Only rows refused for this rule");
  auto* state = command.add_option("--state", options.state, "Only entries of this state")
                    ->check(CLI::IsMember({"waiting", "replayed", "discarded", "all"}))
                    ->capture_default_str();
  command.add_flag("--all", options.all, "The same as --state all")->excludes(state);
  command.add_option("--after", options.after, "Only entries with a greater id than this");
  command.add_option("--limit", options.limit, "At most so many entries, the oldest first");
}

}  // namespace

void add_quarantine(CLI::App& app, Context& context) {
  auto* group = app.add_subcommand(
      "quarantine", "Look at rows that failed, take them again, or discard them (问题数据)");
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
  add_filter(*listing, *options);
  listing->add_flag("--json", options->json, "For machines: an object a line");
  add_quarantine_counts(*group, context);
  auto* showing = add("show", "One entry with the row's original bytes", show_row);
  showing->add_option("id", options->id)->required();
  showing->add_flag("--json", options->json, "For machines");
  add_filter(*add("export", "Entries with their original bytes, JSON lines", export_all), *options);
  auto* replaying = add("replay", "Take entries again, as they were or corrected", replay_rows);
  replaying->add_option("id", options->ids)->required();
  replaying->add_option("--with", options->with,
                        "A file with the corrected row, in its own format");
  auto* discarding = add("discard", "Say of entries that they will not be taken", discard_rows);
  discarding->add_option("id", options->ids)->required();
  discarding
      ->add_option("--reason", options->reason,
                   "Why, for whoever looks for the row later; kept beside it")
      ->required();
}

}  // namespace sluice::commands
