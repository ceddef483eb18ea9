// The body of a call for tasks, as anybody may send it: what is taken can be kept, and what is not
// is refused with a reason.
#include <cstdint>
#include <string_view>
#include <vector>

#include "api/task_request.h"
#include "tasks/tasks.h"
#include "tests/fuzz/record/demand.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sluice;
  using fuzz::demand;
  // Memory of its own, so that reading beyond it is seen.
  const std::vector<char> bytes(data, data + size);
  const auto read = api::read_task_requests({bytes.data(), bytes.size()});
  if (!read) {
    const api::MisreadTasks& misread = read.error();
    demand(misread.sentence.empty() != misread.faults.empty(), "a refusal has one kind of reason");
    demand(misread.fault_count >= misread.faults.size(), "all faults are counted");
    return 0;
  }
  demand(read->size() <= tasks::most_added_at_once, "no more are taken than can be added");
  for (const api::TaskRequest& request : *read) {
    const tasks::NewTask task{.bureau = {},
                              .dataset = {},
                              .title = request.title,
                              .origin = tasks::Origin::api,
                              .origin_text = {}};
    demand(tasks::check(task).has_value(), "what is taken can be kept");
    demand(request.priority >= -100 && request.priority <= 100, "priorities are bounded");
  }
  return 0;
}
