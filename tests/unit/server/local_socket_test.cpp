#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "echo_service.h"

namespace sluice::test {
namespace {

class LocalSocket : public testing::Test {
 protected:
  TemporaryDirectory directory;
  std::filesystem::path socket = directory.path() / "control.sock";
  EchoService echo;
};

TEST_F(LocalSocket, ServesItsRoutesWithoutTls) {
  const RunningLocalServer server(socket, echo.options());
  RawClient operator_command(socket);
  operator_command.send(health_request + post("[]"));
  EXPECT_EQ(status_line(operator_command.receive()), "HTTP/1.1 200 OK");
  EXPECT_EQ(body_of(operator_command.receive()), "nobody enterprise []");
}

TEST_F(LocalSocket, NamesTheUserAtTheOtherEnd) {
  ServerOptions options;
  options.routes = {
      {server::Method::get,
       "/who",
       {},
       [](const server::Request& request) -> boost::asio::awaitable<server::Response> {
         co_return server::Response{200, "text/plain", request.peer.subject, {}};
       }}};
  const RunningLocalServer server(socket, options);
  RawClient client(socket);
  client.send("GET /who HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_EQ(body_of(client.receive()), "uid=" + std::to_string(::getuid()));
}

TEST_F(LocalSocket, IsForOwnerAndGroupOnly) {
  const RunningLocalServer server(socket, echo.options());
  struct stat status {};
  ASSERT_EQ(::stat(socket.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0660U);
}

TEST_F(LocalSocket, IsRemovedWhenItsServerStops) {
  { const RunningLocalServer server(socket, echo.options()); }
  EXPECT_FALSE(std::filesystem::exists(socket));
}

TEST_F(LocalSocket, ReplacesOneThatACrashLeftBehind) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  socket.native().copy(address.sun_path, sizeof address.sun_path - 1);
  const int crashed = ::socket(AF_UNIX, SOCK_STREAM, 0);
  ASSERT_EQ(::bind(crashed, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  ::close(crashed);
  const RunningLocalServer server(socket, echo.options());
  RawClient client(socket);
  client.send(health_request);
  EXPECT_EQ(status_line(client.receive()), "HTTP/1.1 200 OK");
}

TEST_F(LocalSocket, LeavesOneAloneThatAnotherServerAnswers) {
  const RunningLocalServer first(socket, echo.options());
  EXPECT_ANY_THROW(RunningLocalServer(socket, echo.options()));
  RawClient client(socket);
  client.send(health_request);
  EXPECT_EQ(status_line(client.receive()), "HTTP/1.1 200 OK");
}

TEST_F(LocalSocket, DoesNotReplaceAFileThatIsNoSocket) {
  std::ofstream(socket) << "precious";
  EXPECT_ANY_THROW(RunningLocalServer(socket, echo.options()));
  EXPECT_EQ(std::filesystem::file_size(socket), 8U);
}

}  // namespace
}  // namespace sluice::test
