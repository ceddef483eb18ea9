// A delivery to a bureau whose clerks key it into the bureau's own system: each of its records
// becomes an outgoing task.
#pragma once

#include <string>
#include <vector>

#include "tasks/task.h"

namespace sluice::tasks {

struct DeliveredRecord {
  std::string title;       // of its task; may be empty
  std::string record_key;  // Outgoing::record_key
  record::Operation operation = record::Operation::upsert;
  std::string values;  // what whoever keys it is shown: as check_values() takes it
};

struct NewDelivery {
  std::string name;       // given once, whatever the bureau
  std::string agreement;  // the number under which it is released; may be empty
  record::BureauId bureau;
  record::DatasetId dataset;
  std::string content;  // a digest: whether it is the same when it comes again
  std::vector<DeliveredRecord> records;
};

}  // namespace sluice::tasks
