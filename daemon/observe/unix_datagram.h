// A connected local datagram socket that never blocks: what both syslog and systemd listen on.
#pragma once

#include <optional>
#include <string_view>
#include <utility>

namespace sluice::observe {

class UnixDatagram {
 public:
  // A path; or, beginning with '@', a name in Linux's abstract namespace.
  [[nodiscard]] static std::optional<UnixDatagram> connect(std::string_view address);
  UnixDatagram(UnixDatagram&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
  UnixDatagram& operator=(UnixDatagram&& other) noexcept;
  ~UnixDatagram();

  // False when the datagram could not be handed over at once.
  [[nodiscard]] bool send(std::string_view datagram) const;

 private:
  explicit UnixDatagram(int descriptor) : descriptor_(descriptor) {}
  int descriptor_ = -1;
};

}  // namespace sluice::observe
