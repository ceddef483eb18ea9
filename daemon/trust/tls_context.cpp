#include "trust/tls_context.h"

#include <cstring>
#include <string_view>

#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <sys/stat.h>

#include "record/openssl_handle.h"
#include "record/try.h"
#include "trust/certificate_check.h"

namespace sluice::trust {
namespace {

using record::openssl::last_error;
using record::openssl::name_text;

constexpr const char* tls12_ciphers =
    "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:"
    "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:"
    "ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305";
constexpr std::size_t max_claimed_subject = 256;

std::unexpected<TlsFailure> failure(TlsProblem problem, const std::filesystem::path& file,
                                    std::string sentence) {
  return std::unexpected(TlsFailure{problem, file.string(), std::move(sentence)});
}

// The first certificate of the chain that did not pass, kept with the connection: OpenSSL itself
// forgets a peer that it refused.
void release_refusal(void*, void* refusal, CRYPTO_EX_DATA*, int, long, void*) {
  delete static_cast<CertificateRefusal*>(refusal);
}
int refusal_index() {
  static const int index = SSL_get_ex_new_index(0, nullptr, nullptr, nullptr, release_refusal);
  return index;
}

int note_refusal(int passed, X509_STORE_CTX* store) {
  if (passed == 1) return passed;
  auto* connection =
      static_cast<SSL*>(X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx()));
  if (connection == nullptr || SSL_get_ex_data(connection, refusal_index()) != nullptr)
    return passed;
  auto noted = std::make_unique<CertificateRefusal>();
  noted->reason = reason_name(X509_STORE_CTX_get_error(store));
  if (const X509* leaf = X509_STORE_CTX_get0_cert(store); leaf != nullptr) {
    noted->subject = name_text(X509_get_subject_name(leaf)).substr(0, max_claimed_subject);
  }
  if (SSL_set_ex_data(connection, refusal_index(), noted.get()) == 1) {
    static_cast<void>(noted.release());  // freed with the connection, by release_refusal
  }
  return passed;
}

// The refusal is what presented_certificate() goes by: what could not be noted is not gone on with.
int note_refusal_and_go_on(int passed, X509_STORE_CTX* store) {
  if (note_refusal(passed, store) == 1) return 1;
  const auto* connection = static_cast<const SSL*>(
      X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx()));
  const bool is_noted =
      connection != nullptr && SSL_get_ex_data(connection, refusal_index()) != nullptr;
  return is_noted ? 1 : 0;
}

// A client that offers protocols must offer ours (RFC 7301): a handshake that was meant for another
// protocol on another port ends here.
int choose_protocol(SSL*, const unsigned char** chosen, unsigned char* chosen_size,
                    const unsigned char* offered, unsigned int offered_size, void*) {
  static constexpr unsigned char ours[] = "\x08http/1.1";
  unsigned char* match = nullptr;
  if (SSL_select_next_proto(&match, chosen_size, ours, sizeof ours - 1, offered, offered_size) !=
      OPENSSL_NPN_NEGOTIATED) {
    return SSL_TLSEXT_ERR_ALERT_FATAL;
  }
  *chosen = match;
  return SSL_TLSEXT_ERR_OK;
}

// What both ends of a connection hold to.
void restrict_protocol(SSL_CTX* context) {
  SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
  SSL_CTX_set_cipher_list(context, tls12_ciphers);
  SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_NO_TICKET);
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
}

std::expected<void, TlsFailure> load_identity(SSL_CTX* context, const ServerFiles& files) {
  struct stat key_status {};
  if (::stat(files.key.c_str(), &key_status) != 0) {
    return failure(TlsProblem::unreadable, files.key,
                   fmt::format("the private key can not be read: {}", std::strerror(errno)));
  }
  if ((key_status.st_mode & S_IRWXO) != 0) {
    return failure(TlsProblem::exposed, files.key,
                   "everybody may use this private key; expected mode 0600 or 0640: chmod it, and "
                   "consider the key known to others");
  }
  if (SSL_CTX_use_certificate_chain_file(context, files.certificate.c_str()) != 1) {
    return failure(TlsProblem::unreadable, files.certificate,
                   "expected a PEM certificate: " + last_error());
  }
  SSL_CTX_set_default_passwd_cb(context, record::openssl::no_passphrase);
  if (SSL_CTX_use_PrivateKey_file(context, files.key.c_str(), SSL_FILETYPE_PEM) != 1) {
    const bool mismatch = ERR_GET_REASON(ERR_peek_last_error()) == X509_R_KEY_VALUES_MISMATCH;
    return failure(
        mismatch ? TlsProblem::mismatched : TlsProblem::unreadable, files.key,
        "expected the PEM private key of " + files.certificate.string() + ": " + last_error());
  }
  return {};
}

