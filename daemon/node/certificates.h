// What a node shows to others, signs with and believes, kept current while it works: the one place
// that puts renewed certificates, keys and revocation lists into use.
#pragma once

#include <expected>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>

#include "installation/paths.h"
#include "link/https/uplink_identity.h"
#include "observe/log.h"
#include "observe/metrics.h"
#include "record/keyring.h"
#include "server/http_server.h"
#include "settings/settings.h"
#include "trust/expiry_vigil.h"
#include "trust/renewal.h"
#include "trust/tls_context.h"

namespace sluice::node {

class Certificates {
 public:
  // Which files. What is referred to must outlive it.
  struct Surroundings {
    settings::Identity identity;
    std::optional<settings::Pages> pages;
    installation::Paths paths;
    record::Keyring& keyring;
    observe::Log& log;
    observe::Metrics& metrics;
    std::function<record::Time()> clock;
  };
  explicit Certificates(Surroundings surroundings);

  // What is made of the files now, for who begins to serve or to call.
  [[nodiscard]] std::expected<trust::TlsContext, trust::TlsFailure> for_bureaus();
  [[nodiscard]] std::expected<trust::TlsContext, trust::TlsFailure> for_people();
  [[nodiscard]] trust::TlsFiles uplink_files() const;

  // Who is given the renewed ones from now on; they must outlive this, or nothing may be called.
  struct Users {
    server::HttpServer* api = nullptr;
    server::HttpServer* pages = nullptr;
    link::UplinkIdentity* uplink = nullptr;
  };
  void keep_current(const Users& users) { users_ = users; }

  // One thread may call these two, the users' own. The first: every quarter of a minute.
  void look();
  void renew_changed();

  // Those in use: the identity's by its subject, and `pages`. Any thread.
  [[nodiscard]] std::map<std::string, record::CertificateFacts> in_use() const;
  // Of the node's certificates the one that expires first. Any thread.
  [[nodiscard]] std::optional<record::Time> first_expiry() const;
  // Why this node signs nothing now, and so takes nothing; nothing: it does. Any thread.
  [[nodiscard]] std::optional<std::string> why_not_signing() const;

 private:
  using Renewed = std::expected<record::CertificateFacts, trust::TlsFailure>;
  [[nodiscard]] std::vector<trust::Renewal::Kept> kept();
  [[nodiscard]] Renewed renew_identity();
  [[nodiscard]] Renewed renew_pages();
  // What goes by `name` in the metrics: from now on it is this one.
  void note(const std::string& name, const record::CertificateFacts& certificate);
  void keep_vigil();

  Surroundings surroundings_;
  Users users_;
  trust::Renewal renewal_;
  mutable std::mutex mutex_;
  std::map<std::string, record::CertificateFacts> in_use_;  // guarded by mutex_
  std::map<std::string, trust::ExpiryVigil> vigils_;
};

}  // namespace sluice::node
