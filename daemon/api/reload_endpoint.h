// POST /v1/reload: what `sluice reload` asks for. The node reads its configuration again and goes
// on by it, or by the one that it has.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "server/router.h"
#include "trust/policy.h"

namespace sluice::api {

// What became of a reload; phrases and sentences for people, without values.
struct ReloadOutcome {
  // applied: the node works by it; unchanged: it did already; refused: it goes on by the old one.
  enum class Kind { applied, unchanged, refused };
  Kind kind = Kind::unchanged;
  std::vector<std::string> added{};
  std::vector<std::string> changed{};
  std::vector<std::string> removed{};
  std::vector<std::string> restart{};     // keys of node.yaml that wait for one
  std::vector<std::string> warnings{};    // what has to be looked at
  std::vector<std::string> complaints{};  // why it was refused
};

// Told once, on any thread.
using ReloadDone = std::move_only_function<void(ReloadOutcome)>;
// `who`: as in the audit log.
using AskToReload = std::function<void(const std::string& who, ReloadDone done)>;

// Answered when it is over: 200 whatever became of it, which is `outcome`. All must outlive the
// route; `ask` is called on connections' strands.
[[nodiscard]] server::Route reload_route(const trust::Policy& policy, AskToReload ask);

}  // namespace sluice::api
