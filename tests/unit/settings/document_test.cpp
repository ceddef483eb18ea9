#include "settings/document.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sluice::settings {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

struct Parsed {
  std::optional<Value> value;
  std::vector<std::string> complaints;
};

Parsed parse(std::string_view text, Syntax syntax = Syntax::yaml) {
  Complaints complaints("f");
  Parsed parsed{parse_document(text, syntax, complaints), {}};
  for (const Complaint& complaint : complaints.take()) {
    parsed.complaints.push_back(to_string(complaint));
  }
  return parsed;
}

TEST(Document, IsATreeWithThePlaceOfEachValue) {
  const auto parsed = parse("a: 1\nb:\n  - x\n  - {c: 'y'}\n");
  ASSERT_TRUE(parsed.value);
  EXPECT_THAT(parsed.complaints, IsEmpty());
  EXPECT_EQ(parsed.value->find("a")->value.text, "1");
  EXPECT_EQ(parsed.value->find("a")->value.place, (Place{1, 4}));
  const Value& list = parsed.value->find("b")->value;
  EXPECT_EQ(list.items[0].text, "x");
  EXPECT_FALSE(list.items[0].quoted);
  EXPECT_EQ(list.items[1].find("c")->value.place, (Place{4, 9}));
  EXPECT_TRUE(list.items[1].find("c")->value.quoted);
}

TEST(Document, CountsColumnsInCharactersNotBytes) {
  EXPECT_THAT(parse("{海淀: 园, a: 010}").complaints,
              ElementsAre(HasSubstr("f:1:12: found `010`")));
}

TEST(Document, MayBeginWithAByteOrderMark) {
  const auto parsed = parse("\xEF\xBB\xBFname: x\n");
  ASSERT_TRUE(parsed.value);
  EXPECT_EQ(parsed.value->find("name")->value.place, (Place{1, 7}));
}

TEST(Document, ComplainsOfEveryDuplicateKeyAndSaysWhereTheFirstIs) {
  EXPECT_THAT(
      parse("a: 1\nb: 2\na: 3\nb: 4\n").complaints,
      ElementsAre("f:3:1: found a second `a`, expected each key once; the first is on line 1",
                  "f:4:1: found a second `b`, expected each key once; the first is on line 2"));
}

TEST(Document, ComplainsOfDuplicateKeysInsideLists) {
  EXPECT_THAT(
      parse("- {k: 1, k: 2}\n").complaints,
      ElementsAre("f:1:10: found a second `k`, expected each key once; the first is on line 1"));
}

TEST(Document, ComplainsOfNumbersThatLookOctal) {
  const std::string expected =
      ", expected a number without leading zeros, or text in quotes: YAML readers disagree on what "
      "this is";
  EXPECT_THAT(parse("a: 010\nb: 0o17\nc: -07\nd: '010'\ne: 0\nf: 0.5\ng: 2026-01-02\n").complaints,
              ElementsAre("f:1:4: found `010`" + expected, "f:2:4: found `0o17`" + expected,
                          "f:3:4: found `-07`" + expected));
}

TEST(Document, ComplainsOfAnchorsAliasesMergeKeysAndTags) {
  EXPECT_THAT(
      parse("a: &x {k: 1}\nb: *x\nc:\n  <<: {k: 2}\nd: !!str 5\n").complaints,
      ElementsAre("f:1:4: found an anchor `&x`, expected the value alone: nothing may refer to it",
                  "f:2:4: found an alias, expected the value itself, written out",
                  "f:4:3: found a merge key `<<`, expected the keys themselves, written out",
                  "f:5:4: found a tag `tag:yaml.org,2002:str`, expected the value alone, in "
                  "quotes if it is text"));
}

TEST(Document, ComplainsOfASecondDocument) {
  const auto parsed = parse("a: 1\n---\nb: 2\n");
  EXPECT_FALSE(parsed.value);
  EXPECT_THAT(parsed.complaints,
              ElementsAre("f:2:1: found a second document, expected one document a file"));
}

TEST(Document, ComplainsOfAnEmptyFile) {
  EXPECT_THAT(parse("").complaints, ElementsAre("f: found nothing, expected a document"));
  EXPECT_THAT(parse("# only this\n").complaints, SizeIs(1));
}

TEST(Document, ComplainsOfTabsInTheIndentationAndOfNoOthers) {
  EXPECT_THAT(parse("a:\n\tb: 1\n  \tc: 2\n").complaints,
              ElementsAre("f:2:1: found a tab in the indentation, expected spaces",
                          "f:3:3: found a tab in the indentation, expected spaces"));
  EXPECT_THAT(parse("a:\tb\nc: 'd\te'\n").complaints, IsEmpty());
  EXPECT_THAT(parse("{\n\t\"a\": 1\n}\n", Syntax::json).complaints, IsEmpty());
}

TEST(Document, PointsAtAFullWidthColonBehindAKey) {
  const std::string rest =
      ": found a full-width colon `：` behind a key, expected `: `, the colon of ASCII and a space";
  EXPECT_THAT(
      parse("bureau： park\nname: 园区：一\nchannels:\n  disk：{}\npublishes:\n  - dataset："
            "register\n  - {dataset：x}\n")
          .complaints,
      ElementsAre("f:1:7" + rest, "f:4:7" + rest, "f:6:12" + rest, "f:7:13" + rest));
  EXPECT_THAT(parse("name: 说明：x\n# note：y\n").complaints, IsEmpty());
}

