#include "settings/changes.h"

#include <fstream>
#include <iterator>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "configuration.h"

namespace sluice::settings::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
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

// Something of what only a restart changes.
struct Fixed {
  const char* key;
  std::string_view before, after;  // in node.yaml
  bool (*is_same)(const Node&, const Node&);
};
constexpr Fixed fixed_examples[] = {
    {"node.name", "name: center", "name: other",
     [](const Node& a, const Node& b) { return a.name == b.name; }},
    {"node.state_directory", "state_directory: state", "state_directory: other",
     [](const Node& a, const Node& b) { return a.state_directory == b.state_directory; }},
    {"node.control_socket", "/run/c.socket", "/run/d.socket",
     [](const Node& a, const Node& b) { return a.control_socket == b.control_socket; }},
    {"node.reserve", "reserve: 1GiB", "reserve: 2GiB",
     [](const Node& a, const Node& b) { return a.reserve == b.reserve; }},
    {"identity", "certificate: node.pem", "certificate: other.pem",
     [](const Node& a, const Node& b) { return a.identity.certificate == b.identity.certificate; }},
    {"listen.address", "listen: {address: 127.0.0.1", "listen: {address: 127.0.0.2",
     [](const Node& a, const Node& b) { return a.listen->address == b.listen->address; }},
    {"listen.port", "port: 9443", "port: 9445",
     [](const Node& a, const Node& b) { return a.listen->port == b.listen->port; }},
    {"pages.address", "pages: {address: 127.0.0.1", "pages: {address: 127.0.0.2",
     [](const Node& a, const Node& b) {
       return a.pages->listen.address == b.pages->listen.address;
     }},
    {"pages.port", "port: 9444", "port: 9445",
     [](const Node& a, const Node& b) { return a.pages->listen.port == b.pages->listen.port; }},
    {"pages.certificate", "certificate: pages.pem", "certificate: other.pem",
     [](const Node& a, const Node& b) { return a.pages->certificate == b.pages->certificate; }},
    {"pages.key", "key: pages.key", "key: other.pem",
     [](const Node& a, const Node& b) { return a.pages->key == b.pages->key; }},
    {"pages.people_authorities", "people_authorities: people.pem", "people_authorities: other.pem",
     [](const Node& a, const Node& b) {
       return a.pages->people_authorities == b.pages->people_authorities;
     }},
    {"pages.people_revocations", "people_revocations: list.pem", "people_revocations: other.pem",
     [](const Node& a, const Node& b) {
       return a.pages->people_revocations == b.pages->people_revocations;
     }},
    {"store", "number: 1, hold_after: 1h", "number: 2, file: other.sqlite",
     [](const Node& a, const Node& b) {
       return a.store_number.value == b.store_number.value && a.hold_after == b.hold_after &&
              std::get<SqliteLocation>(*a.store).file == std::get<SqliteLocation>(*b.store).file;
     }},
    {"log", "level: info", "level: debug",
     [](const Node& a, const Node& b) { return a.log.level == b.log.level; }},
    {"journal.retention_bytes", "retention_bytes: 1GiB", "retention_bytes: 2GiB",
     [](const Node& a, const Node& b) {
       return a.journal.retention_bytes == b.journal.retention_bytes;
     }},
};

TEST(FixedKeys, AreAllKeptAndNamedWhereTheyAreChanged) {
  Configuration configuration;
  for (const char* file : {"pages.pem", "pages.key", "people.pem", "list.pem", "other.pem"})
    configuration.write(file, "");
  const std::string_view all = R"(node:
  name: center
  state_directory: state
  control_socket: /run/c.socket
  reserve: 1GiB
identity: {certificate: node.pem, key: node.key, authorities: ca.pem}
listen: {address: 127.0.0.1, port: 9443}
pages: {address: 127.0.0.1, port: 9444, certificate: pages.pem, key: pages.key,
        people_authorities: people.pem, people_revocations: list.pem}
store: {kind: sqlite, number: 1, hold_after: 1h}
log: {level: info}
journal: {retention_bytes: 1GiB}
)";
  const Settings running = configuration.write("node.yaml", all).settings();
  for (const Fixed& fixed : fixed_examples) {
    configuration.write("node.yaml", all).with("node.yaml", fixed.before, fixed.after);
    Settings next = configuration.settings();
    const Changes found = changes_between(running, next);
    EXPECT_TRUE(found.empty()) << fixed.key;
    ASSERT_FALSE(found.restart.empty()) << fixed.key;
    for (const std::string& key : found.restart)
      EXPECT_TRUE(key.starts_with(fixed.key)) << key;
    EXPECT_FALSE(fixed.is_same(next.node, running.node)) << fixed.key;
    keep_until_restart(next, running);
    EXPECT_TRUE(fixed.is_same(next.node, running.node)) << fixed.key;
    EXPECT_EQ(next.written.node, running.written.node) << fixed.key;
  }
}

