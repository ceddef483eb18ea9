// What another node tells of a quarantine: what is understood is written as it was read, is
// bounded, and has names where a value might hide.
#include <cstdint>
#include <string_view>

#include "edges/quarantine_report.h"
#include "tests/fuzz/record/demand.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sluice;
  using fuzz::demand;
  const auto report = edges::parse_report({reinterpret_cast<const char*>(data), size});
  if (!report) {
    demand(!report.error().sentence.empty(), "a refusal says why");
    return 0;
  }
  demand(report->groups.size() <= edges::most_groups, "a report is bounded");
  for (const journal::QuarantineTally& group : report->groups) {
    demand(record::is_name(group.dataset.str()), "a dataset is a name");
    demand(group.rule.find_first_of(" \"\\{}[]:,.<>&'") == std::string::npos, "a rule is a word");
    demand(group.entries > 0, "a group is of something");
  }
  demand(edges::parse_report(to_json(*report)) == *report, "a report is read as it is written");
  demand(edges::waiting_in(*report).size() <= report->groups.size(), "what waits is among it");
  return 0;
}
