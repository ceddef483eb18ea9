// Stands between a store and its server, and cuts the line where a test says so: before what the
// store sends gets through, or after, so that the answer is lost.
#pragma once

#include <functional>
#include <mutex>
#include <thread>

namespace sluice::test {

class TcpProxy {
 public:
  // Forwards 127.0.0.1:port() to 127.0.0.1:`server_port`, one connection at a time.
  explicit TcpProxy(int server_port);
  ~TcpProxy();
  TcpProxy(const TcpProxy&) = delete;
  TcpProxy& operator=(const TcpProxy&) = delete;

  [[nodiscard]] int port() const { return port_; }

  enum class Cut { never, before_request, before_answer };
  // Cuts at the `nth` piece that the store sends from now on (from 1), once.
  void cut(Cut where, int nth);
  // Whether the last cut() has happened.
  [[nodiscard]] bool has_cut();
  // Called on the proxy's thread at that piece, instead of cutting.
  void call(std::function<void()> action, int nth);

 private:
  void serve(const std::stop_token& stop);
  void forward(int client, int server, const std::stop_token& stop);
  // What to do with the next piece; counts it.
  Cut next_piece();

  int listener_ = -1;
  int port_ = 0;
  int server_port_;
  std::mutex mutex_;
  Cut cut_ = Cut::never;
  std::function<void()> action_;
  int pieces_left_ = 0;
  std::jthread thread_;  // last: it uses the rest
};

}  // namespace sluice::test
