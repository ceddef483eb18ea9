// A whole center with two bureaus, a third one that the node edge-1 brings it, and its pages, and
// browsers that ask for them: everything but the socket. Its clock stands where the test puts it.
#pragma once

#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include "adapters/disk/csv_parser.h"
#include "entry/running_drafts.h"
#include "installation/installation.h"
#include "node/desks.h"
#include "pages/cookie_names.h"
#include "pages/site.h"
#include "people/sign_in.h"
#include "support/audited_text.h"
#include "support/development_ca.h"
#include "support/no_target.h"
#include "support/temporary_directory.h"

namespace sluice::pages::test {

class Station : private adapters::disk::CsvParser {
 public:
  Station();
  ~Station() { site_->join(); }

  // All accounts have this password.
  static constexpr const char* password = "correct horse battery";
  people::Account add(const std::string& name, std::set<people::Role> roles,
                      const std::string& bureau = {}, bool must_change_password = false);
  // Of the dataset park-register.
  tasks::TaskId add_task();
  // One record to the bureau's clerks, as a delivery of its own. Those of one key are one record.
  tasks::TaskId deliver(const std::string& values, const std::string& key = {},
                        const std::string& bureau = "park");
  // A session of the account, as if it had signed in.
  std::string session_of(const people::Account& account);

  [[nodiscard]] server::Router& router() { return *router_; }
  [[nodiscard]] Site& site() { return *site_; }
  [[nodiscard]] people::People& people() { return *people_; }
  [[nodiscard]] installation::Installation& installation() { return *installation_; }
  [[nodiscard]] std::string audited() {
    denials_.reset();
    return sluice::test::audited_text(installation_->paths.audit_log());
  }

  // What reads sheets and quarantined rows; null: this process does.
  std::unique_ptr<adapters::disk::CsvParser> csv;
  bool are_people_away = false;  // before the first request
  bool is_store_away = false;    // for those who look records up
  record::Time now = record::parse_time("2026-11-29T02:00:00.000Z").value();

 private:
  [[nodiscard]] adapters::Result<adapters::disk::CsvTable> table(
      const adapters::disk::TableQuestion& question) const override {
    return csv ? csv->table(question) : adapters::disk::OwnCsvParser().table(question);
  }
  [[nodiscard]] adapters::Result<adapters::disk::CsvRow> row(
      const adapters::disk::RowQuestion& question) const override {
    return csv ? csv->row(question) : adapters::disk::OwnCsvParser().row(question);
  }
  [[nodiscard]] std::unique_ptr<installation::Installation> load();
  std::ofstream file(const std::string& name) {
    return std::ofstream(directory_ / ("config/" + name));
  }

  record::test::TemporaryDirectory directory_;
  sluice::test::DevelopmentCa authority_{directory_.path()};
  std::unique_ptr<installation::Installation> installation_ = load();
  trust::Policy policy_ = installation::policy_of(installation_->settings);
  trust::AuditLog audit_ =
      trust::AuditLog::open(installation_->paths.audit_log(), [this] { return now; }).value();
  std::unique_ptr<trust::Denials> denials_ =
      std::make_unique<trust::Denials>(audit_, [](const trust::AuditFailure&) {});
  observe::Log log_{observe::Log::Level::error, std::make_unique<sluice::test::NoTarget>()};
  observe::Metrics metrics_;
  std::unique_ptr<runs::Scheduler> scheduler_;
  std::unique_ptr<people::People> people_;
  entry::RunningDrafts running_drafts_;
  people::SignInAttempts sign_in_attempts_;
  node::Desks desks_;
  std::optional<Site> site_;
  std::optional<server::Router> router_;
  int deliveries_ = 0;
};

// Keeps cookies, follows no redirection by itself.
class Browser {
 public:
  explicit Browser(Station& station, std::string address = "192.0.2.1")
      : station_(station), peer_{.caller = trust::Visitor{address}, .address = address + ":1"} {}

  struct Answer {
    unsigned status = 0;
    std::string body;
    std::multimap<std::string, std::string> headers;
    [[nodiscard]] std::string header(const std::string& name) const {
      const auto found = headers.find(name);
      return found == headers.end() ? std::string() : found->second;
    }
  };
  Answer get(const std::string& target) { return ask(server::Method::get, target, {}); }
  // With the token of a form of ours, unless the form has one.
  Answer post(const std::string& target, std::string form);
  // The same with a file: `form` is "a=b&c=d", as it is.
  Answer post_file(const std::string& target, std::string_view form, std::string_view file);
  Answer ask(server::Method method, const std::string& target, const std::string& body);

  // On every connection from now on, where the pages ask for one.
  void present(trust::PresentedCertificate certificate) {
    peer_.presented = std::move(certificate);
  }

  std::map<std::string, std::string> cookies;
  std::map<std::string, std::string> headers;  // that it sends

  // The token of the first form on the page.
  [[nodiscard]] static std::string form_token(const std::string& page);

 private:
  Station& station_;
  server::Peer peer_;
};

}  // namespace sluice::pages::test
