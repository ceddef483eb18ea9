// The first page: what is wrong and what to do about it, then how every stream, job and link
// stands.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "pages/view/pages.h"
#include "record/manifest.h"
#include "record/time.h"

namespace sluice::pages {

// Something that a person must do something about.
struct Alarm {
  // Of the texts "alarm.NAME" (what) and "alarm.NAME.do": as api/trouble_kinds.h has them, but for
  // reminders.
  std::string name;
  bool is_bad = false;  // nothing gets on; otherwise it soon may not
  std::string whom;     // the bureau's name; empty: the node
  std::string figure;   // "9 %", as the text has a place {figure} for it
  std::string reason;   // a sentence of the program; may be empty
  std::optional<record::Time> since;
  std::optional<std::string> path;  // where more is to be seen
};

enum class StreamState { normal, attention, stopped, unreadable };

struct HourTally {
  std::uint64_t rows = 0;
  std::uint64_t failed = 0;
};

struct StreamRow {
  std::string bureau;  // id
  std::string bureau_name;
  std::vector<record::Mode> modes;
  std::optional<std::uint64_t> last_batch;  // nothing: the journal can not be read
  // As the last batch, of a stream that begins here.
  std::optional<std::uint64_t> acknowledged;  // the last batch whose receipt is back
  std::optional<record::Time> epoch;          // when the journal was made
  std::uint64_t backlog_batches = 0;
  std::uint64_t backlog_bytes = 0;
  std::optional<record::Time> backlog_oldest;
  std::optional<std::uint64_t> quarantine_waiting;  // nothing: it is not known
  // Of a stream that begins on another node: when that told.
  std::optional<record::Time> quarantine_as_of;
  bool is_quarantine_old = false;                // it has not told for long
  std::vector<HourTally> last_day;               // the oldest hour first; empty: not tallied
  std::optional<std::chrono::milliseconds> lag;  // of the last row, from intake to receipt
  StreamState state = StreamState::normal;
  std::string reason;  // of a state that is not normal
};

struct JobRow {
  std::string bureau;
  std::string bureau_name;
  std::string task;      // "collect"
  std::string schedule;  // as it is configured
  bool is_paused = false;
  std::optional<record::Time> running_since;
  std::string held_back;  // why it must wait; empty: it need not
  std::string outcome;    // of the last run, as runs::Run says it; empty: there was none
  std::optional<record::Time> ended;
  std::optional<record::Time> next;
};

struct LinkRow {
  std::string bureau;
  std::string bureau_name;
  std::optional<record::Time> held_back_since;
  std::string reason;  // while it is held back
  std::optional<record::Time> last_receipt;
};

// What a node's state lies on.
struct DiskFacts {
  enum class State { good, is_short, not_trusted };
  State state = State::good;
  std::uint64_t free_bytes = 0;
  std::uint64_t reserve_bytes = 0;  // is to stay free
};

struct NodeFacts {
  std::string name;
  std::string version;
  record::Time started{};
  std::optional<std::uint16_t> api_port;
  std::optional<std::uint16_t> pages_port;
  std::optional<record::Time> certificate_ends;    // of its own the one that expires first
  std::optional<std::vector<std::string>> uplink;  // "host:port"; nothing at the center
  std::optional<DiskFacts> disk = {};              // nothing: it can not be told
};

struct OverviewView {
  std::vector<Alarm> alarms;  // the worst first
  std::vector<StreamRow> streams;
  std::vector<JobRow> jobs;
  std::vector<LinkRow> links;
  NodeFacts node;
  bool may_see_quarantine = false;  // otherwise its figures are no links
  bool may_see_runs = false;
  std::optional<std::string> more_path;  // there are more bureaus than are shown
};
[[nodiscard]] std::string overview_page(const Pages& pages, const Frame& frame,
                                        const OverviewView& view);

}  // namespace sluice::pages
