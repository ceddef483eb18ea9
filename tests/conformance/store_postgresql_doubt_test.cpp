// Errors that do not say whether a row is to blame: what Citus makes of a worker's, what a trigger
// raises. Triggers stand for both.
#include <gmock/gmock.h>

#include "conformance/store_postgresql_fixture.h"
#include "support/refused_rows.h"

namespace sluice::test {
namespace {

using store::StoreProblem;
using ::testing::HasSubstr;
using ::testing::Not;

class StorePostgresqlDoubtTest : public StorePostgresqlTest {
 protected:
  StorePostgresqlDoubtTest() : store_(open()) {
    const auto prepared = store_->prepare(dataset_);
    EXPECT_TRUE(prepared) << record::to_string(prepared.error());
  }
  // Raises what `raised` says before a row goes in for which `condition` holds.
  void raise(const std::string& condition, const std::string& raised) {
    ask(fmt::format(R"sql(
      CREATE FUNCTION objection() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        IF {} THEN {}; END IF;
        RETURN NEW;
      END $$;
      CREATE TRIGGER objection BEFORE INSERT ON data.enterprise
      FOR EACH ROW EXECUTE FUNCTION objection())sql",
                    condition, raised));
  }
  static constexpr const char* internal_error =
      "RAISE EXCEPTION 'connection to the shard is odd' USING ERRCODE = 'XX000'";

