#include "conformance/store_tcp_proxy.h"

#include <array>
#include <cerrno>
#include <system_error>
#include <utility>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace sluice::test {
namespace {

constexpr int poll_ms = 20;  // how soon a stop is noticed

sockaddr_in loopback(int port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

bool send_all(int socket, const char* bytes, std::size_t size) {
  while (size > 0) {
    const ssize_t sent = ::send(socket, bytes, size, MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes += sent;
    size -= static_cast<std::size_t>(sent);
  }
  return true;
}

}  // namespace

TcpProxy::TcpProxy(int server_port) : server_port_(server_port) {
  listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address = loopback(0);
  socklen_t length = sizeof address;
  auto* const generic = reinterpret_cast<sockaddr*>(&address);
  if (::bind(listener_, generic, length) != 0 || ::listen(listener_, 8) != 0 ||
      ::getsockname(listener_, generic, &length) != 0) {
    throw std::system_error(errno, std::generic_category(), "proxy");
  }
  port_ = ntohs(address.sin_port);
  thread_ = std::jthread([this](const std::stop_token& stop) { serve(stop); });
}

TcpProxy::~TcpProxy() {
  thread_.request_stop();
  thread_.join();
  ::close(listener_);
}

void TcpProxy::cut(Cut where, int nth) {
  const std::lock_guard lock(mutex_);
  cut_ = where;
  action_ = nullptr;
  pieces_left_ = nth;
}

void TcpProxy::call(std::function<void()> action, int nth) {
  const std::lock_guard lock(mutex_);
  cut_ = Cut::never;
  action_ = std::move(action);
  pieces_left_ = nth;
}

bool TcpProxy::has_cut() {
  const std::lock_guard lock(mutex_);
  return pieces_left_ == 0;
}

TcpProxy::Cut TcpProxy::next_piece() {
  std::function<void()> action;
  Cut cut = Cut::never;
  {
    const std::lock_guard lock(mutex_);
    if (pieces_left_ == 0 || --pieces_left_ > 0) return Cut::never;
    action = std::exchange(action_, nullptr);
    cut = cut_;
  }
  if (action) action();
  return cut;
}

void TcpProxy::serve(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    pollfd waiting{listener_, POLLIN, 0};
    if (::poll(&waiting, 1, poll_ms) <= 0) continue;
    const int client = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    const int server = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const sockaddr_in address = loopback(server_port_);
    const int no_delay = 1;
    ::setsockopt(server, IPPROTO_TCP, TCP_NODELAY, &no_delay, sizeof no_delay);
    if (::connect(server, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) {
      forward(client, server, stop);
    }
    ::close(server);
    ::close(client);
  }
}

void TcpProxy::forward(int client, int server, const std::stop_token& stop) {
  std::array<char, 65536> piece{};
  while (!stop.stop_requested()) {
    std::array<pollfd, 2> ends{pollfd{client, POLLIN, 0}, pollfd{server, POLLIN, 0}};
    if (::poll(ends.data(), ends.size(), poll_ms) <= 0) continue;
    if (ends[0].revents != 0) {
      const ssize_t size = ::recv(client, piece.data(), piece.size(), 0);
      if (size <= 0) return;
      const Cut cut = next_piece();
      if (cut == Cut::before_request) return;
      if (!send_all(server, piece.data(), static_cast<std::size_t>(size))) return;
      if (cut == Cut::before_answer) {
        // The server has it and does what it says; nobody hears of it. In the middle of a COPY it
        // says nothing, and is not waited for.
        pollfd answer{server, POLLIN, 0};
        static_cast<void>(::poll(&answer, 1, 5 * poll_ms));
        return;
      }
    }
    if (ends[1].revents != 0) {
      const ssize_t size = ::recv(server, piece.data(), piece.size(), 0);
      if (size <= 0) return;
      if (!send_all(client, piece.data(), static_cast<std::size_t>(size))) return;
    }
  }
}

}  // namespace sluice::test
