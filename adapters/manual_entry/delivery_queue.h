// Where clerks of one bureau find what is to be keyed into its own system. An adapter knows no
// tasks: who keeps them implements this.
#pragma once

#include <expected>
#include <optional>
#include <string>
#include <vector>

#include "record/copy_text.h"
#include "record/failure.h"
#include "record/identifiers.h"
#include "record/time.h"

namespace sluice::adapters::manual_entry {

struct QueuedRecord {
  std::string subject;     // for people: a case number; may be empty
  std::string record_key;  // the same for the same record; only the same waits for its predecessor
  record::Operation operation = record::Operation::upsert;
  std::string laid_out;  // JSON (record_layout.h)
};

struct QueuedDelivery {
  std::string name;
  std::string agreement;  // its number
  record::DatasetId dataset;
  std::string title;    // the dataset's, for people
  std::string content;  // a digest
  std::vector<QueuedRecord> records;
};

struct QueueAnswer {
  enum class State { waiting, confirmed, declined, withdrawn } state = State::waiting;
  std::string receipt_number;  // of confirmed
  std::string reason;          // of declined
  record::Time at{};           // of both
  std::string by;              // of both: the account
};

enum class QueueProblem {
  unavailable,  // may have been done
  unknown,      // nothing of this name
  conflicting,  // the name is known with other content
  too_late,     // somebody has answered it, or is at it
  failed,       // not done, and will not be
};
using QueueFailure = record::Failure<QueueProblem>;
template <class T>
using QueueResult = std::expected<T, QueueFailure>;

// Every call blocks, and is atomic and durable on return.
class DeliveryQueue {
 public:
  virtual ~DeliveryQueue() = default;
  // All or nothing; with the same name and content again it is nothing.
  [[nodiscard]] virtual QueueResult<void> hand_over(const QueuedDelivery& delivery) = 0;
  // What has become of each record. Nothing: it was never handed over.
  [[nodiscard]] virtual QueueResult<std::optional<std::vector<QueueAnswer>>> find(
      const std::string& name) = 0;
  // All or nothing; again it is nothing.
  [[nodiscard]] virtual QueueResult<void> withdraw(const std::string& name) = 0;
};

}  // namespace sluice::adapters::manual_entry
