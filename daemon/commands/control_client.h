// Talks HTTP to a running daemon over its control socket.
#pragma once

#include <chrono>
#include <expected>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include <boost/json/object.hpp>

namespace sluice::commands {

// How long a daemon may take to answer. One that is stopped or hangs still takes connections: the
// kernel does. Orders wait for the disk.
inline constexpr std::chrono::seconds time_of_answer{10};
inline constexpr std::chrono::seconds time_of_order{60};

// Who listens there, be all well or not. Where this user may not speak to the socket, it can not be
// told whether anybody does.
enum class Listener { daemon, nobody, not_for_this_user };
[[nodiscard]] Listener listener_at(const std::filesystem::path& socket);
// What to say to a user who may not speak to it: who may, and how to become one of them.
[[nodiscard]] std::string not_for_this_user(const std::filesystem::path& socket);
// For what is done only while no daemon runs: why not now, a sentence with `because`. Nothing:
// nobody listens.
[[nodiscard]] std::optional<std::string> daemon_in_the_way(const std::filesystem::path& socket,
                                                           std::string_view because);
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
