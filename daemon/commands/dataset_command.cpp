#include <algorithm>
#include <chrono>
#include <cstdio>
#include <optional>
#include <vector>

#include <boost/json.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "commands/commands.h"
#include "commands/invoking_user.h"
#include "commands/terminal.h"
#include "jobs/migration_job.h"
#include "jobs/migration_notices.h"
#include "store/evolution.h"

namespace sluice::commands {
namespace {

struct DatasetOptions {
  std::string dataset;
  std::string as_of;
  std::uint64_t version = 0;  // 0: not said
  std::filesystem::path mapping;
  std::optional<std::uint64_t> wait;  // seconds
  bool dry_run = false;
  bool json = false;
};

// What every one of these commands needs.
struct Opened {
  std::unique_ptr<installation::Installation> installation;
  const exchange::KnownDataset* known = nullptr;
  std::unique_ptr<store::Store> store;
};

std::expected<Opened, ExitStatus> open(const Context& context, const DatasetOptions& options) {
  Opened opened{.installation = context.installation()};
  if (!opened.installation) return std::unexpected(ExitStatus::usage);
  if (!opened.installation->settings.node.store) return std::unexpected(fail_without_store());
  opened.known = opened.installation->catalogue.find(record::DatasetId(options.dataset));
  if (opened.known == nullptr) {
    return std::unexpected(
        fail(fmt::format("there is no dataset {}", options.dataset), ExitStatus::usage));
  }
  auto store = opened.installation->open_store();
  if (!store) return std::unexpected(fail(record::to_string(store.error())));
  opened.store = std::move(*store);
  return opened;
}

void print_header(const record::TableSchema& schema) {
  std::vector<std::string> names;
  for (const record::Field& field : schema.fields)
    names.push_back(field.name);
  fmt::print("{}\n", fmt::join(names, "\t"));
}

bool print_record(const store::StoredRecord& stored) {
  std::fwrite(stored.columns.data(), 1, stored.columns.size(), stdout);
  return std::fputc('\n', stdout) != EOF;
}

ExitStatus end_of(const store::Result<void>& read) {
  if (!read) return fail(record::to_string(read.error()));
  return std::fflush(stdout) == 0 ? ExitStatus::success : fail("the output could not be written");
}

// The migration that ended the version which was asked for; null: it is the present one.
std::expected<const store::MigrationEntry*, ExitStatus> wanted_version(
    const std::vector<store::MigrationEntry>& migrations, const DatasetOptions& options,
    std::optional<record::Time> as_of) {
  if (options.version > migrations.size() + 1) {
    return std::unexpected(fail(fmt::format("--version: the tables of {} are of version {}",
                                            options.dataset, migrations.size() + 1),
                                ExitStatus::usage));
  }
  const auto found = std::ranges::find_if(migrations, [&](const store::MigrationEntry& entry) {
    return options.version > 0 ? entry.version.value == options.version + 1
                               : as_of && *as_of < entry.applied_at;
  });
  return found == migrations.end() ? nullptr : &*found;
}

ExitStatus read_older(store::Store& store, const store::MigrationEntry& ended_by,
                      std::optional<record::Time> as_of) {
  const auto schema = store::read_kept_schema(ended_by.from_schema);
  if (!schema) return fail(record::to_string(schema.error()));
  if (ended_by.dropped_at) return fail(record::to_string(store::dropped_version(ended_by)));
  print_header(*schema);
  return end_of(store.migrations().read(ended_by, as_of, print_record));
}

ExitStatus read(const Context& context, const DatasetOptions& options) {
  std::optional<record::Time> as_of;
  if (!options.as_of.empty()) {
    const auto time = record::parse_time(options.as_of);
    if (!time) {
      return fail("--as-of: expected a time such as 2026-11-23T04:44:00.000Z", ExitStatus::usage);
    }
    as_of = *time;
  }
  const auto opened = open(context, options);
  if (!opened) return opened.error();
  const auto& [installation, known, store] = *opened;
  if (as_of || options.version > 0) {
    const auto migrations = store->migrations().of(known->dataset.id);
    if (!migrations) return fail(record::to_string(migrations.error()));
    const auto older = wanted_version(*migrations, options, as_of);
    if (!older) return older.error();
    if (*older != nullptr) return read_older(*store, **older, as_of);
  }
  // A dataset that nothing was collected of yet is empty, not unknown.
  if (auto prepared = store->prepare(known->dataset); !prepared) {
    return fail(record::to_string(prepared.error()));
  }
  print_header(known->dataset.schema);
  return end_of(store->read(known->dataset.id, as_of, print_record));
}

// A version of a dataset's tables.
struct ShownVersion {
  std::uint64_t number = 0;
  std::optional<record::Time> from;   // nothing: as long as there are tables
  std::optional<record::Time> until;  // nothing: it is the present one
  const char* tables = "";
  record::Digest schema;
};

std::vector<ShownVersion> versions_of(const std::vector<store::MigrationEntry>& migrations,
                                      const store::TablesVersion& present) {
  std::vector<ShownVersion> versions;
  std::optional<record::Time> began;
  for (const store::MigrationEntry& entry : migrations) {
    versions.push_back({entry.version.value - 1, began, entry.applied_at,
                        entry.dropped_at ? "dropped" : "kept", record::sha256(entry.from_schema)});
    began = entry.applied_at;
  }
  versions.push_back(
      {present.number.value, began, std::nullopt, "in use", record::sha256(present.schema)});
  return versions;
}

void print_json(const record::Dataset& dataset, const std::vector<ShownVersion>& versions) {
  const auto time = [](const std::optional<record::Time>& at) {
    return at ? boost::json::value(record::to_string(*at)) : boost::json::value();
  };
  boost::json::array array;
  for (const ShownVersion& version : versions) {
    array.push_back(boost::json::object{{"version", version.number},
                                        {"from", time(version.from)},
                                        {"until", time(version.until)},
                                        {"tables", version.tables},
                                        {"schema", to_string(version.schema)}});
  }
  fmt::print("{}\n", boost::json::serialize(boost::json::object{
                         {"dataset", dataset.id.str()},
                         {"configured", to_string(record::schema_digest(dataset.schema))},
                         {"versions", std::move(array)}}));
}

void print_for_people(const record::Dataset& dataset, const std::vector<ShownVersion>& versions) {
  if (versions.empty()) {
    fmt::print("The store has no tables of {}: nothing was applied yet.\n", dataset.id.str());
    return;
  }
  const auto time = [](const std::optional<record::Time>& at) {
    return at ? record::to_string(*at) : std::string("-");
  };
  std::vector<std::vector<std::string>> rows;
  for (const ShownVersion& version : versions) {
    rows.push_back({fmt::to_string(version.number), time(version.from), time(version.until),
                    version.tables, to_string(version.schema)});
  }
  fmt::print("{}", table({"version", "from", "until", "tables", "schema"}, rows));
  const record::Digest configured = record::schema_digest(dataset.schema);
  if (versions.back().schema != configured) {
    fmt::print("The schema that is configured is another one: {}\n", to_string(configured));
  }
}

ExitStatus show(const Context& context, const DatasetOptions& options) {
  const auto opened = open(context, options);
  if (!opened) return opened.error();
  const auto& [installation, known, store] = *opened;
  const record::Dataset& dataset = known->dataset;
  const auto present = store->migrations().current(dataset.id);
  if (!present) return fail(record::to_string(present.error()));
  std::vector<ShownVersion> versions;
  if (*present) {
    const auto migrations = store->migrations().of(dataset.id);
    if (!migrations) return fail(record::to_string(migrations.error()));
    versions = versions_of(*migrations, **present);
  }
  if (options.json) {
    print_json(dataset, versions);
  } else {
    print_for_people(dataset, versions);
  }
  return ExitStatus::success;
}

void print_unfit(const store::MigrationReport& report) {
  std::vector<std::vector<std::string>> rows;
  for (const store::UnfitRecords& unfit : report.unfit) {
    rows.push_back({human_count(unfit.records.value), unfit.why.field, unfit.why.rule,
                    unfit.why.sentence, fmt::format("{}", fmt::join(unfit.first_keys, " | "))});
  }
  fmt::print("{}", table({"records", "field", "rule", "why", "first keys"}, rows));
  if (!report.is_whole) {
    fmt::print("So many would be refused that the rest was not looked at.\n");
  }
}

ExitStatus migrate(const Context& context, const DatasetOptions& options) {
  const auto opened = open(context, options);
  if (!opened) return opened.error();
  const auto& [installation, known, store] = *opened;
  using Purpose = store::MigrationOrder::Purpose;
  std::optional<std::chrono::seconds> limit;
  if (options.wait) limit = std::chrono::seconds(*options.wait);
  jobs::MigrationNotices notices(limit, [&](const std::string& sentence) {
    // Where it can not be written, hours of filling are worth more.
    const auto line = fmt::format("sluice: dataset {}: {}\n", options.dataset, printable(sentence));
    std::fputs(line.c_str(), stderr);
  });
  const auto report = jobs::run_migration(
      *installation,
      {.known = *known,
       .mapping = options.mapping,
       .purpose = options.dry_run ? Purpose::try_out : Purpose::migrate,
       .actor = invoking_user(),
       .patience = [&](const store::MigrationWait& wait) { return notices.goes_on(wait); }},
      *store);
  if (!report) {
    for (const std::string& line : report.error())
      static_cast<void>(fail(line));
    return ExitStatus::failure;
  }
  const std::string looked_at = human_count(report->records.value);
  if (!report->unfit.empty()) {
    print_unfit(*report);
    return fail(fmt::format(
        "{} records were looked at, and not all fit the new schema; nothing was changed. Correct "
        "them at their source, or change the mapping or the schema",
        looked_at));
  }
  if (!report->entry) {
    fmt::print("{} records, and all fit the new schema; nothing was changed.\n", looked_at);
    return ExitStatus::success;
  }
  fmt::print(
      "{}: version {} has {} records (ledger entry {}). Where sluiced still has the old schema, "
      "here or on a node that brings it, restart it. Version {} is kept until `sluice dataset "
      "drop-version {} {}`.\n",
      options.dataset, report->entry->version.value, looked_at, report->entry->id,
      report->entry->version.value - 1, options.dataset, report->entry->version.value - 1);
  return ExitStatus::success;
}

ExitStatus drop(const Context& context, const DatasetOptions& options) {
  const auto opened = open(context, options);
  if (!opened) return opened.error();
  const auto dropped = jobs::drop_version(*opened->installation, opened->known->dataset.id,
                                          {options.version}, invoking_user(), *opened->store);
  if (!dropped) return fail(dropped.error());
  fmt::print("Version {} of {} is gone.\n", options.version, options.dataset);
  return ExitStatus::success;
}

using Action = ExitStatus (*)(const Context&, const DatasetOptions&);

CLI::App* add(CLI::App& group, Context& context, const char* name, const char* description,
              Action action, const std::shared_ptr<DatasetOptions>& options) {
  auto* command = group.add_subcommand(name, description);
  command->add_option("dataset", options->dataset)->required();
  command->callback([&context, options, action] {
    context.chosen = [&context, options, action] { return action(context, *options); };
  });
  return command;
}

}  // namespace

void add_dataset(CLI::App& app, Context& context) {
  auto* group = app.add_subcommand("dataset", "Read the central store, and migrate its tables");
  group->require_subcommand(1);
  auto options = std::make_shared<DatasetOptions>();
  auto* command = add(*group, context, "read",
                      "Its records as COPY text (\\N: no value), by primary key", read, options);
  command->add_option("--as-of", options->as_of, "As they were: 2026-11-23T04:44:00.000Z");
  command->add_option("--version", options->version,
                      "As an older version of its tables has them, with that one's fields");
  add(*group, context, "show", "The versions of its tables", show, options)
      ->add_flag("--json", options->json, "For machines: an object");
  command = add(*group, context, "migrate",
                "Fill new tables for the schema that is configured from those that there are; "
                "signed, and audited",
                migrate, options);
  command
      ->add_option("--mapping", options->mapping,
                   "Where each field's value comes from: a YAML file, docs/table-schema.md")
      ->required();
  command
      ->add_option("--wait", options->wait,
                   "Seconds to wait at the end for who has the tables open (a dump); else until "
                   "they are done")
      ->check(CLI::Range(0, 1'000'000'000));
  command->add_flag("--dry-run", options->dry_run,
                    "Only look whether every record fits, and name those that do not");
  command = add(*group, context, "drop-version",
                "Let go of the tables of an older version; audited", drop, options);
  command->add_option("version", options->version)->required();
}

}  // namespace sluice::commands
