#include "commands/invoking_user.h"

#include <array>
#include <cstdint>
#include <fstream>
#include <optional>

#include <pwd.h>
#include <unistd.h>

namespace sluice::commands {
namespace {

std::string name_of(uid_t user) {
  passwd entry{};
  passwd* found = nullptr;
  std::array<char, 16384> buffer{};
  if (getpwuid_r(user, &entry, buffer.data(), buffer.size(), &found) != 0 || found == nullptr) {
    return std::to_string(user);
  }
  return entry.pw_name;
}

// Who signed in to the machine; nothing where nobody did: started by init, or by a kernel without
// its audit.
std::optional<uid_t> signed_in_user() {
  constexpr std::uint32_t nobody = 0xFFFFFFFF;
  std::ifstream file("/proc/self/loginuid");
  std::uint32_t user = nobody;
  if (!(file >> user) || user == nobody) return std::nullopt;
  return user;
}

}  // namespace

std::string invoking_user() {
  const uid_t user = ::getuid();
  const auto signed_in = signed_in_user();
  if (!signed_in || *signed_in == user) return name_of(user);
  return name_of(*signed_in) + " as " + name_of(user);
}

}  // namespace sluice::commands
