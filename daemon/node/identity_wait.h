// A new node whose certificate has not come yet: it takes nothing, says so to whoever asks, and
// goes on by itself once the files are there, so that nobody has to stand by while the center
// signs.
#pragma once

#include <expected>
#include <filesystem>
#include <string>

namespace sluice::node {

enum class WaitEnd {
  complete,  // what can be said of the identity's files is for load_installation() to say
  stopped,   // SIGTERM or SIGINT came
};

// Returns at once where no file of the identity is missing, or the configuration is not good. Else
// it answers `sluice status` and /v1/health on the control socket until they are there and belong
// together; SIGHUP makes it look at once.
[[nodiscard]] std::expected<WaitEnd, std::string> await_identity(
    const std::filesystem::path& configuration);

}  // namespace sluice::node
