#include <cstdio>
#include <fstream>
#include <iterator>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "commands/commands.h"
#include "commands/held_batches.h"
#include "commands/terminal.h"
#include "record/batch_file.h"

namespace sluice::commands {
namespace {

struct BatchOptions {
  std::string bureau;
  std::uint64_t sequence = 0;
  std::string file;
  bool json = false;
};

// A batch file is checked in memory.
constexpr record::ByteCount largest_batch_file{std::uint64_t{1} << 30};

// Calls `consume` with those batches of the central store; prints a failure.
ExitStatus for_each_batch(
    const Context& context, const store::Extent& extent,
    const std::function<bool(const store::LedgerEntry&, const record::Batch&)>& consume) {
  const auto installation = context.installation();
  if (!installation) return ExitStatus::usage;
  if (!installation->settings.node.store) {
    return fail_without_store();
  }
  auto store = installation->open_store();
  if (!store) return fail(record::to_string(store.error()));
  const auto walked = (*store)->walk(extent, consume);
  if (!walked) return fail(record::to_string(walked.error()));
  return ExitStatus::success;
}

void print_json(const store::LedgerEntry& entry, const record::Manifest& manifest,
                const record::Receipt& receipt) {
  fmt::print("{}\n", boost::json::serialize(
                         boost::json::object{{"ledger_id", std::to_string(entry.id)},
                                             {"bureau", entry.stream.bureau.str()},
                                             {"epoch", entry.stream.epoch.value},
                                             {"sequence", entry.sequence.value},
                                             {"dataset", entry.dataset.str()},
                                             {"mode", record::to_string(manifest.mode)},
                                             {"outcome", record::to_string(receipt.outcome)},
                                             {"upserts", manifest.upserts.value},
                                             {"deletes", manifest.deletes.value},
                                             {"rejected", receipt.rows.rejected.value},
                                             {"payload_bytes", manifest.payload_bytes.value},
                                             {"applied_at", record::to_string(entry.applied_at)}}));
}

ExitStatus list_batches(const Context& context, const BatchOptions& options) {
  std::vector<std::vector<std::string>> rows;
  store::Extent extent{.payloads = store::Extent::Payloads::left_out};
  if (!options.bureau.empty()) extent.bureau = record::BureauId(options.bureau);
  const ExitStatus status = for_each_batch(
      context, extent, [&](const store::LedgerEntry& entry, const record::Batch& batch) {
        const auto manifest = record::parse_manifest(batch.manifest);
        const auto receipt = record::parse_receipt(entry.receipt.json);
        if (!manifest || !receipt) return true;
        if (options.json) {
          print_json(entry, *manifest, *receipt);
          return true;
        }
        rows.push_back(
            {entry.stream.bureau.str(), std::to_string(entry.sequence.value), entry.dataset.str(),
             std::string(record::to_string(manifest->mode)), human_count(manifest->upserts.value),
             human_count(manifest->deletes.value), human_count(receipt->rows.rejected.value),
             human_bytes(manifest->payload_bytes.value), record::to_string(entry.applied_at)});
        return true;
      });
  if (status != ExitStatus::success || options.json) return status;
  if (rows.empty()) {
    fmt::print("the central store has no batch{}\n",
               options.bureau.empty() ? "" : " of " + options.bureau);
    return status;
  }
  fmt::print("{}", table({"bureau", "batch", "dataset", "mode", "upserts", "deletes", "rejected",
                          "size", "applied at"},
                         rows));
  return status;
}

// The latest epoch's batch of that number, handed to `use`.
ExitStatus with_batch(
    const Context& context, const BatchOptions& options,
    const std::function<ExitStatus(const store::LedgerEntry&, const record::Batch&)>& use) {
  std::optional<std::pair<store::LedgerEntry, record::Batch>> found;
  const ExitStatus status = for_each_batch(
      context,
      {.bureau = record::BureauId(options.bureau), .sequence = record::Sequence{options.sequence}},
      [&](const store::LedgerEntry& entry, const record::Batch& batch) {
        found.emplace(entry, batch);
        return true;
      });
  if (status != ExitStatus::success) return status;
  if (!found) {
    return fail(
        fmt::format("the central store has no batch {} of {}", options.sequence, options.bureau));
  }
  return use(found->first, found->second);
}

ExitStatus show_batch(const Context& context, const BatchOptions& options) {
  return with_batch(context, options,
                    [](const store::LedgerEntry& entry, const record::Batch& batch) {
                      fmt::print("manifest\n{}\nreceipt, in the ledger as entry {}\n{}",
                                 batch.manifest, entry.id, entry.receipt.json);
                      return ExitStatus::success;
                    });
}

ExitStatus export_one(const Context& context, const BatchOptions& options) {
  return with_batch(context, options,
                    [&](const store::LedgerEntry& entry, const record::Batch& batch) {
                      const std::string bytes = record::write_batch_file(batch, entry.applied_at);
                      std::ofstream file(options.file, std::ios::binary | std::ios::trunc);
                      file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
                      file.close();
                      if (!file) return fail(options.file + ": can not be written");
                      fmt::print("{}: {}\nVerify it anywhere: sluice batch verify {}\n",
                                 options.file, human_bytes(bytes.size()), options.file);
                      return ExitStatus::success;
                    });
}

ExitStatus verify_one(const Context& context, const BatchOptions& options) {
  const auto installation = context.installation();
  if (!installation) return ExitStatus::usage;
  std::ifstream file(options.file, std::ios::binary);
  if (!file) return fail(options.file + ": can not be read");
  const std::string bytes{std::istreambuf_iterator<char>(file), {}};
  const auto batch = record::read_batch_file(bytes, largest_batch_file);
  if (!batch)
    return fail(options.file + ": " + record::to_string(batch.error()), ExitStatus::refused);
  const auto verified = record::verify_kept(*batch, installation->keyring->current()->verifier);
  if (!verified) {
    return fail(options.file + ": " + record::to_string(verified.error()), ExitStatus::refused);
  }
  const record::Manifest& manifest = verified->manifest;
  std::uint64_t lines = 0;
  const auto read =
      record::read_payload(batch->payload, manifest.payload_raw_bytes, [&](std::string_view piece) {
        for (const char c : piece)
          lines += c == '\n' ? 1 : 0;
        return true;
      });
  if (!read)
    return fail(options.file + ": " + record::to_string(read.error()), ExitStatus::refused);
  if (lines != manifest.upserts.value + manifest.deletes.value) {
    return fail(fmt::format("{}: {} rows where its manifest says {}", options.file, lines,
                            manifest.upserts.value + manifest.deletes.value),
                ExitStatus::refused);
  }
  fmt::print("{}: good: batch {} of {}, {} rows of {}, signed by {}\n", options.file,
             manifest.sequence.value, manifest.stream.bureau.str(), human_count(lines),
             manifest.dataset.str(), verified->signatory.subject);
  return ExitStatus::success;
}

}  // namespace

void add_batch(CLI::App& app, Context& context) {
  auto* group = app.add_subcommand("batch", "Look at the batches in the central store");
  group->require_subcommand(1);
  auto options = std::make_shared<BatchOptions>();
  const auto add = [&](const char* name, const char* what, auto run) {
    auto* command = group->add_subcommand(name, what);
    command->callback([&context, options, run] {
      context.chosen = [&context, options, run] { return run(context, *options); };
    });
    return command;
  };
  auto* listing = add("list", "One line a batch", list_batches);
  listing->add_option("--bureau", options->bureau, "Only this one's");
  listing->add_flag("--json", options->json, "For machines: an object a line");
  auto* showing = add("show", "Manifest and receipt of one", show_batch);
  auto* exporting = add("export", "Write one as a batch file (tar)", export_one);
  for (auto* command : {showing, exporting}) {
    command->add_option("bureau", options->bureau)->required();
    command->add_option("sequence", options->sequence, "Its number")->required();
  }
  exporting->add_option("file", options->file)->required();
  add("verify", "Check a batch file's signature and content", verify_one)
      ->add_option("file", options->file)
      ->required();
  add_held_batches(*group, context);
}

}  // namespace sluice::commands
