#include "commands/held_batches.h"

#include <cstdio>
#include <memory>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "commands/invoking_user.h"
#include "commands/terminal.h"
#include "exchange/reception.h"
#include "installation/system_clock.h"
#include "trust/audit_log.h"

namespace sluice::commands {
namespace {

struct HeldOptions {
  std::string bureau;
  std::uint64_t epoch = 0;
  std::uint64_t sequence = 0;
  std::string reason;
  bool json = false;
};

// A reception of the command's own calls `use`; a failure is printed.
template <class Use>
ExitStatus with_reception(const Context& context, Use use) {
  const auto installation = context.installation();
  if (!installation) return ExitStatus::usage;
  if (!installation->settings.node.store) return fail_without_store();
  auto store = installation->open_store();
  if (!store) return fail(record::to_string(store.error()));
  const auto signatories = installation->signatories();
  exchange::Reception reception(
      std::move(*store),
      {.catalogue = installation->catalogue,
       .keyring = *installation->keyring,
       .signatories = signatories,
       .obstacle = [&installation] { return installation->store_obstacle(); },
       .clock_tolerance = installation->settings.node.clock_tolerance},
      installation::system_now);
  return use(*installation, reception);
}

void print_json(const store::HeldDataset& of, const record::Receipt& first) {
  fmt::print("{}\n",
             boost::json::serialize(boost::json::object{{"bureau", of.bureau.str()},
                                                        {"dataset", of.dataset.str()},
                                                        {"batches", of.batches},
                                                        {"since", record::to_string(of.since)},
                                                        {"epoch", first.stream.epoch.value},
                                                        {"sequence", first.sequence.value},
                                                        {"reason", first.reason}}));
}

ExitStatus list_held(const Context& context, const HeldOptions& options) {
  return with_reception(context, [&](const auto&, exchange::Reception& reception) {
    const auto held = reception.held();
    if (!held) return fail(record::to_string(held.error()));
    std::vector<std::vector<std::string>> rows;
    for (const store::HeldDataset& of : *held) {
      const auto first = record::parse_receipt(of.receipt.json);
      if (!first) return fail(record::to_string(first.error()));
      if (options.json) {
        print_json(of, *first);
      } else {
        rows.push_back({of.bureau.str(), of.dataset.str(), human_count(of.batches),
                        record::to_string(of.since), std::to_string(first->stream.epoch.value),
                        std::to_string(first->sequence.value), first->reason});
      }
    }
    if (options.json) return ExitStatus::success;
    if (rows.empty()) {
      fmt::print("no batch is held here\n");
    } else {
      fmt::print(
          "{}",
          table({"bureau", "dataset", "batches", "since", "first: epoch", "batch", "why"}, rows));
    }
    return ExitStatus::success;
  });
}

ExitStatus release(const Context& context, const HeldOptions& options) {
  if (options.reason.find_first_not_of(" \t\n") == std::string::npos) {
    return fail("--reason: it is empty; say in a sentence why the batch is given back",
                ExitStatus::usage);
  }
  return with_reception(context, [&](const installation::Installation& installation,
                                     exchange::Reception& reception) {
    auto audit = installation.open_audit_log();
    if (!audit) return fail(record::to_string(audit.error()));
    const record::StreamId stream{record::BureauId(options.bureau), {options.epoch}};
    const auto released = reception.release_held(stream, {options.sequence}, options.reason);
    if (!released) return fail(record::to_string(released.error()));
    const auto receipt = record::parse_receipt(released->json);
    if (!receipt) return fail(record::to_string(receipt.error()));
    const auto noted = audit->append({"batch-released",
                                      {{"actor", invoking_user()},
                                       {"bureau", options.bureau},
                                       {"dataset", receipt->dataset.str()},
                                       {"epoch", std::to_string(options.epoch)},
                                       {"sequence", std::to_string(options.sequence)},
                                       {"count", std::to_string(receipt->rows.rejected.value)}}});
    fmt::print(
        "batch {} of {} is refused: its {} rows go to the quarantine of the node that it came "
        "from, once that has asked\n",
        options.sequence, options.bureau, human_count(receipt->rows.rejected.value));
    if (!noted) {
      return fail("it is done, and the audit log does not have it: " +
                  record::to_string(noted.error()));
    }
    return ExitStatus::success;
  });
}

}  // namespace

void add_held_batches(CLI::App& group, Context& context) {
  auto options = std::make_shared<HeldOptions>();
  auto* listing = group.add_subcommand(
      "held", "Say what is held here by bureau and dataset, since when and why");
  listing->add_flag("--json", options->json, "For machines: an object a line");
  listing->callback([&context, options] {
    context.chosen = [&context, options] { return list_held(context, *options); };
  });
  auto* releasing = group.add_subcommand("release",
                                         "Refuse a batch that is held for good: its rows go back "
                                         "to the quarantine of the node that it "
                                         "came from; audited");
  releasing->add_option("bureau", options->bureau)->required();
  releasing->add_option("epoch", options->epoch, "Of its stream")->required();
  releasing->add_option("sequence", options->sequence, "Its number")->required();
  releasing->add_option("--reason", options->reason, "Why, for who finds the rows there")
      ->required();
  releasing->callback([&context, options] {
    context.chosen = [&context, options] { return release(context, *options); };
  });
}

}  // namespace sluice::commands
