// What a TLS connection is accepted and made with: TLS 1.2 with AEAD ciphers or TLS 1.3; between
// machines mutual authentication always, of people's browsers where it is offered, every
// certificate of the peer's chain against the revocation lists where these are configured. It fails
// closed: a list that is missing or out of date refuses everybody whom it would cover.
#pragma once

#include <chrono>
#include <expected>
#include <filesystem>
#include <memory>
#include <string>

#include "record/certificate_facts.h"
#include "record/failure.h"
#include "trust/peer_certificate.h"

typedef struct ssl_ctx_st SSL_CTX;
typedef struct ssl_st SSL;

namespace sluice::trust {

struct TlsFiles {
  std::filesystem::path certificate;  // PEM: our own and the intermediates above it
  std::filesystem::path key;          // PEM; must not be readable by others
  std::filesystem::path authorities;  // PEM bundle
  std::filesystem::path revocations;  // PEM bundle of CRLs; empty: none are checked
};

enum class TlsProblem {
  unreadable,  // a file is not there, or holds something else
  mismatched,  // the key is not the certificate's
  exposed,     // others may read the key
  refused,     // a person's certificate that is not good
};
using TlsFailure = record::Failure<TlsProblem>;

struct ContextRelease {
  void operator()(SSL_CTX* context) const;
};
using TlsContext = std::unique_ptr<SSL_CTX, ContextRelease>;

// Sessions are never resumed, neither by id nor by ticket: a resumed one would not look at the
// revocation lists again.
[[nodiscard]] std::expected<TlsContext, TlsFailure> make_server_context(const TlsFiles& files);

// For people's browsers: asks them for no certificate. The rest is the same.
struct ServerFiles {
  std::filesystem::path certificate;  // PEM: our own and the intermediates above it
  std::filesystem::path key;          // PEM; must not be readable by others
};
[[nodiscard]] std::expected<TlsContext, TlsFailure> make_open_server_context(
    const ServerFiles& files);
// For people's browsers: asks them for a certificate of `authorities` and needs none. One that is
// not good does not end the handshake, or who has it could not come in by password either: it
// counts as none, and presented_certificate() says why.
[[nodiscard]] std::expected<TlsContext, TlsFailure> make_asking_server_context(
    const TlsFiles& files);

// As strict about a server's certificate. Each connection must also name its server.
[[nodiscard]] std::expected<TlsContext, TlsFailure> make_client_context(const TlsFiles& files);
// Before the handshake: the certificate must be for this host, a DNS name or an IP address; a name
// is told to the server, too. False: it is no such thing.
[[nodiscard]] bool expect_server(SSL* connection, const std::string& host);

// Our own.
[[nodiscard]] record::CertificateFacts certificate_of(const SSL_CTX* context);

// After a handshake that succeeded, where the peer must present one.
[[nodiscard]] PeerCertificate peer_certificate(const SSL* connection);
// After a handshake that succeeded with make_asking_server_context() or make_open_server_context().
[[nodiscard]] PresentedCertificate presented_certificate(const SSL* connection);
// After a handshake that failed with OpenSSL's `error`. The reason is "handshake" where no
// certificate is to blame.
[[nodiscard]] CertificateRefusal refusal(const SSL* connection, unsigned long error);

}  // namespace sluice::trust
