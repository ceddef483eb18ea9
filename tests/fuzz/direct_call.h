// What holds of every call, whatever its bytes: each row is taken or rejected, once, in order; the
// views point into what was sent or live long enough to be read; a body that was refused whole left
// nothing at the door.
#pragma once

#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/direct/call_collector.h"
#include "record/record_checker.h"
#include "record/value_syntax.h"

namespace sluice::adapters::direct {

inline void require(bool condition) {
  if (!condition) std::abort();
}

class CheckingDoor final : public intake::Door {
 public:
  std::expected<void, intake::IntakeFailure> begin(std::span<const std::string>) override {
    begun = true;
    return {};
  }
  std::expected<void, intake::IntakeFailure> accept(const intake::SourceRow& row) override {
    next(row.place);
    require(row.values.size() == 3);
    for (const auto& value : row.values) {
      if (!value) continue;
      require(record::is_valid_utf8(*value));
      require(value->find('\0') == std::string_view::npos);
    }
    std::string buffer;
    require(!row.source_time ||
            record::syntax::datetime(*row.source_time, buffer) == *row.source_time);
    return {};
  }
  std::expected<void, intake::IntakeFailure> reject(std::uint64_t place, std::string_view,
                                                    const intake::RowProblem& problem) override {
    next(place);
    require(!problem.rule.empty() && !problem.sentence.empty());
    require(record::is_valid_utf8(problem.field));
    return {};
  }
  bool begun = false;

 private:
  void next(std::uint64_t place) {
    require(begun && place > last_);
    last_ = place;
  }
  std::uint64_t last_ = 0;
};

class NoProgress final : public Progress {
 public:
  void advanced(std::uint64_t, std::uint64_t, std::uint64_t) override {}
};

// True: the call was read to its end.
inline bool collect(const Call& call) {
  static const std::vector<std::string> columns = {"code", "name", "capital"};
  static const MemberTable members(columns);
  RowBuffers buffers;
  CheckingDoor door;
  NoProgress progress;
  const auto result = CallCollector(call, members, 4096, buffers).collect(door, progress);
  if (result) return true;
  require(result.error().code == CollectionProblem::bad_syntax && !door.begun);
  return false;
}

inline std::string_view as_text(const unsigned char* data, std::size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

}  // namespace sluice::adapters::direct
