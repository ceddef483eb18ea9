#include "observe/log_target.h"

#include <array>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "datagram_socket.h"
#include "told.h"

namespace sluice::test {
namespace {

using observe::Log;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::MatchesRegex;
using testing::StartsWith;

std::unique_ptr<observe::LogTarget> syslog_at(const std::filesystem::path& socket) {
  return observe::to_syslog({"sluiced", "gate7", 4711}, socket);
}

// Of the two that speak to a socket, what both must do.
using Make = std::unique_ptr<observe::LogTarget> (*)(const std::filesystem::path& socket);
class LogToSocket : public testing::TestWithParam<Make> {
 protected:
  Log log_to(const std::filesystem::path& path) { return Log(Log::Level::info, GetParam()(path)); }
  DatagramSocket socket;
};

TEST_P(LogToSocket, FindsAServiceThatWasRestarted) {
  Log log = log_to(socket.path());
  log.write<"jobs-go-on">({{"bureau", "park"}});
  EXPECT_THAT(socket.receive(), HasSubstr("event=jobs-go-on"));
  socket.restart();
  log.write<"stopping">();
  EXPECT_THAT(socket.receive(), HasSubstr("event=stopping"));
}

TEST_P(LogToSocket, CountsWhatWasToldWhileItWasAway) {
  Log log = log_to(socket.path());
  socket.stop();
  log.write<"jobs-go-on">({{"bureau", "park"}});
  log.write<"jobs-go-on">({{"bureau", "levy"}});
  socket.restart();
  log.write<"stopping">();
  EXPECT_THAT(socket.receive(), HasSubstr("event=log-lines-dropped count=2"));
  EXPECT_THAT(socket.receive(), HasSubstr("event=stopping"));
}

TEST_P(LogToSocket, NeverWaitsForAServiceThatIsNotThereOrDoesNotRead) {
  Log nowhere = log_to("/nonexistent/log");
  nowhere.write<"stopping">();
  Log log = log_to(socket.path());
  for (int i = 0; i < 10'000; ++i)
    log.write<"stopping">();
  while (!socket.receive().empty()) {
  }
  log.write<"stopping">();
  EXPECT_THAT(socket.receive(), HasSubstr("event=log-lines-dropped"));
  EXPECT_THAT(socket.receive(), HasSubstr("event=stopping"));
}

INSTANTIATE_TEST_SUITE_P(
    Targets, LogToSocket,
    testing::Values([](const std::filesystem::path& socket) { return syslog_at(socket); },
                    [](const std::filesystem::path& socket) {
                      return observe::to_journald("sluiced", socket);
                    }),
    [](const auto& of) { return of.index == 0 ? "Syslog" : "Journald"; });

TEST(LogToSyslog, SendsAMessageOfRfc5424) {
  const DatagramSocket syslog;
  Log log(Log::Level::info, syslog_at(syslog.path()));
  log.write<"accept-failed">({{"error", "EMFILE"}});
  EXPECT_THAT(syslog.receive(),
              MatchesRegex("<28>1 [-0-9]+T[:0-9.]+Z gate7 sluiced 4711 accept-failed "
                           "\\[sluice@32473 event=\"accept-failed\" error=\"EMFILE\"\\] "
                           "level=warning event=accept-failed error=EMFILE"));
}

TEST(LogToJournald, SendsWhatIsTooLargeForADatagramAsASealedFile) {
  const DatagramSocket journald;
  Log log(Log::Level::info, observe::to_journald("sluiced", journald.path()));
  const std::string reason(1 << 20, 'r');
  log.write<"stream-stopped">({{"bureau", "park"}, {"reason", reason}});
  const std::string message = journald.receive();
  EXPECT_THAT(message, StartsWith("MESSAGE=level=error event=stream-stopped bureau=park"));
  EXPECT_TRUE(message.ends_with("\nSLUICE_REASON=" + reason + "\n"));
}

TEST(LogToDescriptor, NeverWaitsForAPipeThatNobodyReads) {
  std::array<int, 2> ends{};
  ASSERT_EQ(::pipe(ends.data()), 0);
  const auto target = observe::to_descriptor(ends[1]);
  const observe::LogEntry entry(observe::declared_event<"stopping">, Log::Level::notice, {});
  int written = 0;
  while (!target->write(entry) && written < 1'000'000)
    ++written;
  EXPECT_LT(written, 1'000'000);
  std::string line(entry.line.size() + 1, '\0');
  ASSERT_EQ(::read(ends[0], line.data(), line.size()), static_cast<ssize_t>(line.size()));
  EXPECT_EQ(line, entry.line + "\n");
  ::close(ends[0]);
  ::close(ends[1]);
}

TEST(LogToEither, GoesToTheSecondWhileTheFirstIsNotThereAndNotWhileItIsFull) {
  DatagramSocket journald;
  DatagramSocket syslog;
  Log log(Log::Level::info, observe::to_either(observe::to_journald("sluiced", journald.path()),
                                               syslog_at(syslog.path())));
  log.write<"stopping">();
  EXPECT_THAT(journald.receive(), StartsWith("MESSAGE="));
  journald.stop();
  log.write<"stopping">();
  EXPECT_THAT(syslog.receive(), StartsWith("<29>1 "));
  journald.restart();
  syslog.stop();
  for (int i = 0; i < 10'000; ++i)
    log.write<"stopping">();
  syslog.restart();
  log.write<"stopping">();
  EXPECT_THAT(syslog.receive(), IsEmpty());
}

TEST(LogWithASpare, GoesThereWhileTheTargetIsAwayAndBothAreTold) {
  DatagramSocket syslog;
  syslog.stop();
  Capture::Seen spare;
  Log log(Log::Level::info, observe::with_spare(syslog_at(syslog.path()), "/dev/log",
                                                std::make_unique<Capture>(spare)));
  log.write<"jobs-go-on">({{"bureau", "park"}});
  log.write<"jobs-go-on">({{"bureau", "levy"}});
  EXPECT_THAT(spare.lines, ElementsAre("level=warning event=log-goes-elsewhere target=/dev/log "
                                       "reason=\"No such file or directory\"",
                                       "level=notice event=jobs-go-on bureau=park",
                                       "level=notice event=jobs-go-on bureau=levy"));
  syslog.restart();
  log.write<"stopping">();
  EXPECT_THAT(syslog.receive(), HasSubstr("event=stopping"));
  EXPECT_THAT(syslog.receive(),
              HasSubstr("level=notice event=log-returns target=/dev/log count=2"));
  EXPECT_EQ(spare.lines.size(), 3U);
}

}  // namespace
}  // namespace sluice::test
