#include "settings/changes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "configuration.h"

namespace sluice::settings::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class ChangesTest : public testing::Test {
 protected:
  Changes changes() const { return changes_between(running, configuration.settings()); }

  Configuration configuration;
  const Settings running = configuration.settings();
};

TEST_F(ChangesTest, CommentsLayoutAndTheOrderOfKeysAreNone) {
  configuration.write("node.yaml", R"(# The center.
listen: {address: "127.0.0.1"}
store: {kind: sqlite}

identity: {key: node.key, authorities: ca.pem, certificate: node.pem}
node:
  control_socket: /run/c.socket
  name: center
  state_directory: state
)");
  const Changes found = changes();
  EXPECT_TRUE(found.empty());
  EXPECT_THAT(found.restart, IsEmpty());
}

TEST_F(ChangesTest, BureausAndDatasetsThatComeAndGoAreNamed) {
  configuration
      .write("bureaus/tax.yaml", R"(bureau: tax
name: Tax
certificate_subject: CN=tax
channels: {direct: {}}
publishes: [{dataset: levy, channels: [direct]}]
)")
      .write("schemas/levy.json", R"({"sluice:dataset": {"owner": "tax"},
  "fields": [{"name": "number", "constraints": {"required": true}}], "primaryKey": "number"})");
  EXPECT_THAT(changes().added, ElementsAre("bureau tax", "dataset levy"));
  const Changes back = changes_between(configuration.settings(), running);
  EXPECT_THAT(back.removed, ElementsAre("bureau tax", "dataset levy"));
  EXPECT_THAT(back.added, IsEmpty());
  EXPECT_THAT(back.changed, IsEmpty());
}

TEST_F(ChangesTest, WhatChangesInABureauIsNamedByItsKeyAndNeverByItsValue) {
  configuration.with("bureaus/park.yaml", "drop/park", "drop/other")
      .with("bureaus/park.yaml", "channels: [direct, disk]", "channels: [disk]")
      .with("bureaus/park.yaml", "from: 文号", "from: secret");
  EXPECT_THAT(changes().changed,
              ElementsAre("bureau park: channels.disk.drop_folder, publishes[approval].channels, "
                          "publishes[approval].mapping.fields[1].from"));
}

TEST_F(ChangesTest, ASectionThatComesOrGoesIsNamedOnce) {
  configuration.with("bureaus/park.yaml", "    drop_folder: drop/park\n",
                     "    drop_folder: drop/park\n    time_limit: 5m\n    cpu_limit: 1m\n");
  EXPECT_THAT(changes().changed, ElementsAre("bureau park: channels.disk.cpu_limit added, "
                                             "channels.disk.time_limit added"));
  configuration.write("bureaus/park.yaml", R"(bureau: park
name: 海淀园
certificate_subject: CN=park
channels: {direct: {}}
)");
  EXPECT_THAT(changes().changed,
              ElementsAre("bureau park: channels.disk removed, publishes removed"));
}

TEST_F(ChangesTest, AFieldOfASchemaIsNamedAndSoIsTheOrderOfFields) {
  configuration.with("schemas/approval.json", R"("type": "number")",
                     R"("type": "number", "constraints": {"minimum": 0})");
  EXPECT_THAT(changes().changed, ElementsAre("dataset approval: fields[amount].constraints added"));
  Configuration other;
  other.with("schemas/approval.json",
             R"(    {"name": "amount", "type": "number"},
    {"name": "approved_on", "type": "date"},)",
             R"(    {"name": "approved_on", "type": "date"},
    {"name": "amount", "type": "number"},)");
  EXPECT_THAT(changes_between(running, other.settings()).changed,
              ElementsAre("dataset approval: fields"));
}

