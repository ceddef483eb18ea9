// What an audit log holds, for tests that look for something in it.
#pragma once

#include <string>

#include "trust/audit_log.h"

namespace sluice::test {

[[nodiscard]] inline std::string audited_text(const std::filesystem::path& log) {
  std::string text;
  const auto read = trust::read_audit_log(log, [&](std::string_view line) {
    text.append(line).push_back('\n');
    return true;
  });
  return read ? text : to_string(read.error());
}

}  // namespace sluice::test
