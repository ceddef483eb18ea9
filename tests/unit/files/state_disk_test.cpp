#include "files/state_disk.h"

#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/temporary_directory.h"

namespace sluice::files {
namespace {

using testing::HasSubstr;
using testing::Optional;

constexpr std::uint64_t mib = std::uint64_t{1} << 20;

class StateDiskTest : public testing::Test {
 protected:
  // As another process of the same node has it.
  StateDisk disk(std::optional<std::uint64_t> reserve = 100) {
    return {mark(), reserve, [this] { return space; }};
  }
  [[nodiscard]] std::filesystem::path mark() const { return directory.path() / "not-durable"; }

  record::test::TemporaryDirectory directory;
  std::optional<Space> space = Space{.free = 1000, .total = 10'000};
};

TEST_F(StateDiskTest, IsShortBelowItsReserveUntilAQuarterMoreIsFree) {
  StateDisk disk = this->disk();
  EXPECT_FALSE(disk.shortage());
  space->free = 100;
  EXPECT_FALSE(disk.shortage());
  space->free = 99;
  EXPECT_THAT(disk.shortage(), Optional(HasSubstr("99 bytes free, and 100 are its reserve")));
  space->free = 124;
  EXPECT_TRUE(disk.shortage());
  space->free = 125;
  EXPECT_FALSE(disk.shortage());
  space->free = 100;
  EXPECT_FALSE(disk.shortage()) << "it goes on down to the reserve";
}

TEST_F(StateDiskTest, IsNotShortWhereNobodyCanTell) {
  space.reset();
  StateDisk disk = this->disk();
  EXPECT_FALSE(disk.shortage());
  EXPECT_FALSE(disk.room());
}

TEST_F(StateDiskTest, KeepsAFiftiethButAtLeastSoMuchThatASmallDiskIsOfUse) {
  EXPECT_EQ(usual_reserve(100'000 * mib), 2000 * mib);
  EXPECT_EQ(usual_reserve(5000 * mib), 256 * mib);
  EXPECT_EQ(usual_reserve(100 * mib), 10 * mib);
  space = Space{.free = 9 * mib, .total = 100 * mib};
  StateDisk disk = this->disk(std::nullopt);
  EXPECT_TRUE(disk.shortage());
}

TEST_F(StateDiskTest, MeasuresTheDiskOfAFolder) {
  const auto found = space_of(directory.path());
  ASSERT_TRUE(found);
  EXPECT_GT(found->total, 0U);
  EXPECT_LE(found->free, found->total);
  EXPECT_FALSE(space_of(directory.path() / "nothing"));
}

TEST_F(StateDiskTest, WhatOneProcessDistrustsAllDo) {
  StateDisk one = disk();
  StateDisk other = disk();
  EXPECT_FALSE(other.distrusted());
  one.distrust("the journal's fsync failed");
  one.distrust("another one");
  EXPECT_EQ(one.distrusted(), "the journal's fsync failed");
  EXPECT_EQ(other.distrusted(), "the journal's fsync failed");
  StateDisk later = disk();
  EXPECT_EQ(later.distrusted(), "the journal's fsync failed");
}

TEST_F(StateDiskTest, IsDistrustedThoughItTakesNoMark) {
  StateDisk disk(directory.path() / "nothing" / "mark", 100, [this] { return space; });
  disk.distrust("an fsync failed");
  EXPECT_EQ(disk.distrusted(), "an fsync failed");
}

TEST_F(StateDiskTest, AMarkThatSaysNothingCounts) {
  std::ofstream(mark()).flush();
  EXPECT_TRUE(disk().distrusted());
}

TEST_F(StateDiskTest, DoesNotForgetWhenSomebodyRemovesTheMark) {
  StateDisk disk = this->disk();
  disk.distrust("an fsync failed");
  std::filesystem::remove(mark());
  EXPECT_TRUE(disk.distrusted());
  ASSERT_TRUE(disk.trust_again());
  EXPECT_FALSE(disk.distrusted());
}

TEST_F(StateDiskTest, IsTrustedAgainByAllOnceItsMarkIsGone) {
  disk().distrust("an fsync failed");
  StateDisk begins = disk();
  ASSERT_TRUE(begins.distrusted());
  ASSERT_TRUE(begins.trust_again());
  EXPECT_FALSE(begins.distrusted());
  EXPECT_FALSE(disk().distrusted());
}

}  // namespace
}  // namespace sluice::files
