// What `sluice status` shows, drawn from answers.
#include "commands/status_view.h"

#include <string>

#include <boost/json.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sluice::commands::test {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

boost::json::object answer(const std::string& members) {
  return boost::json::parse(
             R"({"node":"center","version":"1.0","started_at":"2026-12-01T00:00:00.000Z",)"
             R"("now":"2026-12-01T03:00:00.000Z","disk":{"state":"good"},)" +
             members + "}")
      .as_object();
}

std::string stream(const std::string& bureau, int last_batch, int acknowledged) {
  return R"({"bureau":")" + bureau + R"(","epoch":1,"last_batch":)" + std::to_string(last_batch) +
         R"(,"acknowledged":)" + std::to_string(acknowledged) +
         R"(,"backlog_batches":0,"backlog_bytes":0,"quarantine_waiting":0,)"
         R"("link":{"state":"up","since":"2026-12-01T02:00:00.000Z",)"
         R"("last_receipt":"2026-12-01T02:59:57.000Z"}})";
}

constexpr const char* held_back =
    R"({"name":"link-held-back","grade":"attention","bureau":"park","what":"held back",)"
    R"("since":"2026-12-01T02:57:00.000Z","reason":"nobody answers","do":"look at the network"})";
constexpr const char* reminder =
    R"({"name":"quarantine-waiting","grade":"reminder","bureau":"park",)"
    R"("what":"13 rows in quarantine","do":"sluice quarantine counts park"})";

std::string in_array(const std::string& name, const std::string& values) {
  return "\"" + name + "\":[" + values + "]";
}

TEST(StatusView, SaysThatAllIsWell) {
  EXPECT_THAT(draw_status(answer(in_array("troubles", "") + "," + in_array("streams", ""))),
              StartsWith("center  sluiced 1.0  up 3 h 0 m\n\nall is well\n"));
}

TEST(StatusView, SaysFirstWhatIsWrongAndWhatToDo) {
  const auto wrong = answer(in_array("troubles", std::string(held_back) + "," + reminder) + "," +
                            in_array("streams", stream("park", 1, 1)));
  EXPECT_THAT(draw_status(wrong), StartsWith("center  sluiced 1.0  up 3 h 0 m\n\n"
                                             "! park: held back for 3 m 0 s: nobody answers\n"
                                             "    look at the network\n"
                                             "- park: 13 rows in quarantine: sluice quarantine "
                                             "counts park\n\n"
                                             "streams\n"));
  EXPECT_TRUE(is_unwell(wrong));
}

TEST(StatusView, TakesAReminderForNothingWrong) {
  const auto reminded = answer(in_array("troubles", reminder) + "," + in_array("streams", ""));
  EXPECT_FALSE(is_unwell(reminded));
  EXPECT_THAT(draw_status(reminded), HasSubstr("all is well\n- park: 13 rows"));
}

TEST(StatusView, DoesNotTakeTheSilenceOfAnotherVersionForAllIsWell) {
  EXPECT_THAT(draw_status(answer(in_array("streams", ""))), Not(HasSubstr("all is well")));
}

TEST(StatusView, HasNoColoursUnlessTheyAreAskedFor) {
  const auto wrong = answer(in_array("troubles", held_back) + "," + in_array("streams", ""));
  EXPECT_THAT(draw_status(wrong), Not(HasSubstr("\x1b")));
  EXPECT_THAT(draw_status(wrong, {.colours = true}),
              HasSubstr("\x1b[33m! park: held back for 3 m 0 s: nobody answers\x1b[0m\n"));
}

TEST(StatusView, ShowsWhatATerminalWouldObey) {
  const auto wrong = answer(in_array("troubles", R"({"name":"x","grade":"stops",)"
                                                 R"("what":"\u001b[2J","do":"\u202e"})") +
                            "," + in_array("streams", ""));
  EXPECT_THAT(draw_status(wrong), HasSubstr("! \\x1b[2J\n    \\u202e\n"));
}

TEST(StatusView, AlignsWideCharacters) {
  const auto edges = [](const std::string& values) {
    return answer(in_array("troubles", "") + "," + in_array("streams", "") + "," +
                  in_array("edges", values));
  };
  const std::string drawn =
      draw_status(edges(R"({"bureau":"工商分局","node":"edge-1","old":false},)"
                        R"({"bureau":"park","node":"édge","old":false},)"
                        R"({"bureau":"ｱﾊﾟｰﾄ","node":"café","old":false},)"
                        R"({"bureau":"x\u200by","node":"e","old":false})"));
  EXPECT_THAT(drawn, HasSubstr("bureau    node    told     quarantine\n"
                               "工商分局  edge-1  not yet\n"
                               "park      édge    not yet\n"
                               "ｱﾊﾟｰﾄ     café    not yet\n"));
}

TEST(StatusView, TellsRatesByTheDifferenceOfTwoAnswers) {
  auto before = answer(in_array("troubles", "") + "," +
                       in_array("streams", stream("park", 100, 90) + "," + stream("tax", 5, 5)));
  before["now"] = "2026-12-01T02:59:56.000Z";
  const auto now = answer(in_array("troubles", "") + "," +
                          in_array("streams", stream("park", 110, 92) + "," + stream("new", 5, 5)));
  const std::string drawn = draw_status(now, {.before = &before});
  EXPECT_THAT(drawn, HasSubstr("batches/s  receipts/s\n"));
  EXPECT_THAT(drawn, testing::ContainsRegex("park .* 3 s ago +2\\.5 +0\\.5\n"));
  EXPECT_THAT(drawn, testing::ContainsRegex("new .* 3 s ago\n"));  // was not there before
  EXPECT_THAT(draw_status(now), Not(HasSubstr("batches/s")));
}

TEST(StatusView, TellsNoRateAcrossEpochsNorBackwards) {
  auto before = answer(in_array("troubles", "") + "," + in_array("streams", stream("park", 9, 9)));
  const auto now =
      answer(in_array("troubles", "") + "," + in_array("streams", stream("park", 1, 1)));
  before["now"] = "2026-12-01T02:59:56.000Z";
  EXPECT_THAT(draw_status(now, {.before = &before}), HasSubstr(" 0.0"));
  before.at("streams").as_array()[0].as_object()["epoch"] = 2;
  EXPECT_THAT(draw_status(now, {.before = &before}), Not(HasSubstr(" 0.0")));
  before["now"] = "2026-12-01T03:00:01.000Z";  // the clock was set back
  EXPECT_THAT(draw_status(now, {.before = &before}), Not(HasSubstr(" 0.0")));
}

TEST(Fitted, KeepsTheTopAndSaysHowMuchIsLeft) {
  EXPECT_EQ(fitted("a\nb\nc\n", 3), "a\nb\nc\n");
  EXPECT_EQ(fitted("a\nb\nc\nd\n", 3), "a\nb\n… 2 more lines\n");
  EXPECT_EQ(fitted("a\nb\n", 1), "… 2 more lines\n");
}

}  // namespace
}  // namespace sluice::commands::test