  std::unique_ptr<store::Store> store_;
};

TEST_F(StorePostgresqlDoubtTest, RowThatAloneBringsAnErrorIsRejectedWithTheServersWords) {
  raise("NEW.code IN ('bad', 'worse')", internal_error);
  const auto receipt = apply_stubbornly(
      *store_, stream_.batch(dataset_, {upsert({"a", "1", null}), upsert({"bad", "1", "1"}),
                                        upsert({"b", "1", "1"}), upsert({"c", "1", "1"}),
                                        upsert({"worse", "1", "1"})}));
  EXPECT_EQ(receipt.rows, outcomes(3, 0, 0, 0, 2));
  ASSERT_EQ(record::test::rejected_rows(receipt).size(), 2U);
  EXPECT_EQ(record::test::rejected_rows(receipt).front().row, 2U);
  EXPECT_EQ(record::test::rejected_rows(receipt).front().rule, "store");
  EXPECT_THAT(record::test::rejected_rows(receipt).front().sentence,
              HasSubstr("connection to the shard is odd"));
  EXPECT_EQ(record::test::rejected_rows(receipt).back().row, 5U);
  EXPECT_EQ(ask("SELECT string_agg(code, ' ' ORDER BY code) FROM data.enterprise"), "a b c");
}

TEST_F(StorePostgresqlDoubtTest, ErrorOfEveryRowBlamesNoneAndTheBatchWaits) {
  raise("true", internal_error);
  const Sent sent = new_records(5);
  for (int attempt = 0; attempt < 2; ++attempt) {
    const auto receipt = apply(*store_, dataset_, sent);
    ASSERT_FALSE(receipt);
    EXPECT_EQ(receipt.error().code, StoreProblem::failed);
    EXPECT_THAT(receipt.error().sentence, HasSubstr("connection to the shard is odd"));
  }
  EXPECT_EQ(ask("SELECT count(*) FROM sluice.ledger"), "0");
  ask("DROP TRIGGER objection ON data.enterprise");
  EXPECT_EQ(apply_stubbornly(*store_, sent).rows, outcomes(5, 0, 0, 0, 0));
}

TEST_F(StorePostgresqlDoubtTest, ErrorOfMoreRowsThanCanBeToBlameHoldsTheBatch) {
  raise("NEW.code <> 'good'", internal_error);
  std::vector<std::string> lines{upsert({"good", "1", "1"})};
  for (int i = 0; i < 1001; ++i)
    lines.push_back(upsert({fmt::format("{:04}", i), "1", "1"}));
  const auto receipt = apply(*store_, dataset_, stream_.batch(dataset_, lines));
  ASSERT_FALSE(receipt);
  EXPECT_EQ(receipt.error().code, StoreProblem::failed);
  EXPECT_EQ(ask("SELECT count(*) FROM data.enterprise"), "0");
}

TEST_F(StorePostgresqlDoubtTest, WhatCopyLostOfAnErrorAnInsertTells) {
  raise("NEW.code = 'bad'",
        "IF current_query() LIKE 'COPY%' THEN RAISE EXCEPTION 'lost' USING ERRCODE = 'XX000'; "
        "ELSE RAISE EXCEPTION 'Li Wei' USING ERRCODE = '23514'; END IF");
  // Alone in its batch: no other row goes in, and yet it is known to be to blame.
  const auto receipt =
      apply_stubbornly(*store_, stream_.batch(dataset_, {upsert({"bad", "1", "1"})}));
  EXPECT_EQ(receipt.rows, outcomes(0, 0, 0, 0, 1));
  EXPECT_THAT(record::test::rejected_rows(receipt).at(0).sentence, HasSubstr("SQLSTATE 23514"));
  EXPECT_THAT(record::test::rejected_rows(receipt).at(0).sentence, Not(HasSubstr("Li Wei")));
}

TEST_F(StorePostgresqlDoubtTest, ErrorOfAVersionThatGoesToTheHistoryFindsItsRow) {
  apply_stubbornly(*store_,
                   stream_.batch(dataset_, {upsert({"a", "1", "1"}), upsert({"b", "1", "1"})}));
  ask(R"sql(
    CREATE FUNCTION keep() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF OLD.code = 'b' THEN RAISE EXCEPTION 'b stays'; END IF;
      RETURN OLD;
    END $$;
    CREATE TRIGGER keep BEFORE DELETE ON data.enterprise
    FOR EACH ROW EXECUTE FUNCTION keep())sql");
  const auto receipt = apply_stubbornly(
      *store_, stream_.batch(dataset_, {upsert({"b", "2", "1"}), upsert({"a", "2", null})}));
  EXPECT_EQ(receipt.rows, outcomes(0, 1, 0, 0, 1));
  EXPECT_EQ(record::test::rejected_rows(receipt).at(0).row, 1U);
  EXPECT_EQ(ask("SELECT string_agg(code || name, ' ' ORDER BY code) FROM data.enterprise"),
            "a2 b1");
}

// Every type's binary form goes into an INSERT as it goes into a COPY.
TEST_F(StorePostgresqlDoubtTest, RowsWrittenSinglyAreAsThoseOfACopy) {
  using record::FieldType;
  const auto all = DatasetBuilder("all", "park")
                       .field("id")
                       .field("n", FieldType::number)
                       .field("i", FieldType::integer)
                       .field("y", FieldType::year)
                       .field("b", FieldType::boolean)
                       .field("d", FieldType::date)
                       .field("t", FieldType::datetime)
                       .field("c", FieldType::time)
                       .field("j", FieldType::object)
                       .field("none")
                       .build();
  ASSERT_TRUE(store_->prepare(all));
  const auto row = [](const std::string& id) {
    return upsert({id, "-12.5", "7", "2026", "t", "2026-11-23", "2026-11-23T04:44:00Z", "12:30:00",
                   "{\"a\": 1}", null},
                  "2026-11-22T00:00:00Z");
  };
  ask("CREATE FUNCTION only_singly() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
      "IF NEW.id = 'single' AND current_query() LIKE 'COPY%' "
      "THEN RAISE EXCEPTION 'singly'; END IF; RETURN NEW; END $$; "
      "CREATE TRIGGER only_singly BEFORE INSERT ON data.\"all\" "
      "FOR EACH ROW EXECUTE FUNCTION only_singly()");
  const Sent sent = stream_.batch(all, {row("copied"), row("single")});
  const auto receipt = apply(*store_, all, sent);
  ASSERT_TRUE(receipt) << record::to_string(receipt.error());
  EXPECT_EQ(receipt_of(*receipt).rows, outcomes(2, 0, 0, 0, 0)) << receipt->json;
  EXPECT_EQ(ask("SELECT count(DISTINCT (to_jsonb(a) - 'id' - 'sluice_digest')::text) "
                "FROM data.\"all\" a"),
            "1");
}

}  // namespace
}  // namespace sluice::test
