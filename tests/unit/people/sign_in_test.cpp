#include "people/sign_in.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "people/sqlite/sqlite_people.h"
#include "support/temporary_directory.h"
#include "unit/people/memory_limit.h"

namespace sluice::people {
namespace {

using std::chrono::seconds;
using ::testing::HasSubstr;

const record::Time morning = record::parse_time("2026-11-23T04:44:00.000Z").value();
constexpr const char* right = "春眠不觉晓 correct";

// A tenth of a second each: once for all tests.
const PasswordHash& right_hash() {
  static const PasswordHash hash = hash_password(right).value();
  return hash;
}

// Finds accounts as they were before somebody changed them, which is what a sign-in sees that
// somebody comes between.
class LatePeople final : public People {
 public:
  explicit LatePeople(People& people) : people_(people) {}
  Result<Account> add(const Account& account) override { return people_.add(account); }
  Result<std::optional<Account>> find(const AccountName& name) override {
    auto found = people_.find(name);
    static_cast<void>(people_.change(**found));
    return found;
  }
  Result<std::optional<Account>> find_holder(const CertificateName& certificate) override {
    auto found = people_.find_holder(certificate);
    static_cast<void>(people_.change(**found));
    return found;
  }
  Result<std::vector<Account>> list(const AccountName& after, std::size_t count) override {
    return people_.list(after, count);
  }
  Result<Account> change(const Account& account) override { return people_.change(account); }
  Sessions& sessions() override { return people_.sessions(); }
  Result<Secret> secret() override { return people_.secret(); }

 private:
  People& people_;
};

class SignInTest : public ::testing::Test {
 protected:
  Account add(const std::string& name, const PasswordHash& hash = right_hash()) {
    return people_
        ->add({.name = AccountName(name),
               .display_name = "王小明",
               .assignment = {.roles = {Role::clerk}, .bureau = record::BureauId("park")},
               .password = hash})
        .value();
  }
  SignInOutcome attempt(const std::string& name, const std::string& password) {
    auto outcome = sign_in_.attempt(*people_, browser_, {name, password}, now_);
    EXPECT_TRUE(outcome) << record::to_string(outcome.error());
    return outcome.value();
  }
  SignInSuccess success(const std::string& name, const std::string& password) {
    auto outcome = attempt(name, password);
    EXPECT_TRUE(std::holds_alternative<SignInSuccess>(outcome));
    return std::get<SignInSuccess>(outcome);
  }
  SignInRefusal refusal(const std::string& name, const std::string& password) {
    auto outcome = attempt(name, password);
    EXPECT_TRUE(std::holds_alternative<SignInRefusal>(outcome));
    return std::get<SignInRefusal>(outcome);
  }
  PasswordChangeOutcome change(const Account& account, const std::string& current,
                               const std::string& wanted) {
    return sign_in_.change_password(*people_, browser_, account, {current, wanted}, now_).value();
  }
  std::optional<SignedIn> find(const SessionToken& token) {
    return people_->sessions().find(token, {}, now_).value();
  }

