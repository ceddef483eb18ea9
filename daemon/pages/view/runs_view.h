// What became of the runs of a bureau's jobs, how long they take, and the buttons that steer them.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "pages/view/listing.h"
#include "pages/view/pages.h"
#include "record/time.h"

namespace sluice::pages {

struct RunRow {
  std::string bureau;
  std::string bureau_name;
  std::string task;
  std::string reason;  // scheduled, missed, retry, by-hand
  record::Time started{};
  std::optional<record::Time> ended;  // nothing: under way
  std::optional<std::uint64_t> rows;
  std::optional<std::uint64_t> failed;  // of these
  std::string outcome;                  // as runs::Run says it
  std::string sentence;                 // why it did not come through
};

// One that has ended.
struct ChartedRun {
  record::Time started{};
  std::chrono::milliseconds duration{0};
  std::uint64_t rows = 0;
  std::string outcome;
};

// A bureau whose jobs the person may steer.
struct SteeredBureau {
  std::string bureau;
  std::string bureau_name;
  bool is_paused = false;
};

struct RunsView {
  std::optional<std::string> bureau;  // whose page it is; nothing: of all
  std::vector<Choice> bureaus;        // of the filter, with one for all
  std::vector<Choice> tasks;
  std::vector<Choice> outcomes;
  std::vector<SteeredBureau> steered;
  std::vector<RunRow> rows;         // the newest first
  std::vector<ChartedRun> charted;  // of one bureau and one task, the oldest first; at most 60
  Turning turning;
};

// The orders go by POST to a bureau's runs_path_of() and "/run", "/pause" or "/resume".
[[nodiscard]] std::string runs_page(const Pages& pages, const Frame& frame, const RunsView& view);

}  // namespace sluice::pages
