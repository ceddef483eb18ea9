#include "support/held_port.h"

#include <cerrno>
#include <filesystem>
#include <system_error>

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

namespace sluice::test {
namespace {

namespace fs = std::filesystem;

// Below those that the kernel gives to outgoing connections (net.ipv4.ip_local_port_range).
constexpr int first_port = 20'000;
constexpr int ports = 10'000;
// A process begins its search this far from where its neighbour does.
constexpr int stride = 16;

// All tests of the machine share it, whoever runs them and whatever TMPDIR says.
fs::path folder() {
  const fs::path path = "/tmp/sluice-test-ports";
  // Without the sticky bit, with which Linux lets nobody open what another user has made.
  if (::mkdir(path.c_str(), 0777) == 0) fs::permissions(path, fs::perms::all);
  return path;
}

// Locked, or -1 where another holds it. It is handed on to children: a server that outlives its
// test for a moment keeps its port for that long.
int lock_of(int port) {
  const fs::path file = folder() / std::to_string(port);
  const int handle = ::open(file.c_str(), O_RDWR | O_CREAT, 0666);
  if (handle < 0) throw std::system_error(errno, std::generic_category(), file.string());
  static_cast<void>(::fchmod(handle, 0666));  // the umask; only its owner can, and need
  if (::flock(handle, LOCK_EX | LOCK_NB) == 0) return handle;
  ::close(handle);
  return -1;
}

// A program that knows nothing of all this.
bool is_in_use(int port) {
  const int handle = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<in_port_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const bool answers =
      ::connect(handle, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  ::close(handle);
  return answers;
}

}  // namespace

HeldPort::HeldPort() : HeldPort(first_port + ::getpid() * stride % ports) {}

HeldPort::HeldPort(int first) {
  for (int tried = 0; tried < ports; ++tried) {
    number_ = first_port + (first - first_port + tried) % ports;
    lock_ = lock_of(number_);
    if (lock_ < 0) continue;
    if (!is_in_use(number_)) return;
    ::close(lock_);
  }
  throw std::system_error(EADDRINUSE, std::generic_category(), "no port is free");
}

HeldPort::~HeldPort() {
  ::close(lock_);
}

}  // namespace sluice::test
