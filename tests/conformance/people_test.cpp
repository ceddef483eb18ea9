// Keeping accounts: what every way of keeping them must do.
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
using people::Role;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

class PeopleTest : public ::testing::TestWithParam<PeopleKind> {
 protected:
  PeopleTest() : home_(GetParam().make()), people_(home_->open(clock_)) {}

  Account add(const Account& account) {
    const auto kept = people_->add(account);
    EXPECT_TRUE(kept) << record::to_string(kept.error());
    return kept.value_or(Account{});
  }
  Account found(const std::string& name) {
    const auto account = people_->find(AccountName(name));
    EXPECT_TRUE(account) << record::to_string(account.error());
    return account ? account->value_or(Account{}) : Account{};
  }
  Account change(const Account& account) {
    const auto kept = people_->change(account);
    EXPECT_TRUE(kept) << record::to_string(kept.error());
    return kept.value_or(Account{});
  }
  std::vector<std::string> names(const std::string& after, std::size_t count) {
    std::vector<std::string> names;
    const auto page = people_->list(AccountName(after), count);
    EXPECT_TRUE(page) << record::to_string(page.error());
    for (const Account& account : page.value_or(std::vector<Account>{}))
      names.push_back(account.name.str());
    return names;
  }
  // The problem with a result that should have one.
  static PeopleProblem problem(const people::Result<Account>& result) {
    EXPECT_FALSE(result);
    return result ? PeopleProblem::failed : result.error().code;
  }

  MinuteClock clock_;
  std::unique_ptr<PeopleHome> home_;
  std::unique_ptr<people::People> people_;
};
INSTANTIATE_TEST_SUITE_P(People, PeopleTest, ::testing::ValuesIn(people_kinds()),
                         [](const auto& tested) { return tested.param.name; });

TEST_P(PeopleTest, LookingMakesNothing) {
  EXPECT_EQ(people_->find(AccountName("wang")).value(), std::nullopt);
  EXPECT_THAT(people_->list({}, 10).value(), IsEmpty());
  EXPECT_EQ(problem(people_->change(clerk("wang"))), PeopleProblem::unknown);
  EXPECT_EQ(people_->find_holder({"CN=CA", "CN=wang"}).value(), std::nullopt);
  const auto token = people::SessionToken::random();
  EXPECT_EQ(people_->sessions().find(token, {}, clock_()).value(), std::nullopt);
  EXPECT_TRUE(people_->sessions().touch(token, clock_()));
  EXPECT_TRUE(people_->sessions().end(token));
  EXPECT_TRUE(people_->sessions().end_all(AccountName("wang")));
  EXPECT_TRUE(home_->is_untouched());
}

TEST_P(PeopleTest, AccountIsFoundAsItWasAddedAlsoByAnother) {
  Account account = clerk("wang");
  account.display_name = "𠮷野 'O\"Brien\\ %s 王";
  account.must_change_password = false;
  account.state = AccountState::disabled;
  const Account kept = add(account);
  EXPECT_EQ(kept.created, clock_.last());
  EXPECT_EQ(kept.changed, clock_.last());
  EXPECT_EQ(kept.version.value, 1U);
  account.created = account.changed = clock_.last();
  account.version.value = 1;
  EXPECT_EQ(kept, account);
  EXPECT_EQ(found("wang"), account);
  EXPECT_EQ(home_->open(clock_)->find(AccountName("wang")).value(), account);
  EXPECT_EQ(people_->find(AccountName("wan")).value(), std::nullopt);
}

TEST_P(PeopleTest, EveryRoleIsKept) {
  int number = 0;
  for (const std::string_view role : people::role_names()) {
    Account account = clerk(fmt::format("w{}", ++number));
    account.assignment.roles = {*people::parse_role(role)};
    if (people::is_of_node(*people::parse_role(role))) account.assignment.bureau.reset();
    EXPECT_EQ(add(account).assignment, account.assignment);
    EXPECT_EQ(found(account.name.str()).assignment, account.assignment);
  }
}

