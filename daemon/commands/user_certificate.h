// The certificate that an account is given, as an operator has it in a file.
#pragma once

#include <expected>
#include <string>

#include "commands/commands.h"
#include "people/certificate_name.h"

namespace sluice::commands {

// Checked against the authorities of people where this node's pages have some; else says that it
// was not. Prints what is wrong where it fails.
[[nodiscard]] std::expected<people::CertificateName, ExitStatus> read_certificate(
    const settings::Node& node, const std::string& file);

}  // namespace sluice::commands
