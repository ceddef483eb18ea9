// A user whom the rights of files bind. Tests run as root in places (CI's containers), and root may
// read everything: what a test shows of rights it would not show there.
#pragma once

#include <cstdlib>
#include <stdexcept>

#include <unistd.h>

namespace sluice::test {

// Nobody, in place of root, while it lives; who is not root stays who they are. Of the whole
// process. What is to be found must lie where everybody may enter: a temporary directory is its
// owner's alone.
class PlainUser {
 public:
  PlainUser() {
    constexpr uid_t nobody = 65534;
    if (was_root_ && ::seteuid(nobody) != 0) throw std::runtime_error("seteuid failed");
  }
  // The tests behind it would run as somebody else.
  ~PlainUser() {
    if (was_root_ && ::seteuid(0) != 0) std::abort();
  }
  PlainUser(const PlainUser&) = delete;
  PlainUser& operator=(const PlainUser&) = delete;

 private:
  const bool was_root_ = ::geteuid() == 0;
};

}  // namespace sluice::test
