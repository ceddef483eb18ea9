// The desk of a record that is delivered, by its routes: who may answer it, with what, and that
// what was answered once is not answered twice.
#include <string>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "pages/view/paths.h"
#include "station.h"

namespace sluice::pages::test {
namespace {

using people::Role;
using tasks::TaskState;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* licence =
    R"([{"field": "number", "label": "编号", "group": "主体", "value": "XK-1"},
        {"field": "holder", "label": "持有人", "group": "主体", "value": "不得外传\u202e"}])";
constexpr const char* all_ticked = "tick.number=yes&tick.holder=yes";

class OutgoingDesk : public ::testing::Test {
 protected:
  OutgoingDesk() { sign_in(jia, "jia", Role::clerk, "park"); }

  void sign_in(Browser& browser, const std::string& name, Role role, const std::string& bureau) {
    browser.cookies[std::string(session_cookie)] =
        station.session_of(station.add(name, {role}, bureau));
  }
  // Before jia.
  tasks::TaskId on_the_desk() {
    const tasks::TaskId id = station.deliver(licence);
    EXPECT_EQ(jia.post(fmt::format("/entry/{}/claim", id.value), "").header("Location"),
              fmt::format("/entry/{}", id.value));
    return id;
  }
  // Of the page that a person has before them.
  static std::string version_on(const std::string& page) {
    constexpr std::string_view before = "name=\"version\" value=\"";
    const std::size_t begin = page.find(before) + before.size();
    return page.substr(begin, page.find('"', begin) - begin);
  }
  // As if the page had been shown just before.
  Browser::Answer send(Browser& browser, tasks::TaskId id, const std::string& action,
                       const std::string& form) {
    const std::string path = fmt::format("/entry/{}", id.value);
    return browser.post(path + action, form + "&version=" + version_on(browser.get(path).body));
  }
  static std::string note(const std::string& text) { return "note=" + percent_encoded(text); }
  tasks::KeyedTask kept(tasks::TaskId id, const std::string& reader = "jia") {
    const auto queue = installation::open_tasks(station.installation().settings).value();
    return *queue->find(id, people::parse_account_name(reader).value()).value();
  }

  Station station;
  Browser jia{station};
  Browser other{station, "192.0.2.2"};
};

TEST_F(OutgoingDesk, ShowsTheRecordToItsHolderAndNotesThat) {
  const auto id = on_the_desk();
  const auto page = jia.get("/entry/1");
  EXPECT_EQ(page.status, 200U);
  EXPECT_THAT(page.body, HasSubstr("name=\"tick.number\""));
  EXPECT_THAT(page.body, HasSubstr("<bdi>XK-1</bdi>"));
  EXPECT_THAT(page.body, HasSubstr("不得外传‹U+202E›"));
  EXPECT_THAT(page.body, HasSubstr("quality-register.1790000000000.1"));
  EXPECT_THAT(page.body, HasSubstr("海数协〔2026〕1号"));
  EXPECT_THAT(station.audited(), HasSubstr("record-opened"));
  EXPECT_EQ(kept(id).task.state, TaskState::open);
}

TEST_F(OutgoingDesk, IsForItsHolderOnly) {
  on_the_desk();
  sign_in(other, "yi", Role::clerk, "park");
  for (const char* path : {"/entry/1", "/entry/1/confirm", "/entry/1/decline", "/entry/1/draft"}) {
    const auto answer = std::string(path) == "/entry/1"
                            ? other.get(path)
                            : other.post(path, std::string(all_ticked) + "&receipt=1&note=x");
    EXPECT_EQ(answer.status, 403U) << path;
  }
  EXPECT_THAT(station.audited(), HasSubstr("not-held"));
  EXPECT_EQ(kept({1}).task.state, TaskState::open);
}

TEST_F(OutgoingDesk, IsNotThereForAnotherBureauNorForWhoMayNotKey) {
  on_the_desk();
  Browser third(station, "192.0.2.3");
  sign_in(other, "yi", Role::clerk, "quality");
  sign_in(third, "san", Role::administrator, "");
  for (Browser* browser : {&other, &third}) {
    EXPECT_EQ(browser->get("/entry/1").status, 403U);
    for (const char* path : {"/entry/1/confirm", "/entry/1/decline", "/entry/1/draft",
                             "/entry/1/hand-back", "/entry/1/escalate"})
      EXPECT_EQ(browser->post(path, "receipt=1&note=x&version=2").status, 403U) << path;
  }
}

