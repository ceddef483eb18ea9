// Replaying the archive: it says the same of tables that nobody touched, whatever came into them,
// and finds and names what somebody with access to the database has changed.
#include <optional>
#include <utility>

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "conformance/replay_fixture.h"

namespace sluice::test {
namespace {

using exchange::ReplayReport;
using record::FieldType;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

// Enterprises as the bureau first published them; names are unique.
record::Dataset first_form() {
  return DatasetBuilder("enterprise", "park")
      .field("code")
      .field("name")
      .unique()
      .field("staff", FieldType::integer)
      .build();
}

// The same with a field more.
record::Dataset second_form() {
  return DatasetBuilder("enterprise", "park")
      .field("code")
      .field("phone")
      .field("name")
      .unique()
      .field("staff", FieldType::integer)
      .build();
}

record::Dataset permits() {
  return DatasetBuilder("permit", "park")
      .field("year", FieldType::integer)
      .field("number")
      .field("holder")
      .key({"number", "year"})
      .build();
}

class ReplayTest : public ReplaySuite {
 protected:
  ReplayTest() {
    catalogue_ =
        exchange::Catalogue::compile({{second_form().id, second_form()}, {permits().id, permits()}})
            .value();
    schema_of_ =
        [this](const record::Digest& digest) -> store::Result<std::optional<record::TableSchema>> {
      if (passes_off_another_form_) return second_form().schema;
      if (knows_first_form_ && digest == record::schema_digest(first_form().schema)) {
        return first_form().schema;
      }
      return std::nullopt;
    };
  }

  // Everything that can become of a row: 1 to 9 in the ledger.
  void fill() {
    prepare(first_form());
    apply(first_form(), {upsert({"a", "Alpha", "1"}), upsert({"b", "Beta", "1"}),
                         upsert({"c", "Gamma", null}), upsert({"d", "Delta", "4"})});
    apply(first_form(),
          {upsert({"a", "Alpha 2", "2"}, "2026-01-01T00:00:00.25Z"), remove({"b"}, 3),
           upsert({"c", "Gamma", null}, "2026-01-01T00:00:00Z"), remove({"unknown"}, 3)});
    EXPECT_EQ(apply(first_form(), {upsert({"e", "Epsilon", "no number"}),
                                   upsert({"f", "Alpha 2", "6"}), upsert({"g", "Eta", "7"})})
                  .rows,
              outcomes(1, 0, 0, 0, 2));
    apply(first_form(), {upsert({"h", "One", "1"}), upsert({"h", "Two", "2"}), remove({"h"}, 3),
                         upsert({"h", "Three", "3"}), upsert({"b", "Beta again", "1"})});
    prepare(second_form());
    apply(second_form(), {upsert({"a", null, "Alpha 2", "2"}), upsert({"c", "12", "Gamma", null})});
    prepare(permits());
    apply(permits(), {upsert({"10", "x", "Alpha"}), upsert({"-9", "x", "Beta"}),
                      upsert({"9", "a\tb", "Gamma"})});
    reject(permits(), {upsert({"11", "y", "Nobody"})});
    apply(permits(), {upsert({"10", "x", "Other"}), remove({"9", "a\tb"}, 3)});
    apply(second_form(), {upsert({"i", "13", "Iota", "9"})});
  }
  // A row digest as SQL.
  std::string digest_of(const record::Dataset& dataset, const std::vector<Value>& values) {
    const std::string line = columns(values);
    std::vector<std::string_view> fields(values.size());
    EXPECT_TRUE(record::split_line(line, fields));
    const std::string digits = record::to_string(store::RowReader(dataset.schema).digest(fields));
    return fmt::format("{}'{}'", is_sqlite() ? "X" : "", digits);
  }

