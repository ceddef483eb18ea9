#include "api/task_request.h"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>
#include <simdjson.h>

#include "jobs/due_time.h"
#include "tasks/tasks.h"

namespace sluice::api {
namespace {

using JsonType = simdjson::dom::element_type;

constexpr std::array<std::string_view, 3> known_members = {"title", "priority", "due"};

class RequestReader {
 public:
  void read(const simdjson::dom::element& element) {
    ++row_;
    TaskRequest request;
    simdjson::dom::object object;
    if (element.get_object().get(object) != simdjson::SUCCESS) {
      complain("", "expected an object with title, priority, due");
      return;
    }
    // At the first member that may not be there the object is left: a body may be full of them.
    std::array<bool, known_members.size()> seen{};
    for (const auto member : object) {
      const auto known = std::ranges::find(known_members, member.key);
      if (known == known_members.end()) {
        complain(member.key, "there is no such member; expected title, priority, due");
        return;
      }
      bool& is_seen = seen[static_cast<std::size_t>(known - known_members.begin())];
      if (is_seen) {
        complain(member.key, "the member comes twice");
        return;
      }
      is_seen = true;
      read_member(member.key, member.value, request);
    }
    const tasks::NewTask task{.bureau = {},
                              .dataset = {},
                              .title = request.title,
                              .origin = tasks::Origin::api,
                              .origin_text = {}};
    if (const auto fits = tasks::check(task); !fits) complain("title", fits.error().sentence);
    requests.push_back(std::move(request));
  }

  std::vector<TaskRequest> requests;
  MisreadTasks misread;

 private:
  void read_member(std::string_view name, const simdjson::dom::element& value,
                   TaskRequest& request) {
    if (value.type() == JsonType::NULL_VALUE) return;
    if (name == "priority") {
      std::int64_t number = 0;
      const bool is_number = value.type() == JsonType::INT64 &&
                             value.get_int64().get(number) == simdjson::SUCCESS &&
                             number >= -jobs::highest_priority && number <= jobs::highest_priority;
      if (!is_number) complain(name, "expected a whole number from -100 to 100");
      request.priority = number;
      return;
    }
    std::string_view text;
    if (value.get_string().get(text) != simdjson::SUCCESS) {
      complain(name, "expected a text");
      return;
    }
    if (name == "title") {
      request.title = text;
      return;
    }
    // Whoever is elsewhere means another noon: the offset is asked for.
    const auto due = jobs::time_with_offset(text);
    if (!due) {
      complain(name, "expected a time of RFC 3339 such as 2026-11-29T12:00:00+08:00");
      return;
    }
    request.due = due;
  }

  void complain(std::string_view field, std::string sentence) {
    constexpr std::size_t longest_field = 100;
    ++misread.fault_count;
    if (misread.faults.size() == most_task_faults) return;
    misread.faults.push_back(
        {row_, std::string(field.substr(0, longest_field)), std::move(sentence)});
  }

  std::uint64_t row_ = 0;
};

std::unexpected<MisreadTasks> misread(std::string sentence) {
  return std::unexpected(
      MisreadTasks{.sentence = std::move(sentence), .faults = {}, .fault_count = 0});
}

}  // namespace

std::expected<std::vector<TaskRequest>, MisreadTasks> read_task_requests(std::string_view body) {
  constexpr std::size_t most_levels = 32;
  simdjson::dom::parser parser;
  simdjson::dom::element root;
  if (parser.allocate(body.size(), most_levels) != simdjson::SUCCESS) {
    return misread("the body can not be read: there is no memory for it");
  }
  if (const auto error = parser.parse(body.data(), body.size()).get(root);
      error != simdjson::SUCCESS) {
    return misread(fmt::format("the body is not JSON in UTF-8 ({}); nothing of the call was taken",
                               simdjson::error_message(error)));
  }
  RequestReader reader;
  if (root.type() == JsonType::ARRAY) {
    simdjson::dom::array array;
    if (root.get_array().get(array) != simdjson::SUCCESS) return misread("no array");
    std::size_t count = 0;
    for (const auto element : array) {
      if (++count > tasks::most_added_at_once) {
        return misread(fmt::format("there are more than {} tasks; send them in several calls",
                                   tasks::most_added_at_once));
      }
      reader.read(element);
    }
  } else {
    reader.read(root);
  }
  if (reader.misread.fault_count > 0) return std::unexpected(std::move(reader.misread));
  return std::move(reader.requests);
}

}  // namespace sluice::api
