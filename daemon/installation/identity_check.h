// What can be said of a node's certificates and keys before it runs: that they can be read, belong
// together, and hold now. Who finds out by a call that fails has been away for an hour by then.
#pragma once

#include <string>
#include <vector>

#include "record/time.h"
#include "settings/settings.h"

namespace sluice::installation {

struct IdentityFindings {
  std::vector<std::string> complaints;  // why it can not be used
  std::vector<std::string> warnings;    // what others would object to
};

// Of `identity` and of `pages`, as far as they are configured and their files are there. Reads
// files, writes none.
[[nodiscard]] IdentityFindings check_identity(const settings::Node& node, record::Time now);

}  // namespace sluice::installation
