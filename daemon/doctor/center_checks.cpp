// The way to the center, address by address: that it answers, that its certificate is for the name
// by which it is called, as whom and for which bureaus it knows this node, and what its clock says.
#include <algorithm>
#include <set>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "doctor/checks.h"
#include "doctor/clock_skew.h"
#include "link/bandwidth.h"
#include "link/https/https_caller.h"
#include "link/https/uplink_identity.h"
#include "link/https/whoami_call.h"

namespace sluice::doctor {
namespace {

constexpr const char* center_group = "Center";
constexpr std::chrono::seconds patience{10};

std::string address_text(const link::Uplink::Address& address) {
  const bool is_v6 = address.host.find(':') != std::string::npos;
  return fmt::format(fmt::runtime(is_v6 ? "https://[{}]:{}" : "https://{}:{}"), address.host,
                     address.port);
}

// Whose batches begin on this node.
std::set<std::string> own_bureaus(const settings::Settings& settings) {
  std::set<std::string> bureaus;
  for (const auto& [id, bureau] : settings.bureaus) {
    if (!bureau.publishes.empty() && settings.carrier(id) == nullptr) bureaus.insert(id.str());
  }
  return bureaus;
}

Finding of_failure(const Surroundings& node, const link::Uplink::Address& address,
                   const link::LinkFailure& failure) {
  const std::string& sentence = failure.sentence;
  const auto mentions = [&](std::string_view words) {
    return sentence.find(words) != std::string::npos;
  };
  if (mentions("wrong-name")) {
    return wrong(
        address_text(address), sentence,
        fmt::format("its certificate is not for `{0}`: name one in `uplink.addresses` that it "
                    "is for, or have it certified anew at the center: `sluice pki issue "
                    "CENTER.csr --host {0}`",
                    address.host));
  }
  if (mentions("unknown-certificate")) {
    return wrong(
        address_text(address),
        "the center does not know this node: its certificate is good there, and stands in no "
        "configuration",
        fmt::format("at the center, in node.yaml: `nodes: [{{name: {}, certificate_subject: "
                    "\"{}\", bureaus: […]}}]`, then reload it",
                    node.node.name.str(),
                    node.node.identity.subject.empty() ? "SUBJECT" : node.node.identity.subject));
  }
  if (mentions("has no address")) {
    return wrong(address_text(address), sentence,
                 fmt::format("see what the name server says: `getent ahosts {}`; or correct "
                             "`uplink.addresses`",
                             address.host));
  }
  if (failure.code == link::LinkProblem::unavailable) {
    return wrong(
        address_text(address), sentence,
        fmt::format("see whether sluiced runs there, and whether the way is open: `nc -zv {} "
                    "{}`; nothing is lost meanwhile",
                    address.host, address.port));
  }
  return wrong(address_text(address), sentence, "docs/pki.md says how both sides know each other");
}

Findings of_recognition(const Surroundings& node, const std::string& place,
                        const link::Recognition& known) {
  if (known.kind != "node") {
    return {wrong(place,
                  fmt::format("{} takes this node for the bureau {}, which may not bring batches",
                              known.node, known.name),
                  "give the node a certificate of its own, and name it in `nodes` there")};
  }
  Findings findings{
      ok(place,
         fmt::format("node {} (version {}) knows this one as {}, for {}", known.node, known.version,
                     known.name,
                     known.bureaus.empty() ? "no bureau"
                                           : fmt::format("{}", fmt::join(known.bureaus, ", "))))};
  if (known.name != node.node.name.str()) {
    findings.push_back(
        warning(place,
                fmt::format("it is called {} there, and {} here (`node.name`): logs of "
                            "both sides name it differently",
                            known.name, node.node.name.str()),
                "let both be the same"));
  }
  if (!node.all) return findings;
  std::vector<std::string> missing;
  for (const std::string& bureau : own_bureaus(*node.all)) {
    if (std::ranges::find(known.bureaus, bureau) == known.bureaus.end()) missing.push_back(bureau);
  }
  if (!missing.empty()) {
    findings.push_back(wrong(
        place, fmt::format("it takes no batches of {} from this node", fmt::join(missing, ", ")),
        fmt::format("at the center, in node.yaml, add {} to `bureaus` of node {} in `nodes`",
                    fmt::join(missing, ", "), known.name)));
  }
  return findings;
}

Findings look_at_center(const Surroundings& node, const link::Uplink::Address& address) {
  const settings::Identity& files = node.node.identity;
  const auto identity = link::UplinkIdentity::load(
      {files.certificate, files.key, files.authorities, files.revocations});
  if (!identity) {
    return {wrong(identity.error().place, identity.error().sentence, "docs/pki.md")};
  }
  link::Uplink uplink = *node.node.uplink;
  uplink.addresses = {address};
  uplink.connect_timeout = std::min<std::chrono::milliseconds>(uplink.connect_timeout, patience);
  link::Bandwidth bandwidth(std::nullopt);
  link::HttpsCaller caller(uplink, **identity, bandwidth);
  // The clock is compared over a connection that stands: a handshake takes its time.
  const auto first = caller.call(link::recognition_question(), patience);
  if (!first) return {of_failure(node, address, first.error())};
  const record::Time asked = node.clock();
  auto reply = caller.call(link::recognition_question(), patience);
  const record::Time answered = node.clock();
  if (!reply) return {of_failure(node, address, reply.error())};
  const std::string place = address_text(address);
  const auto known = link::read_recognition(std::move(reply->answer), reply->place);
  if (!known) return {of_failure(node, address, known.error())};
  if (!*known) {
    return {ok(place, "it answers, and its name is right"),
            skipped(place, "it is of a version that does not say as whom it knows this node")};
  }
  Findings findings = of_recognition(node, place, **known);
  findings.push_back(judge_clock({asked, answered, (*known)->time}, "the center", place,
                                 node.node.clock_tolerance));
  return findings;
}

}  // namespace

std::vector<Check> center_checks(const Shared& node) {
  std::vector<Check> checks;
  if (!node->node.uplink) return checks;
  for (const link::Uplink::Address& address : node->node.uplink->addresses) {
    checks.push_back({.name = "center",
                      .group = center_group,
                      .about = address_text(address),
                      .needs = {"identity-files", "certificate"},
                      .limit = 4 * patience,
                      .look = [node, address] { return look_at_center(*node, address); }});
  }
  return checks;
}

}  // namespace sluice::doctor
