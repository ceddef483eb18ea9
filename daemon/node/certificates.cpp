#include "node/certificates.h"

#include <algorithm>
#include <chrono>
#include <utility>
#include <vector>

#include "installation/installation.h"
#include "record/try.h"
#include "trust/certificate_check.h"

namespace sluice::node {
namespace {

constexpr const char* pages_subject = "pages";

trust::TlsFiles tls_files(const settings::Identity& identity) {
  return {identity.certificate, identity.key, identity.authorities, identity.revocations};
}

std::expected<trust::TlsContext, trust::TlsFailure> tls_for_people(const settings::Pages& pages) {
  if (pages.people_authorities.empty()) {
    return trust::make_open_server_context({pages.certificate, pages.key});
  }
  return trust::make_asking_server_context(
      {pages.certificate, pages.key, pages.people_authorities, pages.people_revocations});
}

// What a node signs and is known by goes together: all of it is read before any is put into use.
struct Identity {
  record::Credentials credentials;
  trust::TlsContext server;
  trust::TlsContext client;
};

std::expected<Identity, trust::TlsFailure> load_identity(const settings::Identity& files,
                                                         const installation::Paths& paths,
                                                         bool serves, bool calls) {
  auto credentials = installation::load_credentials(files, paths);
  if (!credentials) {
    return std::unexpected(trust::TlsFailure{
        trust::TlsProblem::unreadable, credentials.error().place, credentials.error().sentence});
  }
  Identity identity{std::move(*credentials), {}, {}};
  if (serves) identity.server = SLUICE_TRY(trust::make_server_context(tls_files(files)));
  if (calls) identity.client = SLUICE_TRY(trust::make_client_context(tls_files(files)));
  return identity;
}

}  // namespace

Certificates::Certificates(Surroundings surroundings)
    : surroundings_(std::move(surroundings)),
      renewal_(kept(), {.renewed =
                            [this](const std::string& name, const record::CertificateFacts& facts) {
                              surroundings_.log.write<"certificates-reloaded">(
                                  {{"of", name},
                                   {"subject", facts.subject},
                                   {"serial", facts.serial},
                                   {"ends", record::to_string(facts.not_after)}});
                            },
                        .failed =
                            [this](const std::string& name, const trust::TlsFailure& failure) {
                              surroundings_.log.write<"certificates-not-reloaded">(
                                  {{"of", name}, {"reason", record::to_string(failure)}});
                            }}) {
  const auto certificate = surroundings_.keyring.current()->signer.certificate();
  note(certificate.subject, certificate);
}

std::vector<trust::Renewal::Kept> Certificates::kept() {
  const settings::Identity& identity = surroundings_.identity;
  const auto files_of = [](std::initializer_list<std::filesystem::path> files) {
    std::vector<std::filesystem::path> named;
    std::ranges::copy_if(files, std::back_inserter(named),
                         [](const auto& file) { return !file.empty(); });
    return named;
  };
  std::vector<trust::Renewal::Kept> kept;
  kept.push_back(
      {"identity",
       files_of({identity.certificate, identity.key, identity.authorities, identity.revocations}),
       [this] { return renew_identity(); }});
  if (const auto& pages = surroundings_.pages) {
    kept.push_back({"pages",
                    files_of({pages->certificate, pages->key, pages->people_authorities,
                              pages->people_revocations}),
                    [this] { return renew_pages(); }});
  }
  return kept;
}

std::expected<trust::TlsContext, trust::TlsFailure> Certificates::for_bureaus() {
  return trust::make_server_context(tls_files(surroundings_.identity));
}

std::expected<trust::TlsContext, trust::TlsFailure> Certificates::for_people() {
  auto tls = SLUICE_TRY(tls_for_people(*surroundings_.pages));
  note(pages_subject, trust::certificate_of(tls.get()));
  return tls;
}

trust::TlsFiles Certificates::uplink_files() const {
  return tls_files(surroundings_.identity);
}

void Certificates::look() {
  renewal_.look(std::chrono::steady_clock::now());
  keep_vigil();
}

void Certificates::renew_changed() {
  renewal_.renew_changed(std::chrono::steady_clock::now());
  keep_vigil();
}

Certificates::Renewed Certificates::renew_identity() {
  Identity identity = SLUICE_TRY(load_identity(surroundings_.identity, surroundings_.paths,
                                               users_.api != nullptr, users_.uplink != nullptr));
  record::CertificateFacts facts = identity.credentials.signer.certificate();
  SLUICE_TRY(trust::check_successor(surroundings_.keyring.current()->signer.certificate(), facts,
                                    surroundings_.identity.certificate, surroundings_.clock()));
  surroundings_.keyring.replace(std::move(identity.credentials));
  if (users_.api != nullptr) users_.api->reload(std::move(identity.server));
  if (users_.uplink != nullptr) users_.uplink->replace(std::move(identity.client));
  note(facts.subject, facts);
  return facts;
}

Certificates::Renewed Certificates::renew_pages() {
  auto tls = SLUICE_TRY(tls_for_people(*surroundings_.pages));
  record::CertificateFacts facts = trust::certificate_of(tls.get());
  if (users_.pages != nullptr) users_.pages->reload(std::move(tls));
  note(pages_subject, facts);
  return facts;
}

void Certificates::note(const std::string& name, const record::CertificateFacts& certificate) {
  surroundings_.metrics.certificate_expiry_seconds(name).Set(static_cast<double>(
      std::chrono::floor<std::chrono::seconds>(certificate.not_after).time_since_epoch().count()));
  const std::lock_guard lock(mutex_);
  in_use_[name] = certificate;
}

void Certificates::keep_vigil() {
  using Word = trust::ExpiryVigil::Word;
  const record::Time now = surroundings_.clock();
  const auto why = why_not_signing();
  surroundings_.metrics.signing().Set(why ? 0 : 1);
  const std::lock_guard lock(mutex_);
  for (const auto& [name, certificate] : in_use_) {
    const bool signs = name != pages_subject;
    const Word word = vigils_[name].look(certificate, now);
    if (word == Word::does_not_hold && signs && why) {
      surroundings_.log.write<"signing-stopped">({{"reason", *why}});
    } else if (word == Word::holds_again && signs) {
      surroundings_.log.write<"signing-resumed">({{"subject", certificate.subject}});
    } else if (word == Word::ends_soon || word == Word::does_not_hold) {
      surroundings_.log.write<"certificate-ends-soon">(
          {{"of", signs ? "identity" : "pages"},
           {"subject", certificate.subject},
           {"ends", record::to_string(certificate.not_after)}});
    }
  }
}

std::optional<std::string> Certificates::why_not_signing() const {
  const auto credentials = surroundings_.keyring.current();
  return record::why_not_signing(credentials->signer.certificate(), surroundings_.clock());
}

std::map<std::string, record::CertificateFacts> Certificates::in_use() const {
  const std::lock_guard lock(mutex_);
  return in_use_;
}

std::optional<record::Time> Certificates::first_expiry() const {
  const std::lock_guard lock(mutex_);
  std::optional<record::Time> first;
  for (const auto& [name, certificate] : in_use_)
    first = std::min(first.value_or(certificate.not_after), certificate.not_after);
  return first;
}

}  // namespace sluice::node
