#include "trust/seen_lists.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/batch_builder.h"

namespace sluice::test {
namespace {

using record::test::moment;
using testing::IsEmpty;
using testing::SizeIs;
using trust::SeenLists;
using Revocation = record::test::TestAuthority::Revocation;

class SeenListsTest : public testing::Test {
 protected:
  // Issued in that month of 2026, and put where the node's lists are.
  void publish(int month, const std::vector<Revocation>& revoked) {
    const auto day = [](int in_month) {
      return moment("2026-" + std::string(in_month < 10 ? "0" : "") + std::to_string(in_month) +
                    "-01T00:00:00.000Z");
    };
    record::test::write_file(revocations,
                             node.authority.revocation_list(revoked, {day(month), day(month + 1)}));
    ASSERT_TRUE(seen.keep(node.authorities(), revocations));
  }
  static Revocation revoked(long serial, const char* reason = "superseded") {
    return {serial, moment("2026-01-01T00:00:00.000Z"), reason};
  }
  bool is_refused() {
    const auto verifier =
        record::Verifier::load(node.authorities(), revocations, seen.files()).value();
    const auto june = moment("2026-06-15T12:00:00.000Z");
    return !verifier.verify("content", node.signer.sign("content"),
                            record::Judgement::of_arrival(june, june));
  }

  record::test::SigningNode node;
  const std::filesystem::path revocations = node.directory / "crl.pem";
  const SeenLists seen{node.directory / "revocations"};
};

TEST_F(SeenListsTest, AreNoneBeforeOneIsKept) {
  EXPECT_THAT(seen.files(), IsEmpty());
}

TEST_F(SeenListsTest, StillSayWhatTheNewestHasDropped) {
  publish(5, {revoked(node.issued.serial)});
  publish(6, {});
  EXPECT_THAT(seen.files(), SizeIs(2));
  EXPECT_TRUE(is_refused());
}

TEST_F(SeenListsTest, AreKeptOnceHoweverOftenTheyAreRead) {
  publish(6, {});
  publish(6, {});
  EXPECT_THAT(seen.files(), SizeIs(1));
  EXPECT_FALSE(is_refused());
}

TEST_F(SeenListsTest, ThatSayNothingMoreAreLetGoOf) {
  for (int month = 1; month <= 6; ++month) {
    std::vector<Revocation> all;
    for (int serial = 1; serial <= month; ++serial)
      all.push_back(revoked(1000 + serial));
    publish(month, all);
  }
  EXPECT_THAT(seen.files(), SizeIs(1));
}

// As an authority does that takes off its list what has ended: a window that moves on.
TEST_F(SeenListsTest, AreAsManyAsLifetimesHavePassed) {
  for (int month = 1; month <= 9; ++month)
    publish(month, {revoked(month), revoked(month + 1), revoked(month + 2)});
  EXPECT_THAT(seen.files(), SizeIs(testing::Le(4U)));
  publish(10, {});
  EXPECT_TRUE(is_refused()) << "the signer's number, " << node.issued.serial << ", was among them";
}

TEST_F(SeenListsTest, OfNobodyWhomTheNodeTrustsAreNotKept) {
  const record::test::TestAuthority other("Other");
  record::test::write_file(revocations,
                           other.revocation_list({}, {moment("2026-01-01T00:00:00.000Z"),
                                                      moment("2026-12-01T00:00:00.000Z")}));
  ASSERT_TRUE(seen.keep(node.authorities(), revocations));
  EXPECT_THAT(seen.files(), IsEmpty());
}

TEST_F(SeenListsTest, ThatCanNotBeKeptAreTold) {
  record::test::write_file(node.directory / "revocations", "in the way");
  record::test::write_file(
      revocations, node.authority.revocation_list({}, {moment("2026-01-01T00:00:00.000Z"),
                                                       moment("2026-12-01T00:00:00.000Z")}));
  const auto kept = seen.keep(node.authorities(), revocations);
  ASSERT_FALSE(kept);
  EXPECT_THAT(kept.error().sentence, testing::HasSubstr("can not be kept"));
}

}  // namespace
}  // namespace sluice::test
