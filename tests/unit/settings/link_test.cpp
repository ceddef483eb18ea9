#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "configuration.h"

namespace sluice::settings::test {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr const char* embedded_store = "store:\n  kind: sqlite\n";
constexpr const char* uplink =
    "uplink:\n  addresses: ['https://c1:8443', 'https://[2001:db8::1]:443']\n"
    "  center_subject: CN=center\n";

Configuration& edge(Configuration& configuration, const std::string& section = uplink) {
  return configuration.with("node.yaml", embedded_store, section);
}

std::vector<std::string> complaints_of_edge(std::string_view old_text, std::string_view text) {
  Configuration configuration;
  return edge(configuration).with("node.yaml", old_text, text).complaints();
}

// A center to which another node brings the park's batches.
constexpr const char* nodes =
    "nodes:\n"
    "  - {name: front-1, certificate_subject: CN=front-1, bureaus: [park]}\n";

std::vector<std::string> complaints_of_center(const std::string& section) {
  Configuration configuration;
  return configuration.with("node.yaml", "store:", section + "store:").complaints();
}

TEST(Uplink, SaysWhereBatchesGoInsteadOfAStore) {
  Configuration configuration;
  const Node node = edge(configuration).settings().node;
  EXPECT_FALSE(node.store);
  ASSERT_TRUE(node.uplink);
  EXPECT_THAT(node.uplink->addresses, ElementsAre(link::Uplink::Address{"c1", 8443},
                                                  link::Uplink::Address{"2001:db8::1", 443}));
  EXPECT_EQ(node.uplink->center_signers, record::Signers{"CN=center"});
  EXPECT_EQ(node.uplink->in_flight, link::Uplink().in_flight);
  EXPECT_FALSE(node.uplink->bandwidth);
}

TEST(Uplink, SetsEveryLimit) {
  Configuration configuration;
  const Node node = edge(configuration)
                        .with("node.yaml", "center_subject: CN=center",
                              "center_subject: [CN=c1, CN=c2]\n  in_flight: 9\n  bandwidth: 1MiB\n"
                              "  connect_timeout: 3s\n  answer_timeout: 2m\n"
                              "  ask_every: 1m")
                        .settings()
                        .node;
  EXPECT_EQ(node.uplink->center_signers, (record::Signers{"CN=c1", "CN=c2"}));
  EXPECT_EQ(node.uplink->in_flight, 9U);
  EXPECT_EQ(node.uplink->bandwidth, 1U << 20);
  EXPECT_EQ(node.uplink->connect_timeout, 3s);
  EXPECT_EQ(node.uplink->answer_timeout, 2min);
  EXPECT_EQ(node.uplink->ask_every, 1min);
}

TEST(Uplink, DoesNotGoTogetherWithAStore) {
  EXPECT_THAT(complaints_of_edge("uplink:", std::string(embedded_store) + "uplink:"),
              ElementsAre("node.yaml:14:3: found `uplink` beside `store`, expected one of the two: "
                          "a node stores batches or sends them on; for `uplink`"));
}

TEST(Uplink, RefusesAnAddressThatIsNotWhole) {
  for (const std::string wrong :
       {"c1:8443", "http://c1:8443", "https://c1", "https://c1:0", "https://c1:65536",
        "https://c1:8443/", "https://:8443", "https://2001:db8::1:443", "https://user@c1:443"}) {
    EXPECT_THAT(complaints_of_edge("https://c1:8443", wrong),
                ElementsAre("node.yaml:12:14: found `" + wrong +
                            "`, expected https://HOST:PORT for `addresses`"));
  }
}

TEST(Uplink, MustSayWhereToAndWhoTheCenterIs) {
  EXPECT_THAT(complaints_of_edge("['https://c1:8443', 'https://[2001:db8::1]:443']", "[]"),
              ElementsAre("node.yaml:12:14: found no address, expected https://HOST:PORT for "
                          "`addresses`"));
  EXPECT_THAT(complaints_of_edge("  center_subject: CN=center\n", ""),
              ElementsAre("node.yaml:12:3: found no `center_subject`, expected the subject of the "
                          "certificate that the center signs receipts with for `center_subject`"));
  EXPECT_THAT(complaints_of_edge("CN=center", "center"),
              ElementsAre("node.yaml:13:19: found `center`, expected an RFC 2253 name such as "
                          "CN=center,O=Haidian, for `center_subject`"));
}

TEST(Nodes, BringTheBatchesOfTheirBureaus) {
  Configuration configuration;
  const Node node =
      configuration.with("node.yaml", "store:", std::string(nodes) + "store:").settings().node;
  ASSERT_EQ(node.nodes.size(), 1U);
  EXPECT_EQ(node.nodes[0].name.str(), "front-1");
  EXPECT_EQ(node.nodes[0].signers, record::Signers{"CN=front-1"});
  EXPECT_THAT(node.nodes[0].bureaus, ElementsAre(record::BureauId("park")));
  EXPECT_THAT(Configuration().settings().node.nodes, IsEmpty());
}

// A certificate gets another subject, or comes from another authority: what was signed before
// stays.
TEST(Nodes, MayHaveSignedByOtherNamesBefore) {
  Configuration configuration;
  const Node node =
      configuration
          .with("node.yaml", "store:",
                "nodes:\n"
                "  - name: front-1\n"
                "    bureaus: [park]\n"
                "    certificate_subject:\n"
                "      - {subject: CN=old, issuer: CN=Root 1, until: 2026-12-01T00:00:00Z}\n"
                "      - {subject: CN=front-1, from: 2026-12-01T00:00:00.250Z}\n"
                "      - CN=spare\n"
                "store:")
          .settings()
          .node;
  const auto moment = [](std::string_view text) { return record::parse_time(text).value(); };
  ASSERT_EQ(node.nodes.size(), 1U);
  EXPECT_THAT(node.nodes[0].signers.names(),
              ElementsAre(record::SignerName{.subject = "CN=old",
                                             .issuer = "CN=Root 1",
                                             .until = moment("2026-12-01T00:00:00.000Z")},
                          record::SignerName{.subject = "CN=front-1",
                                             .from = moment("2026-12-01T00:00:00.250Z")},
                          record::SignerName{.subject = "CN=spare"}));
}

TEST(Nodes, SayWhatIsWrongWithANameThatTheyHadForATime) {
  const auto complaint = [](const std::string& entry) {
    const auto found = complaints_of_center(
        "nodes:\n  - {name: front-1, bureaus: [park], certificate_subject: [" + entry + "]}\n");
    return found.size() == 1 ? found.front() : "not one complaint";
  };
  EXPECT_THAT(complaint("{subject: front-1}"), HasSubstr("expected an RFC 2253 name"));
  EXPECT_THAT(complaint("{subject: CN=f, issuer: root}"), HasSubstr("expected an RFC 2253 name"));
  EXPECT_THAT(complaint("{subject: CN=f, from: yesterday}"),
              HasSubstr("found `yesterday`, expected a moment such as 2026-12-01T00:00:00Z"));
  EXPECT_THAT(complaint("{subject: CN=f, from: 2026-12-01T00:00:00Z, until: 2026-12-01T00:00:00Z}"),
              HasSubstr("expected a moment after `from`"));
  EXPECT_THAT(complaint("{subject: CN=f, since: 2026-12-01T00:00:00Z}"), HasSubstr("`since`"));
  EXPECT_THAT(complaint("{issuer: CN=f}"), HasSubstr("no `subject`"));
  EXPECT_THAT(complaint(""), HasSubstr("certificate_subject"));
  EXPECT_THAT(complaint("CN=park"), HasSubstr("bureau park has this"));
}

TEST(Identity, KnowsWhatTheNodeSignedByBeforeAndWhichClocksItBelieves) {
  Configuration configuration;
  const Node node =
      configuration
          .with("node.yaml", "identity:",
                "identity:\n  earlier_subjects: [{subject: CN=old, until: 2026-12-01T00:00:00Z}]")
          .with("node.yaml", "node:", "node:\n  clock_tolerance: 90s")
          .settings()
          .node;
  ASSERT_EQ(node.identity.earlier.size(), 1U);
  EXPECT_EQ(node.identity.earlier[0].subject, "CN=old");
  EXPECT_EQ(node.clock_tolerance, std::chrono::seconds(90));
  EXPECT_EQ(Configuration().settings().node.clock_tolerance, std::chrono::minutes(5));
}

TEST(Nodes, AreOfUseOnlyWhereTheyCanCallAndThereIsAStore) {
  Configuration configuration;
  configuration.with("node.yaml", "listen:\n  address: 127.0.0.1\n", nodes)
      .with("bureaus/park.yaml", "  direct: {}\n", "")
      .with("bureaus/park.yaml", "[direct, disk]", "[disk]");
  EXPECT_THAT(
      configuration.complaints(),
      ElementsAre("node.yaml:10:3: found `nodes`, expected a section `listen`, without which "
                  "none can bring anything, for `nodes`"));
  Configuration without_store;
  edge(without_store, std::string(nodes) + uplink);
  EXPECT_THAT(without_store.complaints(),
              ElementsAre("node.yaml:12:3: found `nodes`, expected a section `store`, where their "
                          "batches go, for `nodes`"));
}

TEST(Nodes, MustHaveNamesCertificatesAndBureausOfTheirOwn) {
  EXPECT_THAT(complaints_of_center(std::string(nodes) +
                                   "  - {name: front-1, certificate_subject: CN=front-1, bureaus: "
                                   "[park]}\n"),
              ElementsAre("node.yaml:13:12: found `front-1`, expected another one: node front-1 "
                          "has this",
                          "node.yaml:13:42: found `CN=front-1`, expected another one: node front-1 "
                          "has this",
                          "node.yaml:13:63: found `park`, expected another one: node front-1 has "
                          "this"));
  EXPECT_THAT(complaints_of_center("nodes:\n  - {name: front-1, certificate_subject: CN=park, "
                                   "bureaus: [park]}\n"),
              ElementsAre("node.yaml:12:42: found `CN=park`, expected another one: bureau park has "
                          "this"));
}

TEST(Nodes, BringOnlyBureausThatThereAre) {
  EXPECT_THAT(complaints_of_center("nodes:\n  - {name: front-1, certificate_subject: CN=front-1, "
                                   "bureaus: [park, tax]}\n"),
              ElementsAre("node.yaml:12:63: found `tax`, expected bureaus that have a file in the "
                          "directory of bureaus for `bureaus`"));
  EXPECT_THAT(
      complaints_of_center("nodes:\n  - {name: front-1, certificate_subject: CN=front-1}\n"),
      ElementsAre("node.yaml:12:5: found no bureau, expected a list of bureaus for "
                  "`bureaus`"));
}

}  // namespace
}  // namespace sluice::settings::test
