#include "record/manifest.h"

#include <gtest/gtest.h>

namespace sluice::record {
namespace {

Manifest sample_manifest() {
  return {.stream = {BureauId("local-tax"), {1'790'000'000'000}},
          .sequence = {42},
          .dataset = DatasetId("enterprise"),
          .schema = sha256("schema"),
          .mode = Mode::front_end,
          .upserts = {1000},
          .deletes = {3},
          .payload_bytes = {12345},
          .payload_raw_bytes = {67890},
          .payload = sha256("payload"),
          .previous = sha256("previous"),
          .collected_at = parse_time("2026-11-23T04:44:00.125Z").value(),
          .carries_case_numbers = true};
}

std::string replaced(std::string text, std::string_view what, std::string_view with) {
  const std::size_t at = text.find(what);
  if (at == std::string::npos) throw std::logic_error("nothing to replace");
  return text.replace(at, what.size(), with);
}

TEST(Manifest, ReadsBackAsItself) {
  EXPECT_EQ(parse_manifest(to_json(sample_manifest())).value(), sample_manifest());
  Manifest first = sample_manifest();
  first.sequence = {1};
  first.previous = {};
  first.carries_case_numbers = false;
  for (const Mode mode : {Mode::direct, Mode::front_end, Mode::disk, Mode::manual_entry}) {
    first.mode = mode;
    EXPECT_EQ(parse_manifest(to_json(first)).value(), first);
  }
}

Manifest first_of_a_later_epoch() {
  Manifest first = sample_manifest();
  first.sequence = {1};
  first.follows = Predecessor{.epoch = {1'780'000'000'000},
                              .sequence = {480},
                              .numbered = {500},
                              .lost = 7,
                              .reason = EpochReason::center_restored};
  return first;
}

TEST(Manifest, TellsWhatItsEpochFollows) {
  Manifest first = first_of_a_later_epoch();
  EXPECT_EQ(
      to_json(first).substr(to_json(first).find("  \"carries_case_numbers\"")),
      "  \"carries_case_numbers\": true,\n  \"follows\": {\"epoch\": 1780000000000, "
      "\"sequence\": 480, \"numbered\": 500, \"lost\": 7, \"reason\": \"center-restored\"}\n}\n");
  for (const EpochReason reason : {EpochReason::lost_journal, EpochReason::older_journal,
                                   EpochReason::center_restored, EpochReason::by_operator}) {
    first.follows->reason = reason;
    EXPECT_EQ(parse_manifest(to_json(first)).value(), first);
  }
}

TEST(Manifest, ThatFollowsNothingIsWrittenAsBefore) {
  const std::string json = to_json(sample_manifest());
  EXPECT_TRUE(json.ends_with("  \"carries_case_numbers\": true\n}\n")) << json;
}

TEST(Manifest, WhatItFollowsIsAnEarlierEpochAndToldOnceAndWhole) {
  const std::string good = to_json(first_of_a_later_epoch());
  for (const std::string& json :
       {replaced(good, "\"sequence\": 1,", "\"sequence\": 2,"),
        replaced(good, "1780000000000", "1790000000000"),
        replaced(good, "\"numbered\": 500", "\"numbered\": 479"),
        replaced(good, "\"lost\": 7", "\"lost\": 21"), replaced(good, "\"lost\": 7, ", ""),
        replaced(good, "\"lost\": 7", "\"lost\": 7, \"x\": 1"),
        replaced(good, "center-restored", "forgotten"),
        replaced(good, "\"lost\": 7", "\"lost\": -7"),
        replaced(good, "{\"epoch\"", "{\"lost\": 7, \"epoch\"")}) {
    const auto parsed = parse_manifest(json);
    ASSERT_FALSE(parsed) << json;
    EXPECT_EQ(parsed.error().code, ManifestProblem::malformed);
  }
}

TEST(Manifest, MayBeWrittenWithOtherSpacesAndOrder) {
  std::string json = to_json(sample_manifest());
  std::erase(json, '\n');
  json = replaced(json, "\"sequence\": 42,", "");
  json = replaced(json, "{", "{\"sequence\":42,");
  EXPECT_EQ(parse_manifest(json).value(), sample_manifest());
}

TEST(Manifest, OfALaterFormatIsToldByItsNameWhateverElseIsInIt) {
  const std::string later =
      replaced(to_json(sample_manifest()), "sluice-batch/1", "sluice-batch/2");
  for (const std::string& json : {later, replaced(later, "\"sequence\"", "\"place\"")}) {
    const auto parsed = parse_manifest(json);
    ASSERT_FALSE(parsed);
    EXPECT_EQ(parsed.error().code, ManifestProblem::unsupported_format);
    EXPECT_EQ(parsed.error().sentence.find("it is of format sluice-batch/2, and this program reads "
                                           "up to sluice-batch/1"),
              0U)
        << parsed.error().sentence;
  }
}

TEST(Manifest, OfAFormatThatNoVersionHasIsMalformed) {
  for (const char* format :
       {"sluice-batch/0", "sluice-batch/", "sluice-batch/-2", "sluice-batch/2x",
        "sluice-batch/99999999999", "sluice-batch", "sluice-receipt/2", "a"}) {
    const auto parsed =
        parse_manifest(replaced(to_json(sample_manifest()), "sluice-batch/1", format));
    ASSERT_FALSE(parsed) << format;
    EXPECT_EQ(parsed.error().code, ManifestProblem::malformed) << format;
  }
}

TEST(Manifest, ThatIsMalformedIsRefused) {
  const std::string good = to_json(sample_manifest());
  const std::string digest = to_string(sha256("payload"));
  const std::vector<std::string> bad = {
      "",
      "null",
      "[]",
      "{}",
      "{",
      "\xff",
      good + "x",
      good.substr(0, good.size() / 2),
      replaced(good, "\"sluice-batch/1\"", "\"\""),
      replaced(good, "\"sluice-batch/1\"", "1"),
      replaced(good, "\"sequence\": 42", "\"sequence\": 0"),
      replaced(good, "\"sequence\": 42", "\"sequence\": -1"),
      replaced(good, "\"sequence\": 42", "\"sequence\": 42.0"),
      replaced(good, "\"sequence\": 42", "\"sequence\": 1.5"),
      replaced(good, "\"sequence\": 42", "\"sequence\": \"42\""),
      replaced(good, "\"sequence\": 42", "\"sequence\": 9223372036854775808"),
      replaced(good, "\"sequence\": 42", "\"sequence\": 99999999999999999999999"),
      replaced(good, "\"sequence\": 42", "\"sequence\": 42, \"sequence\": 42"),
      replaced(good, "\"sequence\": 42,", ""),
      replaced(good, "\"sequence\": 42", "\"sequence\": 42, \"extra\": 1"),
      replaced(good, "local-tax", "../tax"),
      replaced(good, "enterprise", ""),
      replaced(good, "front-end", "carrier-pigeon"),
      replaced(good, digest, "sha256:00"),
      replaced(good, digest, "md5:" + digest.substr(7)),
      replaced(good, "2026-11-23T04:44:00.125Z", "2026-11-23"),
      replaced(good, "\"carries_case_numbers\": true", "\"carries_case_numbers\": 1"),
  };
  for (const std::string& json : bad) {
    const auto parsed = parse_manifest(json);
    ASSERT_FALSE(parsed) << json;
    EXPECT_EQ(parsed.error().code, ManifestProblem::malformed) << json;
    EXPECT_EQ(parsed.error().place, "manifest.json");
  }
}

TEST(Times, ReadBackAsThemselves) {
  for (const std::string text :
       {"2026-11-23T04:44:00.000Z", "1969-12-31T23:59:59.999Z", "0001-01-01T00:00:00.001Z",
        "9999-12-31T23:59:59.999Z", "2024-02-29T12:00:00.500Z"}) {
    ASSERT_TRUE(parse_time(text)) << text;
    EXPECT_EQ(to_string(*parse_time(text)), text);
  }
}

TEST(Times, OfAnotherShapeAreRefused) {
  for (const std::string text :
       {"", "2026-11-23T04:44:00Z", "2026-11-23T04:44:00.000", "2026-11-23 04:44:00.000Z",
        "2026-13-23T04:44:00.000Z", "2023-02-29T04:44:00.000Z", "2026-11-23T24:00:00.000Z",
        "2026-11-23T04:60:00.000Z", "2026-11-23T04:44:60.000Z", "-026-11-23T04:44:00.000Z",
        "2026-11-23T-4:44:00.000Z", "2026-11-23T04:44:00.-00Z", "0000-01-01T00:00:00.000Z",
        "2026-11-23T04:44:00.000z", "2026-+1-23T04:44:00.000Z", "2026-11-23T04:44:00.000ZZ"}) {
    EXPECT_FALSE(parse_time(text)) << text;
  }
}

}  // namespace
}  // namespace sluice::record
