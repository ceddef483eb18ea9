#include "installation/identity_check.h"

#include <filesystem>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "installation/installation.h"
#include "record/certificate_facts.h"
#include "record/judgement.h"
#include "trust/tls_context.h"

namespace sluice::installation {
namespace {

void check_time(const std::filesystem::path& file, const record::CertificateFacts& facts,
                record::Time now, IdentityFindings& findings) {
  if (facts.holds(now)) return;
  const bool is_over = facts.not_after < now;
  findings.complaints.push_back(fmt::format(
      "{}: found the certificate of {}, which {} {}, expected one that holds now ({}): have it "
      "renewed, or set this machine's clock",
      file.string(), facts.subject, is_over ? "ended at" : "does not begin before",
      record::to_string(is_over ? facts.not_after : facts.not_before), record::to_string(now)));
}

// By the node's own authorities and lists: others are to have the same.
void check_own_word(const settings::Identity& identity, const record::Credentials& credentials,
                    record::Time now, IdentityFindings& findings) {
  constexpr std::string_view word = "the configuration is being checked";
  const auto believed = credentials.verifier.verify(word, credentials.signer.sign(word),
                                                    record::Judgement::of_arrival(now, now));
  if (believed) return;
  findings.warnings.push_back(
      fmt::format("{}: what is signed with it is not believed by this node's own `authorities` and "
                  "`revocations`, nor by nodes that have the same: {}",
                  identity.certificate.string(), record::to_string(believed.error())));
}

void check_connections(const settings::Node& node, IdentityFindings& findings) {
  const settings::Identity& identity = node.identity;
  const auto context = trust::make_client_context(
      {identity.certificate, identity.key, identity.authorities, identity.revocations});
  if (!context) findings.complaints.push_back(record::to_string(context.error()));
}

void check_pages(const settings::Pages& pages, record::Time now, IdentityFindings& findings) {
  const auto context = trust::make_open_server_context({pages.certificate, pages.key});
  if (!context) {
    findings.complaints.push_back(record::to_string(context.error()));
    return;
  }
  check_time(pages.certificate, trust::certificate_of(context->get()), now, findings);
}

}  // namespace

IdentityFindings check_identity(const settings::Node& node, record::Time now) {
  IdentityFindings findings;
  if (node.pages) check_pages(*node.pages, now, findings);
  if (!node.identity.missing.empty()) return findings;
  const auto credentials = load_credentials(node.identity);
  if (!credentials) {
    findings.complaints.push_back(record::to_string(credentials.error()));
    return findings;
  }
  check_connections(node, findings);
  const record::CertificateFacts& facts = credentials->signer.certificate();
  check_time(node.identity.certificate, facts, now, findings);
  if (facts.holds(now)) check_own_word(node.identity, *credentials, now, findings);
  return findings;
}

}  // namespace sluice::installation
