#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "configuration.h"

namespace sluice::settings::test {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

constexpr const char* store = "store:\n  kind: sqlite\n";
constexpr const char* uplink =
    "uplink:\n  addresses: ['https://c1:8443', 'https://[2001:db8::1]:443']\n"
    "  center_subject: CN=center\n";

Configuration& edge(Configuration& configuration, const std::string& section = uplink) {
  return configuration.with("node.yaml", store, section);
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
  EXPECT_THAT(node.uplink->center_subjects, ElementsAre("CN=center"));
  EXPECT_EQ(node.uplink->in_flight, link::Uplink().in_flight);
  EXPECT_FALSE(node.uplink->bandwidth);
}

TEST(Uplink, SetsEveryLimit) {
  Configuration configuration;
  const Node node = edge(configuration)
                        .with("node.yaml", "center_subject: CN=center",
                              "center_subject: [CN=c1, CN=c2]\n  in_flight: 9\n  bandwidth: 1MiB\n"
                              "  connect_timeout: 3s\n  answer_timeout: 2m")
                        .settings()
                        .node;
  EXPECT_THAT(node.uplink->center_subjects, UnorderedElementsAre("CN=c1", "CN=c2"));
  EXPECT_EQ(node.uplink->in_flight, 9U);
  EXPECT_EQ(node.uplink->bandwidth, 1U << 20);
  EXPECT_EQ(node.uplink->connect_timeout, 3s);
  EXPECT_EQ(node.uplink->answer_timeout, 2min);
}

TEST(Uplink, DoesNotGoTogetherWithAStore) {
  EXPECT_THAT(complaints_of_edge("uplink:", std::string(store) + "uplink:"),
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
  EXPECT_EQ(node.nodes[0].certificate_subject, "CN=front-1");
  EXPECT_THAT(node.nodes[0].bureaus, ElementsAre(record::BureauId("park")));
  EXPECT_THAT(Configuration().settings().node.nodes, IsEmpty());
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