TEST_P(PeopleTest, CertificateIsKeptAndItsHolderFound) {
  Account account = clerk("wang");
  account.certificate = {{"CN=Office CA,O=京", "CN=王 'O\"Brien\\,O=京"}};
  account.password = people::PasswordHash();
  account.must_change_password = false;
  const Account kept = add(account);
  EXPECT_EQ(kept.certificate, account.certificate);
  EXPECT_TRUE(kept.password.is_none());
  EXPECT_EQ(found("wang"), kept);
  EXPECT_EQ(people_->list({}, 9).value(), std::vector{kept});
  const auto holder = [&](const people::CertificateName& certificate) {
    return home_->open(clock_)->find_holder(certificate).value();
  };
  EXPECT_EQ(holder(*account.certificate), kept);
  EXPECT_EQ(holder({"CN=Other CA,O=京", account.certificate->subject}), std::nullopt);
  EXPECT_EQ(holder({account.certificate->issuer, "CN=li"}), std::nullopt);
  EXPECT_EQ(holder({}), std::nullopt);

  Account without = kept;
  without.certificate.reset();
  EXPECT_EQ(change(without).certificate, std::nullopt);
  EXPECT_EQ(found("wang").certificate, std::nullopt);
  EXPECT_EQ(holder(*account.certificate), std::nullopt);
}

TEST_P(PeopleTest, CertificateOfAnotherAccountIsRefusedAndNothingIsWritten) {
  Account wang = clerk("wang");
  wang.certificate = {{"CN=CA", "CN=wang"}};
  wang = add(wang);
  Account thief = clerk("thief");
  thief.certificate = wang.certificate;
  const auto refused = people_->add(thief);
  EXPECT_EQ(problem(refused), PeopleProblem::certificate_taken);
  EXPECT_THAT(refused.error().sentence, HasSubstr("another account has this certificate"));
  EXPECT_EQ(people_->find(thief.name).value(), std::nullopt);
  Account li = add(clerk("li"));
  const Account before = li;
  li.certificate = wang.certificate;
  li.display_name = "not kept";
  EXPECT_EQ(problem(people_->change(li)), PeopleProblem::certificate_taken);
  EXPECT_EQ(found("li"), before);

  // Neither half of it is anybody's alone, and who gives one back does not keep it.
  li = before;
  li.certificate = {{"CN=CA", "CN=li"}};
  li = change(li);
  wang.certificate = {{"CN=CA 2", "CN=wang"}};
  change(wang);
  li.certificate = {{"CN=CA", "CN=wang"}};
  EXPECT_EQ(change(li).certificate, li.certificate);
}

TEST_P(PeopleTest, OfTwoAccountsThatGetACertificateAtOnceOneHasIt) {
  for (int round = 0; round < 20; ++round) {
    Account one = add(clerk(fmt::format("one{}", round)));
    Account other = add(clerk(fmt::format("other{}", round)));
    one.certificate = other.certificate = {{"CN=CA", fmt::format("CN={}", round)}};
    MinuteClock their_clock;
    const auto their_people = home_->open(their_clock);
    ASSERT_TRUE(their_people->find(other.name).value());  // connected, so that both begin at once
    auto theirs = std::async(std::launch::async, [&] { return their_people->change(other); });
    const auto mine = people_->change(one);
    const auto their_changed = theirs.get();
    EXPECT_NE(mine.has_value(), their_changed.has_value()) << round;
    EXPECT_EQ((mine ? their_changed : mine).error().code, PeopleProblem::certificate_taken);
  }
}

TEST_P(PeopleTest, NameThatIsThereIsRefusedAndKeepsItsAccount) {
  const Account first = add(clerk("wang"));
  Account second = clerk("wang");
  second.display_name = "another";
  EXPECT_EQ(problem(people_->add(second)), PeopleProblem::name_taken);
  EXPECT_EQ(found("wang"), first);
}

TEST_P(PeopleTest, ListGoesByNameAPageAtATime) {
  for (const char* name : {"b-2", "a", "b.1", "b", "c_3", "ba"})
    add(clerk(std::string(name) + "0"));
  EXPECT_THAT(names("", 3), ElementsAre("a0", "b-20", "b.10"));
  EXPECT_THAT(names("b.10", 3), ElementsAre("b0", "ba0", "c_30"));
  EXPECT_THAT(names("c_30", 3), IsEmpty());
}

TEST_P(PeopleTest, ChangeIsKeptWithItsTimeAndANewVersion) {
  const Account first = add(clerk("wang"));
  Account account = first;
  account.display_name = "王大明";
  account.assignment = {.roles = {Role::auditor}, .bureau = std::nullopt};
  account.state = AccountState::disabled;
  account.must_change_password = false;
  account.password = people::PasswordHash("$argon2id$another");
  account.created = {};  // not the caller's to say
  const Account changed = change(account);
  EXPECT_EQ(changed.created, first.created);
  EXPECT_EQ(changed.changed, clock_.last());
  EXPECT_GT(changed.changed, first.changed);
  EXPECT_EQ(changed.version.value, 2U);
  account.created = first.created;
  account.changed = changed.changed;
  account.version = changed.version;
  EXPECT_EQ(changed, account);
  EXPECT_EQ(found("wang"), account);
}

