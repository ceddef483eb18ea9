// Keeping sessions and the installation's secret: what every way of keeping people must do.
#include <future>

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "conformance/people_home.h"

namespace sluice::test {
namespace {

using people::Account;
using people::AccountName;
using people::AccountState;
using people::PeopleProblem;
using people::SessionLimits;
using people::SessionToken;
using people::SignInWay;
using std::chrono::hours;
using std::chrono::minutes;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr SessionLimits limits{.idle = minutes(30), .lifetime = hours(12)};

class PeopleSessionsTest : public ::testing::TestWithParam<PeopleKind> {
 protected:
  PeopleSessionsTest()
      : home_(GetParam().make()), people_(home_->open(clock_)), now_(clock_.last()) {}

  Account add(const std::string& name) { return people_->add(clerk(name)).value(); }
  people::BegunSession begin(const Account& account) {
    const auto begun = people_->sessions().begin(account, SignInWay::password, limits, now_);
    EXPECT_TRUE(begun) << record::to_string(begun.error());
    return begun.value();
  }
  std::optional<people::SignedIn> find(const SessionToken& token) {
    const auto found = people_->sessions().find(token, limits, now_);
    EXPECT_TRUE(found) << record::to_string(found.error());
    return found.value_or(std::nullopt);
  }
  std::string count() { return home_->ask("SELECT CAST(count(*) AS text) FROM {session}"); }

  MinuteClock clock_;
  std::unique_ptr<PeopleHome> home_;
  std::unique_ptr<people::People> people_;
  record::Time now_;  // of the sessions' clock
};
INSTANTIATE_TEST_SUITE_P(People, PeopleSessionsTest, ::testing::ValuesIn(people_kinds()),
                         [](const auto& tested) { return tested.param.name; });

TEST_P(PeopleSessionsTest, SessionIsFoundWithItsAccountAlsoByAnother) {
  const Account wang = add("wang");
  const auto begun = people_->sessions().begin(wang, SignInWay::certificate, limits, now_).value();
  EXPECT_EQ(begun.session.account, wang.name);
  EXPECT_EQ(begun.session.account_version, wang.version);
  EXPECT_EQ(begun.session.way, SignInWay::certificate);
  EXPECT_EQ(begun.session.begun, now_);
  EXPECT_EQ(begun.session.last_seen, now_);
  const auto found = find(begun.token);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->account, wang);
  EXPECT_EQ(found->session, begun.session);
  const auto theirs = home_->open(clock_)->sessions().find(begun.token, limits, now_).value();
  ASSERT_TRUE(theirs);
  EXPECT_EQ(theirs->session, begun.session);
  EXPECT_FALSE(find(SessionToken::random()));
}

TEST_P(PeopleSessionsTest, WhoReadsTheDatabaseHasNoToken) {
  const auto begun = begin(add("wang"));
  EXPECT_EQ(home_->ask("SELECT id FROM {session}"), record::to_string(begun.token.digest()));
  EXPECT_THAT(home_->ask("SELECT id || account || way FROM {session}"),
              Not(HasSubstr(begun.token.secret())));
}

TEST_P(PeopleSessionsTest, AnyChangeOfTheAccountEndsItsSessionsAndNoOthers) {
  Account wang = add("wang");
  const auto lis = begin(add("li"));
  for (int change = 0; change < 4; ++change) {
    const auto token = begin(wang).token;
    EXPECT_TRUE(find(token));
    if (change == 0) wang.password = people::PasswordHash("$argon2id$another");
    if (change == 1) wang.assignment.roles = {people::Role::reviewer};
    if (change == 2) wang.certificate = {{"CN=CA", "CN=wang"}};
    if (change == 3) wang.state = AccountState::disabled;
    wang = people_->change(wang).value();
    EXPECT_FALSE(find(token)) << change;
  }
  EXPECT_TRUE(find(lis.token));
}

// Also where the version is still that of the session: who disables by SQL in an emergency.
TEST_P(PeopleSessionsTest, DisabledAccountHasNoSession) {
  const auto begun = begin(add("wang"));
  home_->execute("UPDATE {account} SET state = 'disabled'");
  EXPECT_FALSE(find(begun.token));
}

TEST_P(PeopleSessionsTest, BeginsOfTheAccountAsItIsAlone) {
  const Account old = add("wang");
  Account account = old;
  account.display_name = "王大明";
  account = people_->change(account).value();
  const auto refused = people_->sessions().begin(old, SignInWay::password, limits, now_);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, PeopleProblem::changed_meanwhile);
  EXPECT_TRUE(find(begin(account).token));

