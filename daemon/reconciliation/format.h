// Which form of the tables the file of reports has (PRAGMA user_version). It is raised when
// something comes to it.
#pragma once

namespace sluice::reconciliation {

constexpr int newest_format = 1;

}  // namespace sluice::reconciliation
