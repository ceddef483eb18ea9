#include "record/receipt.h"

#include <stdexcept>

#include <gtest/gtest.h>

namespace sluice::record {
namespace {

Receipt sample_receipt() {
  return {.stream = {BureauId("park"), {1'790'000'000'000}},
          .sequence = {7},
          .dataset = DatasetId("approval"),
          .manifest = sha256("manifest"),
          .outcome = Outcome::accepted,
          .reason = "",
          .rows = {{10}, {20}, {30}, {40}, {6}},
          .refused = {{"code", "uscc", "expected \"a code\"\n", {{3, 3}, {5, 7}}},
                      {"", "format", "海淀", {{9, 10}}}},
          .at = parse_time("2026-11-23T04:44:00.125Z").value()};
}

std::string exchanged(std::string text, std::string_view what, std::string_view with) {
  const std::size_t at = text.find(what);
  if (at == std::string::npos) throw std::logic_error("nothing to replace");
  return text.replace(at, what.size(), with);
}

TEST(Receipt, ReadsBackAsItself) {
  EXPECT_EQ(parse_receipt(to_json(sample_receipt())).value(), sample_receipt());
  Receipt rejected = sample_receipt();
  rejected.outcome = Outcome::rejected;
  rejected.reason = "the \"schema\" is not known here";
  rejected.rows.rejected = {};
  rejected.refused.clear();
  EXPECT_EQ(parse_receipt(to_json(rejected)).value(), rejected);
  rejected.outcome = Outcome::duplicate;
  EXPECT_EQ(parse_receipt(to_json(rejected)).value(), rejected);
}

Receipt with_checkpoint() {
  Receipt receipt = sample_receipt();
  receipt.checkpoint = {"0123456789abcdef", 12, (std::int64_t{30'000} << 48) + 57, sha256("chain")};
  return receipt;
}

TEST(Receipt, TellsOfACheckpointOfTheLedgerOrOfNone) {
  const std::string json = to_json(with_checkpoint());
  EXPECT_EQ(parse_receipt(json).value(), with_checkpoint());
  EXPECT_NE(json.find(R"("number":12,"ledger":"8444249301319680057")"), std::string::npos) << json;
  EXPECT_EQ(to_json(sample_receipt()).find("checkpoint"), std::string::npos)
      << "one without is as it was before there were any";
  EXPECT_EQ(parse_receipt(to_json(sample_receipt()))->checkpoint, std::nullopt);
}

TEST(Receipt, ThatTellsOfAMalformedCheckpointIsRefused) {
  const std::string good = to_json(with_checkpoint());
  const std::vector<std::string> bad = {
      exchanged(good, "0123456789abcdef", "0123456789ABCDEF"),
      exchanged(good, "0123456789abcdef", "0123456789abcde"),
      exchanged(good, "\"number\":12", "\"number\":0"),
      exchanged(good, "\"number\":12", "\"number\":12,\"more\":1"),
      exchanged(good, "\"8444249301319680057\"", "8444249301319680057"),
      exchanged(good, "\"8444249301319680057\"", "\"0\""),
      exchanged(good, "\"8444249301319680057\"", "\"8444249301319680057x\""),
      exchanged(good, "\"8444249301319680057\"", "\"98444249301319680057\""),
      exchanged(good, "\"checkpoint\":{", "\"checkpoint\":{},\"checkpoint\":{"),
      exchanged(good, "\"checkpoint\":", "\"checkpoint\":null,\"other\":"),
  };
  for (const std::string& json : bad)
    EXPECT_FALSE(parse_receipt(json)) << json;
}

TEST(Receipt, ThatIsMalformedIsRefused) {
  const std::string good = to_json(sample_receipt());
  const std::vector<std::string> bad = {
      "",
      "null",
      "{}",
      "[",
      good + "x",
      good.substr(0, good.size() / 2),
      exchanged(good, "sluice-receipt/2", "sluice-receipt/3"),
      exchanged(good, "sluice-receipt/2", "sluice-receipt/1"),
      exchanged(good, "\"accepted\"", "\"perhaps\""),
      exchanged(good, "\"sequence\":7", "\"sequence\":0"),
      exchanged(good, "\"sequence\":7", "\"sequence\":7.0"),
      exchanged(good, "\"sequence\":7", "\"sequence\":-7"),
      exchanged(good, "\"sequence\":7", "\"sequence\":7,\"sequence\":8"),
      exchanged(good, "\"inserted\":10", "\"inserted\":18446744073709551615"),
      exchanged(good, "\"inserted\":10,", ""),
      exchanged(good, "\"inserted\":10", "\"inserted\":10,\"extra\":1"),
      exchanged(good, "\"park\"", "\"/park\""),
      exchanged(good, "\"approval\"", "\"\""),
      exchanged(good, "[3,[5,7]]", "3"),
      exchanged(good, "[3,[5,7]]", "[]"),
      exchanged(good, "[3,[5,7]]", "[\"3\",[5,7]]"),
      exchanged(good, "[3,[5,7]]", "[0,[5,7]]"),
      exchanged(good, "[3,[5,7]]", "[3.0,[5,7]]"),
      exchanged(good, "[3,[5,7]]", "[3,[7,5]]"),
      exchanged(good, "[3,[5,7]]", "[3,[5,6,7]]"),
      exchanged(good, "[3,[5,7]]", "[3,[]]"),
      exchanged(good, "[3,[5,7]]", "[[5,7],3]"),   // not ascending
      exchanged(good, "[3,[5,7]]", "[4,[5,7]]"),   // neighbours
      exchanged(good, "[3,[5,7]]", "[3,[5,8]]"),   // more than are counted
      exchanged(good, "[3,[5,7]]", "[3,[8,10]]"),  // of two reasons
      exchanged(good, "\"field\":\"code\"", "\"field\":\"code\",\"field\":\"code\""),
      exchanged(good, "\"field\":\"code\",", ""),
      exchanged(good, "\"refused\":[", "\"refused\":[1,"),
      exchanged(good, "\"refused\":[", "\"rejected_rows\":[],\"refused\":["),
      exchanged(good, "sha256:", "sha1:"),
      exchanged(good, "2026-11-23T04:44:00.125Z", "now"),
  };
  for (const std::string& json : bad)
    EXPECT_FALSE(parse_receipt(json)) << json;
}

TEST(Receipt, OfALaterFormatIsToldByItsNameWhateverElseIsInIt) {
  const std::string later =
      exchanged(to_json(sample_receipt()), "sluice-receipt/2", "sluice-receipt/3");
  for (const std::string& json : {later, exchanged(later, "\"outcome\"", "\"verdict\"")}) {
    const auto parsed = parse_receipt(json);
    ASSERT_FALSE(parsed);
    EXPECT_EQ(parsed.error().code, ReceiptProblem::later_format);
    EXPECT_EQ(parsed.error().sentence.find("it is of format sluice-receipt/3, and this program "
                                           "reads up to sluice-receipt/2"),
              0U)
        << parsed.error().sentence;
  }
  const auto foreign =
      parse_receipt(exchanged(to_json(sample_receipt()), "sluice-receipt/2", "sluice-batch/3"));
  ASSERT_FALSE(foreign);
  EXPECT_EQ(foreign.error().code, ReceiptProblem::malformed);
}

// As centers of before wrote it, and as ledgers hold it.
constexpr std::string_view format_1 =
    R"({"format":"sluice-receipt/1","bureau":"park","epoch":1790000000000,"sequence":7,)"
    R"("manifest":"sha256:05b3abf2579a5eb66403cd78be557fd860633a1fe2103c7642030defe32c657f",)"
    R"("outcome":"accepted","reason":"","inserted":10,"updated":20,"unchanged":30,"deleted":40,)"
    R"("rejected":5000,"rejected_rows":[)"
    R"({"row":3,"field":"code","rule":"uscc","sentence":"expected a code"},)"
    R"({"row":4,"field":"code","rule":"uscc","sentence":"expected a code"},)"
    R"({"row":9,"field":"","rule":"format","sentence":"海淀"}],"at":"2026-11-23T04:44:00.125Z"})";

TEST(Receipt, OfTheEarlierFormatIsReadAndSaysThatItNamesNotAll) {
  const auto receipt = parse_receipt(format_1);
  ASSERT_TRUE(receipt) << to_string(receipt.error());
  EXPECT_EQ(receipt->dataset, DatasetId(""));
  EXPECT_EQ(receipt->rows.rejected.value, 5000U);
  EXPECT_EQ(receipt->refused,
            (std::vector<RefusedRows>{{"code", "uscc", "expected a code", {{3, 4}}},
                                      {"", "format", "海淀", {{9, 9}}}}));
  EXPECT_FALSE(names_all_refused(*receipt));
  EXPECT_FALSE(parse_receipt(exchanged(std::string(format_1), "\"row\":9", "\"row\":3")));
  EXPECT_FALSE(parse_receipt(exchanged(std::string(format_1), "\"row\":9", "\"row\":0")));
}

// The worst that a batch can do to its receipt.
TEST(Receipt, OfAMillionRowsThatAlternateHasAtMostNineBytesForEach) {
  constexpr std::uint64_t rows = 1'000'000;
  RefusedRowsBuilder builder;
  for (std::uint64_t row = 1; row <= rows; row += 2)
    builder.add({row, "code", "unique", "another record has it"});
  for (std::uint64_t row = 2; row <= rows; row += 2)
    builder.add({row, "name", "maxLength", "too long"});
  Receipt receipt = sample_receipt();
  receipt.rows.rejected = {rows};
  receipt.refused = builder.take();
  const std::string json = to_json(receipt);
  EXPECT_LT(json.size(), 9 * rows);
  EXPECT_EQ(parse_receipt(json).value(), receipt);
}

TEST(RefusedRows, AreGatheredInAnyOrder) {
  RefusedRowsBuilder builder;
  for (const std::uint64_t row : std::initializer_list<std::uint64_t>{7, 5, 6, 1, 9, 2})
    builder.add({row, "f", "r", "s"});
  builder.add({8, "f", "r", "other"});
  const auto refused = builder.take();
  EXPECT_EQ(refused, (std::vector<RefusedRows>{{"f", "r", "s", {{1, 2}, {5, 7}, {9, 9}}},
                                               {"f", "r", "other", {{8, 8}}}}));
  EXPECT_EQ(count_of(refused).value, 7U);
}

// Sentences may be the database's words, and differ for each row.
TEST(RefusedRows, OfMoreSentencesThanAReceiptHoldsAreNamedAllTheSame) {
  RefusedRowsBuilder builder;
  const std::uint64_t rows = 3 * most_refusal_sentences;
  for (std::uint64_t row = 1; row <= rows; ++row)
    builder.add({row, "f", "store", std::string(5000, 'x') + std::to_string(row)});
  for (std::uint64_t row = 1; row <= rows; ++row)
    builder.add({rows + row, "f", "store", std::to_string(row)});
  const auto refused = builder.take();
  EXPECT_EQ(count_of(refused).value, 2 * rows);
  EXPECT_LE(refused.size(), most_refusal_sentences + 1);
  EXPECT_EQ(refused.front().sentence.size(), longest_refusal_sentence);
}

}  // namespace
}  // namespace sluice::record
