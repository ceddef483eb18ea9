// A local socket that receives datagrams, as syslog and systemd have one.
#pragma once

#include <array>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <stdexcept>
#include <string>

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace sluice::test {

class DatagramSocket {
 public:
  DatagramSocket() {
    std::string name = (std::filesystem::temp_directory_path() / "sluice-socket-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary directory");
    directory_ = name;
    bind();
  }
  ~DatagramSocket() {
    ::close(descriptor_);
    std::error_code ignored;
    std::filesystem::remove_all(directory_, ignored);
  }
  DatagramSocket(const DatagramSocket&) = delete;
  DatagramSocket& operator=(const DatagramSocket&) = delete;

  [[nodiscard]] std::filesystem::path path() const { return directory_ / "socket"; }
  // Empty where nothing has arrived. What came as a sealed file in memory is its content.
  [[nodiscard]] std::string receive() const {
    std::string bytes(1 << 16, '\0');
    alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> control{};
    iovec part{bytes.data(), bytes.size()};
    msghdr message{};
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    message.msg_control = control.data();
    message.msg_controllen = control.size();
    const ssize_t size = ::recvmsg(descriptor_, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
    if (size < 0) return {};
    bytes.resize(static_cast<std::size_t>(size));
    const cmsghdr* header = CMSG_FIRSTHDR(&message);
    if (header == nullptr) return bytes;
    int file = -1;
    std::memcpy(&file, CMSG_DATA(header), sizeof file);
    return content_of_sealed(file);
  }
  // As when the receiving service is restarted: what it had not read is lost.
  void restart() {
    stop();
    bind();
  }
  void stop() {
    ::close(descriptor_);
    descriptor_ = -1;
    std::filesystem::remove(path());
  }

 private:
  void bind() {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path().native().copy(address.sun_path, sizeof address.sun_path - 1);
    descriptor_ = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (::bind(descriptor_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
      throw std::runtime_error("can not bind");
    }
  }
  static std::string content_of_sealed(int file) {
    constexpr int expected = F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE;
    const bool is_sealed = (::fcntl(file, F_GET_SEALS) & expected) == expected;
    std::string content(static_cast<std::size_t>(::lseek(file, 0, SEEK_END)), '\0');
    const ssize_t size = ::pread(file, content.data(), content.size(), 0);
    ::close(file);
    if (!is_sealed || size != static_cast<ssize_t>(content.size())) {
      throw std::runtime_error("the file is not sealed, or not whole");
    }
    return content;
  }

  std::filesystem::path directory_;
  int descriptor_ = -1;
};

}  // namespace sluice::test
