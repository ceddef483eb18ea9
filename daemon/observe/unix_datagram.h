// A connected local datagram socket that never blocks: what both syslog and systemd listen on.
#pragma once

#include <expected>
#include <string_view>
#include <system_error>
#include <utility>

namespace sluice::observe {

class UnixDatagram {
 public:
  // A path; or, beginning with '@', a name in Linux's abstract namespace.
  [[nodiscard]] static std::expected<UnixDatagram, std::error_code> connect(
      std::string_view address);
  UnixDatagram(UnixDatagram&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
  UnixDatagram& operator=(UnixDatagram&& other) noexcept;
  ~UnixDatagram();

  // An error where the datagram could not be handed over at once: nothing of it was then.
  [[nodiscard]] std::error_code send(std::string_view datagram) const;
  // For what is too large for a datagram: a file in memory that nobody can change any more, by an
  // empty one (the native protocol of systemd's journal).
  [[nodiscard]] std::error_code send_as_file(std::string_view bytes) const;

 private:
  explicit UnixDatagram(int descriptor) : descriptor_(descriptor) {}
  int descriptor_ = -1;
};

}  // namespace sluice::observe
