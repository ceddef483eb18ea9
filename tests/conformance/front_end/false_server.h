// Something that listens on a port of loopback and is no database server, or one that lets nobody
// in.
#pragma once

#include <thread>

namespace sluice::adapters::front_end::conformance {

class FalseServer {
 public:
  enum class Manner {
    hangs_up,           // once it has heard something
    says_nothing,       // and keeps the connection
    refuses_tds_login,  // as SQL Server 7.0 and its likes do, with their error 18456
  };
  explicit FalseServer(Manner manner);
  ~FalseServer();
  FalseServer(const FalseServer&) = delete;
  FalseServer& operator=(const FalseServer&) = delete;

  [[nodiscard]] int port() const { return port_; }

 private:
  void serve(const std::stop_token& stop) const;

  Manner manner_;
  int listener_ = -1;
  int port_ = 0;
  std::jthread thread_;  // last: ended before the rest goes
};

}  // namespace sluice::adapters::front_end::conformance
