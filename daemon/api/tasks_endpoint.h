// Where a bureau's system says which of its records are to be keyed by hand, and asks how far that
// has come: POST /v1/datasets/{dataset}/tasks, GET /v1/tasks/{task}. What was keyed is not told.
#pragma once

#include <expected>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/thread_pool.hpp>

#include "files/state_disk.h"
#include "observe/log.h"
#include "record/time.h"
#include "server/router.h"
#include "tasks/tasks.h"
#include "trust/audit_log.h"
#include "trust/denials.h"
#include "trust/policy.h"

namespace sluice::api {

// Thread-safe.
class TasksEndpoint {
 public:
  // What must outlive the endpoint. Tasks lie in a database, so calls are carried out on
  // `blocking`, each with tasks opened for it.
  struct Surroundings {
    const trust::Policy& policy;
    trust::AuditLog& audit;
    trust::Denials& denials;
    observe::Log& log;
    std::function<record::Time()> clock;
    std::function<tasks::Result<std::unique_ptr<tasks::Tasks>>()> open_tasks;
    boost::asio::thread_pool& blocking;
    files::StateDisk* disk = nullptr;  // that they are added on; null: there is always room
  };
  explicit TasksEndpoint(Surroundings surroundings) : surroundings_(std::move(surroundings)) {}

  // They refer to the endpoint.
  [[nodiscard]] std::vector<server::Route> routes();

 private:
  // Nothing: the caller may add tasks of this dataset.
  [[nodiscard]] std::optional<server::Response> turn_away(const server::Request& request);
  // Nothing: more may be acknowledged now.
  [[nodiscard]] std::optional<server::Response> put_off() const;
  [[nodiscard]] server::Response add(const server::Request& request);
  [[nodiscard]] server::Response tell(const server::Request& request);
  [[nodiscard]] boost::asio::awaitable<server::Response> on_blocking(
      std::function<server::Response()> work);
  [[nodiscard]] server::Response denied(const server::Request& request, std::string_view dataset);

  Surroundings surroundings_;
};

}  // namespace sluice::api
