// One file holds what a node remembers of its journals and of its store, and one number says of
// which form it is: whoever of the two comes first.
#include "installation/store_memory.h"

#include <cstdint>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "journal/marks_format.h"
#include "journal/stream_marks.h"
#include "sqlite/format.h"
#include "support/temporary_directory.h"

namespace sluice::installation::test {
namespace {

using journal::StreamMark;
using journal::StreamMarks;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

const record::BureauId park("park");
constexpr StreamMark third{{1000}, {3}};

class Remembered : public testing::Test {
 protected:
  void write_format(int format) const {
    auto database = sqlite::Database::open(file).value();
    ASSERT_TRUE(database.execute("PRAGMA user_version=" + std::to_string(format)));
  }
  std::int64_t format() const {
    auto database = sqlite::Database::open(file).value();
    return sqlite::format_of(database).value();
  }
  void remember_journal() const {
    ASSERT_TRUE(StreamMarks::open(file).value()->begin(park, third));
  }
  std::optional<StreamMark> mark() const {
    return StreamMarks::open(file).value()->find(park).value();
  }

  record::test::TemporaryDirectory directory;
  std::filesystem::path file = directory / "remembered.sqlite";
  StoreMemory store{file};
};

TEST_F(Remembered, TheStoreIsThereWhereTheJournalsCameFirst) {
  remember_journal();
  ASSERT_TRUE(store.replace(7));
  EXPECT_EQ(store.find().value(), 7U);
  EXPECT_EQ(mark(), third);
  EXPECT_EQ(format(), journal::newest_marks_format);
}

TEST_F(Remembered, TheJournalsAreThereWhereTheStoreCameFirst) {
  ASSERT_TRUE(store.replace(7));
  remember_journal();
  EXPECT_EQ(store.find().value(), 7U);
  EXPECT_EQ(mark(), third);
}

// As tests/fixtures/0.1.0 has it.
TEST_F(Remembered, OfAFileWithoutANumberAllStaysAndItGetsOne) {
  remember_journal();
  ASSERT_TRUE(store.replace(7));
  write_format(0);
  EXPECT_EQ(store.find().value(), 7U);
  EXPECT_EQ(format(), journal::newest_marks_format);
  write_format(0);
  EXPECT_EQ(mark(), third);
  EXPECT_EQ(format(), journal::newest_marks_format);
}

TEST_F(Remembered, OfALaterVersionIsRefusedToBothAndLeftAsItIs) {
  remember_journal();
  write_format(99);
  const auto said = AllOf(HasSubstr("remembered.sqlite: it is of format 99"),
                          HasSubstr("run that version"), Not(HasSubstr("repair the disk")));
  const auto marks = StreamMarks::open(file);
  ASSERT_FALSE(marks);
  EXPECT_THAT(record::to_string(marks.error()), said);
  const auto found = store.find();
  ASSERT_FALSE(found);
  EXPECT_THAT(record::to_string(found.error()), said);
  EXPECT_FALSE(store.replace(7));
  EXPECT_EQ(format(), 99);
}

}  // namespace
}  // namespace sluice::installation::test
