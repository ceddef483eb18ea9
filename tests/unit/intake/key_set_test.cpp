#include "intake/key_set.h"

#include <csignal>
#include <system_error>

#include <gtest/gtest.h>
#include <sys/resource.h>

#include "intake/source_cursor.h"

namespace sluice::intake {
namespace {

record::RowDigest key(std::uint64_t number) {
  record::RowDigester digester;
  digester.add(1, std::to_string(number));
  return digester.digest();
}

TEST(KeySet, KnowsEveryKeyThatItHasSeenAndNoOther) {
  KeySet keys(testing::TempDir());
  constexpr std::uint64_t count = 600'000;  // most of them lie in the file by then
  for (std::uint64_t i = 1; i <= count; ++i)
    ASSERT_FALSE(keys.insert(key(i), key(i + count), i));
  for (std::uint64_t i = 1; i <= count; i += 997) {
    const auto first = keys.insert(key(i), key(i + count), 0);
    ASSERT_TRUE(first);
    ASSERT_EQ(first->place, i);
    ASSERT_TRUE(first->has_same_content);
    ASSERT_FALSE(keys.insert(key(i), key(i), 0)->has_same_content);
  }
}

TEST(KeySet, SaysSoWhereItsDirectoryIsNotThere) {
  EXPECT_THROW(KeySet("/nowhere/at/all"), std::system_error);
}

// A write that fails says nothing of why by its length alone.
TEST(KeySet, SaysWhyItsFileCanNotGrow) {
  const auto before = std::signal(SIGXFSZ, SIG_IGN);
  rlimit limit{};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &limit), 0);
  rlimit small = limit;
  small.rlim_cur = 1000;  // less than a block of keys
  KeySet keys(testing::TempDir());
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
  std::error_code why;
  try {
    for (std::uint64_t i = 1; i <= 1'000'000; ++i)
      (void)keys.insert(key(i), key(i), i);
  } catch (const std::system_error& error) {
    why = error.code();
  }
  ::setrlimit(RLIMIT_FSIZE, &limit);
  std::signal(SIGXFSZ, before);
  EXPECT_EQ(why, std::errc::file_too_large) << why.message();
}

TEST(SourceCursor, ReadsWhatItWrote) {
  const SourceCursor cursor{
      .rows = 10, .accepted = 5, .quarantined = 2, .copies = 3, .complete = true};
  EXPECT_EQ(parse_source_cursor(to_string(cursor)), cursor);
  EXPECT_EQ(to_string(cursor), "rows=10 accepted=5 quarantined=2 copies=3 complete");
  EXPECT_FALSE(parse_source_cursor("rows=7 accepted=5 quarantined=2 done"));
  EXPECT_FALSE(parse_source_cursor("rows=7 accepted=5 quarantined=2 copies=x complete"));
  EXPECT_FALSE(parse_source_cursor("rows=x"));
  EXPECT_EQ(parse_source_cursor("rows=7 accepted=5 quarantined=2 partial"),
            (SourceCursor{.rows = 7, .accepted = 5, .quarantined = 2}))
      << "as it was written when copies were not known";
}

}  // namespace
}  // namespace sluice::intake
