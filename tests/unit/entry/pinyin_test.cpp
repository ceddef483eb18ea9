#include "entry/pinyin.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sluice::entry {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::IsSupersetOf;

TEST(PinyinReadings, AreSeveralWhereACharacterHasSeveral) {
  const PinyinReadings readings;
  EXPECT_THAT(readings.of("重"), ElementsAre("chong", "zhong"));
  EXPECT_THAT(readings.of("长"), ElementsAre("chang", "zhang"));
  EXPECT_THAT(readings.of("行"), IsSupersetOf({"hang", "xing"}));
  EXPECT_THAT(readings.of("单"), IsSupersetOf({"dan", "shan"})) << "the surname too";
  EXPECT_THAT(readings.of("女"), Contains("nv"));
}

TEST(PinyinReadings, OfRareCharactersAndOfThoseBeyondTheFirstPlaneAreThere) {
  const PinyinReadings readings;
  EXPECT_THAT(readings.of("薅"), ElementsAre("hao"));
  EXPECT_THAT(readings.of("\U0002C8DE"), testing::SizeIs(1)) << "of the table of 2013";
}

TEST(PinyinReadings, OfWhatHasNoneAreEmpty) {
  const PinyinReadings readings;
  for (const char* text : {"", "a", "(", "。", "重重", "\xFF"})
    EXPECT_THAT(readings.of(text), IsEmpty()) << text;
}

}  // namespace
}  // namespace sluice::entry