TEST_F(OutgoingDesk, ConfirmsWithTheNumberOfTheOtherSystem) {
  const auto id = on_the_desk();
  const auto answer =
      send(jia, id, "/confirm", std::string(all_ticked) + "&receipt=%20ZJ-2026-118%20");
  EXPECT_EQ(answer.status, 303U);
  EXPECT_EQ(answer.header("Location"), "/entry?done=confirmed-last&saved=1");
  const tasks::Task task = kept(id).task;
  EXPECT_EQ(task.state, TaskState::done);
  EXPECT_EQ(task.receipt_number, "ZJ-2026-118");
  EXPECT_EQ(task.answered->by.str(), "jia");
  const std::string audited = station.audited();
  EXPECT_THAT(audited, HasSubstr("delivery-confirmed"));
  EXPECT_THAT(audited, HasSubstr("quality-register.1790000000000.1"));
  for (const char* never : {"ZJ-2026", "XK-1", "不得外传"})
    EXPECT_THAT(audited, Not(HasSubstr(never)));
  EXPECT_THAT(jia.get("/tasks/1").body, HasSubstr("ZJ-2026-118"));
}

TEST_F(OutgoingDesk, GoesOnToTheNextTask) {
  const auto id = on_the_desk();
  station.deliver(licence);
  const auto answer = send(jia, id, "/confirm", std::string(all_ticked) + "&receipt=1");
  EXPECT_EQ(answer.header("Location"), "/entry/2?done=confirmed&saved=1");
  EXPECT_THAT(jia.get(answer.header("Location")).body, HasSubstr("data-task=\"1\" hidden"));
}

TEST_F(OutgoingDesk, AsksBeforeItConfirmsWhatIsNotTicked) {
  const auto id = on_the_desk();
  const auto asked = send(jia, id, "/confirm", "tick.number=yes&receipt=ZJ-1");
  EXPECT_EQ(asked.status, 422U);
  EXPECT_THAT(asked.body, HasSubstr("还有 1 项没有勾选"));
  EXPECT_THAT(asked.body, HasSubstr("name=\"all_the_same\""));
  EXPECT_THAT(asked.body, HasSubstr("value=\"ZJ-1\""));
  EXPECT_THAT(asked.body, HasSubstr("name=\"tick.number\" value=\"yes\" "
                                    "aria-describedby=\"field-1\" checked"));
  EXPECT_EQ(kept(id).task.state, TaskState::open);
  const auto answer = send(jia, id, "/confirm", "tick.number=yes&receipt=ZJ-1&all_the_same=yes");
  EXPECT_EQ(answer.status, 303U);
  EXPECT_EQ(kept(id).task.state, TaskState::done);
}

TEST_F(OutgoingDesk, RefusesANumberThatIsNone) {
  const auto id = on_the_desk();
  const std::pair<std::string, const char*> wrong[] = {{"", "请填写回执号"},
                                                       {"%20%0D%0A", "请填写回执号"},
                                                       {std::string(101, '9'), "回执号过长"},
                                                       {std::string(1U << 20U, '9'), "回执号过长"},
                                                       {"ZJ%0D%0A1", "看不见的字符"},
                                                       {"ZJ%00", "看不见的字符"},
                                                       {"ZJ%E2%80%AE1", "看不见的字符"}};
  for (const auto& [receipt, said] : wrong) {
    const auto answer = send(jia, id, "/confirm", std::string(all_ticked) + "&receipt=" + receipt);
    EXPECT_EQ(answer.status, 422U) << receipt.substr(0, 20);
    EXPECT_THAT(answer.body, HasSubstr(said)) << receipt.substr(0, 20);
    EXPECT_LT(answer.body.size(), 64U * 1024);
    EXPECT_EQ(kept(id).task.state, TaskState::open);
  }
}

TEST_F(OutgoingDesk, TakesANumberAsItIs) {
  const std::string hostile = "<b>\"'&{{csrf}}%00\\N 某㼆";
  const auto id = on_the_desk();
  send(jia, id, "/confirm", std::string(all_ticked) + "&receipt=" + percent_encoded(hostile));
  EXPECT_EQ(kept(id).task.receipt_number, hostile);
  const std::string page = jia.get("/tasks/1").body;
  EXPECT_THAT(page, HasSubstr("&lt;b&gt;&quot;&apos;&amp;{{csrf}}%00\\N 某㼆"));
  EXPECT_THAT(page, Not(HasSubstr("<b>\"")));
}

TEST_F(OutgoingDesk, TellsTheSecondTabThatItIsDone) {
  const auto id = on_the_desk();
  const std::string version = version_on(jia.get("/entry/1").body);
  const std::string form = std::string(all_ticked) + "&version=" + version + "&receipt=";
  EXPECT_EQ(jia.post("/entry/1/confirm", form + "ZJ-1").status, 303U);
  for (const char* again : {"ZJ-1", "ZJ-2"}) {
    const auto answer = jia.post("/entry/1/confirm", form + again);
    EXPECT_EQ(answer.status, 303U);
    EXPECT_EQ(answer.header("Location"), "/tasks/1?done=task-taken");
  }
  EXPECT_EQ(kept(id).task.receipt_number, "ZJ-1");
}

