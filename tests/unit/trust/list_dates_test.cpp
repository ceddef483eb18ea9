// When revocation lists end, as a status tells it.
#include "trust/list_dates.h"

#include <chrono>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/temporary_directory.h"
#include "support/test_authority.h"

namespace sluice::trust::test {
namespace {

using record::test::TestAuthority;
using testing::ElementsAre;
using testing::IsEmpty;

const record::Time monday = *record::parse_time("2026-11-30T00:00:00.000Z");

using record::test::write_file;

TEST(KnownLists, HasOfEachAuthorityTheNewest) {
  const record::test::TemporaryDirectory directory;
  const auto bundle = directory.path() / "crl.pem";
  const TestAuthority first("First");
  const TestAuthority second("Second");
  using std::chrono::days;
  write_file(bundle, first.revocation_list({}, {monday, monday + days(7)}) +
                         second.revocation_list({}, {monday, monday + days(30)}) +
                         first.revocation_list({}, {monday - days(7), monday}));
  KnownLists lists;
  const auto found = lists.in(bundle);
  ASSERT_EQ(found.size(), 2U);
  EXPECT_THAT(found[0].issuer, testing::HasSubstr("First"));
  EXPECT_EQ(found[0].issued, monday);
  EXPECT_EQ(found[0].ends, monday + days(7));
  EXPECT_EQ(found[1].ends, monday + days(30));
}

TEST(KnownLists, ReadsABundleAgainThatHasChanged) {
  const record::test::TemporaryDirectory directory;
  const auto bundle = directory.path() / "crl.pem";
  const TestAuthority authority("First");
  KnownLists lists;
  EXPECT_THAT(lists.in(bundle), IsEmpty());
  write_file(bundle, authority.revocation_list({}, {monday, monday + std::chrono::days(7)}));
  EXPECT_EQ(lists.in(bundle).size(), 1U);
  // Of another size, whatever the file system's clock says.
  write_file(bundle, "");
  EXPECT_THAT(lists.in(bundle), IsEmpty());
}

}  // namespace
}  // namespace sluice::trust::test
