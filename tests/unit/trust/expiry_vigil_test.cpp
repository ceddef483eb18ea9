#include "trust/expiry_vigil.h"

#include <gtest/gtest.h>

namespace sluice::trust {
namespace {

using std::chrono::days;
using std::chrono::hours;
using Word = ExpiryVigil::Word;

const record::Time begins = record::parse_time("2026-01-01T00:00:00.000Z").value();
const record::Time ends = begins + days(365);

record::CertificateFacts certificate(const std::string& serial = "1") {
  return {.subject = "CN=node", .serial = serial, .not_before = begins, .not_after = ends};
}

TEST(ExpiryVigil, IsSilentUntilThirtyDaysBeforeTheEnd) {
  ExpiryVigil vigil;
  EXPECT_EQ(vigil.look(certificate(), begins), Word::nothing);
  EXPECT_EQ(vigil.look(certificate(), ends - days(30) - hours(1)), Word::nothing);
  EXPECT_EQ(vigil.look(certificate(), ends - days(30)), Word::ends_soon);
}

TEST(ExpiryVigil, WarnsOnceADay) {
  ExpiryVigil vigil;
  int warnings = 0;
  for (auto now = ends - days(30); now < ends - days(27); now += std::chrono::minutes(1)) {
    if (vigil.look(certificate(), now) == Word::ends_soon) ++warnings;
  }
  EXPECT_EQ(warnings, 3);
}

TEST(ExpiryVigil, SaysAtOnceThatItDoesNotHoldThoughItHasJustWarned) {
  ExpiryVigil vigil;
  EXPECT_EQ(vigil.look(certificate(), ends), Word::ends_soon);
  EXPECT_EQ(vigil.look(certificate(), ends + std::chrono::milliseconds(1)), Word::does_not_hold);
  EXPECT_EQ(vigil.look(certificate(), ends + hours(23)), Word::nothing);
  EXPECT_EQ(vigil.look(certificate(), ends + hours(25)), Word::does_not_hold);
}

TEST(ExpiryVigil, SaysThatOneOfTomorrowDoesNotHoldAndThenThatItDoes) {
  ExpiryVigil vigil;
  EXPECT_EQ(vigil.look(certificate(), begins - hours(1)), Word::does_not_hold);
  EXPECT_EQ(vigil.look(certificate(), begins), Word::holds_again);
  EXPECT_EQ(vigil.look(certificate(), begins + hours(1)), Word::nothing);
}

TEST(ExpiryVigil, SaysThatARenewedOneHoldsAndWarnsOfItsOwnEnd) {
  ExpiryVigil vigil;
  EXPECT_EQ(vigil.look(certificate(), ends + hours(1)), Word::does_not_hold);
  auto renewed = certificate("2");
  renewed.not_after = ends + days(20);
  EXPECT_EQ(vigil.look(renewed, ends + hours(2)), Word::holds_again);
  EXPECT_EQ(vigil.look(renewed, ends + hours(2)), Word::ends_soon);
  EXPECT_EQ(vigil.look(renewed, ends + hours(3)), Word::nothing);
}

TEST(ExpiryVigil, AClockThatIsSetBackDoesNotSilenceIt) {
  ExpiryVigil vigil;
  EXPECT_EQ(vigil.look(certificate(), ends - days(2)), Word::ends_soon);
  EXPECT_EQ(vigil.look(certificate(), ends - days(20)), Word::ends_soon);
}

}  // namespace
}  // namespace sluice::trust
