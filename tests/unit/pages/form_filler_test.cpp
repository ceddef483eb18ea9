#include "pages/form_filler.h"

#include <gtest/gtest.h>

namespace sluice::pages::test {
namespace {

TEST(FilledText, IsWhatIsKnownWhereNothingWasTyped) {
  EXPECT_EQ(filled_in({"", ""}, "known"), (FilledText{"known", "known"}));
  EXPECT_EQ(filled_in({"", ""}, std::nullopt), (FilledText{"", ""}));
}

TEST(FilledText, IsWhatWasTypedWhateverIsKnown) {
  EXPECT_EQ(filled_in({"typed", ""}, "known"), (FilledText{"typed", "known"}));
  EXPECT_EQ(filled_in({"typed", "known"}, "known"), (FilledText{"typed", "known"}));
  EXPECT_EQ(filled_in({"typed", "known"}, "other"), (FilledText{"typed", "other"}));
  EXPECT_EQ(filled_in({"typed", "known"}, std::nullopt), (FilledText{"typed", ""}));
}

TEST(FilledText, FollowsTheRecordAsLongAsNobodyChangedIt) {
  EXPECT_EQ(filled_in({"known", "known"}, "known"), (FilledText{"known", "known"}));
  EXPECT_EQ(filled_in({"known", "known"}, "other"), (FilledText{"other", "other"}));
  EXPECT_EQ(filled_in({"known", "known"}, std::nullopt), (FilledText{"", ""}));
}

TEST(FilledText, ThatWasTakenAwayStaysAwayForThatRecordOnly) {
  EXPECT_EQ(filled_in({"", "known"}, "known"), (FilledText{"", "known"}));
  EXPECT_EQ(filled_in({"", "known"}, "other"), (FilledText{"other", "other"}));
}

TEST(FilledText, ThatWasTypedAndIsKnownTooStaysWhenTheRecordIsAnother) {
  const FilledText typed = filled_in({"the same", ""}, "the same");
  EXPECT_EQ(typed, (FilledText{"the same", ""}));
  EXPECT_EQ(filled_in(typed, "other"), (FilledText{"the same", "other"}));
}

}  // namespace
}  // namespace sluice::pages::test
