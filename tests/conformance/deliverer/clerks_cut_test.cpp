// A line to the tasks that is cut at any point while a delivery is handed over.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include "adapters/manual_entry/task_deliverer.h"
#include "clerks/clerks_queue.h"
#include "conformance/deliverer/licences.h"
#include "conformance/people_home.h"
#include "conformance/store_tcp_proxy.h"
#include "conformance/tasks_home.h"
#include "tasks/postgresql/postgresql_tasks.h"

namespace sluice::adapters::conformance {
namespace {

using test::TcpProxy;

const std::vector<Licence> pair = {{{"1", "甲"}}, {{"2", "乙"}}};

class ClerksCutTest : public ::testing::TestWithParam<TcpProxy::Cut> {
 protected:
  static std::unique_ptr<tasks::Tasks> open(const std::string& conninfo) {
    return tasks::open_postgresql({.connection = conninfo, .password_file = {}}).value();
  }
  const std::string conninfo_ =
      test::people_cluster().socket(test::people_cluster().create_database());
};
INSTANTIATE_TEST_SUITE_P(Cuts, ClerksCutTest,
                         ::testing::Values(TcpProxy::Cut::before_request,
                                           TcpProxy::Cut::before_answer),
                         [](const auto& tested) {
                           return tested.param == TcpProxy::Cut::before_request ? "BeforeRequest"
                                                                                : "BeforeAnswer";
                         });

TEST_P(ClerksCutTest, AllOrNothingIsHandedOverAndUnreachableSaysThatNothingWas) {
  TcpProxy proxy(test::people_cluster().port());
  const auto tasks =
      open(fmt::format("host=127.0.0.1 port={} user=sluice dbname={} "
                       "sslmode=disable gssencmode=disable",
                       proxy.port(), test::ask(conninfo_, "SELECT current_database()")));
  const auto unharmed = open(conninfo_);
  clerks::ClerksQueue queue(*tasks, test::park, [] { return record::Time(); });
  manual_entry::TaskDeliverer deliverer(queue, *date::locate_zone("Asia/Shanghai"));
  ASSERT_TRUE(deliver(deliverer, delivery_name(1), {}));
  int unreachable = 0;
  int unknown = 0;
  std::uint64_t piece = 1;
  for (bool cut = true; cut && piece < 100; ++piece) {
    const auto name = delivery_name(piece + 1);
    proxy.cut(GetParam(), static_cast<int>(piece));
    const auto delivered = deliver(deliverer, name, pair);
    cut = proxy.has_cut();
    proxy.cut(TcpProxy::Cut::never, 0);
    const auto found = unharmed->delivered(record::to_string(name)).value();
    EXPECT_EQ(found ? found->size() : 2, 2U) << "all or nothing";
    if (delivered) {
      EXPECT_TRUE(found);
    } else if (delivered.error().code == DeliveryProblem::unreachable) {
      EXPECT_FALSE(found);
      ++unreachable;
    } else {
      EXPECT_EQ(delivered.error().code, DeliveryProblem::unknown_outcome);
      ++unknown;
    }
    EXPECT_TRUE(deliver(deliverer, name, pair)) << "again, and it is there once";
    EXPECT_EQ(unharmed->delivered(record::to_string(name)).value()->size(), 2U);
  }
  EXPECT_GT(unreachable, 0);
  EXPECT_GT(unknown, 3);
}

}  // namespace
}  // namespace sluice::adapters::conformance
