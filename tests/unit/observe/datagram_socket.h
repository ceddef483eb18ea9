// A local socket that receives datagrams, as syslog and systemd have one.
#pragma once

#include <array>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <stdexcept>
#include <string>

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
  // Empty where nothing has arrived.
  [[nodiscard]] std::string receive() const {
    std::array<char, 8192> bytes{};
    const ssize_t size = ::recv(descriptor_, bytes.data(), bytes.size(), MSG_DONTWAIT);
    return size > 0 ? std::string(bytes.data(), static_cast<std::size_t>(size)) : std::string();
  }
  // As when the receiving service is restarted.
  void restart() {
    ::close(descriptor_);
    std::filesystem::remove(path());
    bind();
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
  std::filesystem::path directory_;
  int descriptor_ = -1;
};

}  // namespace sluice::test
