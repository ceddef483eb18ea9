#include "commands/control_client.h"

#include <array>

#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <boost/json.hpp>
#include <fmt/format.h>
#include <grp.h>
#include <sys/stat.h>

namespace sluice::commands {

namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;

// What the daemon says is wrong (RFC 9457), or where it says nothing, its status.
std::string refusal_of(const http::response<http::string_body>& response,
                       const std::string& target) {
  boost::system::error_code error;
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

std::expected<std::string, std::string> converse(const std::filesystem::path& socket,
                                                 http::verb verb, const std::string& target) {
  asio::io_context context;
  asio::local::stream_protocol::socket connection(context);
  boost::system::error_code error;
  connection.connect(asio::local::stream_protocol::endpoint(socket.string()), error);
  if (error == boost::system::errc::permission_denied) {
    return std::unexpected(
        fmt::format("this user may not speak to sluiced on {}: that is for {}, and for root",
                    socket.string(), who_may_speak(socket)));
  }
  if (error) {
    return std::unexpected(fmt::format("sluiced does not answer on {} ({}); is it running?",
                                       socket.string(), error.message()));
  }
  http::request<http::empty_body> request(verb, target, 11);
  request.set(http::field::host, "localhost");
  request.set(http::field::connection, "close");
  if (verb == http::verb::post) request.set(http::field::content_length, "0");
  http::write(connection, request, error);
  boost::beast::flat_buffer buffer;
  http::response<http::string_body> response;
  if (!error) http::read(connection, buffer, response, error);
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

bool daemon_is_there(const std::filesystem::path& socket) {
  asio::io_context context;
  asio::local::stream_protocol::socket connection(context);
  boost::system::error_code error;
  connection.connect(asio::local::stream_protocol::endpoint(socket.string()), error);
  return !error;
}

std::expected<std::string, std::string> ask_daemon(const std::filesystem::path& socket,
                                                   const std::string& target) {
  return converse(socket, http::verb::get, target);
}

std::expected<std::string, std::string> tell_daemon(const std::filesystem::path& socket,
                                                    const std::string& target) {
  return converse(socket, http::verb::post, target);
}

std::string member_text(const boost::json::object& answer, const char* name) {
  const auto* value = answer.if_contains(name);
  if (value == nullptr || value->is_null()) return "";
  if (const auto* string = value->if_string()) return {string->data(), string->size()};
  return boost::json::serialize(*value);
}

}  // namespace sluice::commands
