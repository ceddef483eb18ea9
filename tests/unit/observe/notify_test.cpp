#include "observe/notify.h"

#include <gtest/gtest.h>

#include "datagram_socket.h"

namespace sluice::test {
namespace {

using observe::ServiceNotifier;

TEST(ServiceNotifier, TellsSystemdWhereTheDaemonStands) {
  const DatagramSocket systemd;
  const ServiceNotifier notifier(systemd.path().c_str(), nullptr);
  EXPECT_TRUE(notifier.ready("serving 2 bureaus"));
  EXPECT_EQ(systemd.receive(), "READY=1\nSTATUS=serving 2 bureaus");
  EXPECT_TRUE(notifier.alive());
  EXPECT_EQ(systemd.receive(), "WATCHDOG=1");
  EXPECT_TRUE(notifier.reloading());
  EXPECT_TRUE(systemd.receive().starts_with("RELOADING=1\nMONOTONIC_USEC="));
  EXPECT_TRUE(notifier.status("draining"));
  EXPECT_EQ(systemd.receive(), "STATUS=draining");
  EXPECT_TRUE(notifier.stopping("ending"));
  EXPECT_EQ(systemd.receive(), "STOPPING=1\nSTATUS=ending");
}

TEST(ServiceNotifier, TellsOneLineWhateverTheTextHas) {
  const DatagramSocket systemd;
  const ServiceNotifier notifier(systemd.path().c_str(), nullptr);
  EXPECT_TRUE(notifier.status("park: the server said\nREADY=1\x1b[2J"));
  EXPECT_EQ(systemd.receive(), "STATUS=park: the server said READY=1 [2J");
}

TEST(ServiceNotifier, SpeaksToAbstractSocketsToo) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const std::string name = "sluice-notify-test-" + std::to_string(::getpid());
  name.copy(address.sun_path + 1, sizeof address.sun_path - 2);
  const int receiver = ::socket(AF_UNIX, SOCK_DGRAM, 0);
  const auto length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + 1 + name.size());
  ASSERT_EQ(::bind(receiver, reinterpret_cast<const sockaddr*>(&address), length), 0);
  EXPECT_TRUE(ServiceNotifier(("@" + name).c_str(), nullptr).alive());
  std::array<char, 64> bytes{};
  EXPECT_EQ(::recv(receiver, bytes.data(), bytes.size(), MSG_DONTWAIT), 10);
  ::close(receiver);
}

TEST(ServiceNotifier, IsSilentOutsideSystemd) {
  const ServiceNotifier notifier(nullptr, nullptr);
  EXPECT_TRUE(notifier.ready("x"));
  EXPECT_FALSE(notifier.watchdog_interval());
  EXPECT_FALSE(notifier.is_listened_to());
}

TEST(ServiceNotifier, GoesOnWhenNobodyListensAnyMore) {
  DatagramSocket systemd;
  const ServiceNotifier notifier(systemd.path().c_str(), nullptr);
  std::filesystem::remove(systemd.path());
  EXPECT_FALSE(notifier.alive());
  systemd.restart();
  EXPECT_TRUE(notifier.alive());
  EXPECT_EQ(systemd.receive(), "WATCHDOG=1");
}

TEST(ServiceNotifier, SaysWhenItCouldNotTell) {
  EXPECT_FALSE(ServiceNotifier("/nonexistent/notify", nullptr).ready("x"));
}

TEST(ServiceNotifier, AnswersTheWatchdogTwiceAsOftenAsItMust) {
  EXPECT_EQ(ServiceNotifier(nullptr, "30000000").watchdog_interval(), std::chrono::seconds(15));
  EXPECT_FALSE(ServiceNotifier(nullptr, "soon").watchdog_interval());
}

}  // namespace
}  // namespace sluice::test
