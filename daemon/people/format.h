// Which form of the tables is there. It is raised when tables come to it, and brought up by the
// first who needs them; reading works on every form that is named here.
#pragma once

namespace sluice::people {

constexpr int format_with_accounts = 1;
constexpr int format_with_sessions = 2;  // and the installation's secret
constexpr int format_with_certificates = 3;
constexpr int newest_format = format_with_certificates;

}  // namespace sluice::people
