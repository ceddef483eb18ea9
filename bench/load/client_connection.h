// One keep-alive connection over mutual TLS that has at most one request under way.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <expected>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include <openssl/ssl.h>

#include "bench/load/response_reader.h"

namespace sluice::bench {

struct FreeTls {
  void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
  void operator()(SSL* session) const { SSL_free(session); }
};
using TlsContext = std::unique_ptr<SSL_CTX, FreeTls>;

struct TlsFiles {
  std::string certificate;  // PEM; empty: the server asks for none
  std::string key;          // PEM
  std::string authorities;  // PEM: who may have issued the server's certificate
};
// Failures are sentences for the operator, here and below.
[[nodiscard]] std::expected<TlsContext, std::string> make_context(const TlsFiles& files);

struct Server {
  std::string host;  // IPv4 address or name; the certificate must be for it
  std::string port;
};

class FileDescriptor {
 public:
  explicit FileDescriptor(int number) : number_(number) {}
  FileDescriptor(FileDescriptor&& other) noexcept;
  FileDescriptor& operator=(FileDescriptor&& other) noexcept;
  ~FileDescriptor();
  [[nodiscard]] int get() const { return number_; }

 private:
  int number_ = -1;
};

// Not thread-safe. The context must outlive it.
class ClientConnection {
 public:
  using Clock = std::chrono::steady_clock;

  // Blocks until the handshake is done, at most 10 seconds; what follows never blocks.
  [[nodiscard]] static std::expected<ClientConnection, std::string> open(SSL_CTX& context,
                                                                         const Server& server);

  [[nodiscard]] int descriptor() const { return socket_.get(); }

  // The request to send; advance() sends it. Only when none is under way.
  [[nodiscard]] std::string& prepare_request();

  enum class Progress { wants_read, wants_write, answered, lost };
  // Goes as far as the socket allows. After `lost`, problem() says why.
  [[nodiscard]] Progress advance();

  [[nodiscard]] bool has_request() const { return has_request_; }
  [[nodiscard]] const ResponseReader& answer() const { return answer_; }
  void keep_bodies() { answer_.keep_bodies(); }
  [[nodiscard]] Clock::time_point sent_at() const { return sent_at_; }
  [[nodiscard]] const std::string& problem() const { return problem_; }

 private:
  ClientConnection(FileDescriptor socket, std::unique_ptr<SSL, FreeTls> session)
      : socket_(std::move(socket)), session_(std::move(session)) {}
  Progress lose(std::string problem);
  Progress after_failed_call(int result, std::string_view doing);

  FileDescriptor socket_;
  std::unique_ptr<SSL, FreeTls> session_;
  std::string request_;
  bool has_request_ = false;  // that is not answered yet
  bool sent_ = false;
  Clock::time_point sent_at_{};
  ResponseReader answer_;
  std::string problem_;
};

}  // namespace sluice::bench
