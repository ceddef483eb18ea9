#include "observe/unix_datagram.h"

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstring>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace sluice::observe {
namespace {

std::error_code last_error() {
  return {errno, std::generic_category()};
}

// A file in memory, closed with its owner.
class SealedFile {
 public:
  explicit SealedFile(std::string_view bytes)
      : descriptor_(::memfd_create("sluice-log", MFD_CLOEXEC | MFD_ALLOW_SEALING)) {
    constexpr int seals = F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL;
    if (descriptor_ < 0 ||
        ::write(descriptor_, bytes.data(), bytes.size()) != static_cast<ssize_t>(bytes.size()) ||
        ::fcntl(descriptor_, F_ADD_SEALS, seals) != 0) {
      error_ = last_error();
    }
  }
  ~SealedFile() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  SealedFile(const SealedFile&) = delete;
  SealedFile& operator=(const SealedFile&) = delete;

  [[nodiscard]] int descriptor() const { return descriptor_; }
  [[nodiscard]] std::error_code error() const { return error_; }

 private:
  int descriptor_;
  std::error_code error_;
};

}  // namespace

std::expected<UnixDatagram, std::error_code> UnixDatagram::connect(std::string_view address) {
  sockaddr_un peer{};
  peer.sun_family = AF_UNIX;
  if (address.empty() || address.size() >= sizeof peer.sun_path) {
    return std::unexpected(std::make_error_code(std::errc::invalid_argument));
  }
  std::memcpy(peer.sun_path, address.data(), address.size());
  auto length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + address.size());
  if (address.front() == '@') {
    peer.sun_path[0] = '\0';
  } else {
    ++length;  // a path's closing NUL
  }
  UnixDatagram socket(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (socket.descriptor_ < 0 ||
      ::connect(socket.descriptor_, reinterpret_cast<const sockaddr*>(&peer), length) != 0) {
    return std::unexpected(last_error());
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

std::error_code UnixDatagram::send(std::string_view datagram) const {
  const ssize_t sent =
      ::send(descriptor_, datagram.data(), datagram.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
  return sent < 0 ? last_error() : std::error_code();
}

std::error_code UnixDatagram::send_as_file(std::string_view bytes) const {
  const SealedFile file(bytes);
  if (file.error()) return file.error();
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> control{};
  msghdr message{};
  message.msg_control = control.data();
  message.msg_controllen = control.size();
  cmsghdr* header = CMSG_FIRSTHDR(&message);
  header->cmsg_level = SOL_SOCKET;
  header->cmsg_type = SCM_RIGHTS;
  header->cmsg_len = CMSG_LEN(sizeof(int));
  const int descriptor = file.descriptor();
  std::memcpy(CMSG_DATA(header), &descriptor, sizeof descriptor);
  const ssize_t sent = ::sendmsg(descriptor_, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
  return sent < 0 ? last_error() : std::error_code();
}

}  // namespace sluice::observe
