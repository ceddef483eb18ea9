#include "installation/installation.h"

#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/temporary_directory.h"

namespace sluice::installation::test {
namespace {

using record::BureauId;
using record::DatasetId;
using record::Mode;
using record::NodeId;
using testing::Contains;

// A center with a bureau of its own, and one whose batches another node brings.
settings::Settings center() {
  settings::Settings settings;
  for (const char* id : {"park", "quality"}) {
    settings::Bureau bureau;
    bureau.id = BureauId(id);
    settings::Publication publication;
    publication.dataset = DatasetId(std::string(id) + "-register");
    publication.channels = {Mode::direct, Mode::disk};
    bureau.publishes.push_back(publication);
    settings.bureaus.emplace(bureau.id, bureau);
  }
  settings::CarryingNode other;
  other.name = NodeId("front-1");
  other.bureaus = {BureauId("quality")};
  settings.node.nodes.push_back(other);
  return settings;
}

TEST(PolicyOf, GrantsABureauOfThisNodeWhatItPublishesByTheModesThatItNames) {
  const trust::Policy policy = policy_of(center());
  EXPECT_TRUE(policy.may_publish(BureauId("park"), DatasetId("park-register"), Mode::direct));
  EXPECT_TRUE(policy.may_publish(BureauId("park"), DatasetId("park-register"), Mode::disk));
  EXPECT_FALSE(policy.may_publish(BureauId("park"), DatasetId("park-register"), Mode::front_end));
  EXPECT_FALSE(policy.may_publish(BureauId("park"), DatasetId("quality-register"), Mode::direct));
}

TEST(PolicyOf, LeavesABureauToTheNodeThatBringsIt) {
  const trust::Policy policy = policy_of(center());
  EXPECT_FALSE(
      policy.may_publish(BureauId("quality"), DatasetId("quality-register"), Mode::direct));
  EXPECT_TRUE(policy.may_carry(NodeId("front-1"), BureauId("quality")));
  EXPECT_FALSE(policy.may_carry(NodeId("front-1"), BureauId("park")));
}

TEST(StoreOfSettings, IsFoundWeakWhereItsServerNeedNotProveWhoItIs) {
  settings::Settings settings;
  EXPECT_EQ(weak_sslmode_of_store(settings), std::nullopt);
  settings.node.store = settings::SqliteLocation{"central.sqlite"};
  EXPECT_EQ(weak_sslmode_of_store(settings), std::nullopt);
  settings.node.store = settings::PostgresqlLocation{"host=db dbname=sluice", {}};
  EXPECT_EQ(weak_sslmode_of_store(settings), std::nullopt);
  settings.node.store = settings::PostgresqlLocation{"host=db sslmode=require", {}};
  EXPECT_EQ(weak_sslmode_of_store(settings), "require");
}

TEST(Paths, AreAllDifferentAndBelowTheState) {
  const Paths paths("/var/lib/sluice");
  const BureauId bureau("levy");
  const DatasetId dataset("levy");
  const std::vector<std::filesystem::path> all{paths.journal(bureau),
                                               paths.remembered(),
                                               paths.audit_log(),
                                               paths.captures(bureau),
                                               paths.compared(bureau, dataset),
                                               paths.run_history(),
                                               paths.scratch(),
                                               paths.import_lock(bureau),
                                               paths.collect_lock(bureau),
                                               paths.reconcile_lock(dataset),
                                               paths.reconciliation(dataset),
                                               paths.people(),
                                               paths.tasks()};
  EXPECT_EQ(std::set(all.begin(), all.end()).size(), all.size());
  for (const auto& path : all)
    EXPECT_TRUE(path.string().starts_with("/var/lib/sluice/")) << path;
  EXPECT_THAT(paths.directories(), Contains(paths.scratch()));
  EXPECT_THAT(paths.directories(), Contains(paths.journal(bureau).parent_path()));
}

TEST(OpenTasks, IsAFileOfItsOwnWhereTheStoreIsEmbedded) {
  const record::test::TemporaryDirectory directory;
  settings::Settings settings = center();
  settings.node.state_directory = directory / "";
  settings.node.store = settings::SqliteLocation{.file = directory / "central.sqlite"};
  const auto tasks = open_tasks(settings).value();
  const std::vector<tasks::NewTask> asked = {
      {.bureau = BureauId("park"), .dataset = DatasetId("park-register")}};
  ASSERT_TRUE(tasks->add(asked, std::nullopt, {}));
  EXPECT_TRUE(std::filesystem::exists(directory / "tasks.sqlite"));
  EXPECT_FALSE(std::filesystem::exists(directory / "central.sqlite"));
}

}  // namespace
}  // namespace sluice::installation::test
