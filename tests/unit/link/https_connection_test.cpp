#include "link/https/https_connection.h"

#include <exception>
#include <optional>

#include <boost/asio/co_spawn.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/center_server.h"

namespace sluice::link::test {
namespace {

using Opened = std::expected<void, LinkFailure>;

class HttpsConnectionTest : public testing::Test {
 protected:
  std::optional<Opened> opened;
  api::test::CenterServer server;
  boost::asio::io_context context{1};
  Bandwidth bandwidth{std::nullopt};
  std::shared_ptr<HttpsConnection> connection = std::make_shared<HttpsConnection>(
      context, server.uplink().addresses.front(), server.identity().current(), bandwidth);

  void open() {
    boost::asio::co_spawn(context, connection->open(std::chrono::seconds(20)),
                          [this](const std::exception_ptr& broken, Opened done) {
                            if (broken) std::rethrow_exception(broken);
                            opened = std::move(done);
                          });
  }
};

TEST_F(HttpsConnectionTest, ComesAboutWhereACenterAnswers) {
  open();
  context.run();
  ASSERT_TRUE(opened);
  EXPECT_TRUE(*opened) << record::to_string(opened->error());
}

// When the cut comes there may be nothing left that it could cancel: the look-up has ended, the
// socket is not there yet.
TEST_F(HttpsConnectionTest, ThatIsCutWhileNothingIsUnderWayDoesNotComeAbout) {
  open();
  connection->cut();
  context.run();
  ASSERT_TRUE(opened);
  EXPECT_FALSE(*opened);
}

}  // namespace
}  // namespace sluice::link::test
