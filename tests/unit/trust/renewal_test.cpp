#include "trust/renewal.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/temporary_directory.h"
#include "trust/certificate_check.h"

namespace sluice::trust {
namespace {

using record::test::write_file;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::IsEmpty;

// Two files that belong together: they match where they hold the same.
class RenewalTest : public testing::Test {
 protected:
  RenewalTest() {
    write_file(certificate, "1");
    write_file(key, "1");
  }

  Renewal::Renew match() {
    return [this]() -> std::expected<record::CertificateFacts, TlsFailure> {
      ++attempts;
      const std::string held = record::test::read_file(certificate);
      if (held != record::test::read_file(key)) {
        return std::unexpected(TlsFailure{TlsProblem::mismatched, key.string(), held});
      }
      return record::CertificateFacts{.serial = held};
    };
  }
  Renewal renewal() { return Renewal({{"identity", {certificate, key}, match()}}, listener()); }
  Renewal::Listener listener() {
    return {[this](const std::string& name, const record::CertificateFacts& facts) {
              told.push_back(name + " " + facts.serial);
            },
            [this](const std::string& name, const TlsFailure& failure) {
              told.push_back(name + " not: " + failure.sentence);
            }};
  }

  record::test::TemporaryDirectory directory;
  std::filesystem::path certificate = directory / "node.pem";
  std::filesystem::path key = directory / "node.key";
  std::vector<std::string> told;
  int attempts = 0;
  Renewal::Moment now{};
};

TEST_F(RenewalTest, WhatHasNotChangedIsNotReadAgain) {
  Renewal renewing = renewal();
  renewing.look(now);
  renewing.look(now + seconds(3600));
  EXPECT_EQ(attempts, 0);
  EXPECT_THAT(told, IsEmpty());
}

TEST_F(RenewalTest, WhatHasChangedIsReadOnceAndTold) {
  Renewal renewing = renewal();
  write_file(certificate, "22");
  write_file(key, "22");
  renewing.look(now);
  renewing.look(now + seconds(15));
  EXPECT_EQ(attempts, 1);
  EXPECT_THAT(told, ElementsAre("identity 22"));
}

TEST_F(RenewalTest, AFileOfTheSameSizeThatTookItsPlaceIsNoticed) {
  Renewal renewing = renewal();
  for (const auto& file : {certificate, key}) {
    const auto modified = std::filesystem::last_write_time(file);
    write_file(directory / "new", "2");
    std::filesystem::last_write_time(directory / "new", modified);
    std::filesystem::rename(directory / "new", file);
  }
  renewing.look(now);
  EXPECT_THAT(told, ElementsAre("identity 2"));
}

TEST_F(RenewalTest, ACertificateThatComesBeforeItsKeyIsNoError) {
  Renewal renewing = renewal();
  write_file(certificate, "22");
  renewing.look(now);
  renewing.look(now + seconds(15));
  EXPECT_THAT(told, IsEmpty());
  write_file(key, "22");
  renewing.look(now + seconds(30));
  EXPECT_THAT(told, ElementsAre("identity 22"));
}

TEST_F(RenewalTest, FilesThatDoNotMatchForLongAreToldOnceAndTriedOn) {
  Renewal renewing = renewal();
  write_file(certificate, "22");
  for (int look = 0; look <= 8; ++look)
    renewing.look(now + look * seconds(15));
  EXPECT_EQ(attempts, 9);
  EXPECT_THAT(told, ElementsAre("identity not: 22"));
  write_file(key, "22");
  renewing.look(now + seconds(150));
  EXPECT_THAT(told, ElementsAre("identity not: 22", "identity 22"));
}

TEST_F(RenewalTest, AFileThatIsRewrittenAgainAndAgainIsToldAllTheSame) {
  Renewal renewing = renewal();
  for (int look = 0; look <= 4; ++look) {
    write_file(certificate, std::string(static_cast<std::size_t>(look + 2), '2'));
    renewing.look(now + look * seconds(15));
  }
  EXPECT_THAT(told, ElementsAre("identity not: 222222"));
}

TEST_F(RenewalTest, ARepairInTwoStepsIsNoSecondError) {
  Renewal renewing = renewal();
  write_file(certificate, "22");
  renewing.look(now);
  renewing.look(now + Renewal::patience);
  ASSERT_THAT(told, ElementsAre("identity not: 22"));
  write_file(certificate, "333");
  renewing.look(now + seconds(600));
  renewing.look(now + seconds(615));
  write_file(key, "333");
  renewing.look(now + seconds(630));
  EXPECT_THAT(told, ElementsAre("identity not: 22", "identity 333"));
}

TEST_F(RenewalTest, AsAnOperatorAsksWhatHasChangedIsReadAndAFailureToldAtOnce) {
  Renewal renewing({{"identity", {certificate, key}, match()},
                    {"pages", {}, [] { return record::CertificateFacts{.serial = "7"}; }}},
                   listener());
  renewing.renew_changed(now);
  EXPECT_THAT(told, testing::IsEmpty()) << "connections end for nothing";
  write_file(key, "22");
  renewing.renew_changed(now);
  EXPECT_THAT(told, ElementsAre("identity not: 1"));
  told.clear();
  write_file(certificate, "22");
  renewing.look(now + seconds(15));
  EXPECT_THAT(told, ElementsAre("identity 22"));
}

record::CertificateFacts certificate_of(const std::string& subject, int from, int until) {
  return {.subject = subject,
          .not_before = record::Time(std::chrono::hours(from)),
          .not_after = record::Time(std::chrono::hours(until))};
}

TEST(Successor, IsOfTheSameSubjectAndHoldsWhereTheOneInUseDoes) {
  const auto in_use = certificate_of("CN=node", 0, 10);
  const auto at = [&](const record::CertificateFacts& next, int hour) {
    const auto checked =
        check_successor(in_use, next, "node.pem", record::Time(std::chrono::hours(hour)));
    return checked ? "good" : checked.error().sentence;
  };
  EXPECT_EQ(at(certificate_of("CN=node", 5, 20), 6), "good");
  EXPECT_THAT(at(certificate_of("CN=other", 5, 20), 6), testing::HasSubstr("of CN=other"));
  EXPECT_THAT(at(certificate_of("CN=node", 8, 20), 6), testing::HasSubstr("clock"));
  EXPECT_EQ(at(certificate_of("CN=node", 12, 20), 11), "good");
  EXPECT_EQ(at(certificate_of("CN=node", 15, 20), 11), "good") << "neither holds";
}

}  // namespace
}  // namespace sluice::trust
