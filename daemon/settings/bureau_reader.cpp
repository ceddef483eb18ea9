#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "settings/channels.h"
#include "settings/front_end_reader.h"
#include "settings/mapping_reader.h"
#include "settings/readers.h"
#include "settings/schedule_reader.h"
#include "settings/section.h"
#include "settings/signer_reader.h"

namespace sluice::settings {
namespace {

constexpr std::array modes = {
    std::pair{"direct", record::Mode::direct}, std::pair{"front-end", record::Mode::front_end},
    std::pair{"disk", record::Mode::disk}, std::pair{"manual-entry", record::Mode::manual_entry}};
const std::array<std::string, 4> mode_names = {"direct", "front-end", "disk", "manual-entry"};

adapters::disk::CsvDialect read_dialect(Section section) {
  adapters::disk::CsvDialect dialect;
  dialect.delimiter = section.character("delimiter").value_or(dialect.delimiter);
  dialect.quote = section.character("quote").value_or(dialect.quote);
  dialect.double_quote = section.boolean("double_quote").value_or(dialect.double_quote);
  dialect.escape = section.character("escape");
  dialect.header = section.boolean("header").value_or(dialect.header);
  dialect.comment = section.character("comment");
  dialect.null_sequence = section.text("null_sequence");
  dialect.skip_initial_space =
      section.boolean("skip_initial_space").value_or(dialect.skip_initial_space);
  const auto must_differ = [&](const char* key, std::optional<char> left, const char* other,
                               std::optional<char> right) {
    if (!left || left != right) return;
    section.complain(key, fmt::format("the same character as `{}`", other), "another one");
  };
  must_differ("delimiter", dialect.delimiter, "quote", dialect.quote);
  must_differ("escape", dialect.escape, "quote", dialect.quote);
  must_differ("escape", dialect.escape, "delimiter", dialect.delimiter);
  must_differ("comment", dialect.comment, "quote", dialect.quote);
  must_differ("comment", dialect.comment, "delimiter", dialect.delimiter);
  section.finish();
  return dialect;
}

bool has_channel(const Bureau& bureau, record::Mode mode) {
  switch (mode) {
    case record::Mode::direct:
      return bureau.direct.has_value();
    case record::Mode::front_end:
      return bureau.front_end.has_value();
    case record::Mode::disk:
      return bureau.disk.has_value();
    case record::Mode::manual_entry:
      return bureau.manual_entry.has_value();
  }
  return false;
}

std::vector<record::Mode> read_channels(Section& section, const Bureau& bureau) {
  std::vector<record::Mode> channels;
  Complaints& complaints = section.complaints();
  for (const Value& item : section.list("channels")) {
    const std::string& name = item.text;
    const auto* mode = std::ranges::find(modes, name, [](const auto& m) { return m.first; });
    if (mode == modes.end()) {
      complaints.add(item.place, described(item), "direct, front-end, disk or manual-entry",
                     nearest(name, mode_names));
    } else if (!has_channel(bureau, mode->second)) {
      complaints.add(item.place, in_quotes(name), "a channel that the bureau's `channels` has");
    } else if (std::ranges::find(channels, mode->second) != channels.end()) {
      complaints.add(item.place, "a second " + in_quotes(name), "each channel once");
    } else {
      channels.push_back(mode->second);
    }
  }
  if (section.list("channels").empty()) {
    complaints.add(section.place_of("channels"), "no channel",
                   "one or more of direct, front-end, disk and manual-entry, such as `channels: "
                   "[direct]`,");
  }
  return channels;
}

const record::Dataset* read_dataset(Section& section, const Bureau& bureau,
                                    const Datasets& datasets) {
  const std::string name = section.required_text("dataset");
  if (name.empty()) return nullptr;
  const auto found = datasets.find(record::DatasetId(name));
  if (found == datasets.end()) {
    std::vector<std::string> names;
    for (const auto& [id, dataset] : datasets)
      names.push_back(id.str());
    section.complain("dataset", in_quotes(name), "a dataset that has a schema",
                     nearest(name, names));
    return nullptr;
  }
  const std::string& owner = found->second.owner.str();
  if (!owner.empty() && owner != bureau.id.str()) {
    section.complain("dataset", fmt::format("{}, which {} owns", in_quotes(name), in_quotes(owner)),
                     "a dataset of this bureau's own (一数一源)");
  }
  return &found->second;
}

adapters::disk::Format read_format(Section& section, const std::vector<record::Mode>& channels) {
  static const std::array<std::string, 2> encodings = {"utf-8", "gb18030"};
  adapters::disk::Format format;
  if (auto csv = section.section("csv")) format.dialect = read_dialect(std::move(*csv));
  if (const auto encoding = section.choice("encoding", encodings)) {
    format.encoding =
        std::array{adapters::disk::Encoding::utf_8, adapters::disk::Encoding::gb18030}[*encoding];
  }
  if (std::ranges::find(channels, record::Mode::disk) != channels.end()) return format;
  for (const char* key : {"csv", "encoding"}) {
    if (section.has(key)) {
      section.complain(key, "a way of writing files", "`disk` among the channels");
    }
  }
  return format;
}

intake::RejectLimit read_reject_limit(Section section) {
  constexpr std::uint64_t most_rows = 1'000'000'000;
  intake::RejectLimit limit;
  limit.rows = section.count("rows", 0, most_rows);
  limit.share = section.share("share");
  limit.minimum_rows = section.count("minimum_rows", 0, most_rows).value_or(limit.minimum_rows);
  if (section.has("minimum_rows") && !section.has("share")) {
    section.complain("minimum_rows", "a number of rows from which a share counts", "`share`");
  }
  if (const auto window = section.duration("window")) {
    limit.window = std::chrono::ceil<std::chrono::minutes>(*window);
    if (*limit.window > journal::tally_age) {
      section.complain("window", "a longer time than rows are counted over", "at most 24h");
    }
    if (!limit.rows && !limit.share) {
      section.complain("window", "a time without anything to count", "`rows` or `share`");
    }
  }
  section.finish();
  return limit;
}

void read_front_end(Section& section, const Bureau& bureau, Publication& publication) {
  if (!comes_by(publication, record::Mode::front_end)) {
    if (section.has("front-end")) {
      section.complain("front-end", "a way of reading a database",
                       "`front-end` among the channels");
    }
    return;
  }
  // Where the section is not there at all, that is all there is to say.
  if (!section.has("front-end")) {
    static_cast<void>(section.required_section("front-end"));
    return;
  }
  publication.front_end =
      read_exchange_table(section.required_section("front-end"), bureau.front_end->database);
}

Publication read_publication(const Value& value, const CodeTableFiles& codes, const Bureau& bureau,
                             const Datasets& datasets, Complaints& complaints) {
  // What the CSV reader and the server's body limit can be asked to hold for one row.
  constexpr std::uint64_t largest_row = std::uint64_t{64} << 20;
  Publication publication;
  Section section(value, complaints);
  const record::Dataset* dataset = read_dataset(section, bureau, datasets);
  if (dataset != nullptr) publication.dataset = dataset->id;
  publication.channels = read_channels(section, bureau);
  if (auto mapping = section.section("mapping")) {
    publication.mapping =
        read_mapping(std::move(*mapping), codes, dataset == nullptr ? nullptr : &dataset->schema);
  }
  if (auto limit = section.section("reject_limit")) {
    publication.reject_limit = read_reject_limit(std::move(*limit));
  }
  publication.disk = read_format(section, publication.channels);
  read_front_end(section, bureau, publication);
  publication.max_row_bytes =
      section.bytes("max_row_bytes", largest_row).value_or(publication.max_row_bytes);
  section.finish();
  return publication;
}

// Each run would fail for want of something to do.
void check_schedule_is_of_use(Section& root, const Bureau& bureau) {
  if (!bureau.front_end || !bureau.front_end->schedule) return;
  const auto is_collected = [](const Publication& publication) {
    return comes_by(publication, record::Mode::front_end);
  };
  if (std::ranges::any_of(bureau.publishes, is_collected)) return;
  root.complaints().add(root.place_of("channels"), "a `schedule` in `front-end`",
                        "a dataset under `publishes` with `front-end` among its channels: there is "
                        "nothing to collect by it");
}

void read_bureau_channels(Section section, const std::filesystem::path& base, Bureau& bureau) {
  if (auto direct = section.section("direct")) {
    direct->finish();
    bureau.direct.emplace();
  }
  if (auto front_end = section.section("front-end")) {
    bureau.front_end.emplace();
    bureau.front_end->database = read_exchange_database(*front_end, base);
    if (auto schedule = front_end->section("schedule")) {
      bureau.front_end->schedule = read_schedule(std::move(*schedule));
    }
    if (auto reconcile = front_end->section("reconcile")) {
      Reconciliation& reconciliation = bureau.front_end->reconciliation.emplace();
      reconciliation.schedule = read_schedule(reconcile->required_section("schedule"));
      reconciliation.repairs = reconcile->boolean("repair").value_or(false);
      reconcile->finish();
    }
    front_end->finish();
  }
  if (auto disk = section.section("disk")) {
    bureau.disk.emplace();
    if (const auto folder = disk->text("drop_folder"); folder && !folder->empty()) {
      bureau.disk->drop_folder = (base / *folder).lexically_normal();
    }
    for (auto [key, limit] : {std::pair{"time_limit", &bureau.disk->time_limit},
                              std::pair{"cpu_limit", &bureau.disk->cpu_limit}}) {
      if (const auto set = disk->duration(key))
        *limit = std::chrono::ceil<std::chrono::seconds>(*set);
    }
    bureau.disk->memory_limit = disk->bytes("memory_limit").value_or(bureau.disk->memory_limit);
    disk->finish();
  }
  if (auto manual_entry = section.section("manual-entry")) {
    manual_entry->finish();
    bureau.manual_entry.emplace();
  }
  section.finish();
}

}  // namespace

Bureau read_bureau(const Value& document, const std::filesystem::path& base,
                   const Datasets& datasets, WrittenCodes& codes, Complaints& complaints) {
  Bureau bureau;
  Section root(document, complaints);
  bureau.id = record::BureauId(root.required_name("bureau"));
  const std::string stem = complaints.file().stem().string();
  if (!bureau.id.str().empty() && bureau.id.str() != stem) {
    root.complain("bureau", in_quotes(bureau.id.str()),
                  fmt::format("the file's own name, {},", in_quotes(stem)));
  }
  bureau.name = root.required_text("name");
  bureau.signers = required_signers(root, "certificate_subject", "CN=park,O=Haidian");
  if (auto channels = root.section("channels")) {
    read_bureau_channels(std::move(*channels), base, bureau);
  }
  for (const Value& item : root.list("publishes")) {
    Publication publication = read_publication(item, {base, codes}, bureau, datasets, complaints);
    const std::string& dataset = publication.dataset.str();
    if (!dataset.empty() && std::ranges::find(bureau.publishes, publication.dataset,
                                              &Publication::dataset) != bureau.publishes.end()) {
      complaints.add(item.place, in_quotes(dataset) + " a second time", "each dataset once");
    }
    bureau.publishes.push_back(std::move(publication));
  }
  check_schedule_is_of_use(root, bureau);
  root.finish();
  return bureau;
}

void check_beside_others(const Value& document, const record::BureauId& own, const Bureaus& bureaus,
                         Complaints& complaints) {
  const Bureau& bureau = bureaus.at(own);
  Section root(document, complaints);
  for (const auto& [id, other] : bureaus) {
    if (id == own) continue;
    if (const auto shared = shared_subject(bureau.signers, other.signers)) {
      root.complain(
          "certificate_subject", in_quotes(*shared),
          fmt::format("a subject of this bureau's own, {} has this one,", in_quotes(id.str())));
    }
    if (bureau.disk && other.disk && !bureau.disk->drop_folder.empty() &&
        bureau.disk->drop_folder == other.disk->drop_folder) {
      complaints.add(
          root.place_of("channels"),
          fmt::format("{} as `drop_folder`", in_quotes(bureau.disk->drop_folder.string())),
          fmt::format("a folder of this bureau's own; {} has this one", in_quotes(id.str())));
    }
  }
}

void check_can_be_called(const Value& document, const Bureau& bureau, const Node& node,
                         Complaints& complaints) {
  if (!bureau.direct || node.listen) return;
  Section root(document, complaints);
  complaints.add(root.place_of("channels"), "the channel `direct`",
                 "a section `listen` in node.yaml, without which nobody can call");
}

void check_can_be_keyed(const Value& document, const Bureau& bureau, const Node& node,
                        Complaints& complaints) {
  if (!bureau.manual_entry) return;
  const Place place = document.find("channels")->value.find("manual-entry")->key_place;
  if (!node.store) {
    complaints.add(place, "the channel `manual-entry`",
                   "a section `store` in node.yaml: records are keyed where the central store is");
  }
  const auto carrier = std::ranges::find_if(
      node.nodes, [&](const CarryingNode& other) { return other.bureaus.contains(bureau.id); });
  if (carrier == node.nodes.end()) return;
  complaints.add(
      place,
      fmt::format("the channel `manual-entry`, and {} brings this bureau's batches (`nodes`)",
                  in_quotes(carrier->name.str())),
      "a bureau whose batches begin on this node: records are keyed at the home of their stream");
}

}  // namespace sluice::settings
