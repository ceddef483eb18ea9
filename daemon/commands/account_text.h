// An account as `sluice user` shows it: never with what a password could be tried against.
#pragma once

#include <string>
#include <vector>

#include <boost/json.hpp>

#include "people/account.h"

namespace sluice::commands {

[[nodiscard]] boost::json::object to_json(const people::Account& account);
// The cells of one row: name, called, roles, bureau, state, password, changed.
[[nodiscard]] std::vector<std::string> to_row(const people::Account& account);
// "CN=王小明,O=Example (issued by CN=CA,O=Example)"
[[nodiscard]] std::string to_string(const people::CertificateName& certificate);

}  // namespace sluice::commands
