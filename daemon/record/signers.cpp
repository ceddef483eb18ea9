#include "record/signers.h"

#include <algorithm>
#include <iterator>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace sluice::record {
namespace {

std::string interval_of(const SignerName& name) {
  std::string text = name.subject;
  if (!name.issuer.empty()) text += fmt::format(" by {}", name.issuer);
  if (name.from) text += fmt::format(" from {}", to_string(*name.from));
  if (name.until) text += fmt::format(" until {}", to_string(*name.until));
  return text;
}

}  // namespace

Signers::Signers(std::initializer_list<std::string> subjects) {
  for (const std::string& subject : subjects)
    names_.push_back({.subject = subject});
}

std::optional<std::string> Signers::objection(const Signatory& signatory, Time at) const {
  const bool counted = std::ranges::any_of(names_, [&](const SignerName& name) {
    return name.is_of(signatory.subject, signatory.issuer) && name.spoke_at(at);
  });
  if (counted) return std::nullopt;
  std::vector<std::string> listed;
  std::ranges::transform(names_, std::back_inserter(listed), interval_of);
  return fmt::format("certified by {}, at {}; who may sign is {}", signatory.issuer, to_string(at),
                     listed.empty() ? "nobody" : fmt::format("{}", fmt::join(listed, ", or ")));
}

}  // namespace sluice::record
