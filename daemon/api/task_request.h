// What a bureau's system asks to have keyed: the JSON body of a call, read strictly, since a member
// that is passed over is a task that is keyed too late.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "record/failure.h"
#include "record/time.h"

namespace sluice::api {

struct TaskRequest {
  std::string title;
  std::int64_t priority = 0;
  std::optional<record::Time> due;
  friend bool operator==(const TaskRequest&, const TaskRequest&) = default;
};

struct TaskRequestFault {
  std::uint64_t row = 0;  // in the array, from 1
  std::string field;      // empty: the element itself
  std::string sentence;
};

struct MisreadTasks {
  std::string sentence;                  // where the body is no such array; empty: see `faults`
  std::vector<TaskRequestFault> faults;  // in the array's order, the first most_task_faults
  std::uint64_t fault_count = 0;         // of all
};

constexpr std::size_t most_task_faults = 100;

// An array of objects with the members `title`, `priority` and `due` (RFC 3339), of which each may
// be left out or null; or one such object. At most tasks::most_added_at_once.
[[nodiscard]] std::expected<std::vector<TaskRequest>, MisreadTasks> read_task_requests(
    std::string_view body);

}  // namespace sluice::api
