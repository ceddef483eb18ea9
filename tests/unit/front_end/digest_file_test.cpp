#include "adapters/front_end/digest_file.h"

#include <fstream>

#include <gtest/gtest.h>

#include "support/temporary_directory.h"

namespace sluice::adapters::front_end::test {
namespace {

DigestEntry entry(const std::string& key, std::uint64_t digest) {
  return {{{key, "2"}, {key + "'", "2"}}, {digest, digest}};
}

class DigestFileTest : public testing::Test {
 protected:
  std::uint64_t write(std::initializer_list<DigestEntry> entries) {
    auto writer = DigestFileWriter::begin(file, matter).value();
    for (const DigestEntry& each : entries)
      EXPECT_TRUE(writer.append(each));
    return writer.make_durable().value();
  }
  std::vector<DigestEntry> read(std::uint64_t from, std::uint64_t bytes) {
    auto reader = DigestFileReader::open(file, from, bytes, matter).value();
    std::vector<DigestEntry> entries;
    while (auto next = reader.next().value())
      entries.push_back(std::move(*next));
    return entries;
  }

  record::test::TemporaryDirectory directory;
  std::filesystem::path file = directory.path() / "register.1.digests";
  DigestFileMatter matter{record::sha256("key"), 2, record::sha256("columns")};
};

TEST_F(DigestFileTest, GivesBackWhatWasWrittenFromAnyEntryOn) {
  const auto bytes = write({entry("a", 1), entry("b", 2), entry("c", 3)});
  EXPECT_EQ(read(0, bytes), (std::vector{entry("a", 1), entry("b", 2), entry("c", 3)}));
  auto reader = DigestFileReader::open(file, 0, bytes, matter).value();
  ASSERT_TRUE(reader.next().value());
  EXPECT_EQ(read(reader.offset(), bytes), (std::vector{entry("b", 2), entry("c", 3)}));
}

TEST_F(DigestFileTest, WhatTheJournalDoesNotCountIsCutOffAndWrittenAnew) {
  const auto counted = write({entry("a", 1)});
  {
    auto writer = DigestFileWriter::go_on(file, counted, matter).value();
    ASSERT_TRUE(writer.append(entry("lost", 9)));
    ASSERT_TRUE(writer.make_durable());
  }
  auto writer = DigestFileWriter::go_on(file, counted, matter).value();
  ASSERT_TRUE(writer.append(entry("b", 2)));
  const auto bytes = writer.make_durable().value();
  EXPECT_EQ(read(0, bytes), (std::vector{entry("a", 1), entry("b", 2)}));
  EXPECT_EQ(std::filesystem::file_size(file), bytes);
}

TEST_F(DigestFileTest, AFileThatIsShorterThanTheJournalSaysIsAnErrorThatSaysWhatToDo) {
  const auto bytes = write({entry("a", 1), entry("b", 2)});
  std::filesystem::resize_file(file, bytes - 1);
  auto reader = DigestFileReader::open(file, 0, bytes, matter).value();
  ASSERT_TRUE(reader.next().value());
  const auto broken = reader.next();
  ASSERT_FALSE(broken);
  EXPECT_EQ(broken.error().code, DigestFileProblem::unreadable);
  EXPECT_NE(broken.error().sentence.find("--anew"), std::string::npos);
}

TEST_F(DigestFileTest, AnEntryOfAnotherKeyIsDamageAndNotRead) {
  const auto bytes = write({entry("a", 1)});
  matter.key_columns = 1;
  const auto broken = DigestFileReader::open(file, 0, bytes, matter).value().next();
  ASSERT_FALSE(broken);
  EXPECT_NE(broken.error().sentence.find("damaged"), std::string::npos);
}

TEST_F(DigestFileTest, OfOtherColumnsItsKeysAreStillWhatTheyWere) {
  const auto bytes = write({entry("a", 1)});
  EXPECT_TRUE(DigestFileReader::open(file, 0, bytes, matter).value().has_same_columns());
  matter.columns = record::sha256("others");
  EXPECT_FALSE(DigestFileReader::open(file, 0, bytes, matter).value().has_same_columns());
  EXPECT_EQ(read(0, bytes), (std::vector{entry("a", 1)}));
}

TEST_F(DigestFileTest, OfAnotherKeyItSaysWhatToDo) {
  const auto bytes = write({entry("a", 1)});
  matter.key = record::sha256("other key");
  const auto other = DigestFileReader::open(file, 0, bytes, matter);
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().code, DigestFileProblem::other_key);
  EXPECT_NE(other.error().sentence.find("keys of other columns"), std::string::npos);
  EXPECT_NE(other.error().sentence.find("--anew"), std::string::npos);
}

// Else what follows would be taken for digests of the columns that it was begun with.
TEST_F(DigestFileTest, GoneOnWithForOtherColumnsItIsOfNone) {
  const auto counted = write({entry("a", 1)});
  const DigestFileMatter begun_with = matter;
  matter.columns = record::sha256("others");
  auto writer = DigestFileWriter::go_on(file, counted, matter).value();
  ASSERT_TRUE(writer.append(entry("b", 2)));
  const auto bytes = writer.make_durable().value();
  EXPECT_EQ(read(0, bytes), (std::vector{entry("a", 1), entry("b", 2)}));
  for (const DigestFileMatter& one : {begun_with, matter}) {
    EXPECT_FALSE(DigestFileReader::open(file, 0, bytes, one).value().has_same_columns());
  }
}

}  // namespace
}  // namespace sluice::adapters::front_end::test
