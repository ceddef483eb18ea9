// Talks HTTP to a running daemon over its control socket.
#pragma once

#include <expected>
#include <filesystem>
#include <string>

#include <boost/json/object.hpp>

namespace sluice::commands {

// Whether somebody listens there, be all well or not.
[[nodiscard]] bool daemon_is_there(const std::filesystem::path& socket);
// The body of a 200 answer to GET `target`. The error is a sentence that says what to do.
[[nodiscard]] std::expected<std::string, std::string> ask_daemon(
    const std::filesystem::path& socket, const std::string& target);
// The same for POST, without a body.
[[nodiscard]] std::expected<std::string, std::string> tell_daemon(
    const std::filesystem::path& socket, const std::string& target);

// A member of an answer as people read it; empty where it is null or not there.
[[nodiscard]] std::string member_text(const boost::json::object& answer, const char* name);

}  // namespace sluice::commands
