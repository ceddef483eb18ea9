#include "people/password.h"

#include <set>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/people/memory_limit.h"

namespace sluice::people {
namespace {

using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using ::testing::Not;
using ::testing::StartsWith;

std::optional<PasswordFault> fault(std::string_view password,
                                   std::string_view account = "wang.xiaoming") {
  return fault_of(password, account);
}

TEST(Password, HasTenTo128CharactersOfAnyKind) {
  EXPECT_EQ(fault("ninechars"), PasswordFault::too_short);
  EXPECT_EQ(fault("ten chars!"), std::nullopt);
  EXPECT_EQ(fault("春眠不觉晓处处闻啼鸟"), std::nullopt);  // ten characters of three bytes
  EXPECT_EQ(fault("春眠不觉晓处处闻啼"), PasswordFault::too_short);
  std::string longest;
  for (int i = 0; i < 64; ++i)
    longest += "晓鸟";
  EXPECT_EQ(fault(longest), std::nullopt);
  EXPECT_EQ(fault(longest + "a"), PasswordFault::too_long);
}

TEST(Password, IsNotWhatCanBeGuessedOrNotBeTyped) {
  EXPECT_EQ(fault("Wang.Xiaoming"), PasswordFault::is_name);
  EXPECT_EQ(fault("Wang.Xiaoming", "li.wei"), std::nullopt);
  for (const char* common : {"1234567890", "Password123", "aaaaaaaaaaaa", "Woaini1314"})
    EXPECT_EQ(fault(common), PasswordFault::too_simple) << common;
  EXPECT_EQ(fault("a line\nand another"), PasswordFault::not_typable);
  EXPECT_EQ(fault("not utf-8 \xff\xff\xff"), PasswordFault::not_typable);
}

TEST(PasswordHash, IsVerifiedByItsPasswordAlone) {
  const auto hash = hash_password("春眠不觉晓 correct");
  ASSERT_TRUE(hash);
  EXPECT_THAT(hash->secret(), StartsWith("$argon2id$v=19$m=65536,t=3,p=1$"));
  EXPECT_EQ(verify_password(*hash, "春眠不觉晓 correct").value(), true);
  EXPECT_EQ(verify_password(*hash, "春眠不觉晓 Correct").value(), false);
  EXPECT_EQ(verify_password(*hash, "").value(), false);
}

TEST(PasswordHash, TwoOfOnePasswordDiffer) {
  EXPECT_NE(hash_password("the same again").value(), hash_password("the same again").value());
}

TEST(PasswordHash, OneThatIsNoneIsNoWrongPassword) {
  for (const char* text : {"", "plain text", "$argon2id$v=19$m=65536,t=3,p=1$damaged"}) {
    const auto verified = verify_password(PasswordHash(text), "anything at all");
    ASSERT_FALSE(verified) << text;
    EXPECT_EQ(verified.error().code, PasswordProblem::unreadable);
    EXPECT_THAT(verified.error().sentence, HasSubstr("sluice user reset"));
    EXPECT_FALSE(needs_rehash(PasswordHash(text)));
  }
}

TEST(PasswordHash, WantOfMemoryIsNoWrongPassword) {
  if (!test::memory_can_be_limited) GTEST_SKIP() << "a sanitizer needs the memory";
  const auto hash = hash_password("春眠不觉晓 correct").value();
  const test::MemoryLimit limit;
  for (const char* password : {"春眠不觉晓 correct", "another one"}) {
    const auto verified = verify_password(hash, password);
    ASSERT_FALSE(verified);
    EXPECT_EQ(verified.error().code, PasswordProblem::no_memory);
  }
  EXPECT_THAT(hash_password("anything").error().sentence, HasSubstr("no 64 MiB of memory"));
}

TEST(PasswordHash, NobodysIsVerifiedAsAnyOther) {
  EXPECT_FALSE(needs_rehash(nobodys_hash()));
  EXPECT_EQ(verify_password(nobodys_hash(), "").value(), false);
}

TEST(PasswordHash, OneOfOtherParametersIsVerifiedAndToBeMadeAnew) {
  EXPECT_FALSE(needs_rehash(hash_password("of today's parameters").value()));
  // "password" by the reference implementation of Argon2: m=65536, t=2, salt "somesalt".
  const PasswordHash old(
      "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc");
  EXPECT_TRUE(needs_rehash(old));
  EXPECT_EQ(verify_password(old, "password").value(), true);
  EXPECT_EQ(verify_password(old, "Password").value(), false);
}

TEST(FirstPassword, IsMadeOfWhatComesFromOutside) {
  std::uint32_t next = 0;
  std::uint32_t asked_bound = 0;
  const auto counting = [&](std::uint32_t bound) {
    asked_bound = bound;
    return next++ * 2;
  };
  EXPECT_EQ(first_password(counting), "aceg-jmpr-tvxz-3579");
  EXPECT_EQ(asked_bound, 31U);
}

TEST(FirstPassword, IsAcceptableReadableAndAnotherOneEachTime) {
  std::set<std::string> seen;
  for (int i = 0; i < 1000; ++i) {
    const std::string password = first_password();
    EXPECT_THAT(password, MatchesRegex("[a-hjkmnp-z2-9]{4}(-[a-hjkmnp-z2-9]{4}){3}"));
    EXPECT_EQ(fault(password), std::nullopt);
    seen.insert(password);
  }
  EXPECT_EQ(seen.size(), 1000U);
}

}  // namespace
}  // namespace sluice::people
