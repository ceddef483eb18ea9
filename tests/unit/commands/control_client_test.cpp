// A daemon that says nothing keeps no command for ever.
#include "commands/control_client.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/plain_user.h"
#include "support/temporary_directory.h"

namespace sluice::commands::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using Local = boost::asio::local::stream_protocol;

constexpr std::chrono::seconds limit{1};

TEST(ControlClient, GivesUpOnADaemonThatDoesNotAnswer) {
  const record::test::TemporaryDirectory directory;
  const auto socket = directory / "control";
  boost::asio::io_context context;
  // The kernel takes connections for it, as for a process that was stopped.
  const Local::acceptor acceptor(context, Local::endpoint(socket.string()));
  const auto answer = ask_daemon(socket, "/v1/status", limit);
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error(), "sluiced does not answer within 1 s on " + socket.string() +
                                "; is it stopped, or does it hang?");
  EXPECT_EQ(listener_at(socket), Listener::daemon);
  EXPECT_EQ(daemon_in_the_way(socket, "it has the store open"),
            "stop sluiced first: it has the store open");
}

TEST(ControlClient, GivesUpWhereTheQueueOfConnectionsIsFull) {
  const record::test::TemporaryDirectory directory;
  const auto socket = directory / "control";
  boost::asio::io_context context;
  Local::acceptor acceptor(context);
  acceptor.open();
  acceptor.bind(Local::endpoint(socket.string()));
  acceptor.listen(0);
  Local::socket first(context);
  first.connect(Local::endpoint(socket.string()));
  const auto answer = tell_daemon(socket, "/v1/jobs/park/pause", limit);
  ASSERT_FALSE(answer);
  EXPECT_THAT(answer.error(), HasSubstr("does not answer within 1 s"));
}

TEST(ControlClient, SaysThatNobodyListens) {
  const record::test::TemporaryDirectory directory;
  const auto answer = ask_daemon(directory / "control", "/v1/status", limit);
  ASSERT_FALSE(answer);
  EXPECT_THAT(answer.error(), HasSubstr("is it running?"));
  EXPECT_EQ(listener_at(directory / "control"), Listener::nobody);
  EXPECT_EQ(daemon_in_the_way(directory / "control", "it has the store open"), std::nullopt);
}

// It may run: who takes that for "not running" works on what a daemon has open.
TEST(ControlClient, ASocketThatThisUserMayNotSpeakToIsNotOneWhereNobodyListens) {
  const record::test::TemporaryDirectory directory;
  const auto socket = directory / "control";
  boost::asio::io_context context;
  const Local::acceptor acceptor(context, Local::endpoint(socket.string()));
  std::filesystem::permissions(directory.path(), std::filesystem::perms{0755});
  std::filesystem::permissions(socket, std::filesystem::perms::none);
  const sluice::test::PlainUser user;
  EXPECT_EQ(listener_at(socket), Listener::not_for_this_user);
  const auto why = daemon_in_the_way(socket, "it has the store open");
  ASSERT_TRUE(why);
  EXPECT_THAT(*why, AllOf(HasSubstr("this user may not speak to sluiced"),
                          HasSubstr("adduser NAME"), HasSubstr("it has the store open")));
}

}  // namespace
}  // namespace sluice::commands::test
