#include "trust/policy.h"

#include <algorithm>
#include <initializer_list>

namespace sluice::trust {
namespace {

using people::Role;

// Whoever runs the node mends what it refuses, and has to see it. Who decides about its security,
// and who looks at what both did, see that it works, and no record.
bool is_granted(PersonalRight right, Role role) {
  const auto one_of = [role](std::initializer_list<Role> roles) {
    return std::ranges::find(roles, role) != roles.end();
  };
  switch (right) {
    case PersonalRight::see_streams:
      return true;
    case PersonalRight::see_runs:
      return one_of({Role::supervisor, Role::administrator, Role::security_officer, Role::auditor});
    case PersonalRight::steer_runs:
      return role == Role::administrator;
    case PersonalRight::handle_refused_rows:
      return one_of({Role::reviewer, Role::supervisor, Role::administrator});
    case PersonalRight::see_comparisons:
      return one_of({Role::supervisor, Role::administrator, Role::auditor});
    case PersonalRight::see_differing_keys:
      return one_of({Role::supervisor, Role::administrator});
    case PersonalRight::key_records:
      return role == Role::clerk;
    case PersonalRight::check_records:
      return role == Role::checker;
    case PersonalRight::review_records:
      return role == Role::reviewer;
    case PersonalRight::direct_work:
      return role == Role::supervisor;
  }
  return false;
}

}  // namespace

bool Policy::may_publish(const Caller& caller, const record::DatasetId& dataset,
                         record::Mode mode) const {
  const auto* bureau = std::get_if<record::BureauId>(&caller);
  return bureau != nullptr && publish_.contains({*bureau, dataset, mode});
}

bool Policy::may_carry(const Caller& caller, const record::BureauId& bureau) const {
  const auto* node = std::get_if<record::NodeId>(&caller);
  if (node == nullptr) return false;
  const auto granted = carry_.find(*node);
  return granted != carry_.end() && granted->second.contains(bureau);
}

bool Policy::may(const people::Assignment& person, PersonalRight right,
                 const record::BureauId& bureau) const {
  return std::ranges::any_of(person.roles, [&](Role role) {
    return is_granted(right, role) && (people::is_of_node(role) || person.bureau == bureau);
  });
}

bool Policy::may_operate(const Caller& caller) const {
  return std::holds_alternative<Operator>(caller);
}

}  // namespace sluice::trust
