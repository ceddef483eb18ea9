#include "adapters/front_end/odbc/connection_string.h"

#include <gtest/gtest.h>

namespace sluice::adapters::front_end::odbc::test {
namespace {

TEST(ConnectionString, ValuesAreFoundWhateverTheCaseOfTheirKeyword) {
  EXPECT_EQ(value_of(" dsn = exchange ;UID=sluice", "DSN"), "exchange");
  EXPECT_EQ(value_of("DSN=exchange;UID=sluice", "Database"), "");
  EXPECT_EQ(value_of("Server=first;Server=second", "server"), "first");
}

TEST(ConnectionString, AValueInBracesEndsWithItsOwnBrace) {
  EXPECT_EQ(value_of("Database={a;b};UID=c", "Database"), "{a;b}");
  EXPECT_EQ(value_of("Database={a}};UID=b};UID=c", "Database"), "{a}};UID=b}");
  EXPECT_EQ(value_of("Database={a}};UID=b};UID=c", "UID"), "c");
}

TEST(ConnectionString, APasswordIsOneValueWhateverIsInIt) {
  for (const char* password : {"geheim", "a;b", "}", "};UID=root", "{}", "a=b"}) {
    const std::string part = password_part(password);
    EXPECT_EQ(value_of("DSN=exchange" + part, "PWD"), part.substr(5)) << password;
    EXPECT_EQ(value_of("DSN=exchange" + part + ";Last=1", "Last"), "1") << password;
  }
  EXPECT_EQ(password_part(""), "");
}

TEST(ConnectionString, GetsTheOptionsThatItsDriverNeedsWhereItDoesNotSayOtherwise) {
  EXPECT_EQ(with_needed_options("DSN=x;CHARSET=gbk", "libmaodbc.so"), "DSN=x;CHARSET=gbk");
  EXPECT_EQ(with_needed_options("DSN=x", "libmaodbc.so"), "DSN=x;CHARSET=utf8mb4");
  // Of a keyword that comes twice drivers take the first, be it empty.
  EXPECT_EQ(with_needed_options("DSN=x;CHARSET=", "libmaodbc.so"), "DSN=x;CHARSET=");
  EXPECT_EQ(
      value_of(with_needed_options("DSN=x;usedeclarefetch=0", "psqlodbcw.so"), "UseDeclareFetch"),
      "0");
}

TEST(ConnectionString, SaysWhetherItsDriverBringsAResultAsItIsRead) {
  EXPECT_TRUE(streams(with_needed_options("DSN=x", "psqlodbcw.so"), "psqlodbcw.so"));
  EXPECT_FALSE(streams("DSN=x;UseDeclareFetch=0", "psqlodbcw.so"));
  EXPECT_FALSE(streams(with_needed_options("DSN=x", "libmaodbc.so"), "libmaodbc.so"));
}

TEST(ConnectionString, IsKnownByItsDsnOrItsServerAndDatabase) {
  EXPECT_EQ(place_of("DSN=exchange;UID=sluice"), "DSN exchange");
  EXPECT_EQ(place_of("Driver=x;Server=10.1.1.5;Database=tax;UID=sluice"), "10.1.1.5/tax");
  EXPECT_EQ(place_of("Driver=x;UID=sluice"), "exchange database");
}

}  // namespace
}  // namespace sluice::adapters::front_end::odbc::test
