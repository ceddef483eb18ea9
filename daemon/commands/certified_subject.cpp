#include "commands/certified_subject.h"

#include <algorithm>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace sluice::commands {
namespace {

struct NamedSubject {
  record::SignerName name;
  CertifiedSubject holder;
};

std::vector<NamedSubject> named_subjects(const settings::Settings& settings) {
  std::vector<NamedSubject> named;
  const settings::Node& own = settings.node;
  if (!own.identity.subject.empty()) {
    named.push_back({{.subject = own.identity.subject},
                     {"this node, " + own.name.str(), pki::Purpose::node, true}});
  }
  for (const settings::CarryingNode& node : own.nodes) {
    for (const record::SignerName& name : node.signers.names())
      named.push_back({name, {"node " + node.name.str(), pki::Purpose::node, false}});
  }
  for (const auto& [id, bureau] : settings.bureaus) {
    for (const record::SignerName& name : bureau.signers.names())
      named.push_back({name, {"bureau " + id.str(), pki::Purpose::caller, false}});
  }
  return named;
}

}  // namespace

std::expected<CertifiedSubject, record::Flaw> find_subject(const settings::Settings& settings,
                                                           const std::string& subject,
                                                           const std::string& issuer,
                                                           record::Time now) {
  const std::vector<NamedSubject> named = named_subjects(settings);
  const auto found = std::ranges::find_if(named, [&](const NamedSubject& one) {
    return one.name.is_of(subject, issuer) && one.name.spoke_at(now);
  });
  if (found != named.end()) return found->holder;
  std::vector<std::string> expected;
  for (const NamedSubject& one : named)
    expected.push_back(fmt::format("`{}` ({})", one.name.subject, one.holder.who));
  return std::unexpected(record::Flaw{fmt::format(
      "found the subject `{}`, expected one that the configuration names, in the same order of its "
      "parts: {}; have the request made anew, or add its node or bureau to the configuration first",
      subject, expected.empty() ? "there is none" : fmt::format("{}", fmt::join(expected, ", ")))});
}

}  // namespace sluice::commands
