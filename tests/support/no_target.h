// Where a log goes that nobody reads.
#pragma once

#include "observe/log.h"

namespace sluice::test {

class NoTarget : public observe::LogTarget {
 public:
  bool write(observe::LogSettings::Level, std::string_view) override { return true; }
};

}  // namespace sluice::test
