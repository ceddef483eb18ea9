#include <chrono>
#include <thread>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include "server/deadline.h"
#include "support/no_target.h"
#include "support/running_server.h"

namespace sluice::test {
namespace {

namespace asio = boost::asio;
using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""s;

record::Time epoch() {
  return {};
}

// One thread, which the test lends: what is due and what is done about it come in a known order.
class AStoppedServer : public testing::Test {
 protected:
  TemporaryDirectory directory;
  trust::Directory peers{trust::Directory::Subjects()};
  trust::AuditLog audit = trust::AuditLog::open(directory.path() / "audit", epoch).value();
  trust::Denials denials{audit, [](const trust::AuditFailure&) {}};
  observe::Log log{observe::Log::Level::error, std::make_unique<NoTarget>()};
  observe::Metrics metrics;
  asio::io_context context;
  server::HttpServer server =
      server::HttpServer::listen_locally(
          context, directory.path() / "socket",
          {server::Router({}), ServerOptions::short_limits(), peers, server::operators()},
          {denials, log, metrics})
          .value();
};

asio::awaitable<void> stop_when_the_watch_is_due(server::HttpServer& server) {
  std::this_thread::sleep_for(2 * server::deadline_tick);
  co_await server.stop(0ms);
}

TEST_F(AStoppedServer, EndsTheWatchOfDeadlinesThoughItsTimerHasFiredAlready) {
  context.poll();  // the server begins to listen and to watch
  asio::co_spawn(context, stop_when_the_watch_is_due(server), asio::detached);
  context.run_for(60s);
  EXPECT_TRUE(context.stopped()) << "something is still waited for";
}

}  // namespace
}  // namespace sluice::test
