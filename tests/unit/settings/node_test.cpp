#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "configuration.h"

namespace sluice::settings::test {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::vector<std::string> complaints_of_node(std::string_view old_text, std::string_view text) {
  return Configuration().with("node.yaml", old_text, text).complaints();
}

TEST(NodeFile, SaysWhereEverythingIs) {
  Configuration configuration;
  const Node node = configuration.settings().node;
  EXPECT_EQ(node.name.str(), "center");
  EXPECT_EQ(node.state_directory, configuration.path() / "state");
  EXPECT_EQ(node.control_socket, "/run/c.socket");
  EXPECT_EQ(node.identity.key, configuration.path() / "node.key");
  EXPECT_TRUE(node.identity.revocations.empty());
  ASSERT_TRUE(node.listen);
  EXPECT_EQ(node.listen->address, "127.0.0.1");
  EXPECT_EQ(std::get<SqliteLocation>(node.store.value()).file,
            configuration.path() / "state/central.sqlite");
}

TEST(NodeFile, LeavesEachLimitAtItsOwnDefault) {
  const Node node = Configuration().settings().node;
  EXPECT_EQ(node.journal.backlog_bytes, journal::Limits().backlog_bytes);
  EXPECT_EQ(node.journal.batch_age, journal::Limits().batch_age);
  EXPECT_EQ(node.listen->max_connections, server::Listen().max_connections);
  EXPECT_EQ(node.log.level, observe::LogSettings().level);
}

TEST(NodeFile, SetsEveryLimit) {
  const Node node =
      Configuration()
          .with("node.yaml", "store:",
                "  port: 9443\n  metrics: true\n  max_body_bytes: 1MiB\n  "
                "max_body_memory_bytes: 4MiB\n"
                "  max_connections: 10\n  max_connections_per_bureau: 5\n  max_handshakes: 20\n"
                "  header_timeout: 1s\n  body_timeout: 2m\n  idle_timeout: 1500ms\n"
                "journal: {backlog_bytes: 1GiB, backlog_age: 2d, answer_age: 3h, "
                "quarantine_bytes: 5MiB, quarantine_age: 9d}\n"
                "batch: {rows: 7, bytes: 64KiB, age: 250ms}\n"
                "log: {to: syslog, level: debug, socket: /run/rsyslog/sluice, "
                "enterprise_number: 7, fold_within: 2s}\nstore:")
          .settings()
          .node;
  EXPECT_EQ(node.listen->port, 9443);
  EXPECT_TRUE(node.listen->metrics);
  EXPECT_EQ(node.listen->max_body_bytes, 1U << 20);
  EXPECT_EQ(node.listen->max_body_memory_bytes, 4U << 20);
  EXPECT_EQ(node.listen->max_connections, 10U);
  EXPECT_EQ(node.listen->max_connections_per_bureau, 5U);
  EXPECT_EQ(node.listen->max_handshakes, 20U);
  EXPECT_EQ(node.listen->header_timeout, 1s);
  EXPECT_EQ(node.listen->body_timeout, 120s);
  EXPECT_EQ(node.listen->idle_timeout, 2s);  // whole seconds, never less than was asked
  EXPECT_EQ(node.journal.backlog_bytes, 1U << 30);
  EXPECT_EQ(node.journal.backlog_age, 48h);
  EXPECT_EQ(node.journal.answer_age, 3h);
  EXPECT_EQ(node.journal.quarantine_bytes, 5U << 20);
  EXPECT_EQ(node.journal.quarantine_age, 216h);
  EXPECT_EQ(node.journal.batch_rows, 7U);
  EXPECT_EQ(node.journal.batch_bytes, 64U << 10);
  EXPECT_EQ(node.journal.batch_age, 250ms);
  EXPECT_EQ(node.log.target, observe::LogSettings::Target::syslog);
  EXPECT_EQ(node.log.level, observe::LogSettings::Level::debug);
  EXPECT_EQ(node.log.socket, "/run/rsyslog/sluice");
  EXPECT_EQ(node.log.enterprise_number, 7U);
  EXPECT_EQ(node.log.fold_within, 2s);
}

TEST(NodeFile, TakesLevelsAndTargetsByTheirNames) {
  using Log = observe::LogSettings;
  const auto log_of = [](const std::string& keys) {
    return Configuration()
        .with("node.yaml", "store:", "log: {" + keys + "}\nstore:")
        .settings()
        .node.log;
  };
  EXPECT_EQ(log_of("level: err").level, Log::Level::error);
  EXPECT_EQ(log_of("level: error").level, Log::Level::error);
  EXPECT_EQ(log_of("level: warning").level, Log::Level::warning);
  EXPECT_EQ(log_of("level: notice").level, Log::Level::notice);
  EXPECT_EQ(log_of("level: info").level, Log::Level::info);
  EXPECT_EQ(log_of("to: auto").target, Log::Target::automatic);
  EXPECT_EQ(log_of("to: journald").target, Log::Target::journald);
  EXPECT_EQ(log_of("to: stderr").target, Log::Target::standard_error);
  EXPECT_THAT(complaints_of_node("store:", "log: {socket: log}\nstore:"),
              ElementsAre("node.yaml:11:15: found `log`, expected the path of a socket, such as "
                          "/dev/log, for `socket`"));
}

TEST(NodeFile, SaysWhatIsToStayFreeOnItsDisk) {
  EXPECT_FALSE(Configuration().settings().node.reserve);
  EXPECT_EQ(
      Configuration().with("node.yaml", "node:", "node:\n  reserve: 64MiB").settings().node.reserve,
      std::uint64_t{64} << 20);
}

TEST(NodeFile, NamesTheNearestKeyForATypo) {
  EXPECT_THAT(complaints_of_node("address:", "adress:"),
              ElementsAre("node.yaml:10:3: found `adress`, expected one of address, body_timeout, "
                          "header_timeout, idle_timeout, max_body_bytes, max_body_memory_bytes, "
                          "max_connections, max_connections_per_bureau, max_handshakes, "
                          "metrics, port; did you mean `address`?"));
  EXPECT_THAT(
      complaints_of_node("listen:", "lisen:"),
      ElementsAre("node.yaml:9:1: found `lisen`, expected one of batch, identity, journal, "
                  "listen, log, node, nodes, pages, store, uplink; did you mean `listen`?"));
}

TEST(NodeFile, MustHaveItsSectionsAndKeys) {
  EXPECT_THAT(complaints_of_node("  name: center\n", ""),
              ElementsAre("node.yaml:2:3: found no `name`, expected `name: …`"));
  EXPECT_THAT(Configuration().write("node.yaml", "{}\n").complaints(),
              ElementsAre("node.yaml:1:1: found no `node`, expected a section `node`",
                          "node.yaml:1:1: found no `identity`, expected a section `identity`",
                          "node.yaml:1:1: found neither `store` nor `uplink`, expected a section "
                          "`store`, or `uplink` on a node that sends batches to another"));
}

TEST(NodeFile, SaysTheWrongTypeOfAValue) {
  EXPECT_THAT(complaints_of_node("kind: sqlite", "kind: [sqlite]"),
              ElementsAre("node.yaml:12:9: found a list, expected a text for `kind`"));
  EXPECT_THAT(complaints_of_node("identity:\n", "identity: x\nlog:\n"),
              ElementsAre("node.yaml:5:11: found `x`, expected keys with values",
                          "node.yaml:7:3: found `certificate`, expected one of enterprise_number, "
                          "fold_within, level, socket, to",
                          "node.yaml:8:3: found `key`, expected one of enterprise_number, "
                          "fold_within, level, socket, to",
                          "node.yaml:9:3: found `authorities`, expected one of enterprise_number, "
                          "fold_within, level, socket, to"));
  EXPECT_THAT(complaints_of_node("kind: sqlite", "kind:"),
              ElementsAre("node.yaml:12:3: found nothing, expected a text for `kind`"));
}

TEST(NodeFile, RefusesNumbersOutOfRangeOrInQuotes) {
  EXPECT_THAT(
      complaints_of_node("  address: 127.0.0.1", "  port: 65536"),
      ElementsAre("node.yaml:10:9: found `65536`, expected a whole number from 0 to 65535 for "
                  "`port`"));
  EXPECT_THAT(
      complaints_of_node("  address: 127.0.0.1", "  port: '8443'"),
      ElementsAre("node.yaml:10:9: found `8443` in quotes, expected a whole number from 0 to "
                  "65535 for `port`"));
  EXPECT_THAT(
      complaints_of_node("  address: 127.0.0.1", "  port: 8443.0"),
      ElementsAre("node.yaml:10:9: found `8443.0`, expected a whole number from 0 to 65535 for "
                  "`port`"));
}

TEST(NodeFile, RefusesSizesAndDurationsWithoutAKnownUnit) {
  EXPECT_THAT(
      complaints_of_node("  address: 127.0.0.1", "  max_body_bytes: 8MB\n  idle_timeout: 30"),
      ElementsAre("node.yaml:10:19: found `8MB`, expected a size in B, KiB, MiB, GiB or TiB, "
                  "such as 8MiB, for `max_body_bytes`",
                  "node.yaml:11:17: found `30`, expected a duration in ms, s, m, h or d, such "
                  "as 30s, for `idle_timeout`"));
}

TEST(NodeFile, RefusesABatchLargerThanTheCenterTakes) {
  EXPECT_THAT(complaints_of_node("store:", "batch: {bytes: 65MiB}\nstore:"),
              ElementsAre("node.yaml:11:16: found `65MiB`, expected a size in B, KiB, MiB, GiB or "
                          "TiB, such as 8MiB, of at most 64MiB, for `bytes`"));
}

TEST(NodeFile, RefusesABodyLimitThatMemoryForBodiesCouldNeverHold) {
  EXPECT_THAT(complaints_of_node("  address: 127.0.0.1", "  max_body_bytes: 40MiB"),
              ElementsAre("node.yaml:10:19: found 41943040 bytes, expected at most half of "
                          "`max_body_memory_bytes` (67108864) for `max_body_bytes`"));
}

TEST(NodeFile, SaysWherePeopleReachIt) {
  Configuration configuration;
  configuration.with("node.yaml",
                     "store:", "pages: {certificate: node.pem, key: node.key}\nstore:");
  const Pages pages = configuration.settings().node.pages.value();
  EXPECT_EQ(pages.listen.port, 8444);
  EXPECT_EQ(pages.certificate, configuration.path() / "node.pem");
  EXPECT_EQ(pages.sessions.idle, 30min);
  EXPECT_EQ(pages.time_zone, "Asia/Shanghai");
  EXPECT_FALSE(Configuration().settings().node.pages);
}

TEST(NodeFile, SetsWhatIsToBeSaidOfPages) {
  const Pages pages =
      Configuration()
          .with("node.yaml", "store:",
                "pages: {address: 127.0.0.1, port: 0, certificate: node.pem, key: node.key, "
                "session_idle: 5m, session_lifetime: 1h, time_zone: Asia/Urumqi}\nstore:")
          .settings()
          .node.pages.value();
  EXPECT_EQ(pages.listen.address, "127.0.0.1");
  EXPECT_EQ(pages.listen.port, 0);
  EXPECT_EQ(pages.sessions.idle, 5min);
  EXPECT_EQ(pages.sessions.lifetime, 1h);
  EXPECT_EQ(pages.time_zone, "Asia/Urumqi");
}

TEST(NodeFile, SaysWhoCertifiesPeople) {
  const std::string pages = "pages: {certificate: node.pem, key: node.key, ";
  Configuration configuration;
  const Pages asking =
      configuration
          .with("node.yaml", "store:",
                pages + "people_authorities: ca.pem, people_revocations: node.pem}\nstore:")
          .settings()
          .node.pages.value();
  EXPECT_EQ(asking.people_authorities, configuration.path() / "ca.pem");
  EXPECT_EQ(asking.people_revocations, configuration.path() / "node.pem");
  EXPECT_THAT(
      complaints_of_node("store:", pages + "people_revocations: node.pem}\nstore:").at(0),
      testing::HasSubstr("found it without `people_authorities`, expected both, or neither"));
  EXPECT_THAT(complaints_of_node("store:", pages + "people_authorities: no.pem}\nstore:").at(0),
              testing::HasSubstr("no.pem`, where there is no file"));
}

TEST(NodeFile, RefusesPagesThatCouldNotBeServed) {
  EXPECT_THAT(
      complaints_of_node("store:", "pages: {certificate: node.pem, key: no.key}\nstore:").at(0),
      testing::HasSubstr("no.key`, where there is no file, expected an existing file for `key`"));
  EXPECT_THAT(complaints_of_node("store:",
                                 "pages: {certificate: node.pem, key: node.key, "
                                 "session_idle: 2d, time_zone: Peking}\nstore:"),
              ElementsAre("node.yaml:11:61: found 172800 seconds, expected at most "
                          "`session_lifetime` (43200 seconds) for `session_idle`",
                          "node.yaml:11:76: found `Peking`, expected a name of the IANA time zone "
                          "database such as `Asia/Shanghai` for `time_zone`"));
}

TEST(NodeFile, HasPagesOnlyWhereThePeopleAreKept) {
  EXPECT_THAT(
      Configuration()
          .with("node.yaml", "store:",
                "pages: {certificate: node.pem, key: node.key}\nuplink: {addresses: "
                "['https://c:1'], center_subject: CN=c}\nstore:")
          .with("node.yaml", "store:\n  kind: sqlite\n", "")
          .complaints(),
      testing::Contains("node.yaml:11:8: found `pages` on a node without `store`, expected them on "
                        "a node with the central store, where the people are kept; for `pages`"));
}

TEST(NodeFile, RefusesAnAddressThatIsNone) {
  EXPECT_THAT(
      complaints_of_node("127.0.0.1", "localhost"),
      ElementsAre("node.yaml:10:12: found `localhost`, expected an IPv4 or IPv6 address for "
                  "`address`"));
  EXPECT_THAT(complaints_of_node("127.0.0.1", "'::'"), IsEmpty());
}

TEST(NodeFile, RefusesANameThatIsNone) {
  EXPECT_THAT(
      complaints_of_node("name: center", "name: Center_1"),
      ElementsAre("node.yaml:2:9: found `Center_1`, expected a name (lower-case letters, digits "
                  "and inner hyphens, a letter first, at most 63) for `name`"));
}

std::vector<std::string> missing_of(const Configuration& configuration) {
  std::vector<std::string> missing;
  for (const Complaint& complaint : configuration.settings().node.identity.missing)
    missing.push_back(to_string(complaint).substr(configuration.path().string().size() + 1));
  return missing;
}

TEST(NodeFile, TellsIdentityFilesThatAreNotThereAndIsReadAllTheSame) {
  Configuration configuration;
  EXPECT_THAT(missing_of(configuration), IsEmpty());
  configuration.remove("node.key");
  const auto missing = missing_of(configuration);
  ASSERT_EQ(missing.size(), 1U);
  EXPECT_THAT(missing.at(0), testing::StartsWith("node.yaml:7:8: found `"));
  EXPECT_THAT(missing.at(0), testing::HasSubstr("where there is no file, expected an existing file "
                                                "for `key`: docs/pki.md says how to make it"));
}

TEST(NodeFile, TellsMissingIdentityFilesBesideWhatElseIsWrong) {
  Configuration configuration;
  configuration.remove("node.key").with("node.yaml", "kind: sqlite", "kind: oracle");
  const auto complaints = configuration.complaints();
  ASSERT_EQ(complaints.size(), 2U);
  EXPECT_THAT(complaints.at(0), testing::HasSubstr("node.key"));
  EXPECT_THAT(complaints.at(1), testing::HasSubstr("oracle"));
}

TEST(NodeFile, MaySayWhichSubjectItsCertificateHas) {
  Configuration configuration;
  EXPECT_EQ(configuration.settings().node.identity.subject, "");
  configuration.with("node.yaml", "identity:", "identity:\n  subject: CN=center,O=Haidian");
  EXPECT_EQ(configuration.settings().node.identity.subject, "CN=center,O=Haidian");
  EXPECT_THAT(complaints_of_node("identity:", "identity:\n  subject: center"),
              ElementsAre("node.yaml:6:12: found `center`, expected an RFC 2253 name such as "
                          "CN=center,O=Haidian, for `subject`"));
}

TEST(NodeFile, IsReadAloneWhateverIsWrongWithTheOthers) {
  Configuration configuration;
  configuration.remove("bureaus");
  EXPECT_FALSE(configuration.complaints().empty());
  const auto node = load_node(configuration.path());
  ASSERT_TRUE(node);
  EXPECT_EQ(node->name, record::NodeId("center"));
  configuration.with("node.yaml", "kind: sqlite", "kind: oracle");
  EXPECT_FALSE(load_node(configuration.path()));
}

TEST(NodeFile, RefusesASocketPathThatTheSystemCanNotBind) {
  EXPECT_THAT(
      complaints_of_node("/run/c.socket", "/run/" + std::string(103, 'c')),
      ElementsAre("node.yaml:4:19: found a path of 108 bytes, expected one of at most 107, the "
                  "system's limit for sockets, for `control_socket`"));
}

TEST(NodeFile, TakesAPostgresqlStoreWithItsPasswordInAFile) {
  Configuration configuration;
  configuration.write("password", "secret\n")
      .with("node.yaml", "kind: sqlite",
            "kind: postgresql\n  connection: host=a,b dbname=passwords\n  password_file: password");
  const auto store = std::get<PostgresqlLocation>(configuration.settings().node.store.value());
  EXPECT_EQ(store.connection, "host=a,b dbname=passwords");
  EXPECT_EQ(store.password_file, configuration.path() / "password");
}

TEST(NodeFile, RefusesAPasswordInTheConnectionStringAndNeverRepeatsIt) {
  const std::string rest =
      "expected a libpq connection string such as `host=a,b dbname=sluice`, the password in a file "
      "of "
      "its own that `password_file` names, for `connection`";
  for (const char* connection :
       {"host=a password=secret", "host=a PASSWORD = 'secret'", "postgresql://sluice:secret@a/db",
        "postgres://a/db?password=secret"}) {
    const bool understood = std::string_view(connection).find("PASSWORD") == std::string_view::npos;
    EXPECT_THAT(
        complaints_of_node("kind: sqlite",
                           std::string("kind: postgresql\n  connection: ") + connection),
        ElementsAre((understood ? "node.yaml:13:15: found a password, "
                                : "node.yaml:13:15: found what libpq does not understand, ") +
                    rest));
  }
}

TEST(NodeFile, TakesTheNumberOfTheStore) {
  Configuration configuration;
  EXPECT_EQ(configuration.settings().node.store_number.value, 0);
  configuration.with("node.yaml", "kind: sqlite", "kind: sqlite\n  number: 32767");
  EXPECT_EQ(configuration.settings().node.store_number.value, 32767);
  EXPECT_THAT(complaints_of_node("kind: sqlite", "kind: sqlite\n  number: 32768"),
              ElementsAre(HasSubstr("found `32768`, expected")));
}

TEST(NodeFile, TakesHowLongABatchIsDeferredBeforeItIsHeld) {
  Configuration configuration;
  EXPECT_EQ(configuration.settings().node.hold_after, std::chrono::minutes(10));
  configuration.with("node.yaml", "kind: sqlite", "kind: sqlite\n  hold_after: 1s");
  EXPECT_EQ(configuration.settings().node.hold_after, std::chrono::seconds(1));
}

TEST(NodeFile, RefusesKeysOfTheOtherKindOfStore) {
  EXPECT_THAT(
      complaints_of_node("kind: sqlite", "kind: sqlite\n  connection: host=a"),
      ElementsAre(
          "node.yaml:13:3: found `connection`, expected one of file, hold_after, kind, number"));
  EXPECT_THAT(
      complaints_of_node("kind: sqlite", "kind: postgres"),
      ElementsAre("node.yaml:12:9: found `postgres`, expected one of sqlite, postgresql for "
                  "`kind`; did you mean `postgresql`?"));
}

}  // namespace
}  // namespace sluice::settings::test
