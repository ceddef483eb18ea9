#include "tasks/task.h"

#include <algorithm>
#include <cstddef>
#include <span>

#include <fmt/format.h>

#include "people/characters.h"
#include "people/sodium.h"
#include "record/digest.h"
#include "record/record_checker.h"
#include "record/try.h"

namespace sluice::tasks {
namespace {

constexpr std::size_t entry_bytes = 16;  // 22 characters

std::unexpected<TaskFailure> not_taken(std::string_view what, std::string_view why) {
  return std::unexpected(TaskFailure{TaskProblem::not_taken, std::string(what), std::string(why)});
}

Result<void> check_text(std::string_view what, std::string_view text, std::size_t longest) {
  const auto characters = people::characters_of(text);
  if (!characters || people::has_control_characters(text)) {
    return not_taken(what, "it is not UTF-8, or has a control character: leave that out");
  }
  if (*characters > longest) {
    return not_taken(what, fmt::format("it has {} characters, and may have {}: shorten it",
                                       *characters, longest));
  }
  return {};
}

}  // namespace

std::string_view to_string(TaskState state) {
  switch (state) {
    case TaskState::open:
      return "open";
    case TaskState::keyed:
      return "keyed";
    case TaskState::differs:
      return "differs";
    case TaskState::ready:
      return "ready";
    case TaskState::done:
      return "done";
    case TaskState::returned:
      return "returned";
    case TaskState::cancelled:
      return "cancelled";
    case TaskState::declined:
      return "declined";
  }
  return "";
}

std::optional<TaskState> parse_task_state(std::string_view text) {
  for (const TaskState state : all_states) {
    if (text == to_string(state)) return state;
  }
  return std::nullopt;
}

bool is_workable(TaskState state) {
  return state == TaskState::open || state == TaskState::keyed || state == TaskState::differs;
}

std::string_view to_string(Origin origin) {
  switch (origin) {
    case Origin::supervisor:
      return "supervisor";
    case Origin::sheet:
      return "sheet";
    case Origin::api:
      return "api";
    case Origin::delivery:
      return "delivery";
  }
  return "";
}

std::optional<Origin> parse_origin(std::string_view text) {
  for (const Origin origin : {Origin::supervisor, Origin::sheet, Origin::api, Origin::delivery}) {
    if (text == to_string(origin)) return origin;
  }
  return std::nullopt;
}

std::string_view to_string(TaskKind kind) {
  return kind == TaskKind::incoming ? "incoming" : "outgoing";
}

TaskKind kind_of(const Task& task) {
  return task.asked.outgoing ? TaskKind::outgoing : TaskKind::incoming;
}

EntryId entry_of_request(std::string_view request, std::uint64_t position) {
  const record::Digest digest = record::sha256(fmt::format("{}\n{}", request, position));
  return EntryId("task-" + people::base64url(std::span(digest.bytes).first<entry_bytes>()));
}

bool is_overdue(const Task& task, record::Time now) {
  return is_workable(task.state) && task.asked.due && *task.asked.due < now;
}

bool is_held(const Task& task, record::Time now) {
  return task.claim && task.claim->until > now;
}

bool is_own_work(const Task& task, const AccountName& account) {
  const auto is_by = [&](const std::optional<Keying>& keying) {
    return keying && keying->by == account;
  };
  return is_by(task.first) || is_by(task.second);
}

Result<void> check(const NewTask& task) {
  SLUICE_TRY(check_text("the task's title", task.title, longest_title));
  if (task.outgoing) {
    SLUICE_TRY(check_text("the delivery's name", task.outgoing->delivery, longest_title));
    SLUICE_TRY(check_text("the record's key", task.outgoing->record_key, longest_title));
  }
  return check_text("the task's origin", task.origin_text, longest_title);
}

Result<void> check_note(std::string_view note) {
  return check_text("the note", note, longest_note);
}

Result<void> check_receipt_number(std::string_view number) {
  if (number.empty()) {
    return not_taken("the receipt number", "it is empty: type the number that the system gave");
  }
  return check_text("the receipt number", number, longest_receipt_number);
}

Result<void> check_values(std::string_view values) {
  if (values.size() > longest_values) {
    return not_taken("what was keyed", fmt::format("it has {} bytes, and may have {}",
                                                   values.size(), longest_values));
  }
  if (!record::is_valid_utf8(values) || values.find('\0') != std::string_view::npos) {
    return not_taken("what was keyed", "it is not UTF-8, or has a zero byte");
  }
  return {};
}

}  // namespace sluice::tasks
