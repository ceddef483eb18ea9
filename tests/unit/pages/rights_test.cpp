// Who may see and do what on the pages: every page, and every role. Whoever adds a page says here
// for whom it is.
#include <algorithm>
#include <array>

#include <gtest/gtest.h>

#include "station.h"

namespace sluice::pages::test {
namespace {

using people::Role;
using server::Method;

// What a person is to a page: in order of the columns of the table below.
struct Person {
  std::string name;
  std::set<Role> roles;
  std::string bureau;
};
const std::vector<Person>& persons() {
  static const std::vector<Person> all{{"clerk", {Role::clerk}, "park"},
                                       {"checker", {Role::checker}, "park"},
                                       {"reviewer", {Role::reviewer}, "park"},
                                       {"supervisor", {Role::supervisor}, "park"},
                                       {"administrator", {Role::administrator}, ""},
                                       {"security-officer", {Role::security_officer}, ""},
                                       {"auditor", {Role::auditor}, ""}};
  return all;
}

struct Right {
  Method method;
  std::string path;
  // "clerk", …; "-" stands for who has not signed in, "first" for who must change the password.
  std::set<std::string> who;
  std::string form = {};
};

std::set<std::string> everybody() {
  std::set<std::string> all{"-", "first"};
  for (const Person& person : persons())
    all.insert(person.name);
  return all;
}
std::set<std::string> signed_in() {
  auto all = everybody();
  all.erase("-");
  return all;
}
std::set<std::string> settled() {
  auto all = signed_in();
  all.erase("first");
  return all;
}

const std::set<std::string> administrator{"administrator"};
const std::set<std::string> workers{"clerk", "checker", "reviewer", "supervisor"};
const std::set<std::string> handlers{"reviewer", "supervisor", "administrator"};
const std::set<std::string> overseers{"supervisor", "administrator", "security-officer", "auditor"};

std::vector<Right> rights() {
  return {
      {Method::get, "/sign-in", everybody()},
      {Method::post, "/sign-in", everybody()},
      {Method::post, "/sign-in/certificate", everybody()},
      {Method::get, "/language/zh", everybody()},
      {Method::get, "/language/en", everybody()},
      {Method::post, "/sign-out", signed_in()},
      {Method::get, "/password", signed_in()},
      {Method::post, "/password", signed_in()},
      {Method::get, "/", settled()},
      {Method::get, "/quarantine", handlers},
      {Method::get, "/quarantine/park", handlers},
      {Method::get, "/quarantine/park/1", handlers},
      {Method::get, "/quarantine/park/1/original", handlers},
      {Method::post, "/quarantine/park/1/replay", handlers},
      {Method::post, "/quarantine/park/1/discard", handlers},
      {Method::get, "/runs", overseers},
      {Method::get, "/runs/park", overseers},
      {Method::post, "/runs/park/run", administrator},
      {Method::post, "/runs/park/pause", administrator},
      {Method::post, "/runs/park/resume", administrator},
      {Method::get, "/reconciliation", {"supervisor", "administrator", "auditor"}},
      {Method::get, "/reconciliation/park/park-register", {"supervisor", "administrator"}},
      {Method::get, "/entry", workers},
      {Method::get, "/entry/codes", workers},
      {Method::get, "/entry/paper/park/park-register", workers},
      {Method::post, "/entry/next", {"clerk"}, "work=key&bureau=park"},
      {Method::post, "/entry/next", {"reviewer"}, "work=review&bureau=park"},
      {Method::post, "/entry/next", {}, "work=key&bureau=quality"},
      {Method::get, "/entry/sheet?bureau=park&dataset=park-register", {"clerk"}},
      {Method::get, "/entry/sheet?bureau=quality&dataset=quality-register", {}},
      {Method::post, "/entry/sheet/export", {"clerk"}, "bureau=park&dataset=park-register"},
      {Method::post, "/entry/sheet/export", {}, "bureau=quality&dataset=quality-register"},
      {Method::post, "/entry/sheet/import", {"clerk"}, "bureau=park&dataset=park-register"},
      {Method::post, "/entry/sheet/import", {}, "bureau=quality&dataset=quality-register"},
      {Method::post, "/entry/sheet/save", {"clerk"}, "bureau=park&dataset=park-register"},
      {Method::post, "/entry/sheet/save", {}, "bureau=quality&dataset=quality-register"},
      // The desk: for who has the task, or had it.
      {Method::post, "/entry/1/claim", {"clerk"}},
      {Method::get, "/entry/1", {"clerk"}},
      {Method::post, "/entry/1/check", {"clerk"}},
      {Method::post, "/entry/1/known", {"clerk"}},
      {Method::post, "/entry/1/draft", {"clerk"}},
      {Method::post, "/entry/1/save", {"clerk"}},
      {Method::post, "/entry/1/settle", {"clerk"}},
      {Method::post, "/entry/1/send-back", {"clerk"}},
      {Method::post, "/entry/1/hand-back", {"clerk"}},
      {Method::post, "/entry/1/escalate", {"clerk"}},
      {Method::post, "/entry/2/claim", {"clerk"}},
      {Method::get, "/entry/2", {"clerk"}},
      {Method::post, "/entry/2/draft", {"clerk"}},
      {Method::post, "/entry/2/confirm", {"clerk"}},
      {Method::post, "/entry/2/decline", {"clerk"}},
      {Method::post, "/entry/2/hand-back", {"clerk"}},
      {Method::post, "/entry/2/escalate", {"clerk"}},
      {Method::get, "/tasks/1", workers},
      {Method::post, "/tasks/1/reassign", {"supervisor"}},
      {Method::post, "/tasks/1/change", {"supervisor"}},
      {Method::post, "/tasks/1/cancel", {"supervisor"}},
      {Method::post, "/tasks/1/reopen", {"supervisor"}},
      {Method::post, "/tasks/2/decline", {"supervisor"}},
      {Method::get, "/supervision", {"supervisor"}},
      {Method::post, "/supervision/tasks", {"supervisor"}, "bureau=park&dataset=park-register"},
      {Method::post, "/supervision/tasks", {}, "bureau=quality&dataset=quality-register"},
      // Of another bureau than that of the roles.
      {Method::get, "/quarantine/quality", administrator},
      {Method::get, "/quarantine/quality/1", administrator},
      {Method::post, "/quarantine/quality/1/discard", administrator},
      {Method::get, "/runs/quality", {"administrator", "security-officer", "auditor"}},
      {Method::get, "/reconciliation/quality/quality-register", administrator},
  };
}

// Whether the answer is the page's own, and not one of the door's.
bool is_let_in(const Browser::Answer& answer, const std::string& path) {
  const std::string location = answer.header("Location");
  const bool is_sent_away =
      location.starts_with("/sign-in?next=") || (location == "/password" && path != "/password");
  return answer.status != 0 && answer.status != 401 && !is_sent_away &&
         !(answer.status == 403 && answer.body.contains("没有权限"));
}

TEST(PageRights, EveryPageIsForWhomItSaysAndNobodyElse) {
  Station station;
  std::map<std::string, people::Account> accounts;
  for (const Person& person : persons())
    accounts.emplace(person.name, station.add(person.name, person.roles, person.bureau));
  accounts.emplace("first", station.add("first", {Role::administrator}, {}, true));
  ASSERT_EQ(station.add_task().value, 1U);
  ASSERT_EQ(station.deliver(R"([{"field": "number", "value": "1"}])").value, 2U);
  for (const Right& right : rights()) {
    for (const std::string& who : everybody()) {
      Browser browser(station, "192.0.2." + std::to_string(1 + who.size()));
      if (who != "-") {
        browser.cookies[std::string(session_cookie)] = station.session_of(accounts.at(who));
      }
      const auto answer = right.path.ends_with("/import")
                              ? browser.post_file(right.path, right.form, "")
                          : right.method == Method::post ? browser.post(right.path, right.form)
                                                         : browser.get(right.path);
      EXPECT_EQ(is_let_in(answer, right.path), right.who.contains(who))
          << to_string(right.method) << ' ' << right.path << " for " << who << ": " << answer.status
          << ' ' << answer.header("Location");
    }
  }
}

TEST(PageRights, NoPageIsMissingHere) {
  Station station;
  std::set<const server::Route*> listed;
  for (const Right& right : rights()) {
    std::array<server::Request::Parameter, 4> parameters;
    const std::string path = right.path.substr(0, right.path.find('?'));
    const auto route = station.router().find(right.method, path, parameters);
    ASSERT_TRUE(route) << right.path;
    listed.insert(*route);
  }
  for (const server::Route* route : station.router().routes()) {
    EXPECT_TRUE(listed.contains(route) || route->path.starts_with("/assets/"))
        << to_string(route->method) << ' ' << route->path;
  }
}

}  // namespace
}  // namespace sluice::pages::test
