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

// Before it is known who sends it.
TEST_F(EntranceTest, AFormThatIsTooLongIsToldInThePersonsLanguageAndAsksNobodyToSignIn) {
  const std::string cookie =
      std::string(session_cookie) + "=x; " + std::string(language_cookie) + "=en";
  const server::HeaderField head[] = {{"Cookie", cookie}, {"Accept-Language", "zh-CN"}};
  const auto tell = station.site().audience().tell;
  const auto answer = tell(server::Refusal::body_too_large, head);
  EXPECT_EQ(answer.status, 413U);
  EXPECT_THAT(answer.body, HasSubstr("offers what this browser has kept"));
  EXPECT_THAT(answer.body, Not(HasSubstr(">Sign in</a>")));
  EXPECT_THAT(tell(server::Refusal::body_too_large, {}).body, HasSubstr(">前往登录</a>"));
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

class CertificateEntranceTest : public EntranceTest {
 protected:
  people::Account bound(const std::string& name, bool must_change_password = false) {
    auto account = station.add(name, {Role::administrator}, {}, must_change_password);
    account.certificate = {{"CN=CA", "CN=" + name}};
    return station.people().change(account).value();
  }
  static trust::PresentedCertificate good(const std::string& name,
                                          const std::string& issuer = "CN=CA") {
    return {.good =
                trust::PeerCertificate{.subject = "CN=" + name, .expires = {}, .issuer = issuer}};
  }
  static trust::PresentedCertificate refused(const std::string& reason) {
    return {.refused = trust::CertificateRefusal{reason, "CN=wang"}};
  }
  Browser with(trust::PresentedCertificate certificate) {
    Browser browser(station);
    browser.headers["Accept-Language"] = "en";
    browser.present(std::move(certificate));
    return browser;
  }
  static bool has_button(const Browser::Answer& page) {
    return page.body.contains("action=\"/sign-in/certificate\"");
  }
};

TEST_F(CertificateEntranceTest, SignsInWithoutAPasswordAndGoesOnWhereOneWanted) {
  bound("wang", true);
  Browser browser = with(good("wang"));
  EXPECT_TRUE(has_button(browser.get("/sign-in")));
  const auto in = browser.post("/sign-in/certificate", "next=/runs");
  EXPECT_EQ(in.status, 303);
  EXPECT_EQ(in.header("Location"), "/runs") << "a first password is nothing to who came without";
  EXPECT_EQ(browser.get("/").status, 200);
  const std::string audited = station.audited();
  EXPECT_THAT(audited, HasSubstr("signed-in"));
  EXPECT_THAT(audited, HasSubstr("\"way\":\"certificate\""));
}

TEST_F(CertificateEntranceTest, TheSessionNeedsTheCertificateOnEveryConnection) {
  bound("wang");
  bound("li");
  Browser browser = with(good("wang"));
  EXPECT_EQ(browser.post("/sign-in/certificate", "").status, 303);
  for (const auto& other : {trust::PresentedCertificate{}, good("li"), good("wang", "CN=Other CA"),
                            refused("revoked")}) {
    browser.present(other);
    EXPECT_THAT(browser.get("/").header("Location"), HasSubstr("over=1"));
  }
  browser.present(good("wang"));
  EXPECT_EQ(browser.get("/").status, 200);
}

TEST_F(CertificateEntranceTest, ASessionByPasswordNeedsNone) {
  bound("wang");
  Browser browser = with(good("wang"));
  EXPECT_EQ(browser.post("/sign-in", right_form()).status, 303);
  browser.present({});
  EXPECT_EQ(browser.get("/").status, 200);
  browser.present(refused("expired"));
  EXPECT_EQ(browser.get("/").status, 200);
}

TEST_F(CertificateEntranceTest, AnotherCertificateOfTheAccountEndsItsSessions) {
  bound("li");
  auto wang = bound("wang");
  Browser browser = with(good("wang"));
  EXPECT_EQ(browser.post("/sign-in/certificate", "").status, 303);
  wang.certificate = {{"CN=CA", "CN=wang 2"}};
  ASSERT_TRUE(station.people().change(wang));
  EXPECT_EQ(browser.get("/").status, 303);
  browser.present(good("wang 2"));
  EXPECT_EQ(browser.get("/").status, 303) << "it was of the account as it was";
}

TEST_F(CertificateEntranceTest, UnknownAndDisabledAreToldTheSameAndAuditedApart) {
  bound("li");
  auto wang = bound("wang");
  wang.state = people::AccountState::disabled;
  ASSERT_TRUE(station.people().change(wang));
  for (const std::string name : {"wang", "zhao"}) {
    Browser browser = with(good(name));
    const auto door = browser.get("/sign-in");
    EXPECT_FALSE(has_button(door));
    EXPECT_THAT(door.body, HasSubstr("CN=" + name));
    EXPECT_THAT(door.body, HasSubstr("Nobody can sign in by this certificate"));
    const auto answer = browser.post("/sign-in/certificate", "");
    EXPECT_EQ(answer.status, 403);
    EXPECT_THAT(answer.body, HasSubstr("Nobody can sign in by this certificate"));
    EXPECT_FALSE(browser.cookies.contains(std::string(session_cookie)));
  }
  const std::string audited = station.audited();
  EXPECT_THAT(audited, HasSubstr("disabled-account"));
  EXPECT_THAT(audited, HasSubstr("unknown-certificate"));
}

TEST_F(CertificateEntranceTest, ABadOneCountsAsNoneAndTheDoorSaysWhy) {
  bound("wang");
  Browser browser = with(refused("expired"));
  const auto door = browser.get("/sign-in");
  EXPECT_FALSE(has_button(door));
  EXPECT_THAT(door.body, HasSubstr("This certificate has expired"));
  const auto answer = browser.post("/sign-in/certificate", "");
  EXPECT_EQ(answer.status, 403);
  EXPECT_THAT(answer.body, HasSubstr("presented no good certificate"));
  EXPECT_EQ(browser.post("/sign-in", right_form()).status, 303) << "the password is as good";
  const std::string audited = station.audited();
  EXPECT_THAT(audited, HasSubstr("certificate-refused"));
  EXPECT_THAT(audited, HasSubstr("no-certificate"));
}

TEST_F(CertificateEntranceTest, WithoutOneNothingIsSaidOfCertificates) {
  bound("wang");
  Browser browser = with({});
  EXPECT_THAT(browser.get("/sign-in").body, Not(HasSubstr("ertificate")));
  EXPECT_EQ(browser.post("/sign-in/certificate", "").status, 403);
}

TEST_F(CertificateEntranceTest, TakesNoFormThatIsNotOfAPageOfItsOwn) {
  bound("wang");
  Browser browser = with(good("wang"));
  EXPECT_EQ(browser.ask(server::Method::post, "/sign-in/certificate", "").status, 403);
  EXPECT_EQ(browser.post("/sign-in/certificate", "csrf=a.b").status, 403);
  browser.headers["Sec-Fetch-Site"] = "cross-site";
  EXPECT_EQ(browser.post("/sign-in/certificate", "").status, 403);
  EXPECT_FALSE(browser.cookies.contains(std::string(session_cookie)));
  browser.headers["Sec-Fetch-Site"] = "same-origin";
  EXPECT_EQ(browser.post("/sign-in/certificate", "").status, 303);
}

TEST_F(CertificateEntranceTest, WhoHasNoPasswordIsToldSoAndWhoHasStaysBoundWhenItIsChanged) {
  auto li = bound("li");
  li.password = people::PasswordHash();
  ASSERT_TRUE(station.people().change(li));
  Browser without = with(good("li"));
  EXPECT_EQ(without.post("/sign-in/certificate", "").status, 303);
  EXPECT_THAT(without.get("/password").body, HasSubstr("has no password"));

  bound("wang");
  Browser browser = with(good("wang"));
  EXPECT_EQ(browser.post("/sign-in/certificate", "").status, 303);
  EXPECT_EQ(browser
                .post("/password",
                      "current=correct+horse+battery&new=another+one+of+mine&"
                      "again=another+one+of+mine")
                .status,
            303);
  EXPECT_EQ(browser.get("/").status, 200);
  browser.present({});
  EXPECT_EQ(browser.get("/").status, 303);
}

}  // namespace
}  // namespace sluice::pages::test
