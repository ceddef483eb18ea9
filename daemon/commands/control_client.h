// Talks HTTP to a running daemon over its control socket.
#pragma once

#include <expected>
#include <filesystem>
#include <string>

namespace sluice::commands {

// The body of a 200 answer to GET `target`. The error is a sentence that says what to do.
[[nodiscard]] std::expected<std::string, std::string> ask_daemon(
    const std::filesystem::path& socket, const std::string& target);
// The same for POST, without a body.
[[nodiscard]] std::expected<std::string, std::string> tell_daemon(
    const std::filesystem::path& socket, const std::string& target);
}  // namespace sluice::commands
