// A person's browser on one keep-alive connection: it sends the session's cookie, and with a form
// the token of the last page that had one. It takes compressed pages, as browsers do.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <openssl/ssl.h>

#include "bench/load/client_connection.h"

namespace sluice::bench {

struct PageAnswer {
  unsigned status = 0;
  std::string location;                // of a redirection
  std::chrono::nanoseconds took{};     // from sending to the answer's last byte, still compressed
  std::uint64_t compressed_bytes = 0;  // head and body, as they came
};

using FormFields = std::vector<std::pair<std::string, std::string>>;

// Not thread-safe. The context must outlive it. Failures are sentences for the operator.
class Browser {
 public:
  template <class T>
  using OrProblem = std::expected<T, std::string>;

  // `cookie`: NAME=VALUE of a session that somebody has begun.
  [[nodiscard]] static OrProblem<Browser> open(SSL_CTX& context, Server server, std::string cookie);

  // Both block, at most 30 seconds.
  [[nodiscard]] OrProblem<PageAnswer> visit(std::string_view path);
  [[nodiscard]] OrProblem<PageAnswer> send(std::string_view path, const FormFields& fields);

  // What the last answer showed.
  [[nodiscard]] const std::string& page() const { return page_; }
  // The value of the page's first field of this name; empty: it has none.
  [[nodiscard]] std::string_view hidden(std::string_view name) const;
  // A sentence on the last answer, which is not what was expected, with the page's text.
  [[nodiscard]] std::string told(std::string_view doing, const PageAnswer& answer) const;

 private:
  Browser(SSL_CTX& context, Server server, std::string cookie, ClientConnection connection);
  [[nodiscard]] std::string& begin_request(std::string_view method, std::string_view path);
  [[nodiscard]] OrProblem<PageAnswer> await_answer();
  [[nodiscard]] OrProblem<void> look_at_answer(PageAnswer& answer);

  SSL_CTX* context_;
  Server server_;
  std::string cookie_;
  ClientConnection connection_;
  std::string page_;
  std::string token_;
};

}  // namespace sluice::bench