  bool knows_first_form_ = true;
  bool passes_off_another_form_ = false;
};
INSTANTIATE_TEST_SUITE_P(Stores, ReplayTest, ::testing::ValuesIn(store_kinds()), kind_name);

TEST_P(ReplayTest, SaysTheSameOfTablesThatNobodyTouched) {
  fill();
  EXPECT_THAT(found(), IsEmpty());
  const ReplayReport report = replay();
  EXPECT_EQ(report.last, 9);
  EXPECT_EQ(report.count_not_replayed(), 0U);
  ASSERT_EQ(report.datasets.size(), 2U);
  const auto& enterprise = report.datasets[0];
  EXPECT_EQ(enterprise.entries, 6U);
  EXPECT_EQ(enterprise.current, 7U);
  EXPECT_EQ(enterprise.ended, 5U);
  const auto& permit = report.datasets[1];
  EXPECT_EQ(permit.entries, 3U);
  EXPECT_EQ(permit.current, 2U);
  EXPECT_EQ(permit.ended, 2U);
  EXPECT_FALSE(permit.judged_up_to);
}

TEST_P(ReplayTest, SaysTheSameOfAStoreThatHoldsNothing) {
  const ReplayReport report = replay();
  EXPECT_EQ(report.datasets.size(), 2U);
  EXPECT_EQ(report.count_differences(), 0U);
}

TEST_P(ReplayTest, FindsAValueThatWasChanged) {
  fill();
  tamper(fmt::format("UPDATE {} SET staff = 400 WHERE code = 'd'", current()));
  EXPECT_THAT(found(), ElementsAre(AllOf(HasSubstr("enterprise current d, entry 1"),
                                         HasSubstr("other values than the batch brought"))));
  tamper(fmt::format("UPDATE {} SET holder = 'Me' WHERE number = 'x' AND year = -9",
                     current("permit")));
  EXPECT_THAT(found(), UnorderedElementsAre(HasSubstr("enterprise current d, entry 1"),
                                            HasSubstr("permit current x/-9, entry 6")));
}

TEST_P(ReplayTest, FindsAChangedValueWhoseDigestWasMadeToFit) {
  fill();
  tamper(fmt::format("UPDATE {} SET staff = 400, sluice_digest = {} WHERE code = 'd'", current(),
                     digest_of(first_form(), {"d", "Delta", "400"})));
  EXPECT_THAT(found(), ElementsAre(AllOf(HasSubstr("enterprise current d, entry 1"),
                                         HasSubstr("other values than the batch brought"),
                                         HasSubstr("its digest is not"))));
}

TEST_P(ReplayTest, FindsWhatWasChangedBesideTheValues) {
  fill();
  const auto changed = [&](const std::string& table, const std::string& set,
                           const std::string& where) {
    const std::string column = set.substr(0, set.find(' '));
    const std::string old =
        home_->query(fmt::format("SELECT {} FROM {} WHERE {}", column, table, where)).at(0);
    tamper(fmt::format("UPDATE {} SET {} WHERE {}", table, set, where));
    const auto texts = found();
    const std::string quote = old.find_first_not_of("0123456789") == std::string::npos ? "" : "'";
    tamper(
        fmt::format("UPDATE {} SET {} = {}{}{} WHERE {}", table, column, quote, old, quote, where));
    return texts;
  };
  EXPECT_THAT(changed(current(), "sluice_batch = 3", "code = 'd'"),
              ElementsAre(HasSubstr("it says that entry 3 brought it")));
  EXPECT_THAT(changed(current(), "sluice_source_time = '2020-01-01T00:00:00Z'", "code = 'a'"),
              ElementsAre(HasSubstr("its time at the source")));
  EXPECT_THAT(changed(history(), "sluice_ended = 'superseded'", "code = 'b'"),
              ElementsAre(HasSubstr("ended otherwise than as deleted")));
  EXPECT_THAT(changed(history(), "sluice_batch_to = 3", "code = 'b'"),
              ElementsAre(HasSubstr("history b, entry 1: it is missing"),
                          HasSubstr("history b, entry 1: no batch brought it")));
  EXPECT_THAT(
      changed(history(), is_sqlite() ? "sluice_valid_to = 5" : "sluice_valid_to = '2020-01-01Z'",
              "code = 'b'"),
      ElementsAre(HasSubstr("it says that it was there from")));
  EXPECT_THAT(found(), IsEmpty()) << "put back";
}

TEST_P(ReplayTest, FindsRowsThatAreGone) {
  fill();
  tamper(fmt::format("DELETE FROM {} WHERE code = 'h' AND name = 'Two'", history()));
  tamper(fmt::format("DELETE FROM {} WHERE code = 'g'", current()));
  EXPECT_THAT(found(), ElementsAre("enterprise current g, entry 3: it is missing",
                                   "enterprise history h, entry 4: it is missing"));
}

TEST_P(ReplayTest, FindsRowsThatNoBatchBrought) {
  fill();
  tamper(
      fmt::format("INSERT INTO {} (code, name, sluice_digest, sluice_batch) VALUES ('0', 'X', "
                  "{}, 3)",
                  current(), digest_of(first_form(), {"0", "X", null})));
  const char* const moments = is_sqlite() ? "0, 1" : "now(), now()";
  tamper(
      fmt::format("INSERT INTO {} (code, name, sluice_digest, sluice_batch_from, "
                  "sluice_batch_to, sluice_valid_from, sluice_valid_to, sluice_ended_by_line, "
                  "sluice_ended) VALUES ('z', 'X', {}, 2, 4, {}, 1, 'deleted')",
                  history(), digest_of(first_form(), {"z", "X", null}), moments));
  EXPECT_THAT(found(), ElementsAre("enterprise current 0, entry 3: no batch brought it",
                                   "enterprise history z, entry 2: no batch brought it"));
}

TEST_P(ReplayTest, FindsTablesThatWereEmptiedOrDropped) {
  fill();
  tamper(fmt::format("DELETE FROM {}", current("permit")), 2);
  EXPECT_THAT(found(), ElementsAre(HasSubstr("permit current x/-9, entry 6: it is missing"),
                                   HasSubstr("permit current x/10, entry 8: it is missing")));
  tamper(fmt::format("DELETE FROM {} WHERE id = 'permit'",
                     is_sqlite() ? "dataset" : "sluice.dataset"));
  EXPECT_THAT(found(), testing::SizeIs(4)) << "those of the history, too";
}

// Somebody had changed the tables while a batch came, and has put them back since.
TEST_P(ReplayTest, FindsThatAReceiptCountsOtherRows) {
  fill();
  tamper(
      fmt::format("UPDATE {} SET inserted = inserted + 1, unchanged = unchanged - 1 WHERE id = 2",
                  is_sqlite() ? "ledger" : "sluice.ledger"));
  const ReplayReport report = replay();
  ASSERT_EQ(report.other_counts.size(), 1U);
  EXPECT_EQ(report.other_counts[0].id, 2);
  EXPECT_EQ(report.other_counts[0].told, outcomes(1, 1, 1, 1, 0));
  EXPECT_EQ(report.other_counts[0].replayed, outcomes(0, 1, 2, 1, 0));
  EXPECT_EQ(report.count_differences(), 1U);
}

// A receipt of format 1 that names one of two refused rows.
TEST_P(ReplayTest, NamesAnEntryWhoseReceiptDoesNotNameAllRefusedRowsAndJudgesTheRest) {
  fill();
  const std::string receipt =
      R"({"format":"sluice-receipt/1","bureau":"park","epoch":1000,"sequence":3,"manifest":"sha256:)" +
      std::string(64, '0') +
      R"(","outcome":"accepted","reason":"","inserted":1,"updated":0,"unchanged":0,"deleted":0,)"
      R"("rejected":2,"rejected_rows":[{"row":1,"field":"staff","rule":"type","sentence":"s"}],)"
      R"("at":"2026-11-23T00:00:00.000Z"})";
  tamper(fmt::format("UPDATE {} SET receipt = '{}' WHERE id = 3",
                     is_sqlite() ? "ledger" : "sluice.ledger", receipt));
  tamper(fmt::format("UPDATE {} SET staff = 70 WHERE code = 'g'", current()));
  tamper(fmt::format("UPDATE {} SET staff = 400 WHERE code = 'd'", current()));
  EXPECT_THAT(found(), ElementsAre(HasSubstr("enterprise current d, entry 1")))
      << "the entry is about g, and so g is not judged";
  const ReplayReport report = replay();
  ASSERT_EQ(report.not_replayed.size(), 1U);
  EXPECT_EQ(report.not_replayed[0].id, 3);
  EXPECT_EQ(report.not_replayed[0].sequence.value, 3U);
  EXPECT_THAT(report.not_replayed[0].why, HasSubstr("its receipt refuses 2 rows and names 1"));
  EXPECT_EQ(report.datasets[0].in_doubt, 2U) << "f and g";
  EXPECT_FALSE(report.datasets[0].judged_up_to);
  EXPECT_EQ(report.datasets[1].not_replayed, 0U);
}