  account.state = AccountState::disabled;
  account = people_->change(account).value();
  const auto disabled = people_->sessions().begin(account, SignInWay::password, limits, now_);
  ASSERT_FALSE(disabled);
  EXPECT_EQ(disabled.error().code, PeopleProblem::changed_meanwhile);
}

TEST_P(PeopleSessionsTest, IsOverWhenItWasNotSeenForTheIdleTime) {
  const auto token = begin(add("wang")).token;
  const record::Time begun = now_;
  now_ = begun + minutes(30) - std::chrono::milliseconds(1);
  EXPECT_TRUE(find(token));
  ASSERT_TRUE(people_->sessions().touch(token, now_));
  EXPECT_EQ(find(token)->session.last_seen, now_);
  EXPECT_EQ(find(token)->session.begun, begun);
  now_ = begun + minutes(59);
  EXPECT_TRUE(find(token));
  now_ = begun + minutes(60);
  EXPECT_FALSE(find(token));
}

TEST_P(PeopleSessionsTest, IsOverAtItsLifetimeHoweverOftenItIsSeen) {
  const auto token = begin(add("wang")).token;
  const record::Time begun = now_;
  for (; now_ < begun + hours(12); now_ += minutes(20)) {
    EXPECT_TRUE(find(token));
    ASSERT_TRUE(people_->sessions().touch(token, now_));
  }
  EXPECT_FALSE(find(token));
}

TEST_P(PeopleSessionsTest, TouchNeverSetsBack) {
  const auto token = begin(add("wang")).token;
  ASSERT_TRUE(people_->sessions().touch(token, now_ - hours(1)));
  EXPECT_EQ(find(token)->session.last_seen, now_);
}

TEST_P(PeopleSessionsTest, EndsOneOrAllOfAnAccount) {
  const Account wang = add("wang");
  const auto lis = begin(add("li"));
  const auto first = begin(wang);
  const auto second = begin(wang);
  const auto third = begin(wang);
  ASSERT_TRUE(people_->sessions().end(first.token));
  EXPECT_FALSE(find(first.token));
  EXPECT_TRUE(find(second.token));
  ASSERT_TRUE(people_->sessions().end(first.token));  // again
  ASSERT_TRUE(people_->sessions().end_all(wang.name));
  EXPECT_FALSE(find(second.token));
  EXPECT_FALSE(find(third.token));
  EXPECT_TRUE(find(lis.token));
  EXPECT_EQ(count(), "1");
}

TEST_P(PeopleSessionsTest, OfTooManyTheOneGoesThatWasLastSeenTheLongestAgo) {
  const Account wang = add("wang");
  const auto lis = begin(add("li"));
  const auto first = begin(wang);
  now_ += minutes(1);
  const auto second = begin(wang);
  now_ += minutes(1);
  for (std::size_t i = 2; i < people::most_sessions_an_account; ++i)
    begin(wang);
  ASSERT_TRUE(people_->sessions().touch(first.token, now_));
  EXPECT_TRUE(find(second.token));
  const auto newest = begin(wang);
  EXPECT_TRUE(find(first.token));
  EXPECT_FALSE(find(second.token));
  EXPECT_TRUE(find(newest.token));
  EXPECT_TRUE(find(lis.token));
  EXPECT_EQ(count(), std::to_string(people::most_sessions_an_account + 1));
}

TEST_P(PeopleSessionsTest, SessionsOfAnOlderVersionTakeNoPlace) {
  Account wang = add("wang");
  begin(wang);
  begin(wang);
  wang = people_->change(wang).value();
  begin(wang);
  EXPECT_EQ(count(), "1");
}

