#include "postgresql/access.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/temporary_directory.h"

namespace sluice::postgresql {
namespace {

using record::test::TemporaryDirectory;
using record::test::write_file;
using ::testing::HasSubstr;

std::string value(const Access& access, const std::string& keyword) {
  const auto all = parameters(access);
  if (!all) return record::to_string(all.error());
  const auto found = all->find(keyword);
  return found == all->end() ? "(not said)" : found->second;
}

TEST(PostgresqlAccess, OursAreDefaultsToWhatTheConnectionStringSays) {
  EXPECT_EQ(value({"host=a dbname=b", {}}, "connect_timeout"), "10");
  EXPECT_EQ(value({"host=a connect_timeout=3", {}}, "connect_timeout"), "3");
  EXPECT_EQ(value({"postgresql://u@h:5/d?connect_timeout=4", {}}, "connect_timeout"), "4");
  EXPECT_EQ(value({"postgresql://u@h:5/d", {}}, "dbname"), "d");
  using std::chrono::seconds;
  EXPECT_EQ(value({"host=a", {}, seconds(2)}, "connect_timeout"), "2");
  EXPECT_EQ(value({"host=a", {}, seconds(2)}, "tcp_user_timeout"), "6000");
  EXPECT_EQ(value({"host=a connect_timeout=3", {}, seconds(2)}, "connect_timeout"), "3");
}

TEST(PostgresqlAccess, OfSeveralHostsTheOneThatTakesWritesIsWanted) {
  EXPECT_EQ(value({"host=a", {}}, "target_session_attrs"), "(not said)");
  EXPECT_EQ(value({"host=a,b", {}}, "target_session_attrs"), "read-write");
  EXPECT_EQ(value({"host=a,b target_session_attrs=any", {}}, "target_session_attrs"), "any");
}

TEST(PostgresqlAccess, ServerThatIsNotOnThisMachineMustProveWhoItIs) {
  for (const char* away :
       {"host=db", "host=10.0.0.1", "hostaddr=10.0.0.1", "host=127.0.0.1,db", "host=/run/pg,db",
        "host=db hostaddr=127.0.0.1", "host=localhost hostaddr=10.0.0.1", "host=127.example.org",
        "host=fe80::1", "service=central", "service=central host=localhost",
        "postgresql://u@db:5/d", "dbname=b"}) {
    EXPECT_EQ(value({away, {}}, "sslmode"), "verify-full") << away;
  }
  for (const char* here : {"host=/run/postgresql", "host=@abstract", "host=localhost",
                           "host=127.0.0.1", "host=127.1.2.3", "host=::1", "host=127.0.0.1,/run/pg",
                           "hostaddr=127.0.0.1,::1", "postgresql://u@localhost:5/d"}) {
    EXPECT_EQ(value({here, {}}, "sslmode"), "(not said)") << here;
  }
  EXPECT_EQ(value({"host=db sslmode=disable", {}}, "sslmode"), "disable");
}

TEST(PostgresqlAccess, WeakerProofOfAServerThatIsAwayIsFound) {
  EXPECT_EQ(weak_sslmode("host=db"), std::nullopt);
  EXPECT_EQ(weak_sslmode("host=db sslmode=verify-full"), std::nullopt);
  EXPECT_EQ(weak_sslmode("host=db sslmode=verify-ca"), "verify-ca");
  EXPECT_EQ(weak_sslmode("postgresql://db/d?sslmode=require"), "require");
  EXPECT_EQ(weak_sslmode("host=localhost sslmode=disable"), std::nullopt);
  EXPECT_EQ(weak_sslmode("dbname=b sslmode=disable"), std::nullopt);
}

TEST(PostgresqlAccess, PasswordIsTheFirstLineOfItsFileAndQuoted) {
  const TemporaryDirectory directory;
  const auto file = directory / "password";
  const Access access{"host=a", file};
  EXPECT_THAT(value(access, "password"), HasSubstr("can not be read, or is empty"));
  write_file(file, "it's \\ secret\nand more\n");
  EXPECT_EQ(value(access, "password"), "it's \\ secret");
  EXPECT_THAT(conninfo(*parameters(access)), HasSubstr("password='it\\'s \\\\ secret'"));
  EXPECT_TRUE(check({conninfo(*parameters(access)), {}}));
}

TEST(PostgresqlAccess, WhatLibpqDoesNotUnderstandIsSaid) {
  const auto checked = check({"host=a nonsense=1", {}});
  ASSERT_FALSE(checked);
  EXPECT_EQ(checked.error().code, AccessProblem::not_understood);
  EXPECT_THAT(checked.error().sentence, HasSubstr("nonsense"));
}

}  // namespace
}  // namespace sluice::postgresql
