// All checks of a node, in the order in which an operator reads them: what others need stands
// first. Which there are follows from its configuration; where that can not be read at all, one
// says so.
#pragma once

#include <filesystem>
#include <functional>
#include <string_view>
#include <vector>

#include "doctor/check.h"
#include "doctor/surroundings.h"

namespace sluice::doctor {

// `surroundings` as far as it does not come from the configuration, which is read here; `program`
// is started for each bureau's database.
[[nodiscard]] std::vector<Check> checks_of(Surroundings surroundings);

// The name of a file by which the disk of the state is tried begins so, where it needs a name: it
// is none of the node's.
inline constexpr std::string_view probe_name = "doctor-";

// One family each; each header's names are told to machines.
[[nodiscard]] std::vector<Check> identity_checks(const Shared& node);
[[nodiscard]] std::vector<Check> file_checks(const Shared& node);
[[nodiscard]] std::vector<Check> disk_checks(const Shared& node);
[[nodiscard]] std::vector<Check> state_checks(const Shared& node);
[[nodiscard]] std::vector<Check> daemon_checks(const Shared& node);
[[nodiscard]] std::vector<Check> store_checks(const Shared& node);
[[nodiscard]] std::vector<Check> center_checks(const Shared& node);
[[nodiscard]] std::vector<Check> database_checks(const Shared& node);

}  // namespace sluice::doctor