  record::test::TemporaryDirectory directory_;
  std::unique_ptr<People> people_ =
      open_sqlite(directory_ / "people.sqlite", [] { return morning; });
  SignInAttempts attempts_;
  SignIn sign_in_{SessionLimits{}, attempts_};
  Browser browser_{.address = "192.0.2.1", .device_token = {}};
  record::Time now_ = morning;
};

TEST_F(SignInTest, RightPasswordBeginsASessionAlsoWhereItMustBeChanged) {
  const Account wang = add("wang");
  const auto outcome = success("wang", right);
  EXPECT_EQ(outcome.account, wang);
  EXPECT_TRUE(outcome.account.must_change_password);
  const auto found = find(outcome.begun.token);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->account, wang);
  EXPECT_EQ(found->session.way, SignInWay::password);
}

TEST_F(SignInTest, AllThatIsWrongIsAnsweredTheSameAndToldToTheAuditLogAlone) {
  add("wang");
  Account disabled = add("li");
  disabled.state = AccountState::disabled;
  ASSERT_TRUE(people_->change(disabled));
  const auto cause = [&](const char* name, const char* password) {
    const auto refused = refusal(name, password);
    EXPECT_EQ(refused.reason, RefusalReason::wrong);
    EXPECT_FALSE(refused.until);
    return refused.cause;
  };
  EXPECT_EQ(cause("wang", "wrong"), WrongCause::password);
  EXPECT_EQ(cause("zhao", right), WrongCause::unknown_name);
  EXPECT_EQ(cause("Wang; --", right), WrongCause::malformed_name);
  EXPECT_EQ(cause("li", right), WrongCause::disabled_account);
}

// What needs the memory of a hash has made one: also where there is no account.
TEST_F(SignInTest, UnknownNameCostsAHashToo) {
  if (!test::memory_can_be_limited) GTEST_SKIP() << "a sanitizer needs the memory";
  add("wang");
  ASSERT_TRUE(people_->secret());
  for (int i = 0; i < 10; ++i) {  // and what could not be looked at counts for nothing
    const test::MemoryLimit limit;
    for (const char* name : {"wang", "zhao", "Wang; --"})
      EXPECT_EQ(refusal(name, right).reason, RefusalReason::busy) << name;
  }
  success("wang", right);
}

TEST_F(SignInTest, WhoFailsWaitsAndNobodyElse) {
  add("wang");
  add("li");
  const Browser known{.address = browser_.address,
                      .device_token = success("wang", right).device_token};
  for (int i = 0; i < 5; ++i)
    EXPECT_EQ(refusal("wang", "wrong").reason, RefusalReason::wrong);
  const auto waiting = refusal("wang", right);
  EXPECT_EQ(waiting.reason, RefusalReason::wait);
  EXPECT_EQ(waiting.until, now_ + seconds(30));

  browser_.device_token = known.device_token;
  success("wang", right);
  browser_ = {.address = "192.0.2.2", .device_token = {}};
  success("wang", right);
  browser_ = {.address = "192.0.2.1", .device_token = known.device_token};  // of another account
  success("li", right);

  browser_.device_token = "forged.20000." + std::string(32, 'A');
  EXPECT_EQ(refusal("wang", right).reason, RefusalReason::wait);
  now_ += seconds(30);
  success("wang", right);
}

TEST_F(SignInTest, WhatFailedBeforeAConfigurationTookThePlaceOfAnotherCountsAfterIt) {
  add("wang");
  for (int i = 0; i < 5; ++i)
    EXPECT_EQ(refusal("wang", "wrong").reason, RefusalReason::wrong);
  SignIn next{SessionLimits{}, attempts_};
  const auto outcome = next.attempt(*people_, browser_, {"wang", right}, now_).value();
  ASSERT_TRUE(std::holds_alternative<SignInRefusal>(outcome));
  EXPECT_EQ(std::get<SignInRefusal>(outcome).reason, RefusalReason::wait);
}

TEST_F(SignInTest, NameThatIsNobodysWaitsAsAnyOther) {
  ASSERT_TRUE(people_->secret());
  for (int i = 0; i < 5; ++i)
    EXPECT_EQ(refusal("zhao", "wrong").reason, RefusalReason::wrong);
  EXPECT_EQ(refusal("zhao", "wrong").reason, RefusalReason::wait);
}

TEST_F(SignInTest, HashOfOldParametersIsMadeAnewBeforeTheSessionBegins) {
  // "password" by the reference implementation of Argon2: m=65536, t=2, salt "somesalt".
  const Account old = add("wang", PasswordHash("$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$"
                                               "CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc"));
  const auto outcome = success("wang", "password");
  EXPECT_TRUE(find(outcome.begun.token));
  const Account kept = people_->find(old.name).value().value();
  EXPECT_EQ(outcome.account, kept);
  EXPECT_FALSE(needs_rehash(kept.password));
  EXPECT_TRUE(kept.must_change_password);
  EXPECT_EQ(kept.version.value, 2U);
  success("wang", "password");
  EXPECT_TRUE(find(outcome.begun.token));  // it is made anew once
}

TEST_F(SignInTest, AccountThatIsChangedInThisMomentIsTriedAgain) {
  add("wang");
  LatePeople late(*people_);
  for (int i = 0; i < 6; ++i) {  // nor does it count
    const auto outcome = sign_in_.attempt(late, browser_, {"wang", right}, now_).value();
    ASSERT_TRUE(std::holds_alternative<SignInRefusal>(outcome));
    EXPECT_EQ(std::get<SignInRefusal>(outcome).reason, RefusalReason::busy);
  }
}

TEST_F(SignInTest, HashThatCanNotBeReadIsAFailureAndNotAWrongPassword) {
  add("wang", PasswordHash("damaged"));
  const auto outcome = sign_in_.attempt(*people_, browser_, {"wang", right}, now_);
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().code, PeopleProblem::failed);
  EXPECT_THAT(outcome.error().sentence, HasSubstr("sluice user reset"));
}

