// What a call's rows look like at the door: for tests of everything before it.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "adapters/direct/call_collector.h"
#include "intake/door.h"

namespace sluice::adapters::direct {

using Value = std::optional<std::string>;
inline const Value nothing = std::nullopt;

struct TakenRow {
  std::vector<Value> values;
  std::string original;
  std::uint64_t place = 0;
  record::Operation operation = record::Operation::upsert;
  Value source_time;
};

struct RefusedRow {
  std::uint64_t place = 0;
  std::string original;
  intake::RowProblem problem;
};

// Keeps whatever comes; fails at the row that it is told to.
class RecordingDoor final : public intake::Door {
 public:
  std::expected<void, intake::IntakeFailure> begin(std::span<const std::string> columns) override {
    ++begun;
    announced.assign(columns.begin(), columns.end());
    return {};
  }
  std::expected<void, intake::IntakeFailure> accept(const intake::SourceRow& row) override {
    if (fail_at == row.place) {
      return std::unexpected(
          intake::IntakeFailure{intake::IntakeProblem::backlog_full, "", "no room"});
    }
    TakenRow& taken = rows.emplace_back();
    for (const auto& value : row.values)
      taken.values.emplace_back(value);
    taken.original = row.original.bytes();
    taken.place = row.place;
    taken.operation = row.operation;
    taken.source_time = row.source_time;
    return {};
  }
  std::expected<void, intake::IntakeFailure> reject(std::uint64_t place, std::string_view original,
                                                    const intake::RowProblem& problem) override {
    rejected.push_back({place, std::string(original), problem});
    return {};
  }

  int begun = 0;
  std::uint64_t fail_at = 0;
  std::vector<std::string> announced;
  std::vector<TakenRow> rows;
  std::vector<RefusedRow> rejected;
};

class NoProgress final : public Progress {
 public:
  void advanced(std::uint64_t, std::uint64_t, std::uint64_t) override {}
};

// A dataset of three fields, and one call to it.
struct RecordedCall {
  static std::vector<std::string> default_columns() { return {"code", "name", "capital"}; }

  explicit RecordedCall(MediaType type, std::string_view body, EventAttributes event = {})
      : RecordedCall(Call{type, body, event}, MemberTable(default_columns())) {}
  RecordedCall(const Call& call, const MemberTable& members,
               std::uint64_t max_row_bytes = 1 << 20) {
    static RowBuffers buffers;  // one for all, as a server's thread has it
    NoProgress progress;
    result = CallCollector(call, members, max_row_bytes, buffers).collect(door, progress);
  }

  [[nodiscard]] const RefusedRow& only_rejected() const {
    return door.rejected.size() == 1 && door.rows.empty() ? door.rejected.front() : none_;
  }
  [[nodiscard]] const TakenRow& only_row() const {
    return door.rows.size() == 1 && door.rejected.empty() ? door.rows.front() : no_row_;
  }

  RecordingDoor door;
  std::expected<void, CollectionFailure> result;

 private:
  RefusedRow none_{0, "", {"", {}, "not exactly one row was rejected"}};
  TakenRow no_row_;
};

inline RecordedCall json_call(std::string_view body) {
  return RecordedCall(MediaType::json, body);
}
inline RecordedCall lines_call(std::string_view body) {
  return RecordedCall(MediaType::ndjson, body);
}

}  // namespace sluice::adapters::direct
