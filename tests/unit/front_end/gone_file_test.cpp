#include "adapters/front_end/gone_file.h"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/temporary_directory.h"

namespace sluice::adapters::front_end::test {
namespace {

using testing::ElementsAre;

// A base of ten records, and where each of them lies in it.
class GoneFileTest : public testing::Test {
 protected:
  void SetUp() override {
    auto writer = DigestFileWriter::begin(base_file, matter).value();
    for (int i = 0; i < 10; ++i) {
      offsets.push_back(writer.offset());
      ASSERT_TRUE(writer.append({{{std::to_string(i)}, {std::to_string(i)}}, {}}));
    }
    offsets.push_back(writer.make_durable().value());
  }
  GonePart part(std::size_t first, std::size_t end, std::uint64_t at) const {
    return {offsets[first], offsets[end], at, end - first};
  }
  GoneCursor cursor(const GoneRecords& counted) const {
    return GoneCursor::open(file, counted,
                            DigestFileReader::open(base_file, 0, offsets.back(), matter).value())
        .value();
  }
  static std::vector<std::string> rest_of(GoneCursor cursor) {
    std::vector<std::string> rest;
    while (const auto gone = cursor.next().value())
      rest.push_back(gone->entry.key.exact.front() + "@" + std::to_string(gone->at));
    return rest;
  }

  record::test::TemporaryDirectory directory;
  std::filesystem::path base_file = directory.path() / "register.1.digests";
  std::filesystem::path file = directory.path() / "register.2.gone";
  DigestFileMatter matter{record::sha256("key"), 1, record::sha256("columns")};
  std::vector<std::uint64_t> offsets;
};

TEST_F(GoneFileTest, GivesTheRecordsOfItsPartsWithTheirPlaces) {
  auto writer = GoneFileWriter::begin(file).value();
  ASSERT_TRUE(writer.append(part(1, 3, 100)));
  ASSERT_TRUE(writer.append(part(5, 6, 200)));
  EXPECT_EQ(writer.rows(), 3U);
  const auto counted = writer.make_durable().value();
  EXPECT_EQ(counted, (GoneRecords{.parts = 2, .rows = 3}));
  EXPECT_THAT(rest_of(cursor(counted)), ElementsAre("1@100", "2@100", "5@200"));
}

TEST_F(GoneFileTest, ATableThatWasEmptiedIsOnePart) {
  auto writer = GoneFileWriter::begin(file).value();
  for (std::size_t i = 0; i < 10; ++i)
    ASSERT_TRUE(writer.append(part(i, i + 1, 72)));
  const auto counted = writer.make_durable().value();
  EXPECT_EQ(counted, (GoneRecords{.parts = 1, .rows = 10}));
  EXPECT_EQ(rest_of(cursor(counted)).size(), 10U);
}

TEST_F(GoneFileTest, WhatStandsElsewhereIsAPartOfItsOwn) {
  auto writer = GoneFileWriter::begin(file).value();
  ASSERT_TRUE(writer.append(part(1, 2, 100)));
  ASSERT_TRUE(writer.append(part(2, 3, 150)));
  const auto counted = writer.make_durable().value();
  EXPECT_EQ(counted.parts, 2U);
  EXPECT_THAT(rest_of(cursor(counted)), ElementsAre("1@100", "2@150"));
}

TEST_F(GoneFileTest, WhatTheJournalDoesNotCountIsCutOff) {
  GoneRecords counted;
  {
    auto writer = GoneFileWriter::begin(file).value();
    ASSERT_TRUE(writer.append(part(1, 3, 100)));
    counted = writer.make_durable().value();
    ASSERT_TRUE(writer.append(part(3, 4, 100)));
    ASSERT_TRUE(writer.make_durable());
  }
  auto writer = GoneFileWriter::go_on(file, counted).value();
  EXPECT_EQ(writer.rows(), 2U);
  ASSERT_TRUE(writer.append(part(8, 9, 300)));
  counted = writer.make_durable().value();
  EXPECT_EQ(counted, (GoneRecords{.parts = 2, .rows = 3}));
  EXPECT_THAT(rest_of(cursor(counted)), ElementsAre("1@100", "2@100", "8@300"));
}

TEST_F(GoneFileTest, PassesOverThoseThatWereDealtWith) {
  auto writer = GoneFileWriter::begin(file).value();
  ASSERT_TRUE(writer.append(part(0, 3, 100)));
  ASSERT_TRUE(writer.append(part(5, 8, 200)));
  const auto counted = writer.make_durable().value();
  const std::vector<std::string> all = rest_of(cursor(counted));
  for (std::size_t passed = 0; passed <= 7; ++passed) {
    GoneCursor going = cursor(counted);
    ASSERT_TRUE(going.skip(passed));
    const std::size_t left = passed < all.size() ? all.size() - passed : 0;
    EXPECT_EQ(rest_of(std::move(going)),
              std::vector<std::string>(all.end() - static_cast<std::ptrdiff_t>(left), all.end()));
  }
}

TEST_F(GoneFileTest, AFileThatIsShorterThanTheJournalSaysIsAnErrorThatSaysWhatToDo) {
  auto writer = GoneFileWriter::begin(file).value();
  ASSERT_TRUE(writer.append(part(0, 3, 100)));
  const auto counted = writer.make_durable().value();
  std::filesystem::resize_file(file, sizeof(GonePart) - 1);
  const auto broken = cursor(counted).next();
  ASSERT_FALSE(broken);
  EXPECT_NE(broken.error().sentence.find("--anew"), std::string::npos);
}

TEST_F(GoneFileTest, APartThatTheBaseHasNotIsAnErrorThatSaysWhatToDo) {
  const GonePart behind_its_end{offsets.back() + 1, offsets.back() + 9, 0, 1};
  const GonePart longer_than_it{offsets[8], offsets.back(), 0, 3};
  for (const GonePart& damaged : {behind_its_end, longer_than_it}) {
    auto writer = GoneFileWriter::begin(file).value();
    ASSERT_TRUE(writer.append(damaged));
    const auto counted = writer.make_durable().value();
    GoneCursor going = cursor(counted);
    auto gone = going.next();
    while (gone && *gone)
      gone = going.next();
    ASSERT_FALSE(gone);
    EXPECT_NE(gone.error().sentence.find("--anew"), std::string::npos);
  }
}

}  // namespace
}  // namespace sluice::adapters::front_end::test
