#include "api/tasks_endpoint.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/json.hpp>
#include <fmt/format.h>

#include "adapters/direct/idempotency.h"
#include "adapters/direct/problem.h"
#include "api/task_request.h"
#include "jobs/task_orders.h"
#include "record/digest.h"

namespace sluice::api {
namespace {

namespace asio = boost::asio;
namespace direct = adapters::direct;
using direct::CallProblem;
using server::Response;

// Ten thousand tasks with long titles.
constexpr server::BodyLimits request_bodies{.max_bytes = std::uint64_t{16} << 20,
                                            .max_memory_bytes = std::uint64_t{64} << 20};
constexpr std::size_t shown_digits = 12;  // of a call's digest

Response call_refused(CallProblem problem, std::string_view detail) {
  direct::Reply reply = direct::refuse(problem, detail);
  Response response{.status = reply.status,
                    .content_type = std::string(reply.content_type),
                    .body = std::move(reply.body),
                    .headers = {}};
  if (reply.retry_after_seconds) {
    response.headers.emplace_back("Retry-After", std::to_string(*reply.retry_after_seconds));
  }
  return response;
}

Response key_reused() {
  return call_refused(CallProblem::key_reused,
                      "this idempotency key came with another body before; take a new key");
}

Response json_answer(const boost::json::value& value) {
  return {.status = 200,
          .content_type = "application/json",
          .body = boost::json::serialize(value),
          .headers = {}};
}

Response tasks_refused(const MisreadTasks& misread) {
  if (!misread.sentence.empty()) return call_refused(CallProblem::malformed, misread.sentence);
  std::string body;
  direct::begin_problem(body, direct::problem_type(CallProblem::tasks_refused),
                        "no task was added: correct those in `errors`, and send the call again");
  boost::json::array errors;
  for (const TaskRequestFault& fault : misread.faults) {
    errors.push_back(boost::json::object{
        {"row", fault.row}, {"field", fault.field}, {"detail", fault.sentence}});
  }
  body += fmt::format(",\"error_count\":{},\"errors\":{}}}", misread.fault_count,
                      boost::json::serialize(errors));
  const auto& type = direct::problem_type(CallProblem::tasks_refused);
  return {.status = type.status,
          .content_type = std::string(direct::problem_content_type),
          .body = std::move(body),
          .headers = {}};
}

boost::json::object told(const tasks::Task& task, record::Time now) {
  boost::json::object object{{"task", task.id.value},
                             {"dataset", task.asked.dataset.str()},
                             {"title", task.asked.title},
                             {"state", to_string(task.state)},
                             {"priority", task.asked.priority},
                             {"due", nullptr},
                             {"overdue", tasks::is_overdue(task, now)},
                             {"created", record::to_string(task.created)},
                             {"changed", record::to_string(task.changed)}};
  if (task.asked.due) object["due"] = record::to_string(*task.asked.due);
  if (!task.reason.empty()) object["reason"] = task.reason;
  if (task.journaled) {
    object["batch"] = task.journaled->sequence.value;
    object["row"] = task.journaled->row;
  }
  return object;
}

std::vector<tasks::NewTask> new_tasks(const record::BureauId& bureau,
                                      const record::DatasetId& dataset,
                                      const std::string& origin_text,
                                      const std::vector<TaskRequest>& requests) {
  std::vector<tasks::NewTask> asked;
  asked.reserve(requests.size());
  for (const TaskRequest& request : requests) {
    asked.push_back({.bureau = bureau,
                     .dataset = dataset,
                     .title = request.title,
                     .origin = tasks::Origin::api,
                     .origin_text = origin_text,
                     .priority = request.priority,
                     .due = request.due});
  }
  return asked;
}

// A call that may be sent again: the entries of its tasks, and by what it is told from another one
// with the same key.
struct RepeatableCall {
  std::vector<tasks::EntryId> entries;
  std::string origin_text;
};
RepeatableCall repeatable(const record::BureauId& bureau, const record::DatasetId& dataset,
                          const std::string& key, std::string_view body, std::size_t count) {
  const std::string request = fmt::format("call {} {} {}", bureau.str(), dataset.str(), key);
  const std::string digest = record::to_string(record::sha256(body));
  constexpr std::string_view prefix = "sha256:";
  RepeatableCall call{.entries = {},
                      .origin_text = fmt::format("{}, call {}", bureau.str(),
                                                 digest.substr(prefix.size(), shown_digits))};
  for (std::size_t i = 0; i < count; ++i)
    call.entries.push_back(tasks::entry_of_request(request, i));
  return call;
}

std::string shown_path(const server::Request& request) {
  constexpr std::size_t longest = 100;
  return std::string(request.path.substr(0, longest));
}

}  // namespace

std::vector<server::Route> TasksEndpoint::routes() {
  return {{.method = server::Method::post,
           .path = "/v1/datasets/{dataset}/tasks",
           .content_types = {"application/json"},
           .handler =
               [this](const server::Request& request) {
                 return on_blocking([this, &request] { return add(request); });
               },
           .admission = [this](const server::Request& request) { return turn_away(request); },
           .bodies = request_bodies},
          {.method = server::Method::get,
           .path = "/v1/tasks/{task}",
           .content_types = {},
           .handler =
               [this](const server::Request& request) {
                 return on_blocking([this, &request] { return tell(request); });
               },
           .admission = {},
           .bodies = std::nullopt}};
}

asio::awaitable<Response> TasksEndpoint::on_blocking(std::function<Response()> work) {
  // By reference, as this waits for it: GCC 12 destroys twice what such a lambda holds.
  const auto carry_out = [&]() -> asio::awaitable<Response> { co_return work(); };
  co_return co_await asio::co_spawn(surroundings_.blocking, carry_out, asio::use_awaitable);
}

Response TasksEndpoint::denied(const server::Request& request, std::string_view dataset) {
  const std::string actor = request.peer.name();
  if (surroundings_.denials.note({"publish-denied", actor, std::string(dataset), "not-granted"})) {
    surroundings_.log.write<"publish-denied">({{"bureau", actor}, {"dataset", dataset}});
  }
  return call_refused(
      CallProblem::not_permitted,
      "tasks are added and asked for by the bureau whose records they are, of a dataset "
      "that it publishes here by the channel manual-entry");
}

std::optional<Response> TasksEndpoint::turn_away(const server::Request& request) {
  const std::string_view dataset = request.parameter("dataset");
  const bool is_theirs = surroundings_.policy.may_order_keying(
      request.peer.caller, record::DatasetId(std::string(dataset)));
  if (is_theirs) return std::nullopt;
  return denied(request, dataset);
}

std::optional<Response> TasksEndpoint::put_off() const {
  if (surroundings_.disk == nullptr) return std::nullopt;
  if (const auto why = surroundings_.disk->distrusted()) {
    return call_refused(CallProblem::not_durable, *why);
  }
  if (const auto why = surroundings_.disk->shortage()) {
    return call_refused(CallProblem::no_room, *why);
  }
  return std::nullopt;
}

Response TasksEndpoint::add(const server::Request& request) {
  const auto bureau = std::get<record::BureauId>(request.peer.caller);
  const record::DatasetId dataset{std::string(request.parameter("dataset"))};
  std::optional<std::string> key;
  if (const auto header = request.header("idempotency-key")) {
    auto read = direct::idempotency_key(*header);
    if (!read) return call_refused(CallProblem::bad_idempotency_key, read.error().sentence);
    key = std::move(*read);
  }
  const auto requests = read_task_requests(request.body);
  if (!requests) return tasks_refused(requests.error());
  if (requests->empty()) return json_answer(boost::json::object{{"tasks", boost::json::array()}});
  if (auto later = put_off()) return std::move(*later);
  auto queue = surroundings_.open_tasks();
  if (!queue) return call_refused(CallProblem::not_durable, record::to_string(queue.error()));
  RepeatableCall call{.entries = {}, .origin_text = bureau.str()};
  if (key) {
    call = repeatable(bureau, dataset, *key, request.body, requests->size());
    const auto first = (*queue)->find_entry(call.entries.front());
    if (!first) return call_refused(CallProblem::not_durable, record::to_string(first.error()));
    if (*first && (*first)->asked.origin_text != call.origin_text) {
      return key_reused();
    }
  }
  const jobs::TaskDirector director{.queue = **queue,
                                    .audit = surroundings_.audit,
                                    .actor = bureau.str(),
                                    .name = std::nullopt,
                                    .now = surroundings_.clock()};
  const auto added = jobs::add_tasks(
      director, new_tasks(bureau, dataset, call.origin_text, *requests), call.entries);
  if (!added) {
    // Of two calls at once the other one was faster.
    if (added.error().code == tasks::TaskProblem::conflicting) return key_reused();
    return call_refused(CallProblem::not_durable, record::to_string(added.error()));
  }
  boost::json::array numbers;
  for (const tasks::Task& task : *added)
    numbers.emplace_back(task.id.value);
  return json_answer(boost::json::object{{"tasks", std::move(numbers)}});
}

Response TasksEndpoint::tell(const server::Request& request) {
  const std::string_view text = request.parameter("task");
  std::uint64_t id = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), id);
  constexpr std::uint64_t highest = std::uint64_t{1} << 62;
  const bool is_number = error == std::errc() && end == text.data() + text.size() && id < highest;
  // A task that is not there and one that is not theirs look the same from outside.
  if (!is_number || !std::holds_alternative<record::BureauId>(request.peer.caller)) {
    return denied(request, shown_path(request));
  }
  const auto queue = surroundings_.open_tasks();
  if (!queue) return call_refused(CallProblem::not_durable, record::to_string(queue.error()));
  const auto found = (*queue)->find({id}, {});
  if (!found) return call_refused(CallProblem::not_durable, record::to_string(found.error()));
  const auto* bureau = std::get_if<record::BureauId>(&request.peer.caller);
  const bool is_theirs =
      *found && (*found)->task.asked.bureau == *bureau &&
      surroundings_.policy.may_order_keying(request.peer.caller, (*found)->task.asked.dataset);
  if (!is_theirs) return denied(request, shown_path(request));
  return json_answer(told((*found)->task, surroundings_.clock()));
}

}  // namespace sluice::api
