// What a node tells its center of the quarantine of a bureau whose stream begins there: how many
// rows, of which dataset, refused by which rule, since when. Figures only: no row, no key and no
// value of one has a place in it (docs/link.md#tell-what-the-quarantine-holds).
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "journal/quarantine.h"
#include "record/failure.h"
#include "record/time.h"

namespace sluice::edges {

// Twenty datasets, each with all rules in each state. What waits stands first, so of more than that
// it is entries that are settled which are left out.
constexpr std::size_t most_groups = 2000;
// That many groups have half of it at most.
constexpr std::size_t most_report_bytes = std::size_t{1} << 20;

struct QuarantineReport {
  record::Time as_of{};  // by the node's clock
  // In order of state, dataset and rule, none of them twice.
  std::vector<journal::QuarantineTally> groups;
  std::uint64_t left_out = 0;  // groups that are not among them
  friend bool operator==(const QuarantineReport&, const QuarantineReport&) = default;
};

// Of the tallies in the order in which the journal tells them.
[[nodiscard]] QuarantineReport report_of(std::vector<journal::QuarantineTally> tallies,
                                         record::Time as_of);

// What waits of them: one for each dataset and rule.
[[nodiscard]] std::vector<journal::QuarantineCount> waiting_in(const QuarantineReport& report);

[[nodiscard]] std::string to_json(const QuarantineReport& report);
// Strict: every member known, none missing or said twice, and what should be a name is one. The
// error says what was wrong, and quotes nothing of it.
[[nodiscard]] std::expected<QuarantineReport, record::Flaw> parse_report(std::string_view json);

}  // namespace sluice::edges
