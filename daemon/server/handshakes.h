// Places for handshakes that are not finished, apart from those of connections: who opens a
// thousand connections and says nothing takes nobody's place who has something to say.
//
// Nobody is turned away for want of one. A handshake that goes well takes milliseconds, and one
// that has gone on for longest is the likeliest never to end: it has to give way to the newest. So
// bureaus that share an address with somebody hostile, behind one gate, are served all the same.
// Where it can be told apart, an address from which nobody has shown a good certificate gives way
// first.
#pragma once

#include <cstdint>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include <boost/asio/ip/address.hpp>

namespace sluice::server {

class AnyConnection;

// Whom an address stands for: of IPv6 the network of 64 bits, which one machine may have to itself.
[[nodiscard]] std::string origin_of(const boost::asio::ip::address& address);

// Thread-safe.
class Handshakes {
 public:
  // `most`: at once. An origin may have a quarter of them, a known one half, and at least one.
  explicit Handshakes(std::uint64_t most) : most_(most) {}

  // From now on.
  void allow(std::uint64_t most);

  // One that has to give way to `who`; nothing where there was a place for it.
  [[nodiscard]] std::shared_ptr<AnyConnection> begin(const std::shared_ptr<AnyConnection>& who,
                                                     const std::string& origin);
  // It has ended, well or not, and any number of times. `proven`: with a certificate of somebody
  // known here, whose origin is known from now on.
  void end(const AnyConnection* who, bool proven = false);

 private:
  struct Open {
    const AnyConnection* id;
    std::weak_ptr<AnyConnection> connection;
    std::string origin;
  };
  using Opens = std::list<Open>;
  [[nodiscard]] Opens::iterator one_too_many(const std::string& origin);
  [[nodiscard]] bool is_known(const std::string& origin) const { return known_.contains(origin); }
  void know(const std::string& origin);

  std::mutex mutex_;  // guards what follows
  std::uint64_t most_;
  Opens open_;  // the oldest first
  // When each was last seen, in handshakes; those seen least lately are forgotten.
  std::map<std::string, std::uint64_t, std::less<>> known_;
  std::uint64_t seen_ = 0;
};

}  // namespace sluice::server