std::expected<void, TlsFailure> load_trust(SSL_CTX* context, const TlsFiles& files) {
  if (SSL_CTX_load_verify_file(context, files.authorities.c_str()) != 1) {
    return failure(TlsProblem::unreadable, files.authorities,
                   "expected PEM certificates of authorities: " + last_error());
  }
  // So that clients with several certificates know which to present.
  SSL_CTX_set_client_CA_list(context, SSL_load_client_CA_file(files.authorities.c_str()));
  return heed_revocations(SSL_CTX_get_cert_store(context), files.revocations);
}

const CertificateRefusal* noted_refusal(const SSL* connection) {
  return static_cast<const CertificateRefusal*>(SSL_get_ex_data(connection, refusal_index()));
}

}  // namespace

void ContextRelease::operator()(SSL_CTX* context) const {
  SSL_CTX_free(context);
}

std::expected<TlsContext, TlsFailure> make_open_server_context(const ServerFiles& files) {
  ERR_clear_error();
  TlsContext context(SSL_CTX_new(TLS_server_method()));
  if (!context) return failure(TlsProblem::unreadable, {}, "OpenSSL: " + last_error());
  restrict_protocol(context.get());
  SSL_CTX_set_options(context.get(), SSL_OP_CIPHER_SERVER_PREFERENCE);
  SSL_CTX_set_num_tickets(context.get(), 0);
  SSL_CTX_set_alpn_select_cb(context.get(), choose_protocol, nullptr);
  SLUICE_TRY(load_identity(context.get(), files));
  return context;
}

std::expected<TlsContext, TlsFailure> make_server_context(const TlsFiles& files) {
  TlsContext context = SLUICE_TRY(make_open_server_context({files.certificate, files.key}));
  SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT,
                     note_refusal);
  SLUICE_TRY(load_trust(context.get(), files));
  return context;
}

std::expected<TlsContext, TlsFailure> make_asking_server_context(const TlsFiles& files) {
  TlsContext context = SLUICE_TRY(make_open_server_context({files.certificate, files.key}));
  SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, note_refusal_and_go_on);
  SLUICE_TRY(load_trust(context.get(), files));
  return context;
}

std::expected<TlsContext, TlsFailure> make_client_context(const TlsFiles& files) {
  ERR_clear_error();
  TlsContext context(SSL_CTX_new(TLS_client_method()));
  if (!context) return failure(TlsProblem::unreadable, {}, "OpenSSL: " + last_error());
  restrict_protocol(context.get());
  static constexpr unsigned char http[] = "\x08http/1.1";
  SSL_CTX_set_alpn_protos(context.get(), http, sizeof http - 1);
  SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, note_refusal);
  SLUICE_TRY(load_identity(context.get(), {files.certificate, files.key}));
  SLUICE_TRY(load_trust(context.get(), files));
  return context;
}

bool expect_server(SSL* connection, const std::string& host) {
  X509_VERIFY_PARAM* const wanted = SSL_get0_param(connection);
  if (X509_VERIFY_PARAM_set1_ip_asc(wanted, host.c_str()) == 1) return true;
  ERR_clear_error();
  X509_VERIFY_PARAM_set_hostflags(wanted, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  return X509_VERIFY_PARAM_set1_host(wanted, host.data(), host.size()) == 1 &&
         // SSL_set_tlsext_host_name, without its old-style cast.
         SSL_ctrl(connection, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name,
                  const_cast<char*>(host.c_str())) == 1;
}

record::CertificateFacts certificate_of(const SSL_CTX* context) {
  return record::facts_of(SSL_CTX_get0_certificate(context));
}

PeerCertificate peer_certificate(const SSL* connection) {
  const X509* certificate = SSL_get0_peer_certificate(connection);
  return known_by(certificate);
}

PresentedCertificate presented_certificate(const SSL* connection) {
  const X509* certificate = SSL_get0_peer_certificate(connection);
  if (certificate == nullptr) return {};
  if (const auto* noted = noted_refusal(connection)) return {.refused = *noted};
  if (SSL_get_verify_result(connection) != X509_V_OK) {
    return {.refused = CertificateRefusal{"bad-certificate", {}}};
  }
  return {.good = known_by(certificate)};
}

CertificateRefusal refusal(const SSL* connection, unsigned long error) {
  if (const auto* noted = noted_refusal(connection)) return *noted;
  const bool none_presented = ERR_GET_REASON(error) == SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE;
  return {none_presented ? "none-presented" : "handshake", {}};
}

}  // namespace sluice::trust