TEST_P(PeopleSessionsTest, WhatIsOverIsRemovedAHundredAtATime) {
  const Account wang = add("wang");
  begin(wang);
  for (int i = 0; i < 120; ++i) {
    home_->execute(fmt::format(
        "INSERT INTO {{session}} SELECT 'sha256:{}', account, account_version, way, begun_at, "
        "last_seen_at FROM {{session}} WHERE account = 'wang' LIMIT 1",
        i));
  }
  EXPECT_EQ(count(), "121");
  const Account li = add("li");
  now_ += minutes(29);
  begin(li);
  EXPECT_EQ(count(), "122");
  now_ += minutes(1);
  begin(li);
  EXPECT_EQ(count(), "23");
  begin(li);
  EXPECT_EQ(count(), "3");
}

TEST_P(PeopleSessionsTest, TwoWhoBeginAtOnceLeaveNoMoreThanTheMost) {
  const Account wang = add("wang");
  const Account li = add("li");
  MinuteClock their_clock;
  const auto their_people = home_->open(their_clock);
  const auto their_begin = [&] {
    return their_people->sessions().begin(wang, SignInWay::password, limits, now_).has_value() &&
           their_people->sessions().begin(li, SignInWay::password, limits, now_).has_value();
  };
  for (std::size_t i = 0; i < people::most_sessions_an_account; ++i) {
    auto theirs = std::async(std::launch::async, their_begin);
    begin(li);
    begin(wang);
    EXPECT_TRUE(theirs.get());
  }
  EXPECT_EQ(count(), std::to_string(2 * people::most_sessions_an_account));
}

TEST_P(PeopleSessionsTest, SecretIsMadeOnceForAll) {
  const auto secret = people_->secret();
  ASSERT_TRUE(secret) << record::to_string(secret.error());
  EXPECT_EQ(people_->secret().value(), *secret);
  EXPECT_EQ(home_->open(clock_)->secret().value(), *secret);
  EXPECT_NE(*secret, people::Secret::random());
  home_->execute("DELETE FROM {secret}");
  EXPECT_NE(people_->secret().value(), *secret);
  home_->execute("UPDATE {secret} SET secret = 'short'");
  const auto damaged = people_->secret();
  ASSERT_FALSE(damaged);
  EXPECT_THAT(record::to_string(damaged.error()), Not(HasSubstr("short")));
}

TEST_P(PeopleSessionsTest, SecretThatTwoMakeAtOnceIsOne) {
  for (int round = 0; round < 3; ++round) {
    const auto home = GetParam().make();
    MinuteClock their_clock;
    const auto theirs = home->open(their_clock);
    const auto mine = home->open(clock_);
    auto their_secret = std::async(std::launch::async, [&] { return theirs->secret(); });
    const auto my_secret = mine->secret();
    const auto second = their_secret.get();
    ASSERT_TRUE(my_secret) << record::to_string(my_secret.error());
    ASSERT_TRUE(second) << record::to_string(second.error());
    EXPECT_EQ(*my_secret, *second);
  }
}

class PeopleOldFormatTest : public PeopleSessionsTest {
 protected:
  PeopleOldFormatTest() : wang_(add("wang")) {
    home_->make_old(1);
    people_ = home_->open(clock_);
  }
  Account wang_;
};
INSTANTIATE_TEST_SUITE_P(People, PeopleOldFormatTest, ::testing::ValuesIn(people_kinds()),
                         [](const auto& tested) { return tested.param.name; });

TEST_P(PeopleOldFormatTest, IsReadAndWrittenAsItIs) {
  EXPECT_EQ(people_->find(wang_.name).value(), wang_);
  EXPECT_EQ(people_->list({}, 9).value().size(), 1U);
  EXPECT_FALSE(find(SessionToken::random()));
  EXPECT_TRUE(people_->sessions().touch(SessionToken::random(), now_));
  EXPECT_TRUE(people_->sessions().end(SessionToken::random()));
  EXPECT_TRUE(people_->sessions().end_all(wang_.name));
  EXPECT_TRUE(people_->change(wang_));
  EXPECT_TRUE(people_->add(clerk("li")));
  EXPECT_ANY_THROW(count());  // nobody has made it
}

TEST_P(PeopleOldFormatTest, IsBroughtUpByTheFirstSessionAndOthersSeeIt) {
  const auto reader = home_->open(clock_);
  EXPECT_FALSE(reader->sessions().find(SessionToken::random(), limits, now_).value());
  const auto begun = begin(wang_);
  EXPECT_TRUE(find(begun.token));
  EXPECT_TRUE(reader->sessions().find(begun.token, limits, now_).value());
  EXPECT_EQ(people_->find(wang_.name).value(), wang_);
  // Also by who opens it anew.
  EXPECT_TRUE(home_->open(clock_)->sessions().find(begun.token, limits, now_).value());
}