TEST_F(ChangesTest, NodesThatBringBatchesAreNamedLikeBureaus) {
  const std::string more = R"(nodes:
  - {name: edge, certificate_subject: CN=edge, bureaus: [park]}
)";
  configuration.with("node.yaml", "store:", more + "store:");
  EXPECT_THAT(changes().added, ElementsAre("node edge"));
  const Settings with_edge = configuration.settings();
  EXPECT_THAT(changes_between(with_edge, running).removed, ElementsAre("node edge"));
  configuration.with("node.yaml", "CN=edge", "CN=renamed");
  EXPECT_THAT(changes_between(with_edge, configuration.settings()).changed,
              ElementsAre("node edge: nodes[edge].certificate_subject"));
}

TEST_F(ChangesTest, WhatOnlyARestartChangesIsNamedApartFromTheRest) {
  configuration.with("node.yaml", "  address: 127.0.0.1\n",
                     "  address: 127.0.0.2\n  port: 9443\n  idle_timeout: 30s\n"
                     "journal: {backlog_bytes: 1GiB, retention_bytes: 1GiB}\n"
                     "log: {level: debug}\n");
  const Changes found = changes();
  EXPECT_THAT(found.changed, ElementsAre("node.yaml: journal added, listen.idle_timeout added"));
  EXPECT_THAT(found.restart,
              ElementsAre("journal.retention_bytes", "listen.address", "listen.port", "log.level"));
}

TEST_F(ChangesTest, AListenerNeitherComesNorGoesWithoutARestart) {
  configuration.with("node.yaml", "listen:\n  address: 127.0.0.1\n", "")
      .with("bureaus/park.yaml", "  direct: {}\n", "")
      .with("bureaus/park.yaml", "[direct, disk]", "[disk]");
  const Changes found = changes();
  EXPECT_THAT(found.restart, ElementsAre("listen"));
  EXPECT_THAT(found.changed, ElementsAre("bureau park: channels.direct removed, "
                                         "publishes[approval].channels"));
}

TEST_F(ChangesTest, WhatNeedsARestartStaysAsItRunsAndIsToldAgain) {
  configuration
      .with("node.yaml", "  address: 127.0.0.1\n",
            "  address: 127.0.0.2\n  port: 9443\n  idle_timeout: 30s\n")
      .with("node.yaml", "state_directory: state", "state_directory: other")
      .with("node.yaml", "kind: sqlite", "kind: sqlite\n  hold_after: 1h");
  Settings next = configuration.settings();
  keep_until_restart(next, running);
  EXPECT_EQ(next.node.listen->address, "127.0.0.1");
  EXPECT_EQ(next.node.listen->port, running.node.listen->port);
  EXPECT_EQ(next.node.listen->idle_timeout, std::chrono::seconds(30));
  EXPECT_EQ(next.node.state_directory, running.node.state_directory);
  EXPECT_EQ(next.node.hold_after, running.node.hold_after);
  const Changes again = changes_between(next, configuration.settings());
  EXPECT_TRUE(again.empty());
  EXPECT_THAT(again.restart, ElementsAre("listen.address", "listen.port", "node.state_directory",
                                         "store.hold_after"));
  EXPECT_THAT(changes_between(next, running).restart, IsEmpty());
}

TEST_F(ChangesTest, AListenerThatTheFilesHaveNoMoreIsKept) {
  configuration.with("node.yaml", "listen:\n  address: 127.0.0.1\n", "")
      .with("bureaus/park.yaml", "  direct: {}\n", "")
      .with("bureaus/park.yaml", "[direct, disk]", "[disk]");
  Settings next = configuration.settings();
  keep_until_restart(next, running);
  ASSERT_TRUE(next.node.listen);
  EXPECT_THAT(changes_between(next, configuration.settings()).restart, ElementsAre("listen"));
}

TEST_F(ChangesTest, AStoreThatBecomesAnUplinkStaysAStore) {
  configuration.with("node.yaml", "store:\n  kind: sqlite\n",
                     "uplink: {addresses: ['https://center:8443'], center_subject: CN=center}\n");
  Settings next = configuration.settings();
  EXPECT_THAT(changes().restart, ElementsAre("uplink", "store.kind"));
  keep_until_restart(next, running);
  EXPECT_TRUE(next.node.store);
  EXPECT_FALSE(next.node.uplink);
}

}  // namespace
}  // namespace sluice::settings::test
