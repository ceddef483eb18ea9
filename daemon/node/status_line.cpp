#include "node/status_line.h"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <iterator>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "trust/expiry_vigil.h"

namespace sluice::node {
namespace {

// Of one trouble, and of all: systemd takes no more than 4 KiB with all else that it is told.
constexpr std::size_t longest_trouble = 200;  // bytes
constexpr std::size_t longest_line = 1000;    // bytes

// Cut between two characters, not within one.
std::string shortened(std::string text) {
  if (text.size() <= longest_trouble) return text;
  std::size_t end = longest_trouble;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U)
    --end;
  text.resize(end);
  return text + "…";
}

std::string counted(std::size_t count, std::string_view noun) {
  return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

// What holds up all bureaus at once.
std::vector<std::string> troubles_of_node(const api::NodeStatus& status) {
  std::vector<std::string> troubles;
  if (status.distrusted_disk) {
    troubles.push_back(fmt::format(
        "NOTHING IS ACKNOWLEDGED: an fsync has failed ({}); see to the disk, then restart sluiced",
        *status.distrusted_disk));
  }
  if (status.not_signing) {
    troubles.push_back(fmt::format("NOTHING IS TAKEN: {}", *status.not_signing));
  }
  if (status.room && status.room->is_short) {
    troubles.emplace_back("NOTHING IS TAKEN IN: the disk is short of room");
  }
  if (status.configuration && status.configuration->refused_at) {
    troubles.push_back(
        fmt::format("the configuration is refused: {}", status.configuration->complaints.front()));
  }
  return troubles;
}

std::optional<std::string> trouble_of(const api::StreamStatus& stream) {
  if (!stream.journal) return record::to_string(stream.journal.error());
  if (stream.is_stopped) {
    return stream.link.reason.empty() ? "stopped: see the log" : "stopped: " + stream.link.reason;
  }
  if (const auto& since = stream.link.held_back_since) {
    return fmt::format("held back since {}: {}", record::to_string(*since), stream.link.reason);
  }
  if (stream.journal->gaps > 0) return std::string("the center has lost batches");
  if (stream.journal->held.empty()) return std::nullopt;
  return fmt::format("the center holds {}", stream.journal->held.front().dataset.str());
}

std::vector<std::string> troubles_of_bureaus(const std::vector<api::StreamStatus>& streams) {
  std::vector<std::string> troubles;
  for (const api::StreamStatus& stream : streams) {
    if (const auto trouble = trouble_of(stream)) {
      troubles.push_back(fmt::format("{}: {}", stream.bureau.str(), *trouble));
    }
  }
  return troubles;
}

std::vector<std::string> troubles_of_datasets(const api::NodeStatus& status) {
  std::vector<std::string> troubles;
  for (const auto& [dataset, reason] : status.schema_conflicts)
    troubles.push_back(fmt::format("nothing of {} is taken in: {}", dataset.str(), reason));
  if (!status.held) return troubles;
  for (const api::HeldStatus& held : *status.held)
    troubles.push_back(fmt::format("{} of {} is held: {}", held.dataset, held.bureau, held.reason));
  return troubles;
}

// What is to be done, and stops nothing yet.
std::vector<std::string> reminders_of(const api::NodeStatus& status) {
  std::vector<std::string> reminders;
  if (status.configuration && !status.configuration->restart.empty()) {
    reminders.push_back(fmt::format("{} of node.yaml needs a restart",
                                    fmt::join(status.configuration->restart, ", ")));
  }
  if (status.certificate_ends && *status.certificate_ends > status.now &&
      *status.certificate_ends - status.now < trust::ExpiryVigil::soon) {
    const auto left =
        std::chrono::duration_cast<std::chrono::days>(*status.certificate_ends - status.now);
    reminders.push_back(fmt::format("the certificate ends in {}",
                                    counted(static_cast<std::size_t>(left.count()), "day")));
  }
  std::uint64_t quarantined = 0;
  for (const api::StreamStatus& stream : status.streams)
    quarantined += stream.journal ? stream.journal->quarantine_waiting : 0;
  if (quarantined > 0) {
    reminders.push_back(counted(static_cast<std::size_t>(quarantined), "row") + " in quarantine");
  }
  return reminders;
}

std::string summary(const api::NodeStatus& status, std::size_t wrong) {
  if (status.streams.empty())
    return wrong == 0 ? "all is well" : counted(wrong, "thing") + " wrong";
  return fmt::format("{}, {}", counted(status.streams.size(), "bureau"),
                     wrong == 0 ? std::string("all is well") : fmt::format("{} wrong", wrong));
}

std::string listed(std::string line, const std::vector<std::string>& troubles) {
  std::size_t told = 0;
  for (const std::string& trouble : troubles) {
    std::string next = shortened(trouble);
    if (line.size() + next.size() > longest_line) break;
    line += (told == 0 ? ": " : "; ") + std::move(next);
    ++told;
  }
  if (told < troubles.size()) line += fmt::format("; and {} more", troubles.size() - told);
  return line;
}

}  // namespace

std::string status_line(const api::NodeStatus& status) {
  std::vector<std::string> wrong = troubles_of_bureaus(status.streams);
  std::ranges::move(troubles_of_datasets(status), std::back_inserter(wrong));
  std::string line;
  for (const std::string& trouble : troubles_of_node(status))
    line += shortened(trouble) + "; ";
  line = listed(line + summary(status, wrong.size()), wrong);
  for (const std::string& reminder : reminders_of(status))
    line += "; " + reminder;
  return line;
}

}  // namespace sluice::node
