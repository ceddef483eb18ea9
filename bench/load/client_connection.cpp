#include "bench/load/client_connection.h"

#include <cerrno>
#include <cstring>
#include <utility>

#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

namespace sluice::bench {
namespace {

constexpr timeval handshake_timeout = {10, 0};

std::string tls_error(std::string_view doing) {
  std::array<char, 256> text{};
  const unsigned long code = ERR_get_error();
  ERR_error_string_n(code, text.data(), text.size());
  ERR_clear_error();
  return std::string(doing) + ": " +
         (code != 0    ? text.data()
          : errno != 0 ? std::strerror(errno)
                       : "the server closed");
}

std::expected<FileDescriptor, std::string> connect_to(const Server& server) {
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  const std::string place = server.host + ":" + server.port;
  if (const int error = getaddrinfo(server.host.c_str(), server.port.c_str(), &hints, &found)) {
    return std::unexpected(place + ": " + gai_strerror(error));
  }
  const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> addresses(found, &freeaddrinfo);
  FileDescriptor socket(::socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const int on = 1;
  const int number = socket.get();
  if (number < 0 ||
      setsockopt(number, SOL_SOCKET, SO_RCVTIMEO, &handshake_timeout, sizeof handshake_timeout) ||
      setsockopt(number, SOL_SOCKET, SO_SNDTIMEO, &handshake_timeout, sizeof handshake_timeout) ||
      setsockopt(number, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) ||
      ::connect(number, found->ai_addr, found->ai_addrlen)) {
    return std::unexpected(place + ": " + std::strerror(errno));
  }
  return socket;
}

bool expect_certificate_of(SSL* session, const std::string& host) {
  X509_VERIFY_PARAM* parameters = SSL_get0_param(session);
  if (X509_VERIFY_PARAM_set1_ip_asc(parameters, host.c_str()) == 1) return true;
  ERR_clear_error();
  // What SSL_set_tlsext_host_name() stands for; the macro has an old-style cast.
  return SSL_ctrl(session, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name,
                  const_cast<char*>(host.c_str())) == 1 &&
         SSL_set1_host(session, host.c_str()) == 1;
}

}  // namespace

FileDescriptor::FileDescriptor(FileDescriptor&& other) noexcept
    : number_(std::exchange(other.number_, -1)) {}
FileDescriptor& FileDescriptor::operator=(FileDescriptor&& other) noexcept {
  std::swap(number_, other.number_);
  return *this;
}
FileDescriptor::~FileDescriptor() {
  if (number_ >= 0) ::close(number_);
}

std::expected<TlsContext, std::string> make_context(const TlsFiles& files) {
  TlsContext context(SSL_CTX_new(TLS_client_method()));
  if (!context) return std::unexpected(tls_error("TLS"));
  SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
  SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
  // One read from the kernel brings a whole record, or more of them.
  SSL_CTX_set_read_ahead(context.get(), 1);
  if (!files.certificate.empty()) {
    if (SSL_CTX_use_certificate_chain_file(context.get(), files.certificate.c_str()) != 1) {
      return std::unexpected(tls_error(files.certificate));
    }
    if (SSL_CTX_use_PrivateKey_file(context.get(), files.key.c_str(), SSL_FILETYPE_PEM) != 1) {
      return std::unexpected(tls_error(files.key));
    }
  }
  if (SSL_CTX_load_verify_locations(context.get(), files.authorities.c_str(), nullptr) != 1) {
    return std::unexpected(tls_error(files.authorities));
  }
  return context;
}

std::expected<ClientConnection, std::string> ClientConnection::open(SSL_CTX& context,
                                                                    const Server& server) {
  auto socket = connect_to(server);
  if (!socket) return std::unexpected(std::move(socket.error()));
  const std::string place = server.host + ":" + server.port;
  std::unique_ptr<SSL, FreeTls> session(SSL_new(&context));
  if (!session || !expect_certificate_of(session.get(), server.host) ||
      SSL_set_fd(session.get(), socket->get()) != 1 || SSL_connect(session.get()) != 1) {
    return std::unexpected(tls_error(place + ": TLS handshake"));
  }
  if (fcntl(socket->get(), F_SETFL, O_NONBLOCK) != 0) {
    return std::unexpected(place + ": " + std::strerror(errno));
  }
  return ClientConnection(std::move(*socket), std::move(session));
}

std::string& ClientConnection::prepare_request() {
  answer_.reset();
  has_request_ = true;
  sent_ = false;
  sent_at_ = Clock::now();
  return request_;
}

ClientConnection::Progress ClientConnection::advance() {
  if (!sent_) {
    const int written =
        SSL_write(session_.get(), request_.data(), static_cast<int>(request_.size()));
    if (written <= 0) return after_failed_call(written, "sending");
    sent_ = true;
    // No answer can be there yet: asking for it would be a system call in vain.
    return Progress::wants_read;
  }
  std::array<char, 16384> bytes;
  while (true) {
    const int read = SSL_read(session_.get(), bytes.data(), static_cast<int>(bytes.size()));
    if (read <= 0) return after_failed_call(read, "waiting for an answer");
    switch (answer_.feed({bytes.data(), static_cast<std::size_t>(read)})) {
      case ResponseReader::State::incomplete:
        break;
      case ResponseReader::State::complete:
        has_request_ = false;
        return Progress::answered;
      case ResponseReader::State::malformed:
        return lose("the answer is not HTTP/1.1 with a Content-Length");
    }
  }
}

ClientConnection::Progress ClientConnection::lose(std::string problem) {
  problem_ = std::move(problem);
  return Progress::lost;
}

ClientConnection::Progress ClientConnection::after_failed_call(int result, std::string_view doing) {
  switch (SSL_get_error(session_.get(), result)) {
    case SSL_ERROR_WANT_READ:
      return Progress::wants_read;
    case SSL_ERROR_WANT_WRITE:
      return Progress::wants_write;
    default:
      return lose(tls_error(doing));
  }
}

}  // namespace sluice::bench
