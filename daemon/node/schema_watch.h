// Compares the datasets' schemas with the tables of this node's store, or with its center's
// schemas: when it starts, when it is told to, now and then where it is another node's, and, while
// one is in conflict or could not be compared, again and again. So a schema that could never be
// taken is known before anything is acknowledged, and when it is right again everything goes on by
// itself.
#pragma once

#include <condition_variable>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <stop_token>
#include <string>
#include <thread>

#include "installation/installation.h"
#include "observe/log.h"
#include "observe/metrics.h"

namespace sluice::node {

// Owns its thread. Tells the log and the metrics nothing before begin(): it may be of a
// configuration that never comes to serve, beside one that does.
class SchemaWatch {
 public:
  // All must outlive it.
  struct Surroundings {
    const installation::Installation& installation;
    observe::Log& log;
    observe::Metrics& metrics;
    // What one that looked before it found of schemas that are as they were: it holds until they
    // are compared anew.
    std::map<record::DatasetId, std::string> conflicts = {};
  };
  // Has looked once when it returns, but for a center that takes long to answer: who can not be
  // asked refuses nothing, and its word counts when it comes.
  explicit SchemaWatch(Surroundings surroundings);
  ~SchemaWatch() = default;
  SchemaWatch(const SchemaWatch&) = delete;
  SchemaWatch& operator=(const SchemaWatch&) = delete;

  // Tells what it knows, and from now on what is new; once.
  void begin();
  // Looks no more when it returns; what it knows stays. The first does not wait for that.
  void ask_to_end() { thread_.request_stop(); }
  void end();
  // Soon. Any thread, as the next two.
  void look_again();
  // Why nothing of a dataset is to be taken in now; nothing where it may.
  [[nodiscard]] std::optional<std::string> conflict(const record::DatasetId& dataset) const;
  [[nodiscard]] std::map<record::DatasetId, std::string> conflicts() const;

 private:
  void look_at_first();
  void run(const std::stop_token& stop);
  void look(const std::stop_token& stop);
  void settle(const record::DatasetId& dataset, std::optional<std::string> conflict);
  void not_compared(const std::string& why);
  // With mutex_ held, so that nothing older is told after what is newer.
  void measure(const record::DatasetId& dataset);
  void tell_conflict(const record::DatasetId& dataset, const std::string& why);

  Surroundings surroundings_;
  std::set<record::DatasetId> datasets_;  // known to the installation
  mutable std::mutex mutex_;
  std::condition_variable_any woken_;
  std::map<record::DatasetId, std::string> conflicts_;  // guarded by mutex_, as the next five
  std::set<record::DatasetId> known_;                   // those that were compared once
  std::optional<std::string> not_compared_;             // why they were not the last time
  bool has_begun_ = false;
  bool is_asked_ = false;
  bool has_looked_ = false;
  bool is_compared_ = false;  // all of them, when they were looked at last; the looker's
  std::jthread thread_;       // last: joined before the rest goes
};

}  // namespace sluice::node
