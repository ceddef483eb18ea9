#include "record/receipt.h"

#include <stdexcept>

#include <gtest/gtest.h>

namespace sluice::record {
namespace {

Receipt sample_receipt() {
  return {
      .stream = {BureauId("park"), {1'790'000'000'000}},
      .sequence = {7},
      .manifest = sha256("manifest"),
      .outcome = Outcome::accepted,
      .reason = "",
      .rows = {{10}, {20}, {30}, {40}, {2}},
      .rejected_rows = {{3, "code", "uscc", "expected \"a code\"\n"}, {9, "", "format", "海淀"}},
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
  rejected.rejected_rows.clear();
  EXPECT_EQ(parse_receipt(to_json(rejected)).value(), rejected);
  rejected.outcome = Outcome::duplicate;
  EXPECT_EQ(parse_receipt(to_json(rejected)).value(), rejected);
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
      exchanged(good, "sluice-receipt/1", "sluice-receipt/2"),
      exchanged(good, "\"accepted\"", "\"perhaps\""),
      exchanged(good, "\"sequence\":7", "\"sequence\":0"),
      exchanged(good, "\"sequence\":7", "\"sequence\":7.0"),
      exchanged(good, "\"sequence\":7", "\"sequence\":-7"),
      exchanged(good, "\"sequence\":7", "\"sequence\":7,\"sequence\":8"),
      exchanged(good, "\"inserted\":10", "\"inserted\":18446744073709551615"),
      exchanged(good, "\"inserted\":10,", ""),
      exchanged(good, "\"inserted\":10", "\"inserted\":10,\"extra\":1"),
      exchanged(good, "\"park\"", "\"/park\""),
      exchanged(good, "\"row\":3", "\"row\":\"3\""),
      exchanged(good, "\"row\":3", "\"row\":3,\"row\":4"),
      exchanged(good, "\"row\":3,", ""),
      exchanged(good, "\"rejected_rows\":[", "\"rejected_rows\":[1,"),
      exchanged(good, "sha256:", "sha1:"),
      exchanged(good, "2026-11-23T04:44:00.125Z", "now"),
  };
  for (const std::string& json : bad)
    EXPECT_FALSE(parse_receipt(json)) << json;
}

}  // namespace
}  // namespace sluice::record
