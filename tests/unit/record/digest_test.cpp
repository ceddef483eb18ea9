#include "record/digest.h"

#include <gtest/gtest.h>

namespace sluice::record {
namespace {

// FIPS 180-4 and NIST's example values.
TEST(Sha256, GivesTheStandardsVectors) {
  EXPECT_EQ(to_string(sha256("")),
            "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(to_string(sha256("abc")),
            "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(to_string(sha256("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")),
            "sha256:248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  EXPECT_EQ(to_string(sha256(std::string(1'000'000, 'a'))),
            "sha256:cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST(Sha256, OfPiecesIsThatOfTheWhole) {
  DigestStream stream;
  for (const std::string_view piece : {"", "ab", "", "c"})
    stream.update(piece);
  EXPECT_EQ(stream.finish(), sha256("abc"));
}

TEST(DigestText, ReadsBackAsItself) {
  const Digest digest = sha256("abc");
  EXPECT_EQ(parse_digest(to_string(digest)), digest);
  EXPECT_EQ(parse_digest("sha256:" + std::string(64, '0')), Digest{});
}

TEST(DigestText, OfAnyOtherShapeIsRefused) {
  const std::string good = to_string(sha256("abc"));
  EXPECT_FALSE(parse_digest(""));
  EXPECT_FALSE(parse_digest("sha256:"));
  EXPECT_FALSE(parse_digest(good.substr(0, good.size() - 1)));
  EXPECT_FALSE(parse_digest(good + "0"));
  EXPECT_FALSE(parse_digest("SHA256:" + good.substr(7)));
  EXPECT_FALSE(parse_digest("sha256:" + std::string(64, 'A')));
  EXPECT_FALSE(parse_digest("sha256:" + std::string(64, 'g')));
}

RowDigest digest_of(std::initializer_list<std::pair<std::string_view, std::string_view>> values) {
  RowDigester digester;
  for (const auto& [field, value] : values)
    digester.add(column_salt(field), value);
  return digester.digest();
}

TEST(RowDigests, DoNotDependOnTheOrderOfColumns) {
  EXPECT_EQ(digest_of({{"name", "海淀"}, {"code", "110108"}, {"kind", ""}}),
            digest_of({{"kind", ""}, {"code", "110108"}, {"name", "海淀"}}));
}

TEST(RowDigests, TellWhichFieldHoldsAValue) {
  EXPECT_NE(digest_of({{"a", "1"}, {"b", "2"}}), digest_of({{"a", "2"}, {"b", "1"}}));
  EXPECT_NE(digest_of({{"a", "1"}}), digest_of({{"b", "1"}}));
  EXPECT_NE(digest_of({{"a", "12"}, {"b", "3"}}), digest_of({{"a", "1"}, {"b", "23"}}));
}

TEST(RowDigests, TellAnEmptyValueFromAMissingOne) {
  EXPECT_NE(digest_of({{"a", "1"}, {"b", ""}}), digest_of({{"a", "1"}}));
}

TEST(RowDigests, SeeTheSameValueAddedTwice) {
  EXPECT_NE(digest_of({{"a", "1"}, {"a", "1"}}), RowDigest{});
}

TEST(RowDigests, AreWrittenInThirtyTwoHexadecimalDigits) {
  EXPECT_EQ(to_string(RowDigest{0x0123456789abcdef, 0xf}), "0123456789abcdef000000000000000f");
  EXPECT_EQ(to_string(RowDigest{}), std::string(32, '0'));
}

}  // namespace
}  // namespace sluice::record
