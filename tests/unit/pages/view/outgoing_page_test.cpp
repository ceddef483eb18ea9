// The desk of a record that is delivered: what a clerk carries into the other system must be what
// was delivered, whatever it looks like.
#include <algorithm>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "html_document.h"
#include "pages/view/paths.h"
#include "support/sample_views.h"

namespace sluice::pages {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

std::string carried(const OutgoingView& view) {
  static const Pages made(*date::locate_zone("Asia/Shanghai"), [](std::string_view name) {
    ADD_FAILURE() << "a template names " << name << ", which nothing has";
  });
  return outgoing_page(made, sample_frame(Content::rich, Language::chinese, "entry"), view);
}

OutgoingView record_with(std::vector<OutgoingField> fields) {
  OutgoingView view{.account = "wei", .task = task_sample(Say(Content::rich)), .version = 4};
  view.delivery = "quality-licence.1790000000000.118";
  view.fields = std::move(fields);
  return view;
}

OutgoingView record_with_value(const std::string& value) {
  return record_with({{.field = "name", .label = "名称", .group = {}, .value = value}});
}

std::vector<const Element*> ticks_of(const HtmlDocument& page) {
  std::vector<const Element*> ticks = page.all("input");
  std::erase_if(ticks, [](const Element* input) {
    return !input->attributes.contains("name") ||
           !input->attributes.at("name").starts_with("tick.");
  });
  return ticks;
}

TEST(OutgoingPage, GivesTheValueThatCanBeSeenAsItIs) {
  const std::string html = carried(record_with_value(" 海淀 <b>&\n\n第二行 "));
  EXPECT_THAT(html, HasSubstr("<bdi> 海淀 &lt;b&gt;&amp;\n\n第二行 </bdi>"));
  EXPECT_THAT(html, Not(HasSubstr("data-exact")));
}

TEST(OutgoingPage, ShowsWhatHidesAndGivesTheExactValueToCopy) {
  const std::string hostile = "a\u202Etxt.exe\u200B\r\n100%\t𠮷";
  const std::string html = carried(record_with_value(hostile));
  EXPECT_THAT(html, HasSubstr("<bdi>a‹U+202E›txt.exe‹U+200B›\n100%\t𠮷</bdi>"));
  EXPECT_THAT(html,
              HasSubstr("data-exact=\"a%E2%80%AEtxt.exe%E2%80%8B%0D%0A100%25%09%F0%A0%AE%B7\""));
  EXPECT_THAT(html, HasSubstr("含有看不见的字符"));
  EXPECT_THAT(html, Not(HasSubstr("\u202E")));
}

TEST(OutgoingPage, TakesLineEndsOfOtherSystemsForLineEnds) {
  const std::string html = carried(record_with_value("甲\r\n乙"));
  EXPECT_THAT(html, HasSubstr("<bdi>甲\n乙</bdi>"));
  EXPECT_THAT(html, HasSubstr("data-exact=\"%E7%94%B2%0D%0A%E4%B9%99\""));
  EXPECT_THAT(html, Not(HasSubstr("含有看不见的字符")));
  EXPECT_THAT(carried(record_with_value("甲\r乙")), HasSubstr("甲␍乙"));
  EXPECT_THAT(carried(record_with_value("甲\r乙")), HasSubstr("含有看不见的字符"));
}

// A browser without JavaScript shows no button that does nothing.
TEST(OutgoingPage, ShowsNoButtonToCopyBeforeAScriptDoes) {
  const HtmlDocument page = read_html(carried(record_with_value("x")));
  std::size_t found = 0;
  for (const Element* button : page.all("button")) {
    if (!button->attributes.contains("data-copy")) continue;
    ++found;
    EXPECT_TRUE(button->attributes.contains("hidden"));
    EXPECT_EQ(button->attributes.at("type"), "button");
  }
  EXPECT_EQ(found, 1U);
}

TEST(OutgoingPage, HasATickAndNothingToCopyForAFieldWithoutAValue) {
  const std::string html = carried(record_with_value(""));
  EXPECT_THAT(ticks_of(read_html(html)), SizeIs(1));
  EXPECT_THAT(html, Not(HasSubstr("data-copy=")));
  EXPECT_THAT(html, HasSubstr("<span class=\"dim\">空</span>"));
}

TEST(OutgoingPage, KeepsTheOrderOfTheOtherScreenAndItsGroups) {
  const std::string html = carried(record_with({{.field = "b", .label = "乙", .group = "一"},
                                                {.field = "a", .label = "甲", .group = "一"},
                                                {.field = "c", .label = "丙", .group = ""},
                                                {.field = "d", .label = "丁", .group = "一"}}));
  const auto place = [&](const char* text) { return html.find(text); };
  EXPECT_LT(place("name=\"tick.b\""), place("name=\"tick.a\""));
  EXPECT_LT(place("name=\"tick.a\""), place("name=\"tick.c\""));
  EXPECT_LT(place("name=\"tick.c\""), place("name=\"tick.d\""));
  EXPECT_THAT(read_html(html).all("legend"), SizeIs(2));
}

TEST(OutgoingPage, SaysHowFarOneIs) {
  OutgoingView view = record_with({{.field = "a", .is_ticked = true}, {.field = "b"}});
  const std::string html = carried(view);
  EXPECT_THAT(html, HasSubstr("data-pattern=\"已勾选 # / 2 项\">已勾选 1 / 2 项</p>"));
  const HtmlDocument page = read_html(html);
  const auto ticks = ticks_of(page);
  ASSERT_EQ(ticks.size(), 2U);
  EXPECT_TRUE(ticks[0]->attributes.contains("checked"));
  EXPECT_FALSE(ticks[1]->attributes.contains("checked"));
}

TEST(OutgoingPage, SaysWhetherTheRecordIsToBeEnteredOrDeleted) {
  OutgoingView view = record_with_value("x");
  EXPECT_THAT(carried(view), HasSubstr("把这条记录录入工商分局的业务系统"));
  view.order = OutgoingView::Order::remove;
  EXPECT_THAT(carried(view), HasSubstr("从工商分局的业务系统中删除这条记录"));
  EXPECT_THAT(carried(view), Not(HasSubstr("把这条记录录入")));
}

// Enter in the field of the number presses the form's first button.
TEST(OutgoingPage, ConfirmsByTheFirstButtonOfItsForm) {
  const HtmlDocument page = read_html(carried(record_with_value("x")));
  const auto form = std::ranges::find_if(page.elements, [](const Element& element) {
    return element.name == "form" && element.attributes.contains("data-outgoing");
  });
  ASSERT_NE(form, page.elements.end());
  EXPECT_EQ(form->attributes.at("action"), "/entry/11873/confirm");
  const auto place = static_cast<std::size_t>(form - page.elements.begin());
  const auto submits = [&](const Element& element) {
    return element.name == "button" && !element.attributes.contains("type") &&
           std::ranges::find(element.ancestors, place) != element.ancestors.end();
  };
  const auto first = std::ranges::find_if(page.elements, submits);
  ASSERT_NE(first, page.elements.end());
  EXPECT_EQ(first->attributes.at("id"), "save");
  EXPECT_FALSE(first->attributes.contains("formaction"));
}

TEST(OutgoingPage, NamesWhatIsNotTickedAndLetsOneConfirmAllTheSame) {
  OutgoingView view = record_with({{.field = "a", .label = "甲", .is_ticked = true},
                                   {.field = "b", .label = "乙"},
                                   {.field = "c", .label = "丙"}});
  EXPECT_THAT(carried(view), Not(HasSubstr("all_the_same")));
  view.misses_ticks = true;
  const std::string html = carried(view);
  EXPECT_THAT(html, HasSubstr("还有 2 项没有勾选"));
  EXPECT_THAT(html, HasSubstr("<li><a href=\"#tick-2\">乙</a></li><li><a href=\"#tick-3\">丙</a>"
                              "</li></ul>"));
  EXPECT_THAT(html, HasSubstr("name=\"all_the_same\" value=\"yes\""));
}

// The script gives the focus to the first of them.
TEST(OutgoingPage, MarksTheTicksThatAreMissingOnceItWasConfirmedWithoutThem) {
  OutgoingView view = record_with({{.field = "a", .is_ticked = true}, {.field = "b"}});
  const auto is_marked = [&](std::size_t place) {
    const HtmlDocument page = read_html(carried(view));
    return ticks_of(page).at(place)->attributes.contains("aria-invalid");
  };
  EXPECT_FALSE(is_marked(1));
  view.misses_ticks = true;
  EXPECT_FALSE(is_marked(0));
  EXPECT_TRUE(is_marked(1));
}

TEST(OutgoingPage, NamesTheFirstOfManyThatAreNotTicked) {
  OutgoingView view = record_with(std::vector<OutgoingField>(300, {.field = "a", .label = "甲"}));
  view.misses_ticks = true;
  const std::string html = carried(view);
  EXPECT_THAT(html, HasSubstr("还有 300 项没有勾选"));
  EXPECT_THAT(html, HasSubstr("#tick-10\""));
  EXPECT_THAT(html, Not(HasSubstr("#tick-11\"")));
  EXPECT_THAT(html, HasSubstr("<li>等</li>"));
}

TEST(OutgoingPage, GivesBackWhatWasTypedAndSaysWhatIsWrong) {
  OutgoingView view = record_with_value("x");
  view.receipt = "ZJ\u202E-1 \"";
  EXPECT_THAT(carried(view), HasSubstr("value=\"ZJ\u202E-1 &quot;\""));
  for (const char* error : {"missing", "too-long", "characters"}) {
    view.receipt_error = error;
    EXPECT_THAT(carried(view), Not(HasSubstr("id=\"receipt-error\">" + view.receipt_error)));
    EXPECT_THAT(carried(view), HasSubstr("aria-invalid=\"true\"><span class=\"error\" "
                                         "id=\"receipt-error\">"));
  }
  view.refused_decline = RefusedNote{.sentence = {}, .typed = "已注销"};
  EXPECT_THAT(carried(view), HasSubstr("value=\"已注销\""));
  EXPECT_THAT(carried(view), HasSubstr("id=\"note-error\">请填写原因。"));
}

TEST(OutgoingPage, GivesBackOnlyTheBeginningOfANumberThatIsNoNumber) {
  OutgoingView view = record_with_value("x");
  view.receipt = std::string(1U << 20U, '9');
  view.receipt_error = "too-long";
  EXPECT_LT(carried(view).size(), 32U * 1024);
}

TEST(OutgoingPage, MarksPersonalData) {
  OutgoingView view = record_with_value("x");
  EXPECT_THAT(carried(view), Not(HasSubstr("个人信息")));
  view.fields[0].sensitivity = record::Sensitivity::personal;
  EXPECT_THAT(carried(view), HasSubstr("个人信息"));
}

TEST(OutgoingTask, IsCalledSoInTheLists) {
  const Pages made(*date::locate_zone("Asia/Shanghai"));
  const Frame frame = sample_frame(Content::rich, Language::chinese, "entry");
  const Wording words = made.wording(frame);
  TaskFacts task = task_sample(Say(Content::rich));
  const auto state = [&] { return task_values(task, words).data().get("state")->string_value(); };
  EXPECT_EQ(state(), "待录入");
  task.is_outgoing = true;
  EXPECT_EQ(state(), "待办理");
  task.state = "declined";
  EXPECT_EQ(state(), "已拒收");
  EXPECT_EQ(task_mark("declined"), "stopped");
}

}  // namespace
}  // namespace sluice::pages
