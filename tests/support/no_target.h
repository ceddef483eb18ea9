// Where a log goes that nobody reads.
#pragma once

#include "observe/log.h"

namespace sluice::test {

class NoTarget : public observe::LogTarget {
 public:
  std::error_code write(const observe::LogEntry&) override { return {}; }
};

}  // namespace sluice::test
