#include "people/secret.h"

#include <set>

#include <gtest/gtest.h>

#include "people/record_mark.h"

namespace sluice::people {
namespace {

const Secret fixed_secret = Secret::parse("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8").value();

// By Python's hashlib.blake2b: what was given to browsers, and is in audit logs, stays good.
TEST(Secret, HashesAsItAlwaysDid) {
  EXPECT_EQ(fixed_secret.keyed_hash(Purpose::device_token, "春眠"),
            "UmBoD6A-CtWlKdacF174jKE6ZrDlask4");
  EXPECT_EQ(fixed_secret.keyed_hash(Purpose::csrf_token, "春眠"),
            "MWuziUPLrHjBYWAn-WgclgWWsT_Mhd0N");
  EXPECT_EQ(fixed_secret.keyed_hash(Purpose::record_key, "春眠"),
            "EnA2UcQOmKYFUFaCQOKf1cLjJc5Xx0Lo");
}

TEST(Secret, HashIsOfOneTextPurposeAndInstallation) {
  const std::string hash = fixed_secret.keyed_hash(Purpose::csrf_token, "text");
  EXPECT_TRUE(fixed_secret.is_keyed_hash(Purpose::csrf_token, "text", hash));
  EXPECT_FALSE(fixed_secret.is_keyed_hash(Purpose::csrf_token, "texT", hash));
  EXPECT_FALSE(fixed_secret.is_keyed_hash(Purpose::record_key, "text", hash));
  EXPECT_FALSE(Secret::random().is_keyed_hash(Purpose::csrf_token, "text", hash));
  EXPECT_FALSE(fixed_secret.is_keyed_hash(Purpose::csrf_token, "text", hash.substr(1)));
  EXPECT_FALSE(fixed_secret.is_keyed_hash(Purpose::csrf_token, "text", ""));
}

TEST(Secret, IsReadAsItIsKeptAndNothingElseIs) {
  const Secret made = Secret::random();
  EXPECT_EQ(Secret::parse(made.secret()), made);
  for (const std::string& text : {made.secret().substr(1), made.secret() + "A", std::string(),
                                  made.secret() + "=", "+" + made.secret().substr(1)}) {
    EXPECT_FALSE(Secret::parse(text)) << text;
  }
}

TEST(RecordMark, IsOfOneRecordAndInstallation) {
  using Key = std::vector<std::string>;
  const record::DatasetId licence("licence");
  const std::string mark = record_mark(fixed_secret, licence, Key{"11010519491231002X", "1"});
  EXPECT_EQ(mark.size(), 32U);
  EXPECT_EQ(record_mark(fixed_secret, licence, Key{"11010519491231002X", "1"}), mark);
  const auto other_dataset =
      record_mark(fixed_secret, record::DatasetId("permit"), Key{"11010519491231002X", "1"});
  EXPECT_NE(other_dataset, mark);
  // The same characters, otherwise divided.
  EXPECT_NE(record_mark(fixed_secret, licence, Key{"11010519491231002X1", ""}), mark);
  EXPECT_NE(record_mark(Secret::random(), licence, Key{"11010519491231002X", "1"}), mark);
}

TEST(Secret, IsAnotherOneEachTime) {
  std::set<std::string> seen;
  for (int i = 0; i < 1000; ++i)
    seen.insert(Secret::random().secret());
  EXPECT_EQ(seen.size(), 1000U);
}

}  // namespace
}  // namespace sluice::people
