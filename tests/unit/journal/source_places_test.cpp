#include "journal/source_places.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sluice::journal::test {
namespace {

using testing::ElementsAre;

std::string told(const PlacesOfRows& rows, std::uint64_t row) {
  const auto found = rows.find(row);
  return found ? found->source + ":" + std::to_string(found->place) : "unknown";
}

TEST(SourcePlacesTest, RowsThatFollowOnOneAnotherAreOneRun) {
  SourcePlaces places;
  for (const std::uint64_t row : {1U, 2U, 3U})
    places.add(row, row + 1);
  EXPECT_THAT(places.runs, ElementsAre(PlaceRun{1, 2}));
  places.add(4, 7);
  places.add(5, 8);
  EXPECT_THAT(places.runs, ElementsAre(PlaceRun{1, 2}, PlaceRun{4, 7}));
}

TEST(SourcePlacesTest, RowsThatTheirSourceHasNoMoreAreOneRunToo) {
  SourcePlaces places{.source = "payments", .runs = {}};
  places.add(1, 0);
  places.add(2, 0);
  places.add(3, 5);
  EXPECT_THAT(places.runs, ElementsAre(PlaceRun{1, 0}, PlaceRun{3, 5}));
}

TEST(SourcePlacesTest, AreFoundInTheTextOfABatchWhateverTheSourceIsCalled) {
  std::string text;
  append_places(text, {"tab\tand\nnew\\line.csv", {{1, 2}, {3, 9}}}, 0);
  append_places(text, {"key", {{1, 1}}}, 4);
  append_places(text, {}, 6);
  append_places(text, {"direct", {{1, 0}}}, 7);
  const PlacesOfRows rows(text);
  EXPECT_EQ(told(rows, 0), "unknown");
  EXPECT_EQ(told(rows, 1), "tab\tand\nnew\\line.csv:2");
  EXPECT_EQ(told(rows, 2), "tab\tand\nnew\\line.csv:3");
  EXPECT_EQ(told(rows, 3), "tab\tand\nnew\\line.csv:9");
  EXPECT_EQ(told(rows, 4), "tab\tand\nnew\\line.csv:10");
  EXPECT_EQ(told(rows, 5), "key:1");
  EXPECT_EQ(told(rows, 6), "key:2");
  EXPECT_EQ(told(rows, 7), "unknown") << "and not the one after those of the call before";
  EXPECT_EQ(told(rows, 8), "direct:0");
  EXPECT_EQ(told(rows, 9), "direct:0");
}

TEST(SourcePlacesTest, OfATextThatIsNoneNothingIsFound) {
  for (const char* text : {"", "1\t1\n", "one\t1\tkey\n", "1\t1\tkey\n2\n", "1\t1\tkey\n2\tx\n",
                           "1\t1\tkey\tmore\n", "\n"})
    EXPECT_EQ(told(PlacesOfRows(text), 2), "unknown") << text;
}

}  // namespace
}  // namespace sluice::journal::test
