// Key, certificate, authorities, revocation lists: that they are there, belong together, hold now,
// and that whoever checks this node's signature by them finds it good.
#include <array>
#include <cerrno>
#include <chrono>
#include <system_error>
#include <utility>

#include <fmt/format.h>
#include <openssl/pem.h>
#include <sys/stat.h>

#include "doctor/checks.h"
#include "installation/installation.h"
#include "record/openssl_handle.h"
#include "record/signature.h"
#include "trust/expiry_vigil.h"
#include "trust/tls_context.h"

namespace sluice::doctor {
namespace {

constexpr const char* identity_group = "Identity";
// A list is carried to the nodes by hand.
constexpr std::chrono::days list_ends_soon{7};

bool lies_in_own_authority(const Surroundings& node, const std::filesystem::path& file) {
  return file.lexically_normal().parent_path() ==
         (node.configuration / "authority").lexically_normal();
}

std::string what_makes_certificate(const Surroundings& node) {
  const settings::Identity& identity = node.node.identity;
  const std::string request = node.node.name.str() + ".csr";
  if (lies_in_own_authority(node, identity.authorities)) {
    return node.sluice(
        fmt::format("pki issue {} --out {}", request, identity.certificate.string()));
  }
  return fmt::format(
      "have {} certified (at the center: `sluice pki issue {}`), and put what comes "
      "back there",
      request, request);
}

struct IdentityFile {
  const char* called;
  std::filesystem::path file;
  std::string remedy;  // where it is not there
};

std::vector<IdentityFile> identity_files(const Surroundings& node) {
  const settings::Identity& identity = node.node.identity;
  const bool is_own = lies_in_own_authority(node, identity.authorities);
  std::vector<IdentityFile> files{
      {"the authorities", identity.authorities,
       is_own
           ? node.sluice("pki init")
           : "put the center's authority/ca.pem there; it is no secret, but must be the center's"}};
  if (!identity.revocations.empty()) {
    files.push_back({"the revocation lists", identity.revocations,
                     is_own ? node.sluice("pki crl") : "put the center's authority/crl.pem there"});
  }
  files.push_back({"the key", identity.key,
                   node.sluice(fmt::format("pki request > {}.csr", node.node.name.str())) +
                       " makes it, and the request for its certificate"});
  files.push_back({"the certificate", identity.certificate, what_makes_certificate(node)});
  return files;
}

Findings look_for_files(const Surroundings& node) {
  Findings findings;
  std::size_t there = 0;
  for (const IdentityFile& each : identity_files(node)) {
    struct stat status {};
    if (::stat(each.file.c_str(), &status) == 0) {
      ++there;
      continue;
    }
    const int error = errno;
    findings.push_back(
        error == ENOENT || error == ENOTDIR
            ? wrong(each.file.string(), fmt::format("{}: not there yet", each.called), each.remedy)
            : wrong(each.file.string(),
                    fmt::format("{}: this user may not look ({})", each.called,
                                std::generic_category().message(error)),
                    "say it as root, or as the service's user"));
  }
  if (findings.empty()) {
    findings.push_back(
        ok(node.node.identity.certificate.parent_path().string(),
           fmt::format("key, certificate and authorities are there ({} files)", there)));
  }
  return findings;
}

Finding of_expiry(const Surroundings& node, const std::filesystem::path& file,
                  const record::CertificateFacts& facts, const std::string& renew) {
  const record::Time now = node.clock();
  if (now < facts.not_before) {
    return wrong(file.string(),
                 fmt::format("it holds from {} on, and this machine's clock says {}",
                             record::to_string(facts.not_before), record::to_string(now)),
                 "set the clock, or have it certified anew");
  }
  if (now > facts.not_after) {
    return wrong(
        file.string(),
        fmt::format("{} has ended on {}", facts.subject, record::to_string(facts.not_after)),
        renew);
  }
  const auto left = std::chrono::floor<std::chrono::days>(facts.not_after - now).count();
  const std::string holds = fmt::format("{}, until {} ({} days)", facts.subject,
                                        record::to_string(facts.not_after).substr(0, 10), left);
  if (facts.not_after - now <= trust::ExpiryVigil::soon) {
    return warning(file.string(), holds, renew);
  }
  return ok(file.string(), holds);
}

std::string how_to_renew(const Surroundings& node) {
  return fmt::format("{} and {}",
                     node.sluice(fmt::format("pki request > {}.csr", node.node.name.str())),
                     what_makes_certificate(node));
}

Findings look_at_certificate(const Surroundings& node) {
  const settings::Identity& identity = node.node.identity;
  const auto signer = record::Signer::load(identity.certificate, identity.key);
  if (!signer) {
    return {wrong(signer.error().place, signer.error().sentence, how_to_renew(node))};
  }
  Findings findings{
      of_expiry(node, identity.certificate, signer->certificate(), how_to_renew(node))};
  if (!identity.subject.empty() && identity.subject != signer->subject()) {
    findings.push_back(wrong(
        identity.certificate.string(),
        fmt::format("it is the certificate of `{}`, and `identity.subject` is `{}`: others do not "
                    "know this node by it",
                    signer->subject(), identity.subject),
        fmt::format("have one made of the right subject: {}; or correct `identity.subject`",
                    how_to_renew(node))));
  }
  return findings;
}

// As others do it: by a signature.
Findings look_at_chain(const Surroundings& node) {
  const settings::Identity& identity = node.node.identity;
  constexpr std::string_view probe = "sluice doctor";
  const auto credentials = installation::load_credentials(identity);
  if (!credentials) {
    return {wrong(credentials.error().place, credentials.error().sentence,
                  "put the right file there: docs/pki.md")};
  }
  const record::Time now = node.clock();
  const auto verified = credentials->verifier.verify(probe, credentials->signer.sign(probe),
                                                     record::Judgement::of_arrival(now, now));
  if (!verified) {
    using enum record::SignatureProblem;
    const bool is_list =
        verified.error().code == unlisted || verified.error().code == outdated_list;
    return {wrong(
        (is_list ? identity.revocations : identity.authorities).string(),
        fmt::format("nobody would believe this node's signatures by it: {}",
                    verified.error().sentence),
        is_list
            ? (lies_in_own_authority(node, identity.revocations)
                   ? node.sluice("pki crl")
                   : "at the center `sluice pki crl`, and bring its authority/crl.pem here")
            : "compare it with the center's: `openssl x509 -noout -fingerprint -sha256 -in FILE` "
              "on both machines")};
  }
  return {ok(identity.authorities.string(),
             fmt::format("this node's signatures are good by it; it is of {}", verified->issuer))};
}

struct RevocationList {
  std::string issuer;
  record::Time made{};
  record::Time next{};
};

std::vector<RevocationList> lists_in(const std::filesystem::path& file) {
  using Crl = std::unique_ptr<X509_CRL, record::openssl::Free<X509_CRL_free>>;
  std::vector<RevocationList> lists;
  const record::openssl::Bio bio(BIO_new_file(file.c_str(), "r"));
  while (bio) {
    const Crl list(PEM_read_bio_X509_CRL(bio.get(), nullptr, nullptr, nullptr));
    if (!list) break;
    lists.push_back({record::openssl::name_text(X509_CRL_get_issuer(list.get())),
                     record::openssl::time_of(X509_CRL_get0_lastUpdate(list.get())),
                     record::openssl::time_of(X509_CRL_get0_nextUpdate(list.get()))});
  }
  static_cast<void>(record::openssl::last_error());  // the end of a file is one, too
  return lists;
}

Findings look_at_lists(const Surroundings& node) {
  const std::filesystem::path& file = node.node.identity.revocations;
  const std::string renew =
      lies_in_own_authority(node, file)
          ? node.sluice("pki crl") + ", and bring it to every node"
          : "at the center `sluice pki crl`, and bring its authority/crl.pem here";
  const record::Time now = node.clock();
  Findings findings;
  for (const RevocationList& list : lists_in(file)) {
    const std::string told = fmt::format("the list of {}: of {}, in force until {}", list.issuer,
                                         record::to_string(list.made).substr(0, 10),
                                         record::to_string(list.next).substr(0, 10));
    if (now > list.next) {
      findings.push_back(
          wrong(file.string(), told + "; it is out of date, so nobody is let in", renew));
    } else if (list.made > now) {
      findings.push_back(wrong(file.string(), told + ", and this machine's clock is before that",
                               "set the clock"));
    } else if (list.next - now <= list_ends_soon) {
      findings.push_back(warning(file.string(), told, renew));
    } else {
      findings.push_back(ok(file.string(), told));
    }
  }
  if (findings.empty()) {
    findings.push_back(wrong(file.string(), "there is no PEM revocation list in it", renew));
  }
  return findings;
}

Findings look_at_pages(const Surroundings& node) {
  const settings::Pages& pages = *node.node.pages;
  const auto context = trust::make_open_server_context({pages.certificate, pages.key});
  if (!context) {
    return {
        wrong(context.error().place, context.error().sentence,
              "`pages.certificate` and `pages.key` of node.yaml name them: docs/configuration.md")};
  }
  return {of_expiry(node, pages.certificate, trust::certificate_of(context->get()),
                    "have it renewed by those whom browsers trust")};
}

}  // namespace

std::vector<Check> identity_checks(const Shared& node) {
  const settings::Identity& identity = node->node.identity;
  const auto of = [&](const char* name, const std::filesystem::path& about,
                      std::vector<std::string> needs, Findings (*look)(const Surroundings&)) {
    return Check{.name = name,
                 .group = identity_group,
                 .about = about.string(),
                 .needs = std::move(needs),
                 .look = [node, look] { return look(*node); }};
  };
  std::vector<Check> checks{
      of("identity-files", identity.certificate.parent_path(), {}, look_for_files),
      of("certificate", identity.certificate, {"identity-files"}, look_at_certificate),
      of("chain", identity.authorities, {"identity-files", "certificate"}, look_at_chain)};
  if (!identity.revocations.empty()) {
    checks.push_back(
        of("revocation-lists", identity.revocations, {"identity-files"}, look_at_lists));
  }
  if (node->node.pages) {
    checks.push_back(of("pages-certificate", node->node.pages->certificate, {}, look_at_pages));
  }
  return checks;
}

}  // namespace sluice::doctor
