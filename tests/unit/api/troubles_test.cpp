// What is wrong with a node: found once, in one order, each with what to do.
#include "api/troubles.h"

#include <algorithm>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "status_samples.h"

namespace sluice::api::test {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

std::vector<std::string> names_of(const NodeStatus& node) {
  std::vector<std::string> names;
  for (const Trouble& trouble : troubles_of(node))
    names.emplace_back(trouble.kind->name);
  return names;
}

const Trouble& the_first_of(const std::vector<Trouble>& troubles, std::string_view name) {
  return *std::ranges::find(troubles, name, [](const Trouble& one) { return one.kind->name; });
}

TEST(Troubles, AreNoneOfANodeThatIsWell) {
  EXPECT_THAT(names_of(node_of({stream_of("park")})), IsEmpty());
}

TEST(Troubles, AreFoundOfEveryKindThatIsDeclared) {
  auto node = node_with_every_trouble();
  std::set<std::string> found;
  for (const auto& name : names_of(node))
    found.insert(name);
  // Those that show only while the reserve is not touched, and in the place of another.
  node.room->is_short = false;
  node.held->front().passes = true;
  for (const auto& name : names_of(node))
    found.insert(name);
  for (const TroubleKind& kind : trouble_kinds)
    EXPECT_TRUE(found.contains(std::string(kind.name))) << kind.name;
}

TEST(Troubles, BeginWithTheWorstAndEndWithReminders) {
  const auto troubles = troubles_of(node_with_every_trouble());
  EXPECT_EQ(troubles.front().kind->name, "disk-not-trusted");
  for (std::size_t i = 1; i < troubles.size(); ++i)
    EXPECT_LE(troubles[i - 1].grade, troubles[i].grade);
  EXPECT_EQ(troubles.back().kind->name, "quarantine-waiting");
}

TEST(Troubles, SayWhatToDoWithTheNamesOfThoseConcerned) {
  const auto troubles = troubles_of(node_with_every_trouble());
  for (const Trouble& trouble : troubles) {
    EXPECT_FALSE(remedy_of(trouble).empty()) << trouble.kind->name;
    EXPECT_THAT(remedy_of(trouble), Not(HasSubstr("{"))) << trouble.kind->name;
  }
  EXPECT_EQ(remedy_of(the_first_of(troubles, "batches-lost")), "sluice journal gaps full");
  EXPECT_THAT(remedy_of(the_first_of(troubles, "held-here")),
              HasSubstr("sluice batch release park --dataset register"));
}

TEST(Troubles, BatchesThatAreHeldForAMigrationCallForNobody) {
  auto node = node_with_every_trouble();
  node.held->front().passes = true;
  const auto troubles = troubles_of(node);
  ASSERT_THAT(names_of(node), AllOf(Contains("held-for-migration"), Not(Contains("held-here"))));
  const Trouble& held = the_first_of(troubles, "held-for-migration");
  EXPECT_EQ(held.grade, Grade::reminder);
  EXPECT_THAT(line_of(held), HasSubstr("3 of register held while its tables are migrated"));
  EXPECT_THAT(remedy_of(held), HasSubstr("goes on by itself"));
}

// systemd is told whenever the line is another one.
TEST(Troubles, AreToldInTheSameWordsAsLongAsNothingHasChanged) {
  auto node = node_with_every_trouble();
  const auto lines = [&node] {
    std::vector<std::string> all;
    for (const Trouble& trouble : troubles_of(node))
      all.push_back(line_of(trouble));
    return all;
  };
  const auto before = lines();
  node.now += std::chrono::minutes(1);
  node.room->space.free -= 1;
  EXPECT_EQ(lines(), before);
  EXPECT_EQ(line_of(the_first_of(troubles_of(node), "link-held-back")),
            "away: held back since 2026-12-01T02:57:00.000Z: https://center:8443: nobody answers "
            "there");
}

TEST(Troubles, OfACertificateAreWorseTheNearerItsEndIs) {
  auto node = node_of({});
  const auto grade = [&node](std::chrono::milliseconds left) -> std::optional<Grade> {
    node.certificate_ends = now + left;
    const auto troubles = troubles_of(node);
    return troubles.empty() ? std::nullopt : std::optional(troubles.front().grade);
  };
  EXPECT_EQ(grade(std::chrono::days(31)), std::nullopt);
  EXPECT_EQ(grade(std::chrono::days(29)), Grade::attention);
  EXPECT_EQ(grade(std::chrono::days(2)), Grade::stops);
  EXPECT_EQ(grade(std::chrono::days(-2)), Grade::stops);
  node.not_signing = "it has ended";
  EXPECT_THAT(names_of(node), ElementsAre("not-signing"));  // and not twice
}

TEST(Troubles, OfTheConfigurationSayWhatIsInTheWayOfIt) {
  auto node = node_of({});
  node.configuration = ConfigurationStatus{.since = now};
  EXPECT_THAT(names_of(node), IsEmpty());
  node.configuration->restart = {"listen.port", "log.level"};
  EXPECT_EQ(line_of(troubles_of(node).front()),
            "listen.port, log.level of node.yaml needs a restart");
  node.configuration->refused_at = now;
  node.configuration->complaints = {"node.yaml: one", "node.yaml: two"};
  EXPECT_THAT(names_of(node), ElementsAre("configuration-refused", "restart-needed"));
  EXPECT_THAT(line_of(troubles_of(node).front()), HasSubstr(": node.yaml: one; node.yaml: two"));
  node.configuration->unfinished = {"drop folders: no memory"};
  const auto troubles = troubles_of(node);
  EXPECT_EQ(troubles.front().kind->name, "reload-unfinished");
  EXPECT_EQ(troubles.front().grade, Grade::stops);
  EXPECT_EQ(remedy_of(troubles.front()), "restart sluiced");
}

TEST(Troubles, OfTheDiskAreToldByItsReserve) {
  auto node = node_of({});
  node.room = {.space = {.free = 200, .total = 10'000}, .reserve = 100, .is_short = false};
  EXPECT_THAT(names_of(node), IsEmpty());
  node.room->space.free = 199;
  EXPECT_THAT(names_of(node), ElementsAre("disk-low"));
  node.room->is_short = true;
  EXPECT_THAT(names_of(node), ElementsAre("disk-short"));
}

TEST(Troubles, AreNotThatANewEdgeHasNotToldYet) {
  auto node = node_of({});
  node.edges = {{.bureau = record::BureauId("new"), .node = record::NodeId("edge"), .told = {}}};
  EXPECT_THAT(names_of(node), IsEmpty());
}

TEST(TroubleKinds, HaveNamesOfTheirOwn) {
  std::set<std::string_view> names;
  for (const TroubleKind& kind : trouble_kinds)
    EXPECT_TRUE(names.insert(kind.name).second) << kind.name;
}

}  // namespace
}  // namespace sluice::api::test
