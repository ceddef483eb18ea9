// Talks HTTP to a running daemon over its control socket.
#pragma once

#include <chrono>
#include <expected>
#include <filesystem>
#include <string>

#include <boost/json/object.hpp>

namespace sluice::commands {

// How long a daemon may take to answer. One that is stopped or hangs still takes connections: the
// kernel does. Orders wait for the disk.
inline constexpr std::chrono::seconds time_of_answer{10};
inline constexpr std::chrono::seconds time_of_order{60};

// Whether somebody listens there, be all well or not.
[[nodiscard]] bool daemon_is_there(const std::filesystem::path& socket);
// The body of a 200 answer to GET `target`. The error is a sentence that says what to do.
[[nodiscard]] std::expected<std::string, std::string> ask_daemon(
    const std::filesystem::path& socket, const std::string& target,
    std::chrono::seconds limit = time_of_answer);
// The same for POST, without a body.
[[nodiscard]] std::expected<std::string, std::string> tell_daemon(
    const std::filesystem::path& socket, const std::string& target,
    std::chrono::seconds limit = time_of_order);

// A member of an answer as people read it; empty where it is null or not there.
[[nodiscard]] std::string member_text(const boost::json::object& answer, const char* name);

}  // namespace sluice::commands
