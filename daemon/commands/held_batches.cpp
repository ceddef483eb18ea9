#include "commands/held_batches.h"

#include <cstdio>
#include <memory>
#include <optional>

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
  std::string dataset;
  bool all = false;
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

// What is done, in the audit log and on the screen.
ExitStatus tell(const record::SignedReceipt& released, trust::AuditLog& audit) {
  const auto receipt = record::parse_receipt(released.json);
  if (!receipt) return fail(record::to_string(receipt.error()));
  const auto noted = audit.append({"batch-released",
                                   {{"actor", invoking_user()},
                                    {"bureau", receipt->stream.bureau.str()},
                                    {"dataset", receipt->dataset.str()},
                                    {"epoch", std::to_string(receipt->stream.epoch.value)},
                                    {"sequence", std::to_string(receipt->sequence.value)},
                                    {"count", std::to_string(receipt->rows.rejected.value)}}});
  fmt::print(
      "batch {} of {} is refused: its {} rows go to the quarantine of the node that it came "
      "from, once that has asked\n",
      receipt->sequence.value, receipt->stream.bureau.str(),
      human_count(receipt->rows.rejected.value));
  if (noted) return ExitStatus::success;
  return fail("it is done, and the audit log does not have it: " +
              record::to_string(noted.error()));
}

// Which one, or the first of which; nothing: that is not said, or both are.
std::optional<store::HeldPlace> place_of(const HeldOptions& options) {
  const record::BureauId bureau(options.bureau);
  const bool is_numbered = options.epoch > 0 && options.sequence > 0;
  const bool is_partly_numbered = options.epoch > 0 || options.sequence > 0;
  if (!options.dataset.empty()) {
    if (is_partly_numbered) return std::nullopt;
    return store::FirstOfDataset{bureau, record::DatasetId(options.dataset)};
  }
  if (!is_numbered || options.all) return std::nullopt;
  return store::NumberOfStream{{bureau, {options.epoch}}, {options.sequence}};
}

ExitStatus release(const Context& context, const HeldOptions& options) {
  if (options.reason.find_first_not_of(" \t\n") == std::string::npos) {
    return fail("--reason: it is empty; say in a sentence why the batch is given back",
                ExitStatus::usage);
  }
  const auto place = place_of(options);
  if (!place) {
    return fail(
        "say which: a batch by its epoch and number, or --dataset for the first that is "
        "held of it, or --dataset and --all for every one",
        ExitStatus::usage);
  }
  return with_reception(
      context, [&](const installation::Installation& installation, exchange::Reception& reception) {
        auto audit = installation.open_audit_log();
        if (!audit) return fail(record::to_string(audit.error()));
        // In their order, so that one which fails has none behind it that is gone already.
        for (bool is_first = true;; is_first = false) {
          const auto released = reception.release_held(*place, options.reason);
          if (!released) return fail(record::to_string(released.error()));
          if (!*released && !is_first) return ExitStatus::success;
          if (!*released)
            return fail("no such batch is held here: `sluice batch held` says which are");
          const ExitStatus told = tell(**released, *audit);
          if (told != ExitStatus::success || !options.all) return told;
        }
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
  releasing->add_option("epoch", options->epoch, "Of its stream");
  releasing->add_option("sequence", options->sequence, "Its number");
  releasing->add_option("--dataset", options->dataset, "Instead: the first that is held of it");
  releasing->add_flag("--all", options->all,
                      "Every one that is held of the dataset, in their order");
  releasing->add_option("--reason", options->reason, "Why, for who finds the rows there")
      ->required();
  releasing->callback([&context, options] {
    context.chosen = [&context, options] { return release(context, *options); };
  });
}

}  // namespace sluice::commands
