#include "api/troubles.h"

#include <algorithm>
#include <string>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "runs/run_summary.h"
#include "trust/expiry_vigil.h"

namespace sluice::api {
namespace {

constexpr double high_backlog = 0.5;   // of its limit
constexpr std::uint64_t low_disk = 2;  // times the reserve
constexpr double few_inodes = 0.05;
constexpr std::chrono::days list_ends_soon{1};

using Troubles = std::vector<Trouble>;

Trouble of_node(const TroubleKind& kind, std::string what, std::string reason = {}) {
  return {.kind = &kind, .grade = kind.grade, .what = std::move(what), .reason = std::move(reason)};
}

Trouble of_bureau(const TroubleKind& kind, const record::BureauId& bureau, std::string what,
                  std::string reason = {}) {
  Trouble trouble = of_node(kind, std::move(what), std::move(reason));
  trouble.bureau = bureau;
  return trouble;
}

std::string counted(std::uint64_t count, std::string_view noun) {
  return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

std::string days_left(std::chrono::milliseconds left) {
  const auto days = std::chrono::duration_cast<std::chrono::days>(left).count();
  return days == 0 ? "less than a day" : counted(static_cast<std::uint64_t>(days), "day");
}

// Where an fsync has failed, or there is no room.
void judge_disk(const NodeStatus& status, Troubles& troubles) {
  if (status.distrusted_disk) {
    troubles.push_back(of_node(trouble_kind("disk-not-trusted"), "NOTHING IS ACKNOWLEDGED",
                               fmt::format("an fsync has failed ({})", *status.distrusted_disk)));
  }
  if (!status.room) return;
  const files::Space& space = status.room->space;
  const double free =
      space.total == 0 ? 1 : static_cast<double>(space.free) / static_cast<double>(space.total);
  if (status.room->is_short) {
    troubles.push_back(of_node(trouble_kind("disk-short"), "NOTHING IS TAKEN IN",
                               "the disk is short of room: less is free than its reserve"));
    troubles.back().figure = free;
  } else if (space.free / low_disk < status.room->reserve) {
    troubles.push_back(
        of_node(trouble_kind("disk-low"), fmt::format("{:.0f} % of the disk is free", free * 100)));
    troubles.back().figure = free;
  }
}

void judge_inodes(const NodeStatus& status, Troubles& troubles) {
  if (!status.inodes) return;
  const double free =
      static_cast<double>(status.inodes->free) / static_cast<double>(status.inodes->total);
  if (free >= few_inodes) return;
  troubles.push_back(
      of_node(trouble_kind("inodes-low"),
              fmt::format("{:.0f} % of the file system's inodes are free", free * 100)));
  troubles.back().figure = free;
}

void judge_certificates(const NodeStatus& status, Troubles& troubles) {
  if (status.not_signing) {
    troubles.push_back(
        of_node(trouble_kind("not-signing"), "NOTHING IS TAKEN", *status.not_signing));
  }
  const auto& ends = status.certificate_ends;
  if (!ends || *ends - status.now >= trust::ExpiryVigil::soon) return;
  const auto left = std::max(*ends - status.now, std::chrono::milliseconds(0));
  // That of the identity, and told already.
  if (left.count() == 0 && status.not_signing) return;
  Trouble trouble = of_node(trouble_kind("certificate-ends"),
                            left.count() == 0 ? std::string("a certificate has ended")
                                              : "the certificate ends in " + days_left(left));
  if (left < certificate_very_soon) trouble.grade = Grade::stops;
  trouble.figure = left;
  troubles.push_back(std::move(trouble));
}

void judge_revocations(const NodeStatus& status, Troubles& troubles) {
  for (const RevocationStatus& list : status.revocations) {
    if (!list.ends || *list.ends - status.now >= list_ends_soon) continue;
    const bool is_over = *list.ends <= status.now;
    Trouble trouble = of_node(
        is_over ? trouble_kind("revocation-list-over") : trouble_kind("revocation-list-ends"),
        is_over ? fmt::format("the revocation list of {} is out of date", list.issuer)
                : fmt::format("the revocation list of {} ends within a day", list.issuer));
    trouble.figure = list.issuer;
    if (is_over) trouble.since = list.ends;
    troubles.push_back(std::move(trouble));
  }
}

void judge_configuration(const NodeStatus& status, Troubles& troubles) {
  if (!status.configuration) return;
  const ConfigurationStatus& configuration = *status.configuration;
  if (configuration.refused_at) {
    Trouble trouble = of_node(trouble_kind("configuration-refused"), "THE CONFIGURATION IS REFUSED",
                              fmt::format("{}", fmt::join(configuration.complaints, "; ")));
    trouble.since = configuration.refused_at;
    troubles.push_back(std::move(trouble));
  }
  if (!configuration.unfinished.empty()) {
    troubles.push_back(of_node(trouble_kind("reload-unfinished"),
                               "THE CONFIGURATION IS TAKEN IN PART ONLY",
                               fmt::format("{}", fmt::join(configuration.unfinished, "; "))));
  }
  if (configuration.restart.empty()) return;
  const std::string keys = fmt::format("{}", fmt::join(configuration.restart, ", "));
  troubles.push_back(
      of_node(trouble_kind("restart-needed"), keys + " of node.yaml needs a restart"));
  troubles.back().figure = keys;
}

// The first of what keeps a stream from getting on.
std::optional<Trouble> obstacle_of(const StreamStatus& stream) {
  const record::BureauId& bureau = stream.bureau;
  if (!stream.journal) {
    return of_bureau(trouble_kind("journal-unreadable"), bureau, "STOPPED",
                     record::to_string(stream.journal.error()));
  }
  if (stream.is_stopped) {
    return of_bureau(trouble_kind("stream-stopped"), bureau, "STOPPED",
                     stream.link.reason.empty() ? "see the log" : stream.link.reason);
  }
  if (stream.link.held_back_since) {
    Trouble trouble =
        of_bureau(trouble_kind("link-held-back"), bureau, "held back", stream.link.reason);
    trouble.since = stream.link.held_back_since;
    return trouble;
  }
  return std::nullopt;
}

void judge_backlog(const NodeStatus& status, const StreamStatus& stream, Troubles& troubles) {
  const journal::Status& journal = *stream.journal;
  const double share = status.backlog_limit == 0 ? 0
                                                 : static_cast<double>(journal.backlog.bytes) /
                                                       static_cast<double>(status.backlog_limit);
  if (share >= high_backlog) {
    Trouble trouble = of_bureau(trouble_kind("backlog-high"), stream.bureau,
                                fmt::format("{:.0f} % of its backlog is full", share * 100));
    trouble.figure = share;
    trouble.since = journal.backlog.oldest;
    troubles.push_back(std::move(trouble));
  }
  if (journal.quarantine_waiting == 0) return;
  troubles.push_back(of_bureau(trouble_kind("quarantine-waiting"), stream.bureau,
                               counted(journal.quarantine_waiting, "row") + " in quarantine"));
  troubles.back().figure = journal.quarantine_waiting;
}

void judge_stream(const NodeStatus& status, const StreamStatus& stream, Troubles& troubles) {
  if (auto obstacle = obstacle_of(stream)) troubles.push_back(std::move(*obstacle));
  if (!stream.journal) return;
  if (stream.journal->gaps > 0) {
    troubles.push_back(
        of_bureau(trouble_kind("batches-lost"), stream.bureau, "BATCHES LOST by the center"));
    troubles.back().figure = stream.journal->gaps;
  }
  for (const journal::HeldDataset& held : stream.journal->held) {
    Trouble trouble =
        of_bureau(trouble_kind("held-by-center"), stream.bureau,
                  fmt::format("{} of {} HELD by the center", held.batches, held.dataset.str()));
    trouble.dataset = held.dataset.str();
    trouble.figure = held.dataset.str();
    trouble.since = held.since;
    troubles.push_back(std::move(trouble));
  }
  judge_backlog(status, stream, troubles);
}

void judge_datasets(const NodeStatus& status, Troubles& troubles) {
  for (const auto& [dataset, reason] : status.schema_conflicts) {
    troubles.push_back(of_node(trouble_kind("schema-conflict"),
                               fmt::format("NOTHING OF {} IS TAKEN IN", dataset.str()), reason));
    troubles.back().dataset = dataset.str();
    troubles.back().figure = dataset.str();
  }
  if (!status.held) return;
  for (const HeldStatus& held : *status.held) {
    const record::BureauId bureau(held.bureau);
    Trouble trouble =
        held.passes
            ? of_bureau(trouble_kind("held-for-migration"), bureau,
                        fmt::format("{} of {} held while its tables are migrated", held.batches,
                                    held.dataset))
            : of_bureau(trouble_kind("held-here"), bureau,
                        fmt::format("{} of {} HELD here", held.batches, held.dataset), held.reason);
    trouble.dataset = held.dataset;
    trouble.figure = held.dataset;
    trouble.since = held.since;
    troubles.push_back(std::move(trouble));
  }
}

void judge_job(const runs::JobStatus& job, Troubles& troubles) {
  const record::BureauId& bureau = job.name.bureau;
  if (job.is_paused) {
    troubles.push_back(of_bureau(trouble_kind("job-paused"), bureau, job.name.task + " is paused"));
    troubles.back().figure = job.name.task;
  }
  if (!job.last) return;
  const auto add = [&](const TroubleKind& kind, std::string what, std::string reason) {
    Trouble trouble = of_bureau(kind, bureau, std::move(what), std::move(reason));
    trouble.figure = job.name.task;
    if (job.last->ended) trouble.since = record::Time(*job.last->ended);
    troubles.push_back(std::move(trouble));
  };
  const std::string& outcome = job.last->outcome;
  if (runs::is_failure(outcome)) {
    add(trouble_kind("run-failed"), fmt::format("the last {} ended as {}", job.name.task, outcome),
        job.last->sentence);
  } else if (outcome == "differs") {
    add(trouble_kind("differs"), "differs from the central store", {});
    troubles.back().figure = runs::figures_of(*job.last).differences;
  } else if (outcome == "held-back") {
    const std::uint64_t deletes = runs::figures_of(*job.last).held_back;
    add(trouble_kind("deletes-held-back"), counted(deletes, "delete") + " held back", {});
    troubles.back().figure = deletes;
  }
}

void judge_surroundings(const NodeStatus& status, Troubles& troubles) {
  if (status.store_failure) {
    troubles.push_back(of_node(trouble_kind("store-unavailable"),
                               "THE CENTRAL STORE can not be worked with", *status.store_failure));
  }
  for (const EdgeStatus& edge : status.edges) {
    if (!edge.told || !edge.is_old) continue;
    Trouble trouble = of_bureau(trouble_kind("edge-silent"), edge.bureau,
                                fmt::format("node {} has told nothing", edge.node.str()));
    trouble.figure = edge.node.str();
    trouble.since = edge.told;
    troubles.push_back(std::move(trouble));
  }
}

}  // namespace

std::vector<Trouble> troubles_of(const NodeStatus& status) {
  Troubles troubles;
  judge_disk(status, troubles);
  judge_inodes(status, troubles);
  judge_certificates(status, troubles);
  judge_revocations(status, troubles);
  judge_surroundings(status, troubles);
  judge_configuration(status, troubles);
  for (const StreamStatus& stream : status.streams)
    judge_stream(status, stream, troubles);
  judge_datasets(status, troubles);
  for (const runs::JobStatus& job : status.jobs)
    judge_job(job, troubles);
  // Kinds are compared by where they stand in the table.
  std::ranges::stable_sort(troubles, [](const Trouble& a, const Trouble& b) {
    return std::pair(a.grade, a.kind) < std::pair(b.grade, b.kind);
  });
  return troubles;
}

std::string line_of(const Trouble& trouble) {
  std::string line = trouble.bureau ? trouble.bureau->str() + ": " : "";
  line += trouble.what;
  if (trouble.since) line += " since " + record::to_string(*trouble.since);
  if (!trouble.reason.empty()) line += ": " + trouble.reason;
  return line;
}

std::string remedy_of(const Trouble& trouble) {
  std::string remedy(trouble.kind->remedy);
  const auto put = [&remedy](std::string_view place, const std::string& name) {
    for (std::size_t at = remedy.find(place); at != std::string::npos;
         at = remedy.find(place, at)) {
      remedy.replace(at, place.size(), name);
      at += name.size();
    }
  };
  put("{bureau}", trouble.bureau ? trouble.bureau->str() : "BUREAU");
  put("{dataset}", trouble.dataset.empty() ? "DATASET" : trouble.dataset);
  return remedy;
}

}  // namespace sluice::api
