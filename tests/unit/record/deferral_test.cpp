#include "record/deferral.h"

#include <stdexcept>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "record/receipt.h"

namespace sluice::record {
namespace {

Deferral sample_deferral() {
  return {.stream = {BureauId("park"), {1'790'000'000'000}},
          .sequence = {7},
          .manifest = sha256("manifest"),
          .problem = "not-allowed",
          .sentence = "the \"schema\" is not known here",
          .at = parse_time("2026-11-23T04:44:00.125Z").value()};
}

std::string with_other(std::string text, std::string_view what, std::string_view with) {
  const std::size_t at = text.find(what);
  if (at == std::string::npos) throw std::logic_error("nothing to replace");
  return text.replace(at, what.size(), with);
}

TEST(Deferral, ReadsBackAsItselfAndIsNoReceipt) {
  const std::string json = to_json(sample_deferral());
  EXPECT_EQ(parse_deferral(json).value(), sample_deferral());
  EXPECT_FALSE(parse_receipt(json));
}

TEST(Deferral, ThatIsMalformedIsRefused) {
  const std::string good = to_json(sample_deferral());
  const std::vector<std::string> bad = {
      "",
      "{}",
      good + "x",
      with_other(good, "sluice-deferral/1", "sluice-deferral/2"),
      with_other(good, "sluice-deferral/1", "sluice-receipt/2"),
      with_other(good, "\"park\"", "\"/park\""),
      with_other(good, "\"not-allowed\"", "\"not allowed\""),
      with_other(good, "\"sequence\":7", "\"sequence\":7,\"sequence\":7"),
      with_other(good, "\"sequence\":7", "\"sequence\":7,\"extra\":7"),
      with_other(good, "\"sequence\":7,", ""),
      with_other(good, "sha256:", "sha1:"),
      with_other(good, "2026-11-23T04:44:00.125Z", "now"),
  };
  for (const std::string& json : bad)
    EXPECT_FALSE(parse_deferral(json)) << json;
}

}  // namespace
}  // namespace sluice::record
