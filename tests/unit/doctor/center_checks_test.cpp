#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "api/whoami_endpoint.h"
#include "support/development_ca.h"
#include "support/held_port.h"
#include "support/running_server.h"
#include "unit/doctor/examined_node.h"

namespace sluice::doctor::test {
namespace {

using record::BureauId;
using testing::AllOf;
using testing::HasSubstr;

// Knows front-1, which brings park's batches; its certificate is for localhost and 127.0.0.1.
class CenterChecks : public testing::Test {
 protected:
  CenterChecks() {
    known_as("front-1");
    settings::Bureau park{.id = BureauId("park")};
    park.publishes.push_back({.dataset = record::DatasetId("register")});
    node.surroundings.all->bureaus.emplace(park.id, park);
    start();
  }
  void known_as(const std::string& name) {
    names_ = name;
    policy_ = trust::Policy({}, {{record::NodeId(name), {BureauId("park")}}});
  }
  void start(bool answers_who = true) {
    sluice::test::ServerOptions options;
    options.check_revocations = true;
    if (answers_who) {
      options.routes.push_back(api::whoami_route(policy_, {record::NodeId("center"),
                                                           {BureauId("park"), BureauId("tax")},
                                                           [this] { return clock_(); }}));
    }
    server.reset();
    server = std::make_unique<sluice::test::RunningServer>(std::move(options));
    present(names_);
    call("localhost");
  }
  // What this node shows of itself.
  void present(const std::string& name) {
    const auto issued = server->authority().issue(name);
    node.node().identity.certificate = issued.certificate;
    node.node().identity.key = issued.key;
    node.node().identity.authorities = server->authority().authorities();
    node.node().identity.revocations = server->authority().revocations();
  }
  void call(const std::string& host) {
    node.node().uplink.emplace();
    node.node().uplink->addresses = {{host, server->port()}};
  }
  Findings looked() { return look(center_checks(node.shared()), "center"); }
  void is(Verdict verdict, const std::string& words, const std::string& remedy) {
    const Findings findings = looked();
    EXPECT_EQ(worst(findings), verdict) << told(findings);
    EXPECT_THAT(told(findings), AllOf(HasSubstr(words), HasSubstr(remedy)));
  }

  ExaminedNode node;
  std::unique_ptr<sluice::test::RunningServer> server;
  std::function<record::Time()> clock_ = installation::system_now;

 private:
  std::string names_;
  trust::Policy policy_;
};

TEST_F(CenterChecks, OfACenterThatKnowsThisNodeAreWell) {
  is(Verdict::ok, "node center (version " SLUICE_VERSION ") knows this one as front-1, for park",
     "");
  EXPECT_THAT(told(looked()), HasSubstr("this clock and the center's agree"));
}

TEST_F(CenterChecks, ACenterThatIsAwayIsWrongAndSaysHowToLook) {
  const sluice::test::HeldPort held;
  node.node().uplink->addresses = {{"127.0.0.1", static_cast<std::uint16_t>(held.number())}};
  is(Verdict::wrong, "nobody answers there", "nc -zv 127.0.0.1");
}

TEST_F(CenterChecks, AHostWithoutAnAddressIsToldAsSuch) {
  call("no-such-host.invalid");
  is(Verdict::wrong, "no-such-host.invalid has no address", "getent ahosts");
}

TEST_F(CenterChecks, ACertificateForAnotherNameIsToldWithTheNameThatIsCalled) {
  call("127.1");
  is(Verdict::wrong, "wrong-name", "--host 127.1");
}

TEST_F(CenterChecks, ACenterThatDoesNotKnowThisNodeIsToldWhatToWriteThere) {
  present("front-9");
  node.node().identity.subject = sluice::test::DevelopmentCa::subject("front-9");
  is(Verdict::wrong, "the center does not know this node",
     "certificate_subject: \"CN=front-9,O=Sluice development\"");
}

TEST_F(CenterChecks, ABureauThatTheCenterDoesNotTakeFromThisNodeIsNamed) {
  settings::Bureau tax{.id = BureauId("tax")};
  tax.publishes.push_back({.dataset = record::DatasetId("payment")});
  node.surroundings.all->bureaus.emplace(tax.id, tax);
  is(Verdict::wrong, "it takes no batches of tax from this node",
     "add tax to `bureaus` of node front-1");
}

TEST_F(CenterChecks, ABureausCertificateBringsNothing) {
  present("park");
  is(Verdict::wrong, "takes this node for the bureau park", "a certificate of its own");
}

TEST_F(CenterChecks, AnotherNameThereIsAWarning) {
  node.node().name = record::NodeId("front-end");
  is(Verdict::warning, "it is called front-1 there, and front-end here", "");
}

TEST_F(CenterChecks, ACenterOfAnEarlierVersionAnswersAndIsAskedNoMore) {
  start(false);
  const Findings findings = looked();
  EXPECT_EQ(worst(findings), Verdict::skipped) << told(findings);
  EXPECT_THAT(told(findings), HasSubstr("its name is right"));
}

TEST_F(CenterChecks, AClockThatDiffersByHoursIsWrong) {
  clock_ = [] { return installation::system_now() - std::chrono::hours(8); };
  is(Verdict::wrong, "this clock is 8.0 h ahead of the center's", "timedatectl");
}

TEST_F(CenterChecks, ACertificateThatTheCenterRefusesIsToldAsItsRefusal) {
  server->authority().revoke("front-1");
  server->authority().write_revocations();
  server->reload();
  is(Verdict::wrong, "https://localhost", "docs/pki.md");
}

TEST_F(CenterChecks, OfANodeWithoutAnUplinkThereAreNone) {
  node.node().uplink.reset();
  EXPECT_TRUE(center_checks(node.shared()).empty());
}

}  // namespace
}  // namespace sluice::doctor::test
