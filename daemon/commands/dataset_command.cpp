#include <cstdio>

#include <fmt/format.h>

#include "commands/commands.h"
#include "commands/terminal.h"

namespace sluice::commands {
namespace {

struct DatasetOptions {
  std::string dataset;
  std::string as_of;
};

ExitStatus read(const Context& context, const DatasetOptions& options) {
  const auto installation = context.installation();
  if (!installation) return ExitStatus::usage;
  if (!installation->settings.node.store) {
    return fail_without_store();
  }
  const exchange::KnownDataset* known =
      installation->catalogue.find(record::DatasetId(options.dataset));
  if (known == nullptr) {
    return fail(fmt::format("there is no dataset {}", options.dataset), ExitStatus::usage);
  }
  std::optional<record::Time> as_of;
  if (!options.as_of.empty()) {
    const auto time = record::parse_time(options.as_of);
    if (!time) {
      return fail("--as-of: expected a time such as 2026-11-23T04:44:00.000Z", ExitStatus::usage);
    }
    as_of = *time;
  }
  auto store = installation->open_store();
  if (!store) return fail(record::to_string(store.error()));
  // A dataset that nothing was collected of yet is empty, not unknown.
  if (auto prepared = (*store)->prepare(known->dataset); !prepared) {
    return fail(record::to_string(prepared.error()));
  }
  std::string header;
  for (const record::Field& field : known->dataset.schema.fields) {
    header += (header.empty() ? "" : "\t") + field.name;
  }
  fmt::print("{}\n", header);
  const auto done = (*store)->read(known->dataset.id, as_of, [](const store::StoredRecord& stored) {
    std::fwrite(stored.columns.data(), 1, stored.columns.size(), stdout);
    return std::fputc('\n', stdout) != EOF;
  });
  if (!done) return fail(record::to_string(done.error()));
  return std::fflush(stdout) == 0 ? ExitStatus::success : fail("the output could not be written");
}

}  // namespace

void add_dataset(CLI::App& app, Context& context) {
  auto* group = app.add_subcommand("dataset", "Read the central store");
  group->require_subcommand(1);
  auto options = std::make_shared<DatasetOptions>();
  auto* command =
      group->add_subcommand("read", "Its records as COPY text (\\N: no value), by primary key");
  command->add_option("dataset", options->dataset)->required();
  command->add_option("--as-of", options->as_of, "As they were: 2026-11-23T04:44:00.000Z");
  command->callback([&context, options] {
    context.chosen = [&context, options] { return read(context, *options); };
  });
}

}  // namespace sluice::commands
