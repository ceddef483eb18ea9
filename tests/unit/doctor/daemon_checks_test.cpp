#include <cstring>

#include <arpa/inet.h>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/un.h>

#include "doctor/lock_holder.h"
#include "files/file_descriptor.h"
#include "installation/sole_daemon.h"
#include "support/held_port.h"
#include "unit/doctor/examined_node.h"

namespace sluice::doctor::test {
namespace {

using record::test::write_file;
using testing::AllOf;
using testing::HasSubstr;

// A local socket that somebody listens on.
files::FileDescriptor listen_at(const std::filesystem::path& path, int type) {
  files::FileDescriptor socket(::socket(AF_UNIX, type, 0));
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::strncpy(address.sun_path, path.c_str(), sizeof address.sun_path - 1);
  EXPECT_EQ(::bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  if (type == SOCK_STREAM) {
    EXPECT_EQ(::listen(socket.get(), 5), 0);
  }
  return socket;
}

struct OpenPort {
  files::FileDescriptor socket;
  std::uint16_t number;
};
OpenPort open_port() {
  files::FileDescriptor socket(::socket(AF_INET, SOCK_STREAM, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  EXPECT_EQ(::bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  EXPECT_EQ(::listen(socket.get(), 1), 0);
  socklen_t size = sizeof address;
  EXPECT_EQ(::getsockname(socket.get(), reinterpret_cast<sockaddr*>(&address), &size), 0);
  return {std::move(socket), ntohs(address.sin_port)};
}

class DaemonChecks : public testing::Test {
 protected:
  Findings looked(const std::string& name) { return look(daemon_checks(node.shared()), name); }
  void is(Verdict verdict, const std::string& name, const std::string& words,
          const std::string& remedy) {
    const Findings findings = looked(name);
    EXPECT_EQ(worst(findings), verdict) << told(findings);
    EXPECT_THAT(told(findings), AllOf(HasSubstr(words), HasSubstr(remedy)));
  }
  installation::SoleDaemon run() {
    return installation::SoleDaemon::take(node.surroundings.paths()).value();
  }
  ExaminedNode node;
};

TEST_F(DaemonChecks, WithoutADaemonItIsSaidHowToStartOne) {
  is(Verdict::skipped, "daemon", "no sluiced runs on this state", "systemctl enable --now");
}

TEST_F(DaemonChecks, ADaemonThatRunsAndAnswersIsWellAndKeepsItsLock) {
  const auto sole = run();
  const auto control = listen_at(node.node().control_socket, SOCK_STREAM);
  is(Verdict::ok, "daemon", "sluiced runs (process " + std::to_string(::getpid()) + ")", "");
  EXPECT_EQ(lock_holder(node.surroundings.paths().daemon_lock(), "/proc/locks"), ::getpid());
}

TEST_F(DaemonChecks, ADaemonThatDoesNotAnswerIsAWarning) {
  const auto sole = run();
  is(Verdict::warning, "daemon", "works on this state, and does not answer", "ps -fp");
}

TEST_F(DaemonChecks, AControlSocketOfAnotherNodeIsWrong) {
  const auto control = listen_at(node.node().control_socket, SOCK_STREAM);
  is(Verdict::wrong, "daemon", "it is the control socket of another node", "node.control_socket");
}

TEST_F(DaemonChecks, OfAFileThatNobodyLocksThereIsNoHolder) {
  const auto file = node.directory / "locks";
  write_file(file,
             "1: FLOCK  ADVISORY  WRITE 77 fe:00:1 0 EOF\nrubbish\n1: -> FLOCK ADVISORY WRITE\n");
  write_file(node.surroundings.paths().daemon_lock(), "77\n");
  EXPECT_EQ(lock_holder(node.surroundings.paths().daemon_lock(), file), std::nullopt);
  EXPECT_EQ(lock_holder(node.directory / "none", file), std::nullopt);
}

// A file's number is another file's on each disk; and btrfs names another disk there than stat
// does.
TEST_F(DaemonChecks, OfAnotherDiskTheHolderIsWhoHasThatFileOpen) {
  const auto lock = node.surroundings.paths().daemon_lock();
  write_file(lock, "77\n");
  struct stat status {};
  ASSERT_EQ(::stat(lock.c_str(), &status), 0);
  const auto locks = node.directory / "locks";
  const auto locked_on = [&](unsigned disk) {
    write_file(locks, fmt::format("1: FLOCK  ADVISORY  WRITE 77 {:02x}:{:02x}:{} 0 EOF\n", disk,
                                  minor(status.st_dev), status.st_ino));
  };
  locked_on(major(status.st_dev));
  EXPECT_EQ(lock_holder(lock, locks), 77);
  locked_on(major(status.st_dev) + 1);
  EXPECT_EQ(lock_holder(lock, locks), unknown_holder) << "nobody may look at that process";
  std::filesystem::create_directories(node.directory / "77/fd");
  EXPECT_EQ(lock_holder(lock, locks), std::nullopt);
  std::filesystem::create_symlink(lock, node.directory / "77/fd/3");
  EXPECT_EQ(lock_holder(lock, locks), 77);
}

TEST_F(DaemonChecks, WhetherADaemonRunsMayBeHiddenFromThisUser) {
  const auto lock = node.surroundings.paths().daemon_lock();
  write_file(lock, "77\n");
  struct stat status {};
  ASSERT_EQ(::stat(lock.c_str(), &status), 0);
  node.surroundings.locks = node.directory / "locks";
  write_file(node.surroundings.locks,
             fmt::format("1: FLOCK  ADVISORY  WRITE 77 {:02x}:{:02x}:{} 0 EOF\n",
                         major(status.st_dev) + 1, minor(status.st_dev), status.st_ino));
  is(Verdict::skipped, "daemon", "can not be told by this user", "");
  const auto control = listen_at(node.node().control_socket, SOCK_STREAM);
  is(Verdict::ok, "daemon", "as far as can be told", "");
}

TEST_F(DaemonChecks, APortThatAnotherProgramHasIsWrongWhileTheDaemonIsStopped) {
  const OpenPort port = open_port();
  node.node().listen = server::Listen{.address = "127.0.0.1", .port = port.number};
  is(Verdict::wrong, "ports", "the API: in use by another program", "ss -ltnp");
  const auto sole = run();
  is(Verdict::ok, "ports", "in use, by sluiced", "");
}

TEST_F(DaemonChecks, APortThatIsFreeIsWrongWhileTheDaemonRuns) {
  const sluice::test::HeldPort held;
  node.node().listen =
      server::Listen{.address = "127.0.0.1", .port = static_cast<std::uint16_t>(held.number())};
  is(Verdict::ok, "ports", "the API: free", "");
  const auto sole = run();
  is(Verdict::wrong, "ports", "sluiced runs, and nobody listens there", "systemctl restart");
  node.node().identity.missing.push_back({.file = "node.yaml"});
  is(Verdict::skipped, "ports", "once its certificate is there", "");
}

TEST_F(DaemonChecks, AnAddressThatIsNotThisMachinesIsWrong) {
  node.node().listen = server::Listen{.address = "192.0.2.1", .port = 8443};
  is(Verdict::wrong, "ports", "this machine has no such address", "ip address");
}

TEST_F(DaemonChecks, TheLogIsWellWhereSomebodyTakesIt) {
  node.node().log.target = observe::LogSettings::Target::syslog;
  node.node().log.socket = node.directory / "log";
  is(Verdict::wrong, "log", "log: nobody takes the log", "journald or rsyslog");
  const auto taker = listen_at(node.node().log.socket, SOCK_DGRAM);
  is(Verdict::ok, "log", "somebody takes the log", "");
}

TEST_F(DaemonChecks, TheLogThatGoesWhereItCanIsWellByEitherWay) {
  node.node().log.target = observe::LogSettings::Target::automatic;
  node.node().log.socket = node.directory / "log";
  node.surroundings.journald = node.directory / "journald";
  is(Verdict::warning, "log", "journald or " + node.node().log.socket.string(), "");
  const auto syslog = listen_at(node.node().log.socket, SOCK_DGRAM);
  is(Verdict::ok, "log", node.node().log.socket.string() + ": somebody takes", "");
  const auto journald = listen_at(node.surroundings.journald, SOCK_DGRAM);
  is(Verdict::ok, "log", node.surroundings.journald.string() + ": somebody takes", "");
}

}  // namespace
}  // namespace sluice::doctor::test
