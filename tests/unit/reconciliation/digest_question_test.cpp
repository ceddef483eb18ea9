#include "reconciliation/digest_question.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace sluice::reconciliation::test {
namespace {

using record::Key;

const std::string schema = record::to_string(record::sha256("schema"));

TEST(DigestQuestion, IsReadAsItIsWritten) {
  const DigestQuestion sums{record::sha256("schema"),
                            {Key{"甲", "\"1\""}, std::nullopt},
                            std::vector<Key>{{"乙", "2"}, {"丙", "3"}}};
  const auto read = parse_question(to_json(sums));
  ASSERT_TRUE(read) << read.error().sentence;
  EXPECT_EQ(read->schema, sums.schema);
  EXPECT_EQ(read->range.after, sums.range.after);
  EXPECT_FALSE(read->range.up_to);
  EXPECT_EQ(read->bounds, sums.bounds);

  const DigestQuestion listing{record::sha256("schema"), {std::nullopt, Key{"x"}}, std::nullopt};
  const auto other = parse_question(to_json(listing));
  ASSERT_TRUE(other);
  EXPECT_FALSE(other->bounds);
  EXPECT_EQ(other->range.up_to, Key{"x"});
}

TEST(DigestQuestion, SaysWhatIsNotUnderstood) {
  const auto error = [](const std::string& text) {
    const auto read = parse_question(text);
    return read ? std::string("understood") : read.error().sentence;
  };
  EXPECT_EQ(error("["), "the body is not a JSON object");
  EXPECT_EQ(error("[]"), "the body is not a JSON object");
  EXPECT_EQ(error("{}"), "`schema` is not understood; expected the digest of the dataset's schema");
  EXPECT_EQ(error(R"({"schema":"sha256:00"})"),
            "`schema` is not understood; expected the digest of the dataset's schema");
  EXPECT_EQ(error(fmt::format(R"({{"schema":"{}","after":"A"}})", schema)),
            "`after` is not understood; expected the values of a primary key as an array of "
            "strings");
  EXPECT_EQ(error(fmt::format(R"({{"schema":"{}","up_to":[]}})", schema)),
            "`up_to` is not understood; expected the values of a primary key as an array of "
            "strings");
  EXPECT_EQ(error(fmt::format(R"({{"schema":"{}","bounds":[1]}})", schema)),
            "`bounds` is not understood; expected at most 1000 primary keys");
  EXPECT_EQ(error(fmt::format(R"({{"schema":"{}","limit":1}})", schema)),
            "`limit` is not understood; expected `schema`, `after`, `up_to` and `bounds` only");
}

TEST(DigestQuestion, HasNoMoreBoundsThanAllowed) {
  DigestQuestion question{record::sha256("schema"), {}, std::vector<Key>(most_bounds, Key{"A"})};
  EXPECT_TRUE(parse_question(to_json(question)));
  question.bounds->push_back({"A"});
  EXPECT_FALSE(parse_question(to_json(question)));
}

TEST(DigestAnswer, IsReadAsItIsWritten) {
  const std::vector<record::RecordSum> sums{{}, {12, {1, 2}}};
  EXPECT_EQ(parse_sums(to_json(sums)), sums);
  const Listing listing{{{{"A", "1"}, {3, 4}}, {{"税", "2"}, {5, 6}}}, false};
  const auto read = parse_listing(to_json(listing));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->records, listing.records);
  EXPECT_FALSE(read->is_complete);
}

// Of something on the way that is no center.
TEST(DigestAnswer, IsNothingWhereItIsNoAnswer) {
  for (const char* text : {"", "<html>", "[]", "{}", R"({"sums":1})", R"({"sums":[{"rows":-1}]})",
                           R"({"sums":[{"rows":1,"digest":"00"}]})"}) {
    EXPECT_FALSE(parse_sums(text)) << text;
  }
  for (const char* text : {"", "{}", R"({"records":[]})", R"({"records":[],"complete":false})",
                           R"({"records":[{"key":[],"digest":"00"}],"complete":true})"}) {
    EXPECT_FALSE(parse_listing(text)) << text;
  }
}

}  // namespace
}  // namespace sluice::reconciliation::test
