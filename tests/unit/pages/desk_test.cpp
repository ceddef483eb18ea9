// The desk as a person has it before them: what is known already, what is told of a task that has
// changed meanwhile, and that whoever checks is told neither.
#include <chrono>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sqlite/database.h"
#include "station.h"

namespace sluice::pages::test {
namespace {

using people::Role;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class DeskTest : public testing::Test {
 protected:
  DeskTest() {
    enter(clerk_, "clerk", {Role::clerk});
    enter(checker_, "checker", {Role::checker});
    enter(supervisor_, "supervisor", {Role::supervisor});
    // What quality's register has of number 7.
    const auto& dataset =
        station_.installation().catalogue.find(record::DatasetId("quality-register"))->dataset;
    auto store = station_.installation().open_store().value();
    EXPECT_TRUE(store->prepare(dataset));
    const auto& location =
        std::get<settings::SqliteLocation>(*station_.installation().settings.node.store);
    auto database = sqlite::Database::open(location.file).value();
    EXPECT_TRUE(database.execute(
        "INSERT INTO \"data.quality-register\" (number, title, secret, sluice_digest, sluice_batch)"
        " VALUES ('7', '<i>seven</i>', 'XYZZY', x'00', 1)"));
    EXPECT_EQ(station_.add_task().value, 1U);
  }

  void enter(Browser& browser, const std::string& name, std::set<Role> roles) {
    browser.cookies[std::string(session_cookie)] =
        station_.session_of(station_.add(name, std::move(roles), "park"));
  }
  static std::string hidden(const std::string& page, const std::string& name) {
    const std::string before = "name=\"" + name + "\" value=\"";
    const std::size_t begin = page.find(before) + before.size();
    return page.substr(begin, page.find('"', begin) - begin);
  }
  // Sends the form of the page with these fields.
  Browser::Answer send(Browser& browser, const std::string& step, const std::string& page,
                       const std::string& fields) {
    return browser.post("/entry/1/" + step, "version=" + hidden(page, "version") + "&made_of=" +
                                                hidden(page, "made_of") + "&" + fields);
  }
  std::string claim(Browser& browser) {
    EXPECT_EQ(browser.post("/entry/1/claim", "").status, 303U);
    return browser.get("/entry/1").body;
  }
  // The first keying is done; the second person has the task.
  std::string claim_to_check() {
    const std::string page = claim(clerk_);
    EXPECT_EQ(
        send(clerk_, "save", page, "field.number=7&field.title=first&field.secret=BLIND").status,
        303U);
    return claim(checker_);
  }
  // Another version of the task, without a word about its values.
  void change_task() {
    EXPECT_EQ(supervisor_.post("/tasks/1/change", "priority=3&due=").status, 303U);
  }
  void break_audit_log() {
    auto database = sqlite::Database::open(station_.installation().paths.audit_log()).value();
    ASSERT_TRUE(database.execute("DROP TABLE line"));
  }
  std::size_t audited(const std::string& event) {
    const std::string lines = station_.audited();
    std::size_t count = 0;
    for (std::size_t at = lines.find(event); at != std::string::npos;
         at = lines.find(event, at + 1))
      ++count;
    return count;
  }

  Station station_;
  Browser clerk_{station_};
  Browser checker_{station_};
  Browser supervisor_{station_};
};

TEST_F(DeskTest, TellsTheScriptWhatIsKnownOnceTheKeyIsTyped) {
  claim(clerk_);
  EXPECT_THAT(clerk_.post("/entry/1/known", "field.number=&field.title=").body,
              AllOf(HasSubstr("id=\"known\""), Not(HasSubstr("seven"))));
  EXPECT_THAT(clerk_.post("/entry/1/known", "field.number=8&field.title=").body,
              Not(HasSubstr("seven")));
  const auto answer =
      clerk_.post("/entry/1/known", "field.number=7&field.title=&field.secret=mine");
  EXPECT_EQ(answer.status, 200U);
  EXPECT_THAT(answer.body, HasSubstr("data-typed=\"&lt;i&gt;seven&lt;/i&gt;\""));
  EXPECT_THAT(answer.body, HasSubstr("The quality register"));
  EXPECT_THAT(answer.body, HasSubstr("data-typed=\"mine\""));
}

TEST_F(DeskTest, AnEventNamesWhoTaskAndDatasetOfWhatWasShownAndNeitherKeyNorValue) {
  claim(clerk_);
  clerk_.post("/entry/1/known", "field.number=8");
  EXPECT_EQ(audited("known-values-shown"), 0U);
  clerk_.post("/entry/1/known", "field.number=7");
  EXPECT_THAT(
      station_.audited(),
      AllOf(HasSubstr(R"("event":"known-values-shown","actor":"account clerk","bureau":"park",)"
                      R"("task":"1","dataset":"quality-register")"),
            Not(HasSubstr("seven")), Not(HasSubstr("XYZZY")), Not(HasSubstr("\"7\""))));
}

TEST_F(DeskTest, FillsThePageThatIsMadeAfterADraftIsKept) {
  const std::string page = claim(clerk_);
  EXPECT_THAT(page, AllOf(HasSubstr("name=\"offered.title\" value=\"\""), HasSubstr("data-leads"),
                          Not(HasSubstr("seven"))));
  EXPECT_EQ(send(clerk_, "draft", page, "field.number=7&field.title=&field.secret=mine").status,
            303U);
  const std::string filled = clerk_.get("/entry/1").body;
  EXPECT_EQ(hidden(filled, "offered.title"), "&lt;i&gt;seven&lt;/i&gt;");
  EXPECT_THAT(filled, HasSubstr("value=\"&lt;i&gt;seven&lt;/i&gt;\""));
  EXPECT_THAT(filled, HasSubstr("value=\"mine\""));
  // Of another record.
  EXPECT_EQ(
      send(clerk_, "draft", filled,
           "field.number=8&field.title=%3Ci%3Eseven%3C%2Fi%3E&offered.title=%3Ci%3Eseven%3C%2Fi%3E")
          .status,
      303U);
  EXPECT_THAT(clerk_.get("/entry/1").body, Not(HasSubstr("seven")));
}

TEST_F(DeskTest, TellsWhoChecksNothing) {
  const std::string page = claim_to_check();
  EXPECT_THAT(page, AllOf(Not(HasSubstr("seven")), Not(HasSubstr("XYZZY")), Not(HasSubstr("BLIND")),
                          Not(HasSubstr("data-leads")), Not(HasSubstr("data-known"))));
  const auto answer = checker_.post("/entry/1/known", "field.number=7&field.secret=");
  EXPECT_EQ(answer.status, 200U);
  EXPECT_EQ(answer.body, "");
  EXPECT_EQ(audited("known-values-shown"), 0U);
}

TEST_F(DeskTest, WorksWithoutTheCentralStore) {
  station_.is_store_away = true;
  const std::string page = claim(clerk_);
  EXPECT_EQ(send(clerk_, "draft", page, "field.number=7&field.title=").status, 303U);
  const std::string again = clerk_.get("/entry/1").body;
  EXPECT_THAT(again, AllOf(HasSubstr("value=\"7\""), Not(HasSubstr("seven"))));
  EXPECT_EQ(clerk_.post("/entry/1/known", "field.number=7").status, 200U);
  EXPECT_EQ(send(clerk_, "save", again, "field.number=7&field.title=typed").status, 303U);
}

TEST_F(DeskTest, OfAValueThatIsNotConfirmedTheTickIsWhatIsToBeCorrected) {
  const std::string page = claim_to_check();
  const auto answer = send(checker_, "save", page, "field.secret=BLIND");
  EXPECT_EQ(answer.status, 422U);
  EXPECT_THAT(
      answer.body,
      AllOf(HasSubstr("请勾选“与原件一致”，或录入正确的值"), HasSubstr("href=\"#field-2-confirm\""),
            HasSubstr("id=\"field-2-confirm\""), Not(HasSubstr("confirm what was keyed first"))));
}

TEST_F(DeskTest, TellsWhichFieldsChangedSinceTheFormWasMade) {
  const std::string page = claim(clerk_);
  // Kept from another window.
  EXPECT_EQ(send(clerk_, "draft", page, "field.number=7&field.title=elsewhere").status, 303U);
  change_task();
  const auto answer = send(clerk_, "save", page, "field.number=7&field.title=here&field.secret=s");
  EXPECT_EQ(answer.status, 412U);
  EXPECT_THAT(answer.body, AllOf(HasSubstr("以下字段另有变化"),
                                 HasSubstr("<dt>title</dt><dd><bdi>elsewhere</bdi></dd>"),
                                 Not(HasSubstr("<dt>number</dt>")),
                                 Not(HasSubstr("<dt>secret</dt>")), HasSubstr("value=\"here\"")));
}

TEST_F(DeskTest, TellsNoFieldOfATaskThatChangedInNone) {
  const std::string page = claim(clerk_);
  change_task();
  const auto answer = send(clerk_, "save", page, "field.number=7&field.title=here");
  EXPECT_EQ(answer.status, 412U);
  EXPECT_THAT(answer.body, Not(HasSubstr("以下字段另有变化")));
}

TEST_F(DeskTest, OfABlindFieldThatChangedItTellsWhoChecksTheLabelOnly) {
  const std::string page = claim_to_check();
  EXPECT_EQ(send(checker_, "draft", page, "field.secret=ELSEWHERE&field.title=other").status, 303U);
  change_task();
  const auto answer = send(checker_, "save", page, "field.secret=HERE&confirm.title=yes");
  EXPECT_EQ(answer.status, 412U);
  EXPECT_THAT(answer.body,
              AllOf(HasSubstr("<dt>secret</dt><dd><span class=\"dim\">已有变化，请按原件录入"),
                    HasSubstr("<dt>title</dt><dd><bdi>other</bdi></dd>"),
                    Not(HasSubstr("ELSEWHERE")), Not(HasSubstr("BLIND"))));
}

TEST_F(DeskTest, GivesBackWhatIsMoreThanATaskKeepsAndKeepsWhatItHad) {
  const std::string page = claim(clerk_);
  EXPECT_EQ(send(clerk_, "draft", page, "field.number=before").status, 303U);
  std::string lines = "field.number=now&field.title=";
  for (int line = 0; line < 600'000; ++line)
    lines += "%0A";  // two bytes as it is kept
  for (const char* step : {"draft", "save"}) {
    const auto answer = send(clerk_, step, page, lines);
    EXPECT_EQ(answer.status, 413U) << step;
    EXPECT_THAT(answer.body, AllOf(HasSubstr("一个任务最多保存 1 MiB"), HasSubstr("value=\"now\""),
                                   HasSubstr(std::string(600'000, '\n'))))
        << step;
  }
  clerk_.headers["X-CSRF-Token"] = Browser::form_token(page);
  EXPECT_EQ(send(clerk_, "draft", page, lines).status, 413U);
  clerk_.headers.clear();
  EXPECT_THAT(clerk_.get("/entry/1").body, HasSubstr("value=\"before\""));
}

TEST_F(DeskTest, OfTwoKeyingsThatAreTooLongTogetherNothingIsSaved) {
  const std::string page = claim(clerk_);
  const std::string half(600'000, 'x');
  EXPECT_EQ(send(clerk_, "save", page, "field.number=7&field.secret=B&field.title=" + half).status,
            303U);
  const std::string check = claim(checker_);
  const auto answer = send(checker_, "save", check, "confirm.title=yes&field.secret=" + half);
  EXPECT_EQ(answer.status, 413U);
  EXPECT_THAT(answer.body, HasSubstr("一个任务最多保存 1 MiB"));
}

TEST_F(DeskTest, AZeroByteIsSeenAndNotTaken) {
  const std::string page = claim(clerk_);
  const std::string typed = "field.number=7&field.title=a%00b&field.secret=s";
  EXPECT_EQ(send(clerk_, "draft", page, typed).status, 303U);
  const std::string kept = clerk_.get("/entry/1").body;
  EXPECT_THAT(kept, AllOf(HasSubstr("value=\"a\u2400b\""), Not(HasSubstr(std::string(1, '\0')))));
  EXPECT_EQ(send(clerk_, "save", kept, typed).status, 422U);
}

TEST_F(DeskTest, TellsTheScriptOfWhoHandedTheTaskBackThatItIsLost) {
  const std::string page = claim(clerk_);
  const auto refused = send(clerk_, "hand-back", page, "note=" + std::string(1001, 'x'));
  EXPECT_EQ(refused.status, 422U);
  EXPECT_THAT(refused.body, HasSubstr("id=\"note-error\"><span lang=\"en\">"));
  EXPECT_EQ(send(clerk_, "hand-back", page, "note=later").status, 303U);
  clerk_.headers["X-CSRF-Token"] = Browser::form_token(page);
  const auto answer = send(clerk_, "draft", page, "field.number=7");
  EXPECT_EQ(answer.status, 409U);
  EXPECT_THAT(answer.body, HasSubstr("任务已不在您手中"));
}

TEST_F(DeskTest, WhatIsReadyComesIntoTheJournalOnceTheSiteBegins) {
  station_.site().end();
  const auto queue = installation::open_tasks(station_.installation().settings).value();
  const people::AccountName keyer("clerk");
  const auto state = [&] { return queue->find({1}, {}).value()->task.state; };
  ASSERT_TRUE(queue->apply(
      {1}, tasks::ClaimIt{keyer, {tasks::TaskState::open}, std::chrono::minutes(5)}, station_.now));
  ASSERT_TRUE(
      queue->apply({1}, tasks::FinishKeying{keyer, R"({"number": "7"})", false}, station_.now));
  EXPECT_EQ(state(), tasks::TaskState::ready);
  station_.site().begin();
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::minutes(1);
  while (state() == tasks::TaskState::ready && std::chrono::steady_clock::now() < deadline)
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  EXPECT_EQ(state(), tasks::TaskState::done);
}

TEST_F(DeskTest, WhatTheAuditLogDoesNotTakeIsNotSaved) {
  const std::string page = claim(clerk_);
  break_audit_log();
  const auto saved =
      send(clerk_, "save", page, "field.number=7&field.title=first&field.secret=BLIND");
  EXPECT_EQ(saved.status, 503U);
  const auto queue = installation::open_tasks(station_.installation().settings).value();
  EXPECT_EQ(queue->find({1}, {}).value()->task.state, tasks::TaskState::open);
}

TEST_F(DeskTest, ATooLongReasonToSendItBackIsRefusedAtTheFieldWithTheForm) {
  Browser reviewer(station_);
  enter(reviewer, "reviewer", {Role::reviewer});
  const std::string to_check = claim_to_check();
  ASSERT_EQ(send(checker_, "save", to_check, "field.number=7&confirm.title=yes&field.secret=OTHER")
                .status,
            303U);
  const std::string page = claim(reviewer);
  const std::string note(1001, 'n');
  const auto answer = send(reviewer, "send-back", page, "to=second&note=" + note);
  EXPECT_EQ(answer.status, 422U);
  EXPECT_THAT(answer.body, AllOf(HasSubstr("id=\"note-error\""), HasSubstr(note),
                                 HasSubstr("action=\"/entry/1/settle\"")));
  EXPECT_EQ(send(reviewer, "send-back", page, "to=second&note=").status, 422U);
  EXPECT_EQ(send(reviewer, "send-back", page, "to=second&note=" + note.substr(1)).status, 303U);
}

}  // namespace
}  // namespace sluice::pages::test