TEST(Document, TakesAFullWidthColonForALetterWhereYamlDoes) {
  EXPECT_THAT(parse("a: |\n  note：x\nb:\n  - note：y\nc: folded\n  note：z\n").complaints,
              IsEmpty());
  // What is wrong elsewhere is told.
  EXPECT_THAT(parse("a: |\n  note：x\nb: 1\nc: @\n").complaints,
              ElementsAre(testing::HasSubstr("f:4:4: found a syntax error")));
}

TEST(Document, SaysWhereASyntaxErrorIs) {
  const auto parsed = parse("a: 1\nb: [1, 2\n");
  EXPECT_FALSE(parsed.value);
  EXPECT_THAT(parsed.complaints, ElementsAre(HasSubstr("f:3:1: found a syntax error (")));
}

TEST(Document, RefusesBytesThatAreNotUtf8AndSaysTheLine) {
  EXPECT_THAT(parse("a: 1\nb: \xD6\xD0\n").complaints,
              ElementsAre("f:2: found bytes that are not UTF-8, expected text in UTF-8"));
}

TEST(Document, RefusesNulBytes) {
  EXPECT_THAT(parse(std::string_view("a: 1\n\0", 6)).complaints,
              ElementsAre("f:2: found a NUL byte, expected text in UTF-8"));
}

TEST(Document, RefusesDeepNestingWhereItBegins) {
  EXPECT_THAT(parse(std::string(65, '[') + std::string(65, ']')).complaints,
              ElementsAre("f:1:65: found a syntax error (more than 64 levels of nesting), expected "
                          "YAML"));
  EXPECT_THAT(parse(std::string(64, '[') + std::string(64, ']')).complaints, IsEmpty());
  EXPECT_THAT(parse(std::string(100'000, '[')).complaints, SizeIs(1));
}

TEST(Document, RefusesMoreValuesThanAConfigurationHas) {
  std::string text = "[";
  for (int i = 0; i < 50'001; ++i)
    text += "1,";
  EXPECT_THAT(parse(text + "]").complaints, ElementsAre(HasSubstr("more than 50000 values")));
}

TEST(Document, ComplainsOfAKeyThatIsNotAName) {
  EXPECT_THAT(parse("[a]: 1\n").complaints,
              ElementsAre("f:1:1: found a list as a key, expected a name"));
}

TEST(JsonDocument, RefusesWhatOnlyYamlAllowsAndSaysWhere) {
  EXPECT_THAT(parse("{\n  \"a\": 1,\n}", Syntax::json).complaints,
              ElementsAre(HasSubstr("f:3:1: found a syntax error (")));
  EXPECT_THAT(parse("# x\n{}", Syntax::json).complaints,
              ElementsAre(HasSubstr("f:1:1: found a syntax")));
  EXPECT_THAT(parse("{\"a\": 1} x", Syntax::json).complaints,
              ElementsAre(HasSubstr("f:1:10: found a syntax error (")));
  EXPECT_THAT(parse("{\"a\": ", Syntax::json).complaints, SizeIs(1));
}

TEST(JsonDocument, ComplainsOfDuplicateKeysWithTheirPlace) {
  EXPECT_THAT(
      parse("{\"a\":1,\n\"a\":\"x\"}", Syntax::json).complaints,
      ElementsAre("f:2:1: found a second `a`, expected each key once; the first is on line 1"));
}

TEST(JsonDocument, TellsTextFromNumbersAndReadsEscapes) {
  const auto parsed = parse(R"({"a":"\u6d77\/\n","b":-1.5,"c":true,"d":null})", Syntax::json);
  ASSERT_TRUE(parsed.value);
  EXPECT_EQ(parsed.value->find("a")->value.text, "海/\n");
  EXPECT_TRUE(parsed.value->find("a")->value.quoted);
  EXPECT_FALSE(parsed.value->find("b")->value.quoted);
  EXPECT_EQ(parsed.value->find("d")->value.kind, Value::Kind::nothing);
}

TEST(JsonDocument, RefusesPairsOfEscapesAndSaysWhatToWrite) {
  EXPECT_THAT(parse(R"({"a":"\ud842\udfb7"})", Syntax::json).complaints,
              ElementsAre(HasSubstr("expected JSON without pairs of \\u escapes")));
  EXPECT_THAT(parse(R"({"a":"𠮷"})", Syntax::json).complaints, IsEmpty());
}

TEST(Nearest, IsTheNameThatATypoMeant) {
  const std::vector<std::string> names = {"channels", "publishes", "name"};
  EXPECT_EQ(nearest("chanels", names), "channels");
  EXPECT_EQ(nearest("nmae", names), "name");
  EXPECT_EQ(nearest("zzzzzz", names), "");
  EXPECT_EQ(nearest("anything", {}), "");
}

TEST(InQuotes, ShowsControlCharactersAndCutsBetweenCharacters) {
  EXPECT_EQ(in_quotes("a\nb"), "`a\\x0Ab`");
  EXPECT_EQ(in_quotes("a`b"), "`a\\x60b`");
  EXPECT_EQ(in_quotes(std::string(59, 'a') + "海淀"), "`" + std::string(59, 'a') + "海…`");
}

}  // namespace
}  // namespace sluice::settings
