// A table that is not what it was: noticed before a row is read, and told by the column's name.
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "conformance/front_end/bureau_system.h"

namespace sluice::adapters::front_end::conformance {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

class Drift : public testing::TestWithParam<Product> {
 protected:
  BureauSystem bureau{GetParam(), Way::watermark_number};
  Gateway gateway{bureau};

  void SetUp() override {
    bureau.insert({1, "a"});
    collect();
    ASSERT_THAT(gateway.records(), ElementsAre("1 a 1"));
  }
  void collect() {
    const auto collected = gateway.collect();
    ASSERT_TRUE(collected) << record::to_string(collected.error());
  }
  // Refused with this sentence, nothing read, and the position as it was.
  std::string refusal() {
    const std::size_t batches = gateway.batches;
    const auto collected = gateway.collect();
    EXPECT_EQ(gateway.batches, batches) << "something was read";
    if (collected) return "it was not refused";
    EXPECT_EQ(collected.error().code, CollectionProblem::bad_columns);
    return record::to_string(collected.error());
  }
  // Its column is made anew with what is in it, as every one of the databases can.
  void retype(const std::string& column, const std::string& type) {
    bureau.execute("ALTER TABLE payment ADD COLUMN renewed " + type);
    bureau.execute("UPDATE payment SET renewed = " + column);
    bureau.execute("ALTER TABLE payment DROP COLUMN " + column);
    bureau.execute("ALTER TABLE payment RENAME COLUMN renewed TO " + column);
  }
};

TEST_P(Drift, AColumnThatWasDroppedIsNamed) {
  bureau.execute("ALTER TABLE payment DROP COLUMN amount");
  EXPECT_EQ(refusal(),
            "payment: the source's columns do not match (fieldsMatch: equal): `amount` not found");
}

TEST_P(Drift, AColumnThatWasRenamedIsNamedAsSuchByBothItsNames) {
  bureau.execute("ALTER TABLE payment RENAME COLUMN amount TO total");
  EXPECT_EQ(refusal(),
            "payment: the source's columns do not match (fieldsMatch: equal): `amount` not found; "
            "`total` found, which no field takes (list it under `ignore` to drop it); where "
            "`amount` was only renamed, name it in the mapping: `from: total`");
}

TEST_P(Drift, AColumnThatWasAddedIsNamed) {
  bureau.execute("ALTER TABLE payment ADD COLUMN phone VARCHAR(20)");
  EXPECT_EQ(refusal(),
            "payment: the source's columns do not match (fieldsMatch: equal): `phone` found, which "
            "no field takes (list it under `ignore` to drop it)");
}

// What each of them makes of a change; empty: it goes on.
struct Judgement {
  record::FieldsMatch match;
  std::string dropped, added, renamed, reordered;
};

const std::string absent = "`amount` not found";
const std::string another = " found, which no field takes (list it under `ignore` to drop it)";
const std::string hint = "; where `amount` was only renamed, name it in the mapping: `from: total`";
const std::string other_order =
    "the order is `id`, `amount`, `name`, expected `id`, `name`, `amount`";
const Judgement judgements[] = {
    {record::FieldsMatch::exact, absent, "`phone`" + another, absent + "; `total`" + another + hint,
     other_order},
    {record::FieldsMatch::equal, absent, "`phone`" + another, absent + "; `total`" + another + hint,
     ""},
    {record::FieldsMatch::subset, absent, "", absent + hint, ""},
    {record::FieldsMatch::superset, "", "`phone`" + another, "`total`" + another, ""},
    {record::FieldsMatch::partial, "", "", "", ""},
};

TEST_P(Drift, EachFieldsMatchJudgesAsItIsDocumented) {
  for (const Judgement& judgement : judgements) {
    const std::string match(record::to_string(judgement.match));
    SCOPED_TRACE(match);
    const auto expect = [&](const std::string& why, const std::vector<std::string>& statements) {
      bureau.execute("DROP TABLE payment");
      bureau.create_table("payment", "NOT NULL PRIMARY KEY");
      Gateway collecting(bureau);
      collecting.fields_match = judgement.match;
      bureau.insert({1, "a"});
      const auto before = collecting.collect();
      ASSERT_TRUE(before) << record::to_string(before.error());
      for (const std::string& statement : statements)
        bureau.execute("ALTER TABLE payment " + statement);
      const auto after = collecting.collect();
      EXPECT_EQ(after ? "" : record::to_string(after.error()),
                why.empty() ? ""
                            : "payment: the source's columns do not match (fieldsMatch: " + match +
                                  "): " + why);
    };
    expect(judgement.dropped, {"DROP COLUMN amount"});
    expect(judgement.added, {"ADD COLUMN phone VARCHAR(20)"});
    expect(judgement.renamed, {"RENAME COLUMN amount TO total"});
    expect(judgement.reordered, {"DROP COLUMN name", "ADD COLUMN name VARCHAR(40)"});
  }
}

TEST_P(Drift, WhatTheSchemaAllowsGoesOn) {
  gateway.fields_match = record::FieldsMatch::subset;  // the schema's fields, of the source's
  bureau.execute("ALTER TABLE payment ADD COLUMN phone VARCHAR(20)");
  bureau.insert({2, "b"});
  collect();
  EXPECT_THAT(gateway.records(), ElementsAre("1 a 1", "2 b 1"));
  bureau.execute("ALTER TABLE payment DROP COLUMN amount");
  EXPECT_THAT(refusal(), HasSubstr("`amount` not found"));
  gateway.fields_match = record::FieldsMatch::partial;
  bureau.execute("INSERT INTO payment (id, name, version) VALUES (3, 'c', 1000)");
  collect();
  EXPECT_THAT(gateway.records(), ElementsAre("1 a \\N", "2 b \\N", "3 c \\N"))
      << "a column that may be absent has no value, in all that is read again";
}

TEST_P(Drift, AColumnOfAnotherTypeIsRefusedWhateverFieldsMatchSays) {
  retype("amount", "VARCHAR(30)");
  for (const Judgement& judgement : judgements) {
    gateway.fields_match = judgement.match;
    EXPECT_THAT(refusal(), StartsWith("payment: column amount was "))
        << record::to_string(judgement.match);
  }
}

TEST_P(Drift, AColumnOfAnotherTypeIsRefusedUntilSomebodyHasLooked) {
  retype("amount", "VARCHAR(30)");
  bureau.insert({2, "b", "2.5"});
  const std::string said = refusal();
  EXPECT_THAT(said, StartsWith("payment: column amount was "));
  EXPECT_THAT(said, HasSubstr("; look whether mapping and schema still fit, then run `sluice "
                              "collect BUREAU --accept-columns` once"));
  EXPECT_EQ(refusal(), said) << "it is said until it is answered";
  gateway.accepts_columns = true;
  collect();
  gateway.accepts_columns = false;
  EXPECT_THAT(gateway.records(), testing::Contains("2 b 2.5"));
  bureau.insert({3, "c", "3"});
  collect();
  EXPECT_THAT(gateway.records(), testing::Contains("3 c 3"));
}

TEST_P(Drift, AColumnThatIsOnlyLongerIsToldAsWell) {
  retype("name", "VARCHAR(80)");
  if (GetParam() == Product::postgresql || GetParam() == Product::sqlite) {
    EXPECT_THAT(refusal(), testing::MatchesRegex(
                               "payment: column name was [a-z A-Z]+.40. and is [a-z A-Z]+.80. "
                               "now; .*"));
  } else {
    EXPECT_THAT(refusal(), StartsWith("payment: column name was "));
  }
}

TEST_P(Drift, AColumnOfTheCaptureOrTheKeyThatIsGoneIsNamed) {
  bureau.execute("ALTER TABLE payment RENAME COLUMN version TO edition");
  EXPECT_THAT(refusal(), StartsWith("payment: there is no column version; expected it for the key "
                                    "or the way of capture"));
  bureau.execute("ALTER TABLE payment RENAME COLUMN edition TO version");
  bureau.execute("ALTER TABLE payment RENAME COLUMN id TO number");
  EXPECT_THAT(refusal(), StartsWith("payment: there is no column id; expected it for the key or "
                                    "the way of capture"));
}

TEST_P(Drift, ATableThatIsGoneIsToldWithThoseThatAreThere) {
  bureau.execute("ALTER TABLE payment RENAME TO payment_2026");
  EXPECT_EQ(refusal(),
            "payment: there is no such table in this database, or the user may not see it; there "
            "are: payment_2026, payment_log");
}

TEST_P(Drift, WhatIsPutRightAgainGoesOnWhereItWas) {
  bureau.execute("ALTER TABLE payment RENAME COLUMN amount TO total");
  bureau.execute("INSERT INTO payment (id, name, total, version) VALUES (2, 'b', 7, 2)");
  refusal();
  bureau.execute("ALTER TABLE payment RENAME COLUMN total TO amount");
  collect();
  EXPECT_THAT(gateway.records(), ElementsAre("1 a 1", "2 b 7"));
  EXPECT_EQ(gateway.rows_sent, 2U);
}

// Its digests are of the columns as they were, its keys are not.
TEST_P(Drift, ASnapshotOfAnotherTypeSendsAllRowsAndFindsWhatIsGone) {
  BureauSystem other(GetParam(), Way::snapshot);
  Gateway by_snapshot(other);
  for (const int id : {1, 2, 3})
    other.insert({id, "a"});
  ASSERT_TRUE(by_snapshot.collect());
  other.execute("ALTER TABLE payment ADD COLUMN renewed VARCHAR(80)");
  other.execute("UPDATE payment SET renewed = name");
  other.execute("ALTER TABLE payment DROP COLUMN name");
  other.execute("ALTER TABLE payment RENAME COLUMN renewed TO name");
  other.remove(2);
  ASSERT_FALSE(by_snapshot.collect());
  by_snapshot.accepts_columns = true;
  ASSERT_TRUE(by_snapshot.collect());
  by_snapshot.accepts_columns = false;
  EXPECT_EQ(by_snapshot.rows_sent, 3U + 2 + 1);
  EXPECT_THAT(by_snapshot.records(), ElementsAre("1 a 1", "3 a 1"));
  other.update({1, "b"});
  ASSERT_TRUE(by_snapshot.collect());
  EXPECT_EQ(by_snapshot.rows_sent, 7U);
  EXPECT_THAT(by_snapshot.records(), ElementsAre("1 b 1", "3 a 1"));
}

INSTANTIATE_TEST_SUITE_P(Every, Drift, testing::ValuesIn(products),
                         [](const testing::TestParamInfo<Product>& product) {
                           return to_string(product.param);
                         });

}  // namespace
}  // namespace sluice::adapters::front_end::conformance