TEST_F(SignInTest, OwnPasswordIsChangedAndANewSessionBegun) {
  add("wang");
  const auto first = success("wang", right);
  browser_.device_token = first.device_token;
  const auto outcome = change(first.account, right, "another sentence");
  ASSERT_TRUE(std::holds_alternative<Account>(outcome));
  const auto& changed = std::get<Account>(outcome);
  EXPECT_FALSE(changed.must_change_password);
  EXPECT_FALSE(find(first.begun.token));
  const auto again = people_->sessions().begin(changed, SignInWay::password, {}, now_);
  EXPECT_EQ(find(again.value().token)->account, changed);
  EXPECT_EQ(refusal("wang", right).cause, WrongCause::password);
  success("wang", "another sentence");
}

TEST_F(SignInTest, OwnPasswordIsNotChangedToWhatIsNone) {
  const Account wang = add("wang");
  const auto fault = [&](const char* wanted) {
    auto outcome = change(wang, right, wanted);
    EXPECT_TRUE(std::holds_alternative<PasswordFault>(outcome));
    return std::get<PasswordFault>(outcome);
  };
  EXPECT_EQ(fault("short"), PasswordFault::too_short);
  EXPECT_EQ(fault(right), PasswordFault::unchanged);
  EXPECT_EQ(people_->find(wang.name).value(), wang);
}

TEST_F(SignInTest, WrongCurrentPasswordCountsAsAWrongSignIn) {
  const Account wang = add("wang");
  for (int i = 0; i < 5; ++i) {
    const auto outcome = change(wang, "wrong", "another sentence");
    ASSERT_TRUE(std::holds_alternative<SignInRefusal>(outcome));
    EXPECT_EQ(std::get<SignInRefusal>(outcome).cause, WrongCause::password);
  }
  const auto outcome = change(wang, right, "another sentence");
  ASSERT_TRUE(std::holds_alternative<SignInRefusal>(outcome));
  EXPECT_EQ(std::get<SignInRefusal>(outcome).reason, RefusalReason::wait);
  EXPECT_EQ(refusal("wang", right).reason, RefusalReason::wait);
  EXPECT_EQ(people_->find(wang.name).value(), wang);
}

class CertificateSignInTest : public SignInTest {
 protected:
  Account add_holder(const std::string& name, PasswordHash hash = right_hash()) {
    Account account{.name = AccountName(name),
                    .display_name = "王小明",
                    .assignment = {.roles = {Role::auditor}, .bureau = std::nullopt},
                    .password = std::move(hash)};
    account.certificate = certificate(name);
    return people_->add(account).value();
  }
  static CertificateName certificate(const std::string& name) { return {"CN=CA", "CN=" + name}; }
  SignInOutcome come(const CertificateName& certificate) {
    return sign_in_.by_certificate(*people_, certificate, now_).value();
  }
};

