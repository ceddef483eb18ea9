#include "commands/control_client.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <boost/json.hpp>
#include <fmt/format.h>

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

std::expected<std::string, std::string> converse(const std::filesystem::path& socket,
                                                 http::verb verb, const std::string& target) {
  asio::io_context context;
  asio::local::stream_protocol::socket connection(context);
  boost::system::error_code error;
  connection.connect(asio::local::stream_protocol::endpoint(socket.string()), error);
  if (error) {
    return std::unexpected(
        fmt::format("sluiced does not answer on {} ({}); is it running, and may you talk to it?",
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
