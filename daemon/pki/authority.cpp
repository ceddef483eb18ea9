#include "pki/authority.h"

#include <algorithm>

#include <fcntl.h>
#include <fmt/format.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <sys/file.h>

#include "files/file_descriptor.h"
#include "pki/certificate.h"
#include "pki/private_key.h"
#include "pki/revocation_list.h"
#include "pki/written.h"
#include "record/certificate_facts.h"
#include "record/signature_demands.h"
#include "record/try.h"

namespace sluice::pki {
namespace {

namespace openssl = record::openssl;

constexpr mode_t folder_mode = 0750;
constexpr mode_t file_mode = 0640;
// Of what is carried to every node: no secret, and a copy has its mode.
constexpr mode_t carried_mode = 0644;
constexpr mode_t key_mode = 0600;  // the daemon has no business with the authority's key

std::unexpected<PkiFailure> refused_request(const std::string& subject, std::string sentence) {
  return std::unexpected(PkiFailure{PkiProblem::refused, subject, std::move(sentence)});
}

openssl::Certificate read_certificate(const std::filesystem::path& file) {
  const openssl::Bio in(BIO_new_file(file.c_str(), "r"));
  openssl::Certificate certificate(in ? PEM_read_bio_X509(in.get(), nullptr, nullptr, nullptr)
                                      : nullptr);
  if (!certificate) ERR_clear_error();
  return certificate;
}

// The authority's own.
openssl::Certificate self_signed(EVP_PKEY* key, const X509_NAME* subject, const Period& period) {
  auto certificate = blank_certificate(subject, key, period);
  X509* const own = certificate.get();
  if (X509_set_issuer_name(own, subject) != 1) throw_openssl();
  add_extension(own, own, NID_basic_constraints, "critical,CA:TRUE,pathlen:0");
  add_extension(own, own, NID_key_usage, "critical,keyCertSign,cRLSign");
  add_extension(own, own, NID_subject_key_identifier, "hash");
  sign_certificate(own, key);
  return certificate;
}

// CMS signatures are looked at as those of S/MIME: hence emailProtection.
const char* usage_of(Purpose purpose) {
  return purpose == Purpose::node ? "serverAuth,clientAuth,emailProtection" : "clientAuth";
}

// One at a time changes what was taken back.
files::FileDescriptor turn_in(const std::filesystem::path& directory) {
  files::FileDescriptor folder(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (folder) ::flock(folder.get(), LOCK_EX);
  return folder;
}

// Whether what was signed before stays good.
bool spares_what_was_signed(std::string_view reason) {
  return std::ranges::find(std::begin(revocation_reasons), std::begin(revocation_reasons) + 3,
                           reason) != std::begin(revocation_reasons) + 3;
}

// One that is noted already may get a worse reason, and keeps its moment; a milder one would make
// good again what was refused.
Result<void> note(std::vector<Revoked>& revoked, Revoked one) {
  const auto known = std::ranges::find(revoked, one.serial, &Revoked::serial);
  if (known == revoked.end()) {
    revoked.push_back(std::move(one));
  } else if (spares_what_was_signed(known->reason) && !spares_what_was_signed(one.reason)) {
    known->reason = std::move(one.reason);
  } else if (known->reason != one.reason) {
    return std::unexpected(PkiFailure{
        PkiProblem::refused, one.serial,
        fmt::format("it was revoked at {} already ({}), and {} would change nothing for the worse",
                    record::to_string(known->at), known->reason, one.reason)});
  }
  return {};
}

}  // namespace

Result<Authority> Authority::found(const std::filesystem::path& directory,
                                   const std::string& subject, std::optional<gid_t> readers,
                                   const Lifetimes& lifetimes, record::Time now) {
  const SubjectName name = SLUICE_TRY(parse_subject(subject, {}));
  auto key = new_key();
  auto certificate = self_signed(key.get(), name.get(), period_from(now, lifetimes.authority));
  SLUICE_TRY(written(directory, files::create_folder(directory, {folder_mode, readers})));
  Authority authority(directory, readers, std::move(key), std::move(certificate));
  if (auto begun = authority.write_beginning(lifetimes, now); !begun) {
    std::error_code ignored;  // why it could not be begun is what is told
    std::filesystem::remove_all(directory, ignored);
    return std::unexpected(std::move(begun.error()));
  }
  return authority;
}

Result<void> Authority::write_beginning(const Lifetimes& lifetimes, record::Time now) const {
  const std::filesystem::path issued = directory_ / "issued";
  SLUICE_TRY(written(issued, files::create_folder(issued, {folder_mode, readers_})));
  SLUICE_TRY(write_key(directory_ / "ca.key", key_.get(), {key_mode}));
  SLUICE_TRY(written(certificate_file(),
                     files::create_file(certificate_file(), certificate_pem(certificate_.get()),
                                        {carried_mode, readers_})));
  SLUICE_TRY(
      written(revoked_file(), files::create_file(revoked_file(), "", {file_mode, readers_})));
  SLUICE_TRY(write_list(lifetimes.list, now));
  return {};
}

Result<Authority> Authority::open(const std::filesystem::path& directory,
                                  std::optional<gid_t> readers) {
  std::error_code error;
  if (!std::filesystem::exists(directory / "ca.pem", error)) {
    return std::unexpected(PkiFailure{
        PkiProblem::unreadable, directory.string(),
        error ? fmt::format("can not be looked into: {}", error.message())
              : "there is no authority here: at the center `sluice pki init` makes one"});
  }
  auto key = SLUICE_TRY(read_key(directory / "ca.key"));
  auto certificate = read_certificate(directory / "ca.pem");
  if (!certificate || X509_check_private_key(certificate.get(), key.get()) != 1) {
    ERR_clear_error();
    return std::unexpected(PkiFailure{PkiProblem::unreadable, (directory / "ca.pem").string(),
                                      "expected the PEM certificate of the key in ca.key"});
  }
  return Authority(directory, readers, std::move(key), std::move(certificate));
}

Result<Certified> Authority::certify(const CertificateRequest& request, Purpose purpose,
                                     const std::vector<std::string>& hosts,
                                     std::chrono::days lifetime, record::Time now) const {
  const record::CertificateFacts own = record::facts_of(certificate_.get());
  Period period = period_from(now, lifetime);
  period.from = std::max(period.from, own.not_before);
  if (period.until > own.not_after) {
    return refused_request(
        request.subject,
        fmt::format("its certificate would hold until {}, and this authority's own ends at {}: "
                    "give it fewer --days",
                    record::to_string(period.until), record::to_string(own.not_after)));
  }
  const SubjectName name = SLUICE_TRY(parse_subject(request.subject, {}));
  const auto certificate = blank_certificate(name.get(), request.key.get(), period);
  X509* const made = certificate.get();
  X509* const issuer = certificate_.get();
  if (X509_set_issuer_name(made, X509_get_subject_name(issuer)) != 1) throw_openssl();
  add_extension(made, issuer, NID_basic_constraints, "critical,CA:FALSE");
  add_extension(made, issuer, NID_key_usage, "critical,digitalSignature");
  add_extension(made, issuer, NID_ext_key_usage, usage_of(purpose));
  if (!hosts.empty()) {
    add_extension(made, issuer, NID_subject_alt_name, SLUICE_TRY(alternative_names(hosts)));
  }
  add_extension(made, issuer, NID_subject_key_identifier, "hash");
  add_extension(made, issuer, NID_authority_key_identifier, "keyid:always");
  sign_certificate(made, key_.get());
  if (auto unfit = record::unfit_for_signing(made)) {
    return refused_request(request.subject, std::move(*unfit));
  }
  const record::CertificateFacts facts = record::facts_of(made);
  Certified certified{facts.subject, facts.serial, certificate_pem(made), facts.not_after};
  // Before it is out of our hands: what is not known here could not be taken back.
  const std::filesystem::path kept = issued_file(certified.serial);
  SLUICE_TRY(written(kept, files::create_file(kept, certified.certificate, {file_mode, readers_})));
  return certified;
}

Result<Certified> Authority::revoke(const std::string& serial, std::string_view reason,
                                    std::chrono::days list_lifetime, record::Time now) const {
  const bool is_number = std::ranges::all_of(
      serial, [](char c) { return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'F'); });
  const auto certificate = is_number ? read_certificate(issued_file(serial)) : nullptr;
  if (!certificate) {
    return std::unexpected(PkiFailure{
        PkiProblem::refused, serial,
        fmt::format("this authority has issued no certificate of this serial number; those that it "
                    "has are in {}",
                    (directory_ / "issued").string())});
  }
  const auto turn = turn_in(directory_);
  auto revoked = SLUICE_TRY(read_revoked(revoked_file()));
  SLUICE_TRY(note(revoked, {serial, now, std::string(reason)}));
  SLUICE_TRY(written(revoked_file(), files::replace_file(revoked_file(), to_lines(revoked),
                                                         {file_mode, readers_})));
  SLUICE_TRY(write_list(list_lifetime, now));
  const record::CertificateFacts facts = record::facts_of(certificate.get());
  return Certified{facts.subject, facts.serial, certificate_pem(certificate.get()),
                   facts.not_after};
}

std::string Authority::subject() const {
  return openssl::name_text(X509_get_subject_name(certificate_.get()));
}

Result<record::Time> Authority::renew_list(std::chrono::days lifetime, record::Time now) const {
  const auto turn = turn_in(directory_);
  return write_list(lifetime, now);
}

Result<record::Time> Authority::write_list(std::chrono::days lifetime, record::Time now) const {
  const auto revoked = SLUICE_TRY(read_revoked(revoked_file()));
  const Period period = period_from(now, lifetime);
  const std::string list = revocation_list(revoked, certificate_.get(), key_.get(), period);
  SLUICE_TRY(
      written(list_file(), files::replace_file(list_file(), list, {carried_mode, readers_})));
  return period.until;
}

Result<std::string> serial_of(const std::string& file_or_number) {
  std::error_code error;
  if (std::filesystem::exists(file_or_number, error)) {
    if (const auto certificate = read_certificate(file_or_number)) {
      return record::facts_of(certificate.get()).serial;
    }
    return std::unexpected(
        PkiFailure{PkiProblem::unreadable, file_or_number, "expected a PEM certificate"});
  }
  std::string serial;
  for (const char c : file_or_number) {
    if (c == ':') continue;
    serial.push_back(c >= 'a' && c <= 'f' ? static_cast<char>(c - 'a' + 'A') : c);
  }
  return serial;
}

}  // namespace sluice::pki
