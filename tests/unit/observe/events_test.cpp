#include "observe/events.h"

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sluice::test {
namespace {

using observe::Event;
using testing::Each;
using testing::MatchesRegex;

std::vector<Event> all_events() {
  std::vector<Event> events;
  for (const observe::EventGroup& group : observe::event_groups)
    events.insert(events.end(), group.events.begin(), group.events.end());
  return events;
}

TEST(Events, EachNameIsDeclaredOnce) {
  std::set<std::string> names;
  for (const Event& event : all_events())
    EXPECT_TRUE(names.emplace(event.name).second) << event.name;
  EXPECT_THAT(names, Each(MatchesRegex("[a-z]+(-[a-z]+)*")));
}

TEST(Events, EachKeyOfAnEventIsDeclaredOnce) {
  for (const Event& event : all_events()) {
    std::vector<std::string> keys(event.keys.begin(), event.keys.end());
    keys.insert(keys.end(), event.optional_keys.begin(), event.optional_keys.end());
    EXPECT_EQ(std::set<std::string>(keys.begin(), keys.end()).size(), keys.size()) << event.name;
    EXPECT_THAT(keys, Each(MatchesRegex("[a-z]+")));
  }
}

}  // namespace
}  // namespace sluice::test
