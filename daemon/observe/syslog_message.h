// The form of RFC 5424 that an event has for syslog: its name as MSGID, its keys as structured
// data, and behind them the line as every other target has it.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>

#include "observe/log_entry.h"

namespace sluice::observe {

// Who tells it.
struct SyslogOrigin {
  std::string program;  // APP-NAME
  std::string host;     // HOSTNAME
  int process = 0;      // PROCID
  std::uint32_t enterprise_number = LogSettings::example_enterprise;
};

// A syslogd takes at least 2 KiB (6.1), rsyslog by default 8, and writes a time longer than we do:
// more would be cut by whoever reads.
inline constexpr std::size_t longest_syslog_message = 8000;

// Values are written as in the line, but for its quotes (append_harmless()), and then as 6.3.3
// asks: so nobody who reads them meets a control character, and every byte can be told. Values that
// do not fit are cut, which `cut="yes"` says. The line begins with the BOM of 6.4 where it is more
// than ASCII.
[[nodiscard]] std::string syslog_message(const SyslogOrigin& origin, const LogEntry& entry,
                                         std::chrono::system_clock::time_point at);

}  // namespace sluice::observe
