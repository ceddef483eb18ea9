// Rows that were refused (问题数据): each is kept with its reason and its bytes until a person has
// dealt with it, and after that too, with who did and how.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "record/batch.h"
#include "record/time.h"

namespace sluice::journal {

// Where a row stood that the center refused.
struct RefusedPlace {
  record::Epoch epoch;
  record::Sequence sequence;
  std::uint64_t row = 0;  // from 1; 0: it is the batch's payload as it is
  friend bool operator==(const RefusedPlace&, const RefusedPlace&) = default;
};

struct QuarantinedRow {
  record::DatasetId dataset;
  record::Mode mode = record::Mode::direct;
  // Of a row that the center refused, too, as far as its place was kept; else the batch and the
  // row.
  std::string source;       // file name or call id
  std::uint64_t place = 0;  // line, or index in the call; 0: it has none there
  std::string field;
  std::string rule;
  std::string sentence;
  std::string columns;  // the source's, as JSON; of a refused line its schema's digest; or empty
  // A row as it came; of one that the center refused the line of its batch, without its end.
  std::string original;
  std::optional<RefusedPlace> refused = std::nullopt;  // nothing: the node itself refused it
};

// The numbers are the file's.
enum class QuarantineState {
  waiting = 0,
  replayed = 1,   // taken again, as it was or corrected
  discarded = 2,  // it will not be taken
};
[[nodiscard]] std::string_view to_string(QuarantineState state);
// Nothing: there is no state of this name.
[[nodiscard]] std::optional<QuarantineState> parse_quarantine_state(std::string_view name);

// Who dealt with an entry, and what they say of it: a person's words, which may name values.
struct QuarantineDecision {
  std::string by;
  std::string note;
  friend bool operator==(const QuarantineDecision&, const QuarantineDecision&) = default;
};

struct QuarantineSettlement {
  record::Time at{};
  QuarantineDecision decision;
  friend bool operator==(const QuarantineSettlement&, const QuarantineSettlement&) = default;
};

struct QuarantineEntry {
  std::int64_t id = 0;
  QuarantineState state = QuarantineState::waiting;
  record::Time at{};
  QuarantinedRow row;
  // Nothing: it waits, or was replayed by a version that did not note it.
  std::optional<QuarantineSettlement> settlement;
};

// Which entries: those that are all of what is said.
struct QuarantineFilter {
  std::optional<record::DatasetId> dataset;
  std::optional<std::string> rule;
  std::optional<QuarantineState> state;
};

// The entries nearest to one on a side of it. Ids begin at 1 and grow.
struct QuarantineCut {
  enum class Side { after, before };
  Side side = Side::after;
  std::int64_t id = 0;
  std::size_t most = 100;
};

// The entries of one state that a dataset has for one rule's sake; of the first and of the last
// that came, when that was.
struct QuarantineTally {
  QuarantineState state = QuarantineState::waiting;
  record::DatasetId dataset;
  std::string rule;
  std::uint64_t entries = 0;
  record::Time oldest{};
  record::Time newest{};
  friend bool operator==(const QuarantineTally&, const QuarantineTally&) = default;
};

// What waits of a dataset for one rule's sake.
struct QuarantineCount {
  record::DatasetId dataset;
  std::string rule;
  std::uint64_t waiting = 0;
  record::Time oldest{};  // when the first of them came
  friend bool operator==(const QuarantineCount&, const QuarantineCount&) = default;
};

}  // namespace sluice::journal
