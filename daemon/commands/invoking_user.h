// Who ran a command, for the audit log.
#pragma once

#include <string>

namespace sluice::commands {

// The operating system's user that the process runs as; where that is another one than who signed
// in to the machine, which the kernel remembers through sudo and su, both: "li.wei as sluice". A
// user without a name is a number.
[[nodiscard]] std::string invoking_user();

}  // namespace sluice::commands
