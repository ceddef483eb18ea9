#include "conformance/front_end/false_server.h"

#include <array>
#include <cerrno>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace sluice::adapters::front_end::conformance {
namespace {

constexpr int look_again_ms = 20;

void append(std::string& bytes, std::uint64_t number, int size) {
  for (int i = 0; i < size; ++i)
    bytes += static_cast<char>(number >> (8 * i) & 0xFFU);
}

void append_wide(std::string& bytes, std::string_view ascii) {
  for (const char each : ascii) {
    bytes += each;
    bytes += '\0';
  }
}

// [MS-TDS] 2.2.3.1 (packet header), 2.2.7.10 (ERROR), 2.2.7.6 (DONE), as of version 7.0.
std::string tds_refusal() {
  constexpr std::string_view sentence = "Login failed for user 'sluice'.";
  constexpr std::string_view server = "FALSE";
  std::string error;
  append(error, 18456, 4);
  append(error, 1, 1);   // state
  append(error, 14, 1);  // class: who may do what
  append(error, sentence.size(), 2);
  append_wide(error, sentence);
  append(error, server.size(), 1);
  append_wide(error, server);
  append(error, 0, 1);  // no procedure
  append(error, 1, 2);  // line
  std::string tokens;
  append(tokens, 0xAA, 1);
  append(tokens, error.size(), 2);
  tokens += error;
  append(tokens, 0xFD, 1);
  append(tokens, 2, 2);  // an error
  append(tokens, 0, 2);
  append(tokens, 0, 4);
  std::string packet;
  append(packet, 0x04, 1);  // a table of results
  append(packet, 0x01, 1);  // the last packet
  const std::size_t size = tokens.size() + 8;
  append(packet, size >> 8U, 1);
  append(packet, size, 1);
  append(packet, 0, 2);
  append(packet, 1, 1);
  append(packet, 0, 1);
  return packet + tokens;
}

}  // namespace

FalseServer::FalseServer(Manner manner)
    : manner_(manner), listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t length = sizeof address;
  auto* const generic = reinterpret_cast<sockaddr*>(&address);
  if (::bind(listener_, generic, length) != 0 || ::listen(listener_, 8) != 0 ||
      ::getsockname(listener_, generic, &length) != 0) {
    throw std::system_error(errno, std::generic_category(), "listen");
  }
  port_ = ntohs(address.sin_port);
  thread_ = std::jthread([this](const std::stop_token& stop) { serve(stop); });
}

FalseServer::~FalseServer() {
  thread_.request_stop();
  thread_.join();
  ::close(listener_);
}

void FalseServer::serve(const std::stop_token& stop) const {
  const std::string refusal = tds_refusal();
  std::vector<pollfd> sockets{{listener_, POLLIN, 0}};
  const auto end = [&](std::size_t at) {
    ::close(sockets[at].fd);
    sockets.erase(sockets.begin() + static_cast<std::ptrdiff_t>(at));
  };
  while (!stop.stop_requested()) {
    if (::poll(sockets.data(), sockets.size(), look_again_ms) <= 0) continue;
    for (std::size_t at = sockets.size() - 1; at > 0; --at) {
      if (sockets[at].revents == 0) continue;
      std::array<char, 4096> heard{};
      const bool is_open = ::read(sockets[at].fd, heard.data(), heard.size()) > 0;
      if (is_open && manner_ == Manner::refuses_tds_login) {
        static_cast<void>(!::write(sockets[at].fd, refusal.data(), refusal.size()));
      }
      if (!is_open || manner_ == Manner::hangs_up) end(at);
    }
    if (sockets[0].revents != 0) {
      const int client = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
      if (client >= 0) sockets.push_back({client, POLLIN, 0});
    }
  }
  while (sockets.size() > 1)
    end(sockets.size() - 1);
}

}  // namespace sluice::adapters::front_end::conformance
