#include "pages/page_content.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sluice::pages::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

// The columns, and who changed them.
std::vector<std::string> changed(const std::string& made_of, const PageContent& now,
                                 const KeyedTexts& sent) {
  std::vector<std::string> columns;
  for (const ChangedField& field : changes_since(made_of, now, sent))
    columns.push_back((field.of_others ? "others' " : "own ") + field.column);
  return columns;
}

const PageContent before = {{"name", "a", ""}, {"street", "", "b"}, {"rent", "", ""}};

TEST(PageContent, NothingChangedWhereOnlyThePersonTyped) {
  EXPECT_THAT(changed(digest_of(before), before, {{"field.name", "typed"}, {"field.rent", "1"}}),
              IsEmpty());
}

TEST(PageContent, TellsWhatOthersChanged) {
  PageContent now = before;
  now[1].seen = "c";
  EXPECT_THAT(changed(digest_of(before), now, {}), ElementsAre("others' street"));
}

TEST(PageContent, TellsWhatIsKeptOtherwiseThanItWasSent) {
  PageContent now = before;
  now[0].own = "kept elsewhere";
  now[2].own = "12";
  EXPECT_THAT(changed(digest_of(before), now, {{"field.name", "a"}, {"field.rent", "12"}}),
              ElementsAre("own name"));
}

TEST(PageContent, TellsNothingOfAnotherForm) {
  PageContent now = before;
  now[0].own = "kept elsewhere";
  EXPECT_THAT(changed("", now, {}), IsEmpty());
  EXPECT_THAT(changed(digest_of({before.front()}), now, {}), IsEmpty());
  EXPECT_THAT(changed(digest_of(before) + "0", now, {}), IsEmpty());
}

}  // namespace
}  // namespace sluice::pages::test