TEST(FixedKeys, AllHaveAnExampleAndStandInTheDocumentation) {
  std::set<std::string> examples;
  for (const Fixed& fixed : fixed_examples)
    examples.emplace(fixed.key);
  const auto keys = keys_until_restart();
  EXPECT_EQ(std::set<std::string>(keys.begin(), keys.end()), examples);
  std::ifstream stream(source_directory / "docs/configuration.md");
  const std::string page{std::istreambuf_iterator<char>(stream), {}};
  const std::size_t begin = page.find("\n## What needs a restart\n");
  ASSERT_NE(begin, std::string::npos);
  const std::string section = page.substr(begin, page.find("\n## ", begin + 1) - begin);
  for (const std::string& key : examples)
    EXPECT_THAT(section, HasSubstr("`" + key + "`"));
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

TEST_F(ChangesTest, AStoreBecomesNoUplinkWhileTheNodeRuns) {
  configuration.with("node.yaml", "store:\n  kind: sqlite\n",
                     "uplink: {addresses: ['https://center:8443'], center_subject: CN=center}\n");
  const Settings next = configuration.settings();
  const std::string why =
      "node.yaml: whether there is `store` or `uplink` changes by a restart alone";
  EXPECT_EQ(why_only_by_restart(running, next), why);
  EXPECT_EQ(why_only_by_restart(next, running), why);
}

TEST_F(ChangesTest, AnotherStoreIsNotInTheWayOfTheRest) {
  configuration.with("node.yaml", "kind: sqlite", "{kind: postgresql, connection: host=db}");
  EXPECT_EQ(why_only_by_restart(running, configuration.settings()), std::nullopt);
}

TEST_F(ChangesTest, ListsOfOtherTextsAreOtherLists) {
  const auto with_missing = [](std::string_view texts) {
    Configuration other;
    other.with("bureaus/park.yaml", "from: 文号", "from: 文号, missing: " + std::string(texts));
    return other.settings();
  };
  const Settings one = with_missing("['-']");
  const auto differ = ElementsAre("bureau park: publishes[approval].mapping.fields[1].missing");
  EXPECT_THAT(changes_between(one, with_missing("['', '-']")).changed, differ);
  EXPECT_THAT(changes_between(with_missing("[\"a\\nb\"]"), with_missing("[a, b]")).changed, differ);
  EXPECT_THAT(changes_between(one, with_missing("[]")).changed, differ);
  EXPECT_THAT(changes_between(running, with_missing("[]")).changed,
              ElementsAre("bureau park: publishes[approval].mapping.fields[1].missing added"));
  EXPECT_TRUE(changes_between(one, with_missing("['-']")).empty());
}

TEST_F(ChangesTest, ACodeTableThatAMappingNamesIsNamedByItsFile) {
  configuration
      .with("bureaus/park.yaml", "from: 文号", "from: 文号, steps: [{codes_file: codes/area.csv}]")
      .write("codes/area.csv", "code,name\n1,one\n");
  const Settings before = configuration.settings();
  EXPECT_TRUE(changes_between(before, configuration.settings()).empty());
  configuration.write("codes/area.csv", "code,name\n1,two\n");
  EXPECT_THAT(changes_between(before, configuration.settings()).changed,
              ElementsAre("code table codes/area.csv"));
}

TEST_F(ChangesTest, ACodeTableThatFormsSearchIsNamedByItsFile) {
  configuration
      .with("schemas/approval.json", R"({"name": "number", )",
            R"({"name": "number", "sluice:codes": "kind.csv", )")
      .write("schemas/kind.csv", "code,name\n1,one\n");
  const Settings before = configuration.settings();
  configuration.write("schemas/kind.csv", "code,name\n1,two\n");
  EXPECT_THAT(changes_between(before, configuration.settings()).changed,
              ElementsAre("code table schemas/kind.csv"));
}

}  // namespace
}  // namespace sluice::settings::test
