#include "record/signature_demands.h"

#include <array>

#include <fmt/format.h>
#include <openssl/objects.h>
#include <openssl/x509v3.h>

namespace sluice::record {
namespace {

constexpr int least_rsa_bits = 3072;

std::string curve_of(const EVP_PKEY* key) {
  std::array<char, 64> name{};
  std::size_t size = 0;
  if (EVP_PKEY_get_group_name(key, name.data(), name.size(), &size) != 1) return "";
  return {name.data(), size};
}

std::optional<std::string> too_weak_key(const EVP_PKEY* key) {
  std::string found = "no key that can be read";
  if (key != nullptr) {
    const int kind = EVP_PKEY_get_base_id(key);
    const int bits = EVP_PKEY_get_bits(key);
    if (kind == EVP_PKEY_EC) {
      const std::string curve = curve_of(key);
      const int nid = OBJ_sn2nid(curve.c_str());
      if (nid == NID_X9_62_prime256v1 || nid == NID_secp384r1) return std::nullopt;
      found = fmt::format("a key on the curve {}", curve.empty() ? "that it describes" : curve);
    } else if (kind == EVP_PKEY_RSA || kind == EVP_PKEY_RSA_PSS) {
      if (bits >= least_rsa_bits) return std::nullopt;
      found = fmt::format("an RSA key of {} bits", bits);
    } else {
      const char* const name = EVP_PKEY_get0_type_name(key);
      found = fmt::format("a key of the kind {}", name == nullptr ? "unknown" : name);
    }
  }
  return fmt::format(
      "its certificate has {}; wanted is one for ECDSA on P-256 or P-384, or RSA of "
      "at least {} bits",
      found, least_rsa_bits);
}

bool is_strong_digest(int nid) {
  switch (nid) {
    case NID_sha256:
    case NID_sha384:
    case NID_sha512:
    case NID_sha3_256:
    case NID_sha3_384:
    case NID_sha3_512:
      return true;
    default:
      return false;
  }
}

int nid_of(const X509_ALGOR* algorithm) {
  const ASN1_OBJECT* object = nullptr;
  X509_ALGOR_get0(&object, nullptr, nullptr, algorithm);
  return OBJ_obj2nid(object);
}

}  // namespace

std::optional<std::string> unfit_for_signing(X509* certificate) {
  // All usages where it names none.
  if ((X509_get_key_usage(certificate) & KU_DIGITAL_SIGNATURE) == 0) {
    return "its certificate's key usage has no digitalSignature, which is wanted of one that signs";
  }
  return too_weak_key(X509_get0_pubkey(certificate));
}

std::optional<std::string> too_weak_digest(CMS_SignerInfo* signer) {
  X509_ALGOR* digest = nullptr;
  X509_ALGOR* signature = nullptr;
  CMS_SignerInfo_get0_algs(signer, nullptr, nullptr, &digest, &signature);
  int weak = nid_of(digest);
  if (is_strong_digest(weak)) {
    // An algorithm such as ecdsa-with-SHA1 names another one.
    int within = NID_undef;
    if (OBJ_find_sigid_algs(nid_of(signature), &within, nullptr) != 1 || within == NID_undef ||
        is_strong_digest(within)) {
      return std::nullopt;
    }
    weak = within;
  }
  return fmt::format("it was made with the digest {}; wanted is SHA-256 or better",
                     weak == NID_undef ? "of an unknown name" : OBJ_nid2ln(weak));
}

}  // namespace sluice::record
