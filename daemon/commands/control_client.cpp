#include "commands/control_client.h"

#include <array>
#include <cerrno>

#include <boost/asio/error.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <boost/json.hpp>
#include <fmt/format.h>
#include <grp.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>

namespace sluice::commands {

namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;

using Clock = std::chrono::steady_clock;
using Error = boost::system::error_code;
using Socket = asio::local::stream_protocol::socket;
using Request = http::request<http::empty_body>;
using Response = http::response<http::string_body>;

// What the daemon says is wrong (RFC 9457), or where it says nothing, its status.
std::string refusal_of(const Response& response, const std::string& target) {
  Error error;
  const boost::json::value problem = boost::json::parse(response.body(), error);
  const auto* object = error ? nullptr : problem.if_object();
  const auto* detail = object == nullptr ? nullptr : object->if_contains("detail");
  if (detail != nullptr && detail->is_string()) {
    return std::string(std::string_view(detail->get_string()));
  }
  return fmt::format("sluiced answered {} to {}", response.result_int(), target);
}

std::string name_of_group(gid_t id) {
  std::array<char, 4096> memory{};
  group entry{};
  group* found = nullptr;
  if (::getgrgid_r(id, &entry, memory.data(), memory.size(), &found) != 0 || found == nullptr) {
    return fmt::to_string(id);
  }
  return found->gr_name;
}

// The group of the socket; where it can not be looked at, of the directory that it lies in.
std::string who_may_speak(const std::filesystem::path& socket) {
  struct stat found {};
  const bool is_known =
      ::stat(socket.c_str(), &found) == 0 || ::stat(socket.parent_path().c_str(), &found) == 0;
  if (!is_known) return "who runs it";
  const std::string group = name_of_group(found.st_gid);
  return fmt::format("the group {} (`adduser NAME {}`, and sign in anew)", group, group);
}

// Waits while the socket's queue is full, since nobody accepts, and no longer than `limit`. Asio's
// own would take a full queue for a connection.
Error connect(Socket& connection, const std::filesystem::path& socket, std::chrono::seconds limit) {
  const asio::local::stream_protocol::endpoint endpoint(socket.string());
  Error error;
  connection.open(endpoint.protocol(), error);
  if (error) return error;
  const timeval time{.tv_sec = limit.count(), .tv_usec = 0};
  ::setsockopt(connection.native_handle(), SOL_SOCKET, SO_SNDTIMEO, &time, sizeof(time));
  while (::connect(connection.native_handle(), endpoint.data(),
                   static_cast<socklen_t>(endpoint.size())) != 0) {
    if (errno != EINTR) return {errno, boost::system::system_category()};
  }
  return {};
}

// `timed_out` where it is not done by the deadline.
Error speak(asio::io_context& context, Socket& connection, const Request& request,
            Response& response, Clock::time_point deadline) {
  Error error = asio::error::timed_out;
  boost::beast::flat_buffer buffer;
  http::async_write(connection, request, [&](Error wrote, std::size_t) {
    error = wrote;
    if (wrote) return;
    error = asio::error::timed_out;
    http::async_read(connection, buffer, response, [&](Error read, std::size_t) { error = read; });
  });
  context.run_until(deadline);
  const Error result = error;
  // What is still under way refers to this call's values.
  Error ignored;
  connection.close(ignored);
  context.run();
  return result;
}

std::expected<std::string, std::string> converse(const std::filesystem::path& socket,
                                                 http::verb verb, const std::string& target,
                                                 std::chrono::seconds limit) {
  const auto deadline = Clock::now() + limit;
  asio::io_context context;
  Socket connection(context);
  const auto no_answer = [&] {
    return fmt::format("sluiced does not answer within {} s on {}; is it stopped, or does it hang?",
                       limit.count(), socket.string());
  };
  Error error = connect(connection, socket, limit);
  if (error == boost::system::errc::permission_denied) {
    return std::unexpected(not_for_this_user(socket));
  }
  if (error == boost::system::errc::resource_unavailable_try_again) {
    return std::unexpected(no_answer());
  }
  if (error) {
    return std::unexpected(fmt::format("sluiced does not answer on {} ({}); is it running?",
                                       socket.string(), error.message()));
  }
  Request request(verb, target, 11);
  request.set(http::field::host, "localhost");
  request.set(http::field::connection, "close");
  if (verb == http::verb::post) request.set(http::field::content_length, "0");
  Response response;
  error = speak(context, connection, request, response, deadline);
  if (error == asio::error::timed_out) return std::unexpected(no_answer());
  if (error) {
    return std::unexpected(
        fmt::format("sluiced broke the connection on {}: {}", socket.string(), error.message()));
  }
  if (response.result() != http::status::ok) {
    return std::unexpected(refusal_of(response, target));
  }
  return std::move(response.body());
}

}  // namespace

Listener listener_at(const std::filesystem::path& socket) {
  asio::io_context context;
  Socket connection(context);
  const Error error = connect(connection, socket, time_of_answer);
  if (!error || error == boost::system::errc::resource_unavailable_try_again) {
    return Listener::daemon;
  }
  return error == boost::system::errc::permission_denied ? Listener::not_for_this_user
                                                         : Listener::nobody;
}

std::string not_for_this_user(const std::filesystem::path& socket) {
  return fmt::format("this user may not speak to sluiced on {}: that is for {}, and for root",
                     socket.string(), who_may_speak(socket));
}

std::optional<std::string> daemon_in_the_way(const std::filesystem::path& socket,
                                             std::string_view because) {
  switch (listener_at(socket)) {
    case Listener::daemon:
      return fmt::format("stop sluiced first: {}", because);
    case Listener::not_for_this_user:
      return fmt::format("{}; so whether it runs can not be told here, and it must not: {}",
                         not_for_this_user(socket), because);
    case Listener::nobody:
      break;
  }
  return std::nullopt;
}

std::expected<std::string, std::string> ask_daemon(const std::filesystem::path& socket,
                                                   const std::string& target,
                                                   std::chrono::seconds limit) {
  return converse(socket, http::verb::get, target, limit);
}

std::expected<std::string, std::string> tell_daemon(const std::filesystem::path& socket,
                                                    const std::string& target,
                                                    std::chrono::seconds limit) {
  return converse(socket, http::verb::post, target, limit);
}

std::string member_text(const boost::json::object& answer, const char* name) {
  const auto* value = answer.if_contains(name);
  if (value == nullptr || value->is_null()) return "";
  if (const auto* string = value->if_string()) return {string->data(), string->size()};
  return boost::json::serialize(*value);
}

}  // namespace sluice::commands
