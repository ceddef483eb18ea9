// Refused rows (问题数据): how many wait of which kind, here and at edges, and which these are.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "pages/view/listing.h"
#include "pages/view/pages.h"
#include "record/time.h"

namespace sluice::pages {

// Rows of one kind that wait: the same dataset, refused by the same rule.
struct QuarantineGroup {
  std::string bureau;
  std::string bureau_name;
  std::string dataset;
  std::string rule;
  std::uint64_t waiting = 0;
  std::optional<record::Time> oldest;
};
// The same of a bureau whose stream begins on another node, as that node told: its rows are there,
// and are settled there.
struct ReportedGroup {
  std::string bureau;
  std::string bureau_name;
  std::string node;
  std::optional<record::Time> as_of;  // nothing: it has not told yet
  bool is_old = false;                // it has not told for long
  std::string dataset;                // empty: nothing waits
  std::string rule;
  std::uint64_t waiting = 0;
  std::optional<record::Time> oldest;
};
struct QuarantineView {
  std::vector<QuarantineGroup> groups;
  std::vector<ReportedGroup> reported;
  std::uint64_t reported_left_out = 0;  // more of them than are shown
  bool are_reports_away = false;        // what keeps them does not answer
  Turning turning;
};
[[nodiscard]] std::string quarantine_page(const Pages& pages, const Frame& frame,
                                          const QuarantineView& view);

enum class EntryState { waiting, replayed, discarded };
[[nodiscard]] std::string_view to_string(EntryState state);  // of the texts "entry."

struct QuarantineListRow {
  std::int64_t id = 0;
  record::Time at{};
  std::string dataset;
  std::string source;
  std::uint64_t place = 0;
  std::string field;
  std::string rule;
  EntryState state = EntryState::waiting;
  bool is_of_center = false;  // the center refused it
};
struct QuarantineListView {
  std::string bureau;
  std::string bureau_name;
  std::vector<Choice> datasets;  // with one for all
  std::vector<Choice> rules;
  std::vector<Choice> states;
  std::vector<QuarantineListRow> rows;
  Turning turning;
};
[[nodiscard]] std::string quarantine_list_page(const Pages& pages, const Frame& frame,
                                               const QuarantineListView& view);

}  // namespace sluice::pages
