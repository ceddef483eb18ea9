#include "pki/certificate_request.h"

#include <algorithm>
#include <array>

#include <arpa/inet.h>
#include <fmt/format.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "pki/subject_name.h"
#include "pki/written.h"
#include "record/try.h"

namespace sluice::pki {
namespace {

namespace openssl = record::openssl;

using Request = std::unique_ptr<X509_REQ, openssl::Free<X509_REQ_free>>;
using Extension = std::unique_ptr<X509_EXTENSION, openssl::Free<X509_EXTENSION_free>>;
using Extensions = std::unique_ptr<STACK_OF(X509_EXTENSION),
                                   openssl::Free<[](STACK_OF(X509_EXTENSION) * extensions) {
                                     sk_X509_EXTENSION_pop_free(extensions, X509_EXTENSION_free);
                                   }>>;
using Names = std::unique_ptr<GENERAL_NAMES, openssl::Free<GENERAL_NAMES_free>>;

std::unexpected<PkiFailure> refused(const std::string& place, std::string sentence) {
  return std::unexpected(PkiFailure{PkiProblem::refused, place, std::move(sentence)});
}

bool is_ip_address(const std::string& host) {
  std::array<unsigned char, sizeof(in6_addr)> binary{};
  return ::inet_pton(AF_INET, host.c_str(), binary.data()) == 1 ||
         ::inet_pton(AF_INET6, host.c_str(), binary.data()) == 1;
}

bool is_dns_name(const std::string& host) {
  constexpr std::size_t longest = 253;
  const auto fits = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '.';
  };
  return !host.empty() && host.size() <= longest && std::ranges::all_of(host, fits);
}

Result<void> ask_for(X509_REQ* request, const std::vector<std::string>& hosts) {
  if (hosts.empty()) return {};
  const std::string names = SLUICE_TRY(alternative_names(hosts));
  Extension extension(X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, names.c_str()));
  const Extensions extensions(sk_X509_EXTENSION_new_null());
  if (!extension || sk_X509_EXTENSION_push(extensions.get(), extension.get()) == 0) throw_openssl();
  static_cast<void>(extension.release());  // the stack's
  if (X509_REQ_add_extensions(request, extensions.get()) != 1) throw_openssl();
  return {};
}

// Empty: it is neither a DNS name nor an IP address.
std::string host_of(const GENERAL_NAME* name) {
  const ASN1_STRING* text = nullptr;
  if (name->type == GEN_DNS) text = name->d.dNSName;
  if (name->type == GEN_IPADD) text = name->d.iPAddress;
  if (text == nullptr) return {};
  const unsigned char* bytes = ASN1_STRING_get0_data(text);
  const auto size = static_cast<std::size_t>(ASN1_STRING_length(text));
  if (name->type == GEN_DNS) {
    std::string host(reinterpret_cast<const char*>(bytes), size);
    return is_dns_name(host) ? host : std::string();
  }
  std::array<char, INET6_ADDRSTRLEN> written{};
  if (size != sizeof(in_addr) && size != sizeof(in6_addr)) return {};
  const int family = size == sizeof(in_addr) ? AF_INET : AF_INET6;
  return ::inet_ntop(family, bytes, written.data(), written.size()) == nullptr ? ""
                                                                               : written.data();
}

Result<std::vector<std::string>> hosts_of(X509_REQ* request, const std::string& place) {
  std::vector<std::string> hosts;
  const Extensions extensions(X509_REQ_get_extensions(request));
  const Names names(static_cast<GENERAL_NAMES*>(
      extensions ? X509V3_get_d2i(extensions.get(), NID_subject_alt_name, nullptr, nullptr)
                 : nullptr));
  for (int i = 0; names && i < sk_GENERAL_NAME_num(names.get()); ++i) {
    std::string host = host_of(sk_GENERAL_NAME_value(names.get(), i));
    if (host.empty()) {
      return refused(place,
                     "it asks for a name that is neither a DNS name nor an IP address; "
                     "expected none but these");
    }
    hosts.push_back(std::move(host));
  }
  return hosts;
}

}  // namespace

Result<std::string> alternative_names(const std::vector<std::string>& hosts) {
  std::string names;
  for (const std::string& host : hosts) {
    const bool is_address = is_ip_address(host);
    if (!is_address && !is_dns_name(host)) {
      return refused(host, "expected a host's DNS name or IP address, without a port");
    }
    names += fmt::format("{}{}:{}", names.empty() ? "" : ",", is_address ? "IP" : "DNS", host);
  }
  return names;
}

Result<std::string> make_request(EVP_PKEY* key, const std::string& subject,
                                 const std::vector<std::string>& hosts) {
  const SubjectName name = SLUICE_TRY(parse_subject(subject, {}));
  const Request request(X509_REQ_new());
  if (!request || X509_REQ_set_version(request.get(), X509_REQ_VERSION_1) != 1 ||
      X509_REQ_set_subject_name(request.get(), name.get()) != 1 ||
      X509_REQ_set_pubkey(request.get(), key) != 1) {
    throw_openssl();
  }
  SLUICE_TRY(ask_for(request.get(), hosts));
  if (X509_REQ_sign(request.get(), key, EVP_sha256()) <= 0) throw_openssl();
  return pem_of([&](BIO* out) { return PEM_write_bio_X509_REQ(out, request.get()); });
}

Result<CertificateRequest> read_request(std::string_view pem, const std::string& place) {
  const openssl::Bio in(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  const Request request(in ? PEM_read_bio_X509_REQ(in.get(), nullptr, nullptr, nullptr) : nullptr);
  if (!request) {
    return std::unexpected(PkiFailure{
        PkiProblem::unreadable, place,
        fmt::format("expected a PEM certificate request (BEGIN CERTIFICATE REQUEST), as `sluice "
                    "pki request` prints one; OpenSSL says: {}",
                    openssl::last_error())});
  }
  openssl::PrivateKey key(X509_REQ_get_pubkey(request.get()));
  if (!key || X509_REQ_verify(request.get(), key.get()) != 1) {
    static_cast<void>(openssl::last_error());
    return refused(place,
                   "its signature is not by the key that it has: whoever made it does not "
                   "hold that key, or it was changed on the way; have it made and sent again");
  }
  auto hosts = SLUICE_TRY(hosts_of(request.get(), place));
  return CertificateRequest{openssl::name_text(X509_REQ_get_subject_name(request.get())),
                            std::move(hosts), std::move(key)};
}

}  // namespace sluice::pki
