#include "bench/load/browser.h"

#include <array>
#include <cerrno>
#include <cstring>

#include <fmt/format.h>
#include <poll.h>
#include <zlib.h>

namespace sluice::bench {
namespace {

using std::string_view;
using Progress = ClientConnection::Progress;

constexpr std::chrono::milliseconds longest_wait{30'000};

// As browsers do it (WHATWG URL, application/x-www-form-urlencoded), a space apart.
void append_encoded(std::string& text, string_view value) {
  constexpr string_view plain =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._*";
  for (const char c : value) {
    if (plain.contains(c)) {
      text.push_back(c);
    } else {
      text += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
  }
}

class Inflation {
 public:
  Inflation() {
    constexpr int of_gzip = 15 + 16;  // zlib's manual, inflateInit2
    is_ready_ = inflateInit2_(&stream_, of_gzip, ZLIB_VERSION, sizeof stream_) == Z_OK;
  }
  ~Inflation() { inflateEnd(&stream_); }
  Inflation(const Inflation&) = delete;
  Inflation& operator=(const Inflation&) = delete;

  // False: that is not all of a gzip file.
  bool inflate_to(std::string& text, std::string bytes) {
    if (!is_ready_) return false;
    stream_.next_in = reinterpret_cast<Bytef*>(bytes.data());
    stream_.avail_in = static_cast<uInt>(bytes.size());
    int result = Z_OK;
    while (result == Z_OK) {
      std::array<char, 16384> piece;
      stream_.next_out = reinterpret_cast<Bytef*>(piece.data());
      stream_.avail_out = static_cast<uInt>(piece.size());
      result = inflate(&stream_, Z_NO_FLUSH);
      text.append(piece.data(), piece.size() - stream_.avail_out);
    }
    return result == Z_STREAM_END;
  }

 private:
  z_stream stream_{};
  bool is_ready_ = false;
};

}  // namespace

Browser::Browser(SSL_CTX& context, Server server, std::string cookie, ClientConnection connection)
    : context_(&context),
      server_(std::move(server)),
      cookie_(std::move(cookie)),
      connection_(std::move(connection)) {
  connection_.keep_bodies();
}

auto Browser::open(SSL_CTX& context, Server server, std::string cookie) -> OrProblem<Browser> {
  auto connection = ClientConnection::open(context, server);
  if (!connection) return std::unexpected(std::move(connection.error()));
  return Browser(context, std::move(server), std::move(cookie), std::move(*connection));
}

std::string& Browser::begin_request(string_view method, string_view path) {
  std::string& request = connection_.prepare_request();
  request = fmt::format(
      "{} {} HTTP/1.1\r\nHost: {}:{}\r\nCookie: {}\r\nAccept-Encoding: gzip\r\n"
      "Sec-Fetch-Site: same-origin\r\n",
      method, path, server_.host, server_.port, cookie_);
  return request;
}

auto Browser::visit(string_view path) -> OrProblem<PageAnswer> {
  begin_request("GET", path) += "\r\n";
  return await_answer();
}

auto Browser::send(string_view path, const FormFields& fields) -> OrProblem<PageAnswer> {
  std::string body = "csrf=" + token_;
  for (const auto& [name, value] : fields) {
    body.push_back('&');
    append_encoded(body, name);
    body.push_back('=');
    append_encoded(body, value);
  }
  begin_request("POST", path) +=
      fmt::format("Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{}",
                  body.size(), body);
  return await_answer();
}

auto Browser::await_answer() -> OrProblem<PageAnswer> {
  while (true) {
    const Progress progress = connection_.advance();
    if (progress == Progress::lost) return std::unexpected(connection_.problem());
    if (progress == Progress::answered) break;
    pollfd waited{.fd = connection_.descriptor(), .events = POLLIN, .revents = 0};
    if (progress == Progress::wants_write) waited.events = POLLOUT;
    const int ready = poll(&waited, 1, static_cast<int>(longest_wait.count()));
    if (ready == 0) return std::unexpected("no answer for 30 s");
    if (ready < 0 && errno != EINTR) return std::unexpected(std::strerror(errno));
  }
  PageAnswer answer{.took = ClientConnection::Clock::now() - connection_.sent_at()};
  if (auto seen = look_at_answer(answer); !seen) return std::unexpected(std::move(seen.error()));
  return answer;
}

auto Browser::look_at_answer(PageAnswer& answer) -> OrProblem<void> {
  const ResponseReader& reader = connection_.answer();
  answer.status = reader.status();
  answer.location = reader.field("location");
  answer.compressed_bytes = reader.bytes();
  page_.clear();
  if (reader.field("content-encoding") != "gzip") {
    page_ = reader.body();
  } else if (!Inflation().inflate_to(page_, reader.body())) {
    return std::unexpected("a page says that it is compressed by gzip, and is not");
  }
  if (const string_view token = hidden("csrf"); !token.empty()) token_ = token;
  if (!reader.closes()) return {};
  auto opened = ClientConnection::open(*context_, server_);
  if (!opened) return std::unexpected(std::move(opened.error()));
  connection_ = std::move(*opened);
  connection_.keep_bodies();
  return {};
}

string_view Browser::hidden(string_view name) const {
  const std::string before = fmt::format("name=\"{}\" value=\"", name);
  const std::size_t found = page_.find(before);
  if (found == std::string::npos) return {};
  const string_view rest = string_view(page_).substr(found + before.size());
  return rest.substr(0, rest.find('"'));
}

std::string Browser::told(string_view doing, const PageAnswer& answer) const {
  std::string text;  // without tags
  bool is_tag = false;
  for (const char c : page_) {
    if (c == '<') is_tag = true;
    if (!is_tag && (c != '\n' || !text.ends_with('\n'))) text.push_back(c);
    if (c == '>') is_tag = false;
  }
  return fmt::format("{}: unexpected answer {} {}\n{}", doing, answer.status, answer.location,
                     text);
}

}  // namespace sluice::bench
