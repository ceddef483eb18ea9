// Tells the center what the quarantines of this node's streams hold, as often as ReportTimes says.
// A report that can not be told holds up nothing but itself.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "edges/report_times.h"
#include "journal/journal.h"
#include "link/link.h"
#include "record/identifiers.h"

namespace sluice::edges {

// What became of a report that reached the center.
enum class Reception {
  taken,
  unwanted,  // it is of a version that takes none
};

// A stream that begins on this node.
struct ReportedStream {
  record::BureauId bureau;
  // Reads the journal: blocks.
  std::function<journal::Result<std::vector<journal::QuarantineTally>>()> tallies;
};

struct ReporterSurroundings {
  journal::Clock clock;  // of what is told
  // When something is due. Looked at again after each call: one may wait for its time limit, and a
  // pause begins when it ends.
  std::function<ReportTimes::Moment()> moment;
  std::function<double()> random;  // evenly from 0 to 1
  // Brings a report, a JSON text, to the center; blocks.
  std::function<link::Result<Reception>(const record::BureauId&, const std::string&)> bring;
};

// Each is told once an outage, and when its reason changes.
struct ReporterEvents {
  std::function<void(const record::BureauId&, const std::string& reason)> not_told;
  std::function<void()> unwanted;
};

// One owner, one thread.
class Reporter {
 public:
  using Moment = ReportTimes::Moment;

  Reporter(std::vector<ReportedStream> streams, ReporterSurroundings surroundings,
           ReporterEvents events);

  // Does what is due; when to come again.
  [[nodiscard]] Moment step();

 private:
  struct Stream {
    ReportedStream reported;
    ReportTimes times;
    std::optional<std::vector<journal::QuarantineTally>> last;  // that the center has
    std::string reason;  // why it could not be told; empty: it could
  };
  void report(Stream& stream);
  void failed(Stream& stream, const std::string& reason);

  std::vector<Stream> streams_;
  ReporterSurroundings surroundings_;
  ReporterEvents events_;
  bool is_unwanted_ = false;
  bool is_away_ = false;  // the center, in this step
};

}  // namespace sluice::edges