TEST_P(PeopleTest, ChangeOfWhatSomebodyElseHasChangedIsRefusedAndNotWritten) {
  Account mine = add(clerk("wang"));
  Account theirs = mine;
  theirs.display_name = "theirs";
  ASSERT_TRUE(home_->open(clock_)->change(theirs));
  mine.display_name = "mine";
  EXPECT_EQ(problem(people_->change(mine)), PeopleProblem::changed_meanwhile);
  EXPECT_EQ(found("wang").display_name, "theirs");
}

TEST_P(PeopleTest, ChangeOfNobodyIsRefused) {
  add(clerk("wang"));
  EXPECT_EQ(problem(people_->change(clerk("li"))), PeopleProblem::unknown);
  EXPECT_THAT(names("", 9), ElementsAre("wang"));
}

TEST_P(PeopleTest, LastEnabledAdministratorStays) {
  Account first = add(administrator("first"));
  Account disabled = first;
  disabled.state = AccountState::disabled;
  const auto refused = people_->change(disabled);
  EXPECT_EQ(problem(refused), PeopleProblem::last_administrator);
  EXPECT_THAT(refused.error().sentence, HasSubstr("make another person administrator first"));
  Account clerk_now = first;
  clerk_now.assignment = clerk("x").assignment;
  EXPECT_EQ(problem(people_->change(clerk_now)), PeopleProblem::last_administrator);
  EXPECT_EQ(found("first"), first);

  // One that is disabled does not count, nor does anybody else.
  Account second = add(administrator("second"));
  add(clerk("wang"));
  second.state = AccountState::disabled;
  second = change(second);
  EXPECT_EQ(problem(people_->change(disabled)), PeopleProblem::last_administrator);
  second.state = AccountState::enabled;
  change(second);
  change(disabled);
  EXPECT_EQ(found("first").state, AccountState::disabled);
}

TEST_P(PeopleTest, LastAdministratorMayChangeOtherwise) {
  Account account = add(administrator("first"));
  account.password = people::PasswordHash("$argon2id$new");
  account.must_change_password = false;
  EXPECT_EQ(change(account).version.value, 2U);
}

TEST_P(PeopleTest, OfTwoAdministratorsWhoGoAtOnceOneStays) {
  for (int round = 0; round < 20; ++round) {
    Account one = add(administrator(fmt::format("one{}", round)));
    Account other = add(administrator(fmt::format("other{}", round)));
    one.state = other.state = AccountState::disabled;
    MinuteClock their_clock;
    const auto their_people = home_->open(their_clock);
    ASSERT_TRUE(their_people->find(other.name).value());  // connected, so that both begin at once
    auto theirs = std::async(std::launch::async, [&] { return their_people->change(other); });
    const auto mine = people_->change(one);
    const auto second = theirs.get();
    EXPECT_NE(mine.has_value(), second.has_value()) << round;
    EXPECT_EQ(problem(mine ? second : mine), PeopleProblem::last_administrator);
    // The next round begins without any.
    home_->execute("UPDATE {account} SET state = 'disabled'");
  }
}

TEST_P(PeopleTest, OneNameAddedByTwoAtOnceIsOneAccountAlsoInANewPlace) {
  MinuteClock their_clock;
  const auto their_people = home_->open(their_clock);
  auto theirs = std::async(std::launch::async, [&] { return their_people->add(clerk("wang")); });
  const auto mine = people_->add(clerk("wang"));
  const auto second = theirs.get();
  EXPECT_NE(mine.has_value(), second.has_value());
  EXPECT_EQ(problem(mine ? second : mine), PeopleProblem::name_taken);
}

TEST_P(PeopleTest, WhatALaterVersionMadeIsNotReadWrongly) {
  add(clerk("wang"));
  home_->execute("UPDATE {account} SET roles = 'clerk wizard'");
  const auto found = people_->find(AccountName("wang"));
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().code, PeopleProblem::failed);
  EXPECT_THAT(found.error().sentence, HasSubstr("does not know"));

  home_->set_format(4);
  const auto another = home_->open(clock_);
  for (const auto& refused : {another->add(clerk("li")), another->change(clerk("wang"))}) {
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, PeopleProblem::failed);
    EXPECT_THAT(refused.error().sentence, HasSubstr("of format 4"));
  }
}

TEST_P(PeopleTest, FailureDoesNotTellThePassword) {
  add(clerk("wang"));
  home_->execute("UPDATE {account} SET roles = 'wizard'");
  EXPECT_THAT(record::to_string(people_->find(AccountName("wang")).error()),
              Not(HasSubstr("argon2id")));
}

}  // namespace
}  // namespace sluice::test
