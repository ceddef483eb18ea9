// What a node that runs would have to do differently by another configuration, told in the words in
// which that is written; and what of it only a restart can change.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "settings/settings.h"

namespace sluice::settings {

// A phrase each: `bureau tax`, `dataset levy: fields[amount].type`, `node.yaml:
// journal.backlog_bytes`. Never a value.
struct Changes {
  std::vector<std::string> added;
  std::vector<std::string> changed;
  std::vector<std::string> removed;
  // Keys of node.yaml that are other than those the node runs by, and stay so until a restart.
  std::vector<std::string> restart;

  // Nothing is to be done now.
  [[nodiscard]] bool empty() const { return added.empty() && changed.empty() && removed.empty(); }
};

// Of node.yaml, each with all that is below it but for `identity.earlier_subjects`.
[[nodiscard]] std::span<const char* const> keys_until_restart();

// Both as they were loaded.
[[nodiscard]] Changes changes_between(const Settings& running, const Settings& next);

// Why no node that runs can go on by `next`, whatever is kept.
[[nodiscard]] std::optional<std::string> why_only_by_restart(const Settings& running,
                                                             const Settings& next);

// Puts into `next` what `running` has of all that only a restart changes: with what is left of it,
// a node that runs can go on, where nothing is said against that.
void keep_until_restart(Settings& next, const Settings& running);

}  // namespace sluice::settings