TEST_F(OutgoingDesk, DoesNotAnswerForATaskThatHasChangedSince) {
  const auto id = on_the_desk();
  const auto queue = installation::open_tasks(station.installation().settings).value();
  const std::string version = version_on(jia.get("/entry/1").body);
  ASSERT_TRUE(queue->apply(id,
                           tasks::ChangeIt{.account = people::parse_account_name("ding").value(),
                                           .priority = 9,
                                           .due = std::nullopt},
                           station.now));
  const auto confirmed =
      jia.post("/entry/1/confirm", std::string(all_ticked) + "&receipt=ZJ-1&version=" + version);
  EXPECT_EQ(confirmed.status, 412U);
  EXPECT_THAT(confirmed.body, HasSubstr("value=\"ZJ-1\""));
  EXPECT_THAT(confirmed.body, HasSubstr("任务在您处理期间有了变化"));
  const auto declined = jia.post("/entry/1/decline", note("已注销") + "&version=" + version);
  EXPECT_EQ(declined.status, 412U);
  EXPECT_THAT(declined.body, HasSubstr("value=\"已注销\""));
  EXPECT_THAT(declined.body, Not(HasSubstr("请填写原因")));
  EXPECT_EQ(kept(id).task.state, TaskState::open);
  EXPECT_EQ(jia.post("/entry/1/confirm", std::string(all_ticked) +
                                             "&receipt=ZJ-1&version=" + version_on(confirmed.body))
                .status,
            303U);
}

