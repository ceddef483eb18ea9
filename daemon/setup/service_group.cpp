#include "setup/service_group.h"

#include <array>

#include <grp.h>
#include <unistd.h>

namespace sluice::setup {

std::optional<gid_t> service_group() {
  constexpr const char* name = "sluice";
  if (::geteuid() != 0) return std::nullopt;
  std::array<char, 4096> memory{};
  group entry{};
  group* found = nullptr;
  if (::getgrnam_r(name, &entry, memory.data(), memory.size(), &found) != 0 || found == nullptr) {
    return std::nullopt;
  }
  return found->gr_gid;
}

}  // namespace sluice::setup
