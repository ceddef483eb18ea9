// What the code declares for people, by its name: one place to look up a word that a log, an
// answer, an alarm, the quarantine or a script has said.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sluice::commands {

enum class ExplainedKind { log_event, audit_event, rule, exit_status, problem, metric };

struct Explanation {
  ExplainedKind kind;
  std::string name;     // of an exit status its number
  std::string heading;  // what else tells it at a glance: "log event, error: somebody must act"
  std::string meaning;  // Markdown; pages of docs/ are named as `docs/PAGE.md`
  std::vector<std::pair<std::string, std::string>> facts;  // "What to do", "Keys", …
};

[[nodiscard]] std::string_view to_string(ExplainedKind kind);  // "log event"

// All there are, kind by kind, in the order in which they are declared.
[[nodiscard]] std::vector<Explanation> explanations();

// Those that the words stand for, as a person finds them: `batch-held-back`,
// `event=batch-held-back`, `urn:sluice:problem:not-found`, `4`, `exit 4`. Several where a log
// event and an audit event, say, have one name.
[[nodiscard]] std::vector<Explanation> explanations_of(std::string_view words);

// Names that may have been meant: the nearest first, then those that have it in them.
[[nodiscard]] std::vector<std::string> names_like(std::string_view words);

// What `journalctl -x` says of each log event: a catalog of systemd's journal, in which events have
// the MESSAGE_ID under which journald gets them.
[[nodiscard]] std::string journal_catalog();

}  // namespace sluice::commands