TEST_F(CertificateSignInTest, BeginsASessionOfItsAccount) {
  const Account wang = add_holder("wang");
  add_holder("li");
  const auto outcome = come(certificate("wang"));
  ASSERT_TRUE(std::holds_alternative<SignInSuccess>(outcome));
  const auto& success = std::get<SignInSuccess>(outcome);
  const auto found = find(success.begun.token);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->account, wang);
  EXPECT_EQ(found->session.way, SignInWay::certificate);
  EXPECT_FALSE(success.device_token.empty());
}

TEST_F(CertificateSignInTest, OfNobodyOrOfADisabledAccountIsWrongAndNoMore) {
  Account disabled = add_holder("wang");
  disabled.state = AccountState::disabled;
  ASSERT_TRUE(people_->change(disabled));
  const auto cause = [&](const CertificateName& shown) {
    const auto outcome = come(shown);
    EXPECT_TRUE(std::holds_alternative<SignInRefusal>(outcome));
    const auto& refused = std::get<SignInRefusal>(outcome);
    EXPECT_EQ(refused.reason, RefusalReason::wrong);
    return refused.cause;
  };
  EXPECT_EQ(cause(certificate("wang")), WrongCause::disabled_account);
  EXPECT_EQ(cause(certificate("zhao")), WrongCause::unknown_certificate);
  EXPECT_EQ(cause({"CN=Other CA", "CN=wang"}), WrongCause::unknown_certificate);
}

TEST_F(CertificateSignInTest, IsNotLockedOutByGuessesAndForgetsNoneOfThem) {
  add_holder("wang");
  for (int i = 0; i < 5; ++i)
    refusal("wang", "wrong");
  EXPECT_EQ(refusal("wang", right).reason, RefusalReason::wait);
  EXPECT_TRUE(std::holds_alternative<SignInSuccess>(come(certificate("wang"))));
  EXPECT_EQ(refusal("wang", right).reason, RefusalReason::wait);
  for (int i = 0; i < 40; ++i)
    come(certificate("zhao"));
  browser_.address = "192.0.2.9";
  success("wang", right);
}

TEST_F(CertificateSignInTest, AccountThatIsChangedInThisMomentIsTriedAgain) {
  add_holder("wang");
  LatePeople late(*people_);
  const auto outcome = sign_in_.by_certificate(late, certificate("wang"), now_).value();
  ASSERT_TRUE(std::holds_alternative<SignInRefusal>(outcome));
  EXPECT_EQ(std::get<SignInRefusal>(outcome).reason, RefusalReason::busy);
}

TEST_F(CertificateSignInTest, WithoutAPasswordEveryPasswordIsWrong) {
  const Account wang = add_holder("wang", PasswordHash());
  for (const char* password : {"", right}) {
    const auto refused = refusal("wang", password);
    EXPECT_EQ(refused.reason, RefusalReason::wrong);
    EXPECT_EQ(refused.cause, WrongCause::no_password);
  }
  const auto outcome = change(wang, "", "another sentence");
  ASSERT_TRUE(std::holds_alternative<SignInRefusal>(outcome));
  EXPECT_EQ(std::get<SignInRefusal>(outcome).cause, WrongCause::no_password);
}

// And takes as long: it makes a hash.
TEST_F(CertificateSignInTest, WithoutAPasswordAHashIsMadeAllTheSame) {
  if (!test::memory_can_be_limited) GTEST_SKIP() << "a sanitizer needs the memory";
  add_holder("wang", PasswordHash());
  ASSERT_TRUE(people_->secret());
  const test::MemoryLimit limit;
  EXPECT_EQ(refusal("wang", right).reason, RefusalReason::busy);
}

TEST_F(SignInTest, OwnPasswordIsNotChangedOverAnothersChange) {
  const Account wang = add("wang");
  ASSERT_TRUE(people_->change(wang));
  const auto outcome =
      sign_in_.change_password(*people_, browser_, wang, {right, "another sentence"}, now_);
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().code, PeopleProblem::changed_meanwhile);
}

}  // namespace
}  // namespace sluice::people
