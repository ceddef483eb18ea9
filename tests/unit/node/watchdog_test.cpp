#include "node/watchdog.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include "datagram_socket.h"

namespace sluice::node::test {
namespace {

using sluice::test::DatagramSocket;

TEST(Watchdog, IsAnsweredAsLongAsTheEventLoopTurns) {
  const DatagramSocket systemd;
  const observe::ServiceNotifier notifier(systemd.path().c_str(), "2000");
  boost::asio::io_context context;
  boost::asio::co_spawn(context, answer_watchdog(notifier), boost::asio::detached);
  for (int time = 0; time < 3; ++time) {
    ASSERT_EQ(context.run_one(), 1U);  // waits for no more than what is due
    std::string told = systemd.receive();
    while (told.empty() && context.run_one() == 1)
      told = systemd.receive();
    EXPECT_EQ(told, "WATCHDOG=1");
  }
  EXPECT_EQ(systemd.receive(), "") << "once each time";
}

TEST(Watchdog, ThatIsNotSetIsNotAnswered) {
  const DatagramSocket systemd;
  const observe::ServiceNotifier notifier(systemd.path().c_str(), nullptr);
  boost::asio::io_context context;
  boost::asio::co_spawn(context, answer_watchdog(notifier), boost::asio::detached);
  context.run();
  EXPECT_EQ(systemd.receive(), "");
}

}  // namespace
}  // namespace sluice::node::test
