#include "people/session.h"

#include <set>

#include <gtest/gtest.h>

namespace sluice::people {
namespace {

using std::chrono::seconds;

const record::Time begun = record::parse_time("2026-11-23T04:44:00.000Z").value();

TEST(SessionToken, IsAnotherOneEachTimeAndReadAsItIsWritten) {
  std::set<std::string> seen;
  for (int i = 0; i < 1000; ++i) {
    const SessionToken token = SessionToken::random();
    EXPECT_EQ(token.secret().size(), 43U);
    EXPECT_EQ(SessionToken::parse(token.secret()), token);
    seen.insert(token.secret());
  }
  EXPECT_EQ(seen.size(), 1000U);
}

TEST(SessionToken, NothingElseIsOne) {
  const std::string token = SessionToken::random().secret();
  for (const std::string& text :
       {std::string(), token.substr(1), token + "A", token + "\n", "'" + token.substr(1),
        std::string(42, 'A') + "B", std::string(10'000, 'A')}) {
    EXPECT_FALSE(SessionToken::parse(text)) << text;
  }
}

TEST(SessionToken, DigestIsOfIt) {
  const SessionToken token = SessionToken::random();
  EXPECT_EQ(token.digest(), record::sha256(token.secret()));
}

TEST(Session, IsWorthATouchOnceAMinute) {
  Session session;
  session.begun = session.last_seen = begun;
  EXPECT_FALSE(is_worth_a_touch(session, begun + seconds(59)));
  EXPECT_TRUE(is_worth_a_touch(session, begun + seconds(60)));
}

TEST(Session, IsNotOverWhereAnotherCentersClockIsAhead) {
  Session session;
  session.begun = session.last_seen = begun;
  EXPECT_FALSE(is_over(session, {}, begun - seconds(5)));
  EXPECT_FALSE(is_worth_a_touch(session, begun - seconds(5)));
}

TEST(SignInWay, IsReadAsItIsWritten) {
  for (const SignInWay way : {SignInWay::password, SignInWay::certificate})
    EXPECT_EQ(parse_sign_in_way(to_string(way)), way);
  EXPECT_FALSE(parse_sign_in_way("magic"));
}

}  // namespace
}  // namespace sluice::people
