// The door to the pages: sessions that end, forms that others sent, and people who want in.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "pages/view/paths.h"
#include "station.h"

namespace sluice::pages::test {
namespace {

using people::Role;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;
using std::chrono_literals::operator""h;
using std::chrono_literals::operator""min;

class EntranceTest : public testing::Test {
 protected:
  Browser signed_in(const people::Account& account) {
    Browser browser(station);
    browser.cookies[std::string(session_cookie)] = station.session_of(account);
    return browser;
  }
  std::string right_form(const std::string& name = "wang") {
    return "name=" + name + "&password=correct+horse+battery";
  }

  Station station;
};

TEST_F(EntranceTest, SignsInAndGoesOnWhereOneWanted) {
  station.add("wang", {Role::administrator});
  Browser browser(station);
  const auto away = browser.get("/?refresh=1");
  EXPECT_EQ(away.header("Location"), "/sign-in?next=%2F%3Frefresh%3D1");
  const auto in = browser.post("/sign-in", right_form() + "&next=/password");
  EXPECT_EQ(in.status, 303);
  EXPECT_EQ(in.header("Location"), "/password");
  EXPECT_EQ(browser.get("/").status, 200);
  EXPECT_FALSE(browser.cookies.contains(std::string(door_cookie)));
  EXPECT_EQ(browser.get("/sign-in").header("Location"), "/") << "who is in needs no door";
}

TEST_F(EntranceTest, ASessionThatWasPlantedIsNotGoneOnWith) {
  station.add("wang", {Role::administrator});
  const auto thief = station.add("thief", {Role::auditor});
  const std::string planted = station.session_of(thief);
  Browser browser(station);
  browser.cookies[std::string(session_cookie)] = planted;
  browser.post("/sign-in",
               "csrf=" + Browser::form_token(browser.get("/password").body) + "&" + right_form());
  EXPECT_NE(browser.cookies.at(std::string(session_cookie)), planted);
  EXPECT_THAT(browser.get("/password").body, HasSubstr("wang"));
  Browser other(station);
  other.cookies[std::string(session_cookie)] = planted;
  EXPECT_EQ(other.get("/").status, 303) << "it has ended";
}

TEST_F(EntranceTest, ATokenThatNobodyGaveOutIsNoSession) {
  Browser browser(station);
  for (const std::string token : {"", "x", "../../etc/passwd", "' OR 1=1 --",
                                  "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}) {
    browser.cookies[std::string(session_cookie)] = token;
    EXPECT_EQ(browser.get("/").status, 303) << token;
  }
}

TEST_F(EntranceTest, SessionsEndWhenNothingIsDoneOrTheDayIsOver) {
  const auto wang = station.add("wang", {Role::administrator});
  Browser idle = signed_in(wang);
  Browser busy = signed_in(wang);
  Browser watching = signed_in(wang);
  for (int minutes = 0; minutes < 12 * 60 - 20; minutes += 20) {
    EXPECT_EQ(busy.get("/").status, 200) << minutes;
    if (minutes <= 20) {
      EXPECT_EQ(watching.get("/?refresh=1").status, 200) << minutes;
    }
    station.now += 20min;
  }
  EXPECT_THAT(idle.get("/").header("Location"), HasSubstr("over=1"));
  EXPECT_EQ(watching.get("/?refresh=1").status, 303) << "a page that is left open is nobody there";
  station.now += 20min;
  EXPECT_EQ(busy.get("/").status, 303) << "twelve hours are over";
}

TEST_F(EntranceTest, AChangeOfRolesEndsEverySession) {
  auto wang = station.add("wang", {Role::administrator});
  station.add("li", {Role::administrator});
  Browser browser = signed_in(wang);
  EXPECT_EQ(browser.get("/").status, 200);
  wang.assignment.roles = {Role::auditor};
  ASSERT_TRUE(station.people().change(wang));
  EXPECT_EQ(browser.get("/").status, 303);
}

TEST_F(EntranceTest, TakesNoFormThatIsNotOfAPageOfItsOwn) {
  Browser browser = signed_in(station.add("wang", {Role::administrator}));
  EXPECT_EQ(browser.ask(server::Method::post, "/sign-out", "").status, 403);
  EXPECT_EQ(browser.post("/sign-out", "csrf=").status, 403);
  EXPECT_EQ(browser.post("/sign-out", "csrf=a.b").status, 403);
  Browser other = signed_in(station.add("li", {Role::auditor}));
  const std::string of_other = Browser::form_token(other.get("/password").body);
  EXPECT_EQ(browser.post("/sign-out", "csrf=" + of_other).status, 403);
  Browser nobody(station);
  const std::string of_door = Browser::form_token(nobody.get("/sign-in").body);
  EXPECT_EQ(browser.post("/sign-out", "csrf=" + of_door).status, 403);
  browser.headers["Sec-Fetch-Site"] = "same-site";
  EXPECT_EQ(browser.post("/sign-out", "").status, 403) << "a neighbour is another site";
  browser.headers["Sec-Fetch-Site"] = "same-origin";
  EXPECT_EQ(browser.get("/").status, 200);
  EXPECT_EQ(browser.post("/sign-out", "").status, 303);
  const std::string audited = station.audited();
  EXPECT_THAT(audited, HasSubstr("stale-form"));
  EXPECT_THAT(audited, HasSubstr("foreign-form"));
}

TEST_F(EntranceTest, FormsOfTheSessionAfterAChangeOfThePasswordAreTaken) {
  station.add("wang", {Role::administrator}, {}, true);
  Browser browser(station);
  EXPECT_EQ(browser.post("/sign-in", right_form()).header("Location"), "/password");
  EXPECT_EQ(browser.get("/").header("Location"), "/password") << "first things first";
  const auto changed = browser.post("/password",
                                    "current=correct+horse+battery&new=another+one+of+mine&"
                                    "again=another+one+of+mine");
  EXPECT_EQ(changed.header("Location"), "/?done=password-changed");
  EXPECT_EQ(browser.get("/?done=password-changed").status, 200);
  EXPECT_EQ(browser.post("/sign-out", "").status, 303);
  EXPECT_EQ(browser.get("/").status, 303);
}

TEST_F(EntranceTest, TakesAScriptsTokenFromAHeader) {
  Browser browser = signed_in(station.add("wang", {Role::administrator}));
  browser.headers["X-CSRF-Token"] = Browser::form_token(browser.get("/password").body);
  EXPECT_EQ(browser.ask(server::Method::post, "/sign-out", "").status, 303);
}

TEST_F(EntranceTest, EachPageHasAnotherToken) {
  Browser browser = signed_in(station.add("wang", {Role::administrator}));
  EXPECT_NE(Browser::form_token(browser.get("/password").body),
            Browser::form_token(browser.get("/password").body));
}

TEST_F(EntranceTest, SendsWhoComesInToNoOtherSite) {
  station.add("wang", {Role::administrator});
  for (const std::string next :
       {"//evil.example/", "https://evil.example/", "/%5Cevil.example", "javascript:alert(1)",
        "/\\evil.example", "evil", "/sign-out", "/a%0d%0aSet-Cookie:x", "/\x09/evil.example"}) {
    Browser browser(station, "192.0.2.7");
    const auto answer = browser.post("/sign-in", right_form() + "&next=" + percent_encoded(next));
    EXPECT_EQ(answer.status, 303) << next;
    const std::string to = answer.header("Location");
    EXPECT_THAT(to, StartsWith("/")) << next;
    EXPECT_THAT(to, Not(HasSubstr("evil.example/"))) << next;
    EXPECT_TRUE(to.size() < 2 || (to[1] != '/' && to[1] != '\\')) << next;
  }
}

TEST_F(EntranceTest, ShowsNobodyWhetherThereIsAnAccount) {
  station.add("wang", {Role::administrator});
  Browser browser(station);
  const auto wrong = browser.post("/sign-in", "name=wang&password=not+this+one");
  const auto unknown = browser.post("/sign-in", "name=liii&password=not+this+one");
  EXPECT_EQ(wrong.status, 403);
  EXPECT_EQ(unknown.status, 403);
  const auto told = [](std::string page, const std::string& name) {
    for (std::size_t at = 0; (at = page.find(name)) != std::string::npos;)
      page.replace(at, name.size(), "NAME");
    const std::string token = Browser::form_token(page);
    return page.replace(page.find(token), token.size(), "TOKEN");
  };
  EXPECT_EQ(told(wrong.body, "wang"), told(unknown.body, "liii"));
  const std::string audited = station.audited();
  EXPECT_THAT(audited, HasSubstr("unknown-name"));
  EXPECT_THAT(audited, Not(HasSubstr("liii"))) << "it may be a password";
}

TEST_F(EntranceTest, AScriptsQuestionWithoutASessionLeadsTheWholeWindowToTheDoor) {
  Browser browser(station);
  browser.headers["HX-Request"] = "true";
  const auto answer = browser.get("/?refresh=1");
  EXPECT_EQ(answer.status, 401);
  EXPECT_EQ(answer.header("HX-Redirect"), "/sign-in?next=%2F")
      << "back to the page, not to what keeps no session alive";
}

TEST_F(EntranceTest, WithoutTheDatabaseOfPeopleNobodyIsLetIn) {
  const auto wang = station.add("wang", {Role::administrator});
  Browser browser = signed_in(wang);
  station.are_people_away = true;
  EXPECT_EQ(browser.get("/").status, 503);
  station.are_people_away = false;
  EXPECT_EQ(browser.get("/").status, 200);
}

}  // namespace
}  // namespace sluice::pages::test
