// The form that an event has for systemd's journal: a field a key, by the native protocol of
// systemd (https://systemd.io/JOURNAL_NATIVE_PROTOCOL/).
#pragma once

#include <string>
#include <string_view>

#include "observe/log_entry.h"

namespace sluice::observe {

// MESSAGE is the line; of each key, SLUICE_ and its name in capitals has the value, byte for byte
// and uncut.
[[nodiscard]] std::string journald_message(std::string_view program, const LogEntry& entry);

// MESSAGE_ID: 32 hexadecimal digits that stand for an event of this name in every version;
// `journalctl -x` finds what it means by them.
[[nodiscard]] std::string journald_message_id(std::string_view event);

}  // namespace sluice::observe
