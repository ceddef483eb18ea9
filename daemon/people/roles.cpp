#include "people/roles.h"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace sluice::people {
namespace {

constexpr std::array<std::pair<Role, std::string_view>, 7> named = {{
    {Role::clerk, "clerk"},
    {Role::checker, "checker"},
    {Role::reviewer, "reviewer"},
    {Role::supervisor, "supervisor"},
    {Role::administrator, "administrator"},
    {Role::security_officer, "security-officer"},
    {Role::auditor, "auditor"},
}};

std::unexpected<record::Flaw> flawed(std::string sentence) {
  return std::unexpected(record::Flaw{std::move(sentence)});
}

std::expected<void, record::Flaw> check_bureau(const Assignment& assignment,
                                               const std::set<record::BureauId>& bureaus) {
  if (!assignment.bureau) {
    return flawed(fmt::format("{} is a role of one bureau: say of which (--bureau)",
                              to_string(*assignment.roles.begin())));
  }
  if (bureaus.contains(*assignment.bureau)) return {};
  std::vector<std::string> known;
  known.reserve(bureaus.size());
  for (const record::BureauId& bureau : bureaus)
    known.push_back(bureau.str());
  return flawed(fmt::format("there is no bureau {}; there are {}", assignment.bureau->str(),
                            fmt::join(known, ", ")));
}

}  // namespace

std::string_view to_string(Role role) {
  return std::ranges::find(named, role, &std::pair<Role, std::string_view>::first)->second;
}

std::optional<Role> parse_role(std::string_view text) {
  const auto* found = std::ranges::find(named, text, &std::pair<Role, std::string_view>::second);
  if (found == named.end()) return std::nullopt;
  return found->first;
}

std::vector<std::string_view> role_names() {
  std::vector<std::string_view> names;
  names.reserve(named.size());
  for (const auto& [role, name] : named)
    names.push_back(name);
  return names;
}

std::vector<std::string_view> names_of(const std::set<Role>& roles) {
  std::vector<std::string_view> names;
  names.reserve(roles.size());
  for (const Role role : roles)
    names.push_back(to_string(role));
  return names;
}

bool is_of_node(Role role) {
  return role >= Role::administrator;
}

std::expected<void, record::Flaw> check(const Assignment& assignment,
                                        const std::set<record::BureauId>& bureaus) {
  const std::set<Role>& roles = assignment.roles;
  if (roles.empty()) {
    return flawed(
        fmt::format("an account has at least one role: {}", fmt::join(role_names(), ", ")));
  }
  const auto offices = std::ranges::count_if(roles, is_of_node);
  if (offices == 0) return check_bureau(assignment, bureaus);
  if (offices > 1) {
    return flawed(
        "administrator, security-officer and auditor are never one person (三员分立): give each "
        "an account of its own, to three persons");
  }
  if (roles.size() > 1) {
    return flawed(fmt::format(
        "{} is a role of the node and does not go with roles of a bureau: choose the one or the "
        "others, or make an account for another person",
        to_string(*std::ranges::find_if(roles, is_of_node))));
  }
  if (assignment.bureau) {
    return flawed(fmt::format("{} is a role of the node and has no bureau: leave {} out",
                              to_string(*roles.begin()), assignment.bureau->str()));
  }
  return {};
}

}  // namespace sluice::people