TEST_P(PeopleOldFormatTest, IsBroughtUpByTheFirstWhoNeedsTheSecretAndByTwoAtOnce) {
  MinuteClock their_clock;
  const auto theirs = home_->open(their_clock);
  ASSERT_TRUE(theirs->find(wang_.name).value());
  auto their_secret = std::async(std::launch::async, [&] { return theirs->secret(); });
  const auto mine = people_->secret();
  ASSERT_TRUE(mine) << record::to_string(mine.error());
  EXPECT_EQ(their_secret.get().value(), *mine);
  EXPECT_TRUE(find(begin(wang_).token));
}

class PeopleBeforeCertificatesTest : public PeopleSessionsTest {
 protected:
  PeopleBeforeCertificatesTest() : wang_(add("wang")) {
    token_ = begin(wang_).token;
    home_->make_old(2);
    people_ = home_->open(clock_);
  }
  Account with_certificate() {
    Account account = wang_;
    account.certificate = {{"CN=CA", "CN=wang"}};
    return account;
  }
  Account wang_;
  std::optional<SessionToken> token_;
};
INSTANTIATE_TEST_SUITE_P(People, PeopleBeforeCertificatesTest, ::testing::ValuesIn(people_kinds()),
                         [](const auto& tested) { return tested.param.name; });

TEST_P(PeopleBeforeCertificatesTest, IsReadAndWrittenAsItIs) {
  EXPECT_EQ(people_->find(wang_.name).value(), wang_);
  EXPECT_EQ(people_->list({}, 9).value(), std::vector{wang_});
  EXPECT_EQ(people_->find_holder({"CN=CA", "CN=wang"}).value(), std::nullopt);
  EXPECT_EQ(find(*token_)->account, wang_);
  EXPECT_TRUE(people_->add(clerk("li")));
  EXPECT_TRUE(people_->change(wang_));
  EXPECT_TRUE(people_->secret());
  EXPECT_ANY_THROW(home_->ask("SELECT certificate_subject FROM {account}"));  // nobody has made it
}

TEST_P(PeopleBeforeCertificatesTest, IsNotBroughtUpByWhatIsRefused) {
  Account account = with_certificate();
  account.version.value += 1;
  EXPECT_EQ(people_->change(account).error().code, people::PeopleProblem::changed_meanwhile);
  EXPECT_EQ(people_->add(with_certificate()).error().code, people::PeopleProblem::name_taken);
  EXPECT_ANY_THROW(home_->ask("SELECT certificate_subject FROM {account}"));
  EXPECT_EQ(people_->find(wang_.name).value(), wang_);
  EXPECT_TRUE(people_->change(with_certificate())) << "and is by what is not";
  EXPECT_EQ(home_->ask("SELECT certificate_subject FROM {account}"), "CN=wang");
}

TEST_P(PeopleBeforeCertificatesTest, IsBroughtUpByTheFirstCertificateAndOthersSeeIt) {
  const auto reader = home_->open(clock_);
  ASSERT_EQ(reader->find(wang_.name).value(), wang_);
  const auto changed = people_->change(with_certificate());
  ASSERT_TRUE(changed) << record::to_string(changed.error());
  const auto newcomer = home_->open(clock_);
  for (people::People* each : {people_.get(), reader.get(), newcomer.get()}) {
    EXPECT_EQ(each->find(wang_.name).value(), *changed);
    EXPECT_EQ(each->find_holder({"CN=CA", "CN=wang"}).value(), *changed);
  }
  Account li = clerk("li");
  li.certificate = changed->certificate;
  EXPECT_EQ(people_->add(li).error().code, PeopleProblem::certificate_taken);
}

TEST_P(PeopleBeforeCertificatesTest, ChangeThatIsRefusedLeavesThemToBeRead) {
  Account stale = with_certificate();
  ++stale.version.value;
  EXPECT_EQ(people_->change(stale).error().code, PeopleProblem::changed_meanwhile);
  EXPECT_EQ(people_->find(wang_.name).value(), wang_);
  EXPECT_TRUE(people_->change(with_certificate()));
}

}  // namespace
}  // namespace sluice::test
