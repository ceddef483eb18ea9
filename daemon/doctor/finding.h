// What a look at one thing of a node found. A value: it is printed, told to machines, and handed
// over by the process that looked at a bureau's database.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::doctor {

enum class Verdict {
  ok,
  skipped,  // it could not be looked at, or there is nothing to look at; `found` says why
  warning,  // it works, and should not stay so
  wrong,    // somebody must act
};
[[nodiscard]] std::string_view to_string(Verdict verdict);

struct Finding {
  Verdict verdict = Verdict::ok;
  std::string about;   // a file, an address, a table: where it was
  std::string found;   // and what was expected
  std::string remedy;  // what to do, with the command; empty where there is nothing to do
  friend bool operator==(const Finding&, const Finding&) = default;
};
using Findings = std::vector<Finding>;

[[nodiscard]] Finding ok(std::string about, std::string found);
[[nodiscard]] Finding skipped(std::string about, std::string why);
[[nodiscard]] Finding warning(std::string about, std::string found, std::string remedy);
[[nodiscard]] Finding wrong(std::string about, std::string found, std::string remedy);

// The gravest of them; ok where there is none.
[[nodiscard]] Verdict worst(const Findings& findings);

// One line of JSON, for the process that asked.
[[nodiscard]] std::string to_json(const Findings& findings);
// Nothing: it is no such line.
[[nodiscard]] std::optional<Findings> parse_findings(std::string_view json);

}  // namespace sluice::doctor
