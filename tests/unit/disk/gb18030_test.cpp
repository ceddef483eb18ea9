#include "adapters/disk/gb18030.h"

#include <array>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <iconv.h>

#include "imported_file.h"
#include "record/record_checker.h"

namespace sluice::adapters::disk {
namespace {

using testing::ElementsAre;

// The way back, which only the test needs.
class Gb18030Encoder {
 public:
  Gb18030Encoder() : converter_(iconv_open("GB18030", "UTF-8")) {}
  ~Gb18030Encoder() { iconv_close(converter_); }
  Gb18030Encoder(const Gb18030Encoder&) = delete;
  Gb18030Encoder& operator=(const Gb18030Encoder&) = delete;
  [[nodiscard]] std::string encode(std::string utf8) {
    std::array<char, 16> buffer{};
    char* from = utf8.data();
    std::size_t left = utf8.size();
    char* to = buffer.data();
    std::size_t room = buffer.size();
    if (iconv(converter_, &from, &left, &to, &room) != 0) return "not encoded";
    return {buffer.data(), buffer.size() - room};
  }

 private:
  iconv_t converter_;
};

struct Gb18030Test : testing::Test {
  [[nodiscard]] std::string decode(std::string_view bytes) {
    std::string utf8;
    return decoder.append(bytes, utf8) ? utf8 : "refused";
  }
  Gb18030Decoder decoder = Gb18030Decoder::open().value();
  Gb18030Encoder encoder;
};

std::string bytes(std::initializer_list<int> values) {
  std::string text;
  for (const int value : values)
    text.push_back(static_cast<char>(value));
  return text;
}

TEST_F(Gb18030Test, EveryTwoByteCharacterIsReadAndComesBackTheSame) {
  int characters = 0;
  for (int lead = 0x81; lead <= 0xFE; ++lead) {
    for (int trail = 0x40; trail <= 0xFE; ++trail) {
      if (trail == 0x7F) continue;
      const std::string character = bytes({lead, trail});
      const std::string utf8 = decode(character);
      ASSERT_TRUE(record::is_valid_utf8(utf8));
      ASSERT_EQ(encoder.encode(utf8), character) << std::hex << lead << trail;
      ++characters;
    }
  }
  EXPECT_EQ(characters, 23'940);
}

TEST_F(Gb18030Test, EveryFourByteCharacterOfTheBasicPlaneComesBackTheSameOrIsRefused) {
  int characters = 0;
  for (int first = 0x81; first <= 0x84; ++first) {
    for (int second = 0x30; second <= 0x39; ++second) {
      for (int third = 0x81; third <= 0xFE; ++third) {
        for (int fourth = 0x30; fourth <= 0x39; ++fourth) {
          const std::string character = bytes({first, second, third, fourth});
          const std::string utf8 = decode(character);
          if (utf8 == "refused") continue;
          ASSERT_TRUE(record::is_valid_utf8(utf8));
          ASSERT_EQ(encoder.encode(utf8), character);
          ++characters;
        }
      }
    }
  }
  EXPECT_EQ(characters, 39'402);
}

// docs/decisions/0003-gb18030.md lists the same.
TEST_F(Gb18030Test, CharactersThatTheEditionsDisagreeOnAreThoseOf2022) {
  const std::pair<std::string, std::string> cases[] = {
      {bytes({0xA6, 0xD9}), "\uFE10"},     {bytes({0xA6, 0xDF}), "\uFE16"},
      {bytes({0xA6, 0xEC}), "\uFE17"},     {bytes({0xA6, 0xED}), "\uFE18"},
      {bytes({0xA6, 0xF3}), "\uFE19"},     {bytes({0xA8, 0xBC}), "\u1E3F"},
      {bytes({0xFE, 0x59}), "\u9FB4"},     {bytes({0xFE, 0x61}), "\u9FB5"},
      {bytes({0xFE, 0x66}), "\u9FB6"},     {bytes({0xFE, 0x67}), "\u9FB7"},
      {bytes({0xFE, 0x6D}), "\u9FB8"},     {bytes({0xFE, 0x7E}), "\u9FB9"},
      {bytes({0xFE, 0x90}), "\u9FBA"},     {bytes({0xFE, 0xA0}), "\u9FBB"},
      {bytes({0xFE, 0x51}), "\U00020087"}, {bytes({0xA2, 0xE3}), "\u20AC"}};
  for (const auto& [gb, utf8] : cases)
    EXPECT_EQ(decode(gb), utf8);
}

TEST_F(Gb18030Test, CodesWhoseCharactersMovedToTwoBytesAreRefusedAndNotReplaced) {
  for (int fourth = 0x36; fourth <= 0x39; ++fourth)
    EXPECT_EQ(decode(bytes({0x84, 0x31, 0x82, fourth})), "refused");
  for (int fourth = 0x30; fourth <= 0x34; ++fourth)
    EXPECT_EQ(decode(bytes({0x82, 0x35, 0x91, fourth})), "refused");
}

TEST_F(Gb18030Test, BytesThatAreNoCharacterAreRefusedWhereverTheyStand) {
  for (const std::string& text :
       {bytes({0x80}), bytes({0xFF}), bytes({0xB1}), bytes({0xB1, 0x20}), bytes({0xB1, 0x7F}),
        bytes({0x81, 0x30}), bytes({0x81, 0x30, 0x81}), bytes({0x81, 0x30, 0x81, 0x41}),
        bytes({0xFE, 0x39, 0xFE, 0x39})}) {
    EXPECT_EQ(decode(text), "refused");
    EXPECT_EQ(decode("a" + text), "refused");
    EXPECT_EQ(decode(text + ","), "refused");
    EXPECT_EQ(decode("\xB1\xB1" + text), "refused");
  }
}

TEST_F(Gb18030Test, CharactersBeyondTheBasicPlaneAreRead) {
  EXPECT_EQ(decode(bytes({0x95, 0x32, 0x82, 0x36})), "\U00020000");
  EXPECT_EQ(decode(bytes({0xE3, 0x32, 0x9A, 0x35})), "\U0010FFFF");
}

// 0x815C, 0x817C and 0x8131 hold a backslash, a bar and a digit as their second bytes.
TEST(Gb18030FileTest, SecondBytesThatLookLikeDelimitersOrEscapesAreNone) {
  Format format = gb18030_format();
  format.dialect.delimiter = '|';
  format.dialect.escape = '\\';
  const ImportedFile file("a|b\n\x81\x5C|\x81\x7C\n\"\x81\x5C\"|2\n", format);
  ASSERT_TRUE(file.result) << to_string(file.result.error());
  EXPECT_THAT(file.values(), ElementsAre(Values{"\u4E57", "\u4E85"}, Values{"\u4E57", "2"}));
}

TEST(Gb18030FileTest, OriginalIsInTheFilesOwnBytesAndValuesAreUtf8) {
  const ImportedFile file("a,b\n\xB1\xB1,\"\xBE\xA9\r\n\xBA\xA3\"\r\n1\n", gb18030_format());
  EXPECT_THAT(file.values(), ElementsAre(Values{"北", "京\r\n海"}));
  EXPECT_EQ(file.door.rows[0].original, "\xB1\xB1,\"\xBE\xA9\r\n\xBA\xA3\"");
  EXPECT_EQ(file.rejected().place, 4);
}

TEST(Gb18030FileTest, ByteOrderMarkIsNoPartOfTheFirstColumn) {
  EXPECT_THAT(ImportedFile("\x84\x31\x95\x33"
                           "a,b\n1,2\n",
                           gb18030_format())
                  .door.columns,
              ElementsAre("a", "b"));
}

TEST(Gb18030FileTest, RowThatCanNotBeDecodedIsRejectedWholeWithItsBytes) {
  const ImportedFile file("a,b\n\xB1\xB1,2\n3,\"\xFF\n\xB1\xB1\"\n5,6\n", gb18030_format());
  EXPECT_THAT(file.values(), ElementsAre(Values{"北", "2"}, Values{"5", "6"}));
  EXPECT_EQ(file.rejected().problem.rule, "encoding");
  EXPECT_EQ(file.rejected().place, 3);
  EXPECT_EQ(file.rejected().original, "3,\"\xFF\n\xB1\xB1\"");
}

}  // namespace
}  // namespace sluice::adapters::disk