// Of a dataset whose schema nobody knows any more only that can be judged which was before.
TEST_P(ReplayTest, JudgesUpToAnEntryWhoseSchemaNobodyKnows) {
  fill();
  knows_first_form_ = false;
  const ReplayReport none = replay();
  EXPECT_EQ(none.datasets[0].not_replayed, 6U);
  EXPECT_EQ(none.datasets[0].judged_up_to, 0);
  EXPECT_THAT(none.not_replayed[0].why, HasSubstr("the schema under which it was made"));
  EXPECT_THAT(none.not_replayed[1].why, HasSubstr("an entry in front of it"));
  EXPECT_EQ(none.count_differences(), 0U);
  knows_first_form_ = true;
  catalogue_ = exchange::Catalogue::compile({{permits().id, permits()}}).value();
  const ReplayReport some = replay();
  EXPECT_EQ(some.datasets[0].not_replayed, 2U) << "5 and 9 are of the second form";
  EXPECT_EQ(some.datasets[0].judged_up_to, 4);
  EXPECT_EQ(some.count_differences(), 0U);
  tamper(
      fmt::format("UPDATE {} SET name = 'No' WHERE code = 'c' AND sluice_batch_to = 5", history()));
  EXPECT_THAT(found(), ElementsAre(HasSubstr("enterprise current c, entry 1: it has other values")))
      << "it is in the history since 5, and was current after 4";
}