TEST_F(OutgoingDesk, DeclinesWithAReasonAndNeverWithoutOne) {
  const auto id = on_the_desk();
  EXPECT_THAT(send(jia, id, "/decline", "note=").body, HasSubstr("请填写原因"));
  const auto long_one = send(jia, id, "/decline", "note=" + std::string(200'000, 'x'));
  EXPECT_EQ(long_one.status, 422U);
  EXPECT_LT(long_one.body.size(), 64U * 1024);
  EXPECT_EQ(kept(id).task.state, TaskState::open);
  const auto answer = send(jia, id, "/decline", note("<i>已注销"));
  EXPECT_EQ(answer.header("Location"), "/entry?done=declined-last&saved=1");
  EXPECT_EQ(kept(id).task.state, TaskState::declined);
  EXPECT_EQ(kept(id).task.reason, "<i>已注销");
  const std::string audited = station.audited();
  EXPECT_THAT(audited, HasSubstr("delivery-declined"));
  EXPECT_THAT(audited, Not(HasSubstr("已注销")));
  EXPECT_THAT(jia.get("/tasks/1").body, HasSubstr("&lt;i&gt;已注销"));
}

TEST_F(OutgoingDesk, KeepsTicksAsADraft) {
  const auto id = on_the_desk();
  EXPECT_EQ(send(jia, id, "/draft", "tick.holder=yes&receipt=ZJ").header("Location"),
            "/entry/1?done=draft-kept");
  const std::string page = jia.get("/entry/1").body;
  EXPECT_THAT(page, HasSubstr("已勾选 1 / 2 项"));
  EXPECT_THAT(page, HasSubstr("name=\"receipt\" value=\"ZJ\""));
  const std::string token = Browser::form_token(page);
  const std::string version = version_on(page);
  jia.headers["X-CSRF-Token"] = token;
  EXPECT_THAT(jia.post("/entry/1/draft", "tick.number=yes&tick.holder=&version=" + version).body,
              HasSubstr("草稿已保存"));
  EXPECT_EQ(jia.post("/entry/1/draft", "version=1").status, 412U);
  EXPECT_THAT(kept(id).draft.value_or(""), Not(HasSubstr("holder")));
  jia.headers.clear();
  send(jia, id, "/decline", "note=x");
  jia.headers["X-CSRF-Token"] = token;
  EXPECT_EQ(jia.post("/entry/1/draft", "version=" + version).status, 409U);
}

TEST_F(OutgoingDesk, HasNothingOfADeskWhereRecordsAreKeyed) {
  const auto id = on_the_desk();
  for (const char* action : {"/save", "/settle", "/send-back", "/check"})
    EXPECT_EQ(send(jia, id, action, "field.number=1").status, 404U) << action;
  EXPECT_EQ(kept(id).task.state, TaskState::open);
  EXPECT_EQ(station.add_task().value, 2U);
  EXPECT_EQ(jia.post("/entry/2/claim", "").status, 303U);
  EXPECT_THAT(jia.get("/entry/2").body, HasSubstr("name=\"field.number\""));
  EXPECT_EQ(send(jia, {2}, "/confirm", "receipt=1&all_the_same=yes").status, 404U);
  EXPECT_EQ(send(jia, {2}, "/decline", "note=x").status, 404U);
}

TEST_F(OutgoingDesk, IsPutAwayWithAReason) {
  const auto id = on_the_desk();
  EXPECT_EQ(send(jia, id, "/hand-back", "note=").status, 422U);
  EXPECT_EQ(send(jia, id, "/hand-back", note("停机")).header("Location"),
            "/entry?done=handed-back");
  EXPECT_EQ(jia.post("/entry/1/claim", "").status, 303U);
  EXPECT_THAT(jia.get("/entry/1").body, HasSubstr("<q>停机</q>"));
  EXPECT_EQ(send(jia, id, "/escalate", note("不会办")).header("Location"), "/entry?done=escalated");
  EXPECT_EQ(kept(id).task.state, TaskState::returned);
}

TEST_F(OutgoingDesk, IsDeclinedByTheSupervisorToWhomItWasReturned) {
  const auto id = on_the_desk();
  send(jia, id, "/escalate", note("不会办"));
  sign_in(other, "ding", Role::supervisor, "park");
  const std::string page = other.get("/tasks/1").body;
  EXPECT_THAT(page, HasSubstr("action=\"/tasks/1/decline\""));
  EXPECT_THAT(page, Not(HasSubstr("action=\"/tasks/1/cancel\"")));
  EXPECT_EQ(jia.post("/tasks/1/decline", "note=x").status, 403U);
  EXPECT_EQ(other.post("/tasks/1/decline", "note=").status, 422U);
  EXPECT_EQ(other.post("/tasks/1/decline", note("业务已停办")).header("Location"),
            "/tasks/1?done=task-declined");
  EXPECT_EQ(kept(id).task.state, TaskState::declined);
  EXPECT_EQ(kept(id).task.answered->by.str(), "ding");
  EXPECT_THAT(station.audited(), HasSubstr("delivery-declined"));
  const std::string supervision = other.get("/supervision?list=declined").body;
  EXPECT_THAT(supervision, HasSubstr("/tasks/1"));
  const std::string zero = "<td class=\"n\">0</td>";  // holds, keyed, checked, settled
  EXPECT_THAT(supervision, HasSubstr("<span class=\"id\">ding</span></th>" + zero + zero + zero +
                                     zero + "<td class=\"n\">1</td>"))
      << "what was declined is delivered, too";
}

TEST_F(OutgoingDesk, OfALaterDeliveryOfTheSameRecordWaits) {
  station.deliver(licence, "same");
  station.deliver(licence, "same");
  const auto early = jia.post("/entry/2/claim", "");
  EXPECT_EQ(early.header("Location"), "/entry?done=task-waits");
  EXPECT_THAT(jia.get("/entry?done=task-waits").body, HasSubstr("较早的一次下发"));
  EXPECT_EQ(jia.post("/entry/1/claim", "").header("Location"), "/entry/1");
}

TEST_F(OutgoingDesk, IsReachedFromTheQueue) {
  station.deliver(licence);
  EXPECT_THAT(jia.get("/entry").body, HasSubstr("待办理"));
  EXPECT_EQ(jia.post("/entry/next", "work=key&bureau=park").header("Location"), "/entry/1");
}

// Nothing is keyed for quality at this node.
TEST_F(OutgoingDesk, IsThereForABureauThatKeysNothing) {
  station.deliver(licence, {}, "quality");
  sign_in(other, "yi", Role::clerk, "quality");
  EXPECT_THAT(other.get("/entry").body, HasSubstr("action=\"/entry/1/claim\""));
  EXPECT_EQ(other.post("/entry/next", "work=key&bureau=quality").header("Location"), "/entry/1");
  EXPECT_THAT(other.get("/entry/1").body, HasSubstr("name=\"tick.number\""));
  EXPECT_EQ(other.get("/entry/paper/quality/quality-register").status, 404U);
}

TEST_F(OutgoingDesk, SaysThatARecordCanNotBeRead) {
  const auto id = station.deliver("{}");
  jia.post("/entry/1/claim", "");
  EXPECT_EQ(jia.get("/entry/1").status, 503U);
  EXPECT_EQ(jia.post("/entry/1/confirm", "receipt=1&all_the_same=yes&version=2").status, 503U);
  EXPECT_EQ(kept(id).task.state, TaskState::open);
}

}  // namespace
}  // namespace sluice::pages::test
