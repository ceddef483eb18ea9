// What `sluice task` shows of the tasks of manual entry: never what was keyed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "commands/commands.h"
#include "tasks/tasks.h"

namespace sluice::commands {

struct TaskOptions {
  std::string bureau;
  std::string dataset;
  std::string file;
  std::vector<std::uint64_t> ids;
  std::uint64_t id = 0;
  std::string title;
  std::optional<std::string> priority;
  std::optional<std::string> due;
  std::string to;
  std::string reason;
  std::string encoding = "utf-8";
  std::string state;
  std::string holder;
  std::uint64_t after = 0;
  std::size_t limit = 50;
  bool overdue = false;
  bool again = false;
  bool json = false;
};

[[nodiscard]] ExitStatus list_tasks(const Context& context, const TaskOptions& options);
[[nodiscard]] ExitStatus show_task(const Context& context, const TaskOptions& options);
[[nodiscard]] ExitStatus show_figures(const Context& context, const TaskOptions& options);

// The tasks of this node's central store; prints what is wrong where it fails.
[[nodiscard]] std::expected<std::unique_ptr<tasks::Tasks>, ExitStatus> open_queue(
    const settings::Settings& settings);
[[nodiscard]] ExitStatus fail_of_tasks(const tasks::TaskFailure& failure);

}  // namespace sluice::commands