TEST_P(ReplayTest, BelievesNoSchemaThatIsNotTheOneThatWasSigned) {
  fill();
  passes_off_another_form_ = true;
  const ReplayReport report = replay();
  EXPECT_EQ(report.datasets[0].judged_up_to, 0);
  EXPECT_THAT(report.not_replayed.at(0).why, HasSubstr("the schema under which it was made"));
}

TEST_P(ReplayTest, IsOfOneDatasetWhereOneIsWished) {
  fill();
  tamper(fmt::format("UPDATE {} SET staff = 400 WHERE code = 'd'", current()));
  const ReplayReport report = replay({.only = record::DatasetId("permit")});
  ASSERT_EQ(report.datasets.size(), 1U);
  EXPECT_EQ(report.datasets[0].dataset.str(), "permit");
  EXPECT_EQ(report.datasets[0].entries, 3U);
  EXPECT_EQ(report.count_differences(), 0U);
}

TEST_P(ReplayTest, NamesAsManyDifferencesAsAreWishedAndCountsAll) {
  fill();
  tamper(fmt::format("UPDATE {} SET staff = 400", current()), 7);
  const ReplayReport report = replay({.named = 2});
  EXPECT_EQ(report.differences.size(), 2U);
  EXPECT_EQ(report.count_differences(), 7U);
}

// A daemon goes on meanwhile.
TEST_P(ReplayTest, DoesNotJudgeWhatCameWhileItLooked) {
  fill();
  const auto other = home_->open(clock_);
  ASSERT_TRUE(other->prepare(second_form()));
  auto with = surroundings();
  bool came = false;
  with.replayed = [&](std::uint64_t) {
    if (std::exchange(came, true)) return;
    const Sent sent = stream_.batch(
        second_form(),
        {upsert({"a", "1", "New", "1"}), remove({"c"}, 4), upsert({"n", "1", "N", "1"})});
    EXPECT_TRUE(test::apply(*other, second_form(), sent));
  };
  const ReplayReport report = replay(with);
  EXPECT_TRUE(came);
  EXPECT_EQ(report.last, 9);
  EXPECT_EQ(report.count_differences(), 0U)
      << (report.differences.empty() ? "" : report.differences[0].what);
  EXPECT_THAT(found(), IsEmpty()) << "and of all of it";
}

}  // namespace
}  // namespace sluice::test
