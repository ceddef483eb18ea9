// What must not leave a node is taken out of texts; where that can not be told, too much is.
#include "bundle/without_secrets.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sluice::bundle::test {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(WithoutCredentials, TakesOutWhatIsCalledASecret) {
  EXPECT_EQ(without_credentials("PWD=s3cret;Server=a"), "PWD=(removed);Server=a");
  EXPECT_EQ(without_credentials("password: 's 3'; x"), "password: (removed); x");
  EXPECT_EQ(without_credentials("DB_PASSWORD = {a;b} c"), "DB_PASSWORD = (removed) c");
  EXPECT_EQ(without_credentials(R"("api-token": "abc", "b": 1)"),
            R"("api-token": (removed), "b": 1)");
  EXPECT_EQ(without_credentials("password='never closed; x"), "password=(removed)");
}

TEST(WithoutCredentials, LeavesWhatOnlySoundsLikeOne) {
  EXPECT_EQ(without_credentials("password_file: /run/pw"), "password_file: /run/pw");
  EXPECT_EQ(without_credentials("the password is wrong"), "the password is wrong");
  EXPECT_EQ(without_credentials("局: 税务"), "局: 税务");
}

TEST(WithoutCredentials, TakesOutWhoAnAddressIsAskedAs) {
  EXPECT_EQ(without_credentials("https://me:s3@cret@center:8443/x and http://b/"),
            "https://(removed)@center:8443/x and http://b/");
  EXPECT_EQ(without_credentials("https://center:8443/a?b=c#d x@y"),
            "https://center:8443/a?b=c#d x@y");
}

TEST(WithoutCredentials, TakesOutAPasswordWithMarksOfAnAddressInIt) {
  for (const char* address :
       {"postgresql://u:p/w@h", "postgresql://u:p?w@h", "postgresql://u:p#w@h"})
    EXPECT_EQ(without_credentials(address), "postgresql://(removed)@h");
  EXPECT_EQ(without_credentials("see https://h/x?token=s3@cret now"), "see https://(removed) now");
}

TEST(WithoutCredentialsOfConnection, KeepsOnlyWhereToAndHow) {
  EXPECT_EQ(without_credentials_of_connection(
                "Driver={PostgreSQL Unicode};Server=db;UID=me;PWD={s3;cret};Unheard=x"),
            "driver={PostgreSQL Unicode};server=db;uid=me;pwd=(removed);unheard=(removed)");
  EXPECT_EQ(without_credentials_of_connection("host=db dbname='a b' password='s3 cret'"),
            "host=db dbname='a b' password=(removed)");
  EXPECT_EQ(without_credentials_of_connection("postgresql://me:s3cret@db/x?password=s3cret"),
            "postgresql://(removed)@db/x?(removed)");
  EXPECT_EQ(without_credentials_of_connection("postgresql://u:p?w@h/x?sslmode=require"),
            "postgresql://(removed)@h/x?(removed)");
  EXPECT_EQ(without_credentials_of_connection("postgresql://h/x?password=s3@cret"),
            "postgresql://(removed)");
  EXPECT_EQ(without_credentials_of_connection("postgresql://u:s3 'cret@h"), "(removed)");
  EXPECT_EQ(without_credentials_of_connection("s3cret"), "(removed)");
  EXPECT_EQ(without_credentials_of_connection("a b c=s3cret"), "(removed)");
}

TEST(WithoutQuotes, TakesOutWhatADatabaseMayHaveQuotedOfARecord) {
  EXPECT_EQ(without_quotes(R"(invalid input syntax for type integer: "MARK")"),
            R"(invalid input syntax for type integer: "…")");
  EXPECT_EQ(without_quotes("Key (id)=(MARK) already exists"), "Key (id)=(…) already exists");
  EXPECT_EQ(without_quotes("Duplicate entry 'MARK-1' for key 'PRIMARY'"),
            "Duplicate entry '…' for key '…'");
  EXPECT_EQ(without_quotes("found `MARK`, “MARK”, 「MARK」"), "found `…`, “…”, 「…」");
}

TEST(WithoutQuotes, IsNotLedAstrayByAnApostrophe) {
  EXPECT_EQ(without_quotes("Can't convert 'MARK' (the driver's word)"),
            "Can't convert '…' (the driver's word)");
  EXPECT_EQ(without_quotes("'it''s MARK' x"), "'…' x");
  EXPECT_EQ(without_quotes("'O'MARK' x"), "'…' x");
}

TEST(WithoutQuotes, CountsTheParenthesesOfAValue) {
  EXPECT_EQ(without_quotes("Key (name)=(Acme (Beijing) MARK) already exists (23505)"),
            "Key (name)=(…) already exists (23505)");
  EXPECT_EQ(without_quotes("Key (lower(name))=(MARK :) MARK) already exists"),
            "Key (lower(name))=(…) already exists");
  EXPECT_EQ(without_quotes("Key (name)=(MARK ( MARK) already exists"), "Key (name)=(…");
  EXPECT_EQ(without_quotes("(row 3: a bad date (value MARK (MARK)) here)"),
            "(row 3: a bad date (value …)");
}

TEST(WithoutQuotes, KnowsWhereServersTellAWholeRow) {
  EXPECT_EQ(without_quotes("The duplicate key value is (A1, 张三). The statement"),
            "The duplicate key value is (…). The statement");
  EXPECT_EQ(without_quotes("Failing row contains (1, MARK, null)."), "Failing row contains (…).");
  EXPECT_EQ(without_quotes("what is this (a test)"), "what is this (a test)");
}

TEST(WithoutQuotes, TakesTheRestWhereAQuoteDoesNotEnd) {
  EXPECT_EQ(without_quotes("cut off: 'MARK and more MARK\nMARK"), "cut off: '…");
  EXPECT_EQ(without_quotes("cut off: 'MARK and more MARK\nnext line", Quoting::log_line),
            "cut off: '…\nnext line");
}

TEST(WithoutQuotes, TakesOutAValueOfSeveralLines) {
  EXPECT_EQ(without_quotes("Key (note)=(MARK\nMARK) already exists"),
            "Key (note)=(…) already exists");
  EXPECT_EQ(without_quotes("found 'MARK\nMARK' there"), "found '…' there");
}

TEST(WithoutQuotes, LeavesTheQuotesInWhichALogLineHasItsValues) {
  EXPECT_EQ(
      without_quotes(R"(event=x reason="column \"MARK\" is gone" bureau=park)", Quoting::log_line),
      R"(event=x reason="column \"…\" is gone" bureau=park)");
  EXPECT_EQ(without_quotes(R"(reason="value 'MARK' is bad" n=1)", Quoting::log_line),
            R"(reason="value '…' is bad" n=1)");
}

}  // namespace
}  // namespace sluice::bundle::test
