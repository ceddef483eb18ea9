// What a person may be here. The node's three offices are held by three persons (三员分立): who
// runs the node, who decides about its security, and who looks at what both did.
#pragma once

#include <expected>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "record/failure.h"
#include "record/identifiers.h"

namespace sluice::people {

// In the order in which they are told and kept. The names are API.
enum class Role {
  clerk,       // keys records
  checker,     // keys the risky fields of another's record again
  reviewer,    // settles what the two keyed differently
  supervisor,  // hands out the work
  administrator,
  security_officer,
  auditor,
};

[[nodiscard]] std::string_view to_string(Role role);  // "security-officer"
[[nodiscard]] std::optional<Role> parse_role(std::string_view text);
[[nodiscard]] std::vector<std::string_view> role_names();  // of all
[[nodiscard]] std::vector<std::string_view> names_of(const std::set<Role>& roles);

// An office of the node; the others are roles of one bureau.
[[nodiscard]] bool is_of_node(Role role);

// What an account is for.
struct Assignment {
  std::set<Role> roles;
  std::optional<record::BureauId> bureau;  // of roles of a bureau
  friend bool operator==(const Assignment&, const Assignment&) = default;
};

// Whether one person may be all this; the flaw says what to do. `bureaus` are those that the
// configuration knows.
[[nodiscard]] std::expected<void, record::Flaw> check(const Assignment& assignment,
                                                      const std::set<record::BureauId>& bureaus);

}  // namespace sluice::people
