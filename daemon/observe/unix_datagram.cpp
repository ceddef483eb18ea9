#include "observe/unix_datagram.h"

#include <cstddef>
#include <cstring>

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace sluice::observe {

std::optional<UnixDatagram> UnixDatagram::connect(std::string_view address) {
  sockaddr_un peer{};
  peer.sun_family = AF_UNIX;
  if (address.empty() || address.size() >= sizeof peer.sun_path) return std::nullopt;
  std::memcpy(peer.sun_path, address.data(), address.size());
  auto length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + address.size());
  if (address.front() == '@') {
    peer.sun_path[0] = '\0';
  } else {
    ++length;  // a path's closing NUL
  }
  UnixDatagram socket(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (socket.descriptor_ < 0) return std::nullopt;
  if (::connect(socket.descriptor_, reinterpret_cast<const sockaddr*>(&peer), length) != 0) {
    return std::nullopt;
  }
  return socket;
}

UnixDatagram& UnixDatagram::operator=(UnixDatagram&& other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  return *this;
}

UnixDatagram::~UnixDatagram() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

bool UnixDatagram::send(std::string_view datagram) const {
  return ::send(descriptor_, datagram.data(), datagram.size(), MSG_NOSIGNAL | MSG_DONTWAIT) ==
         static_cast<ssize_t>(datagram.size());
}

}  // namespace sluice::observe
