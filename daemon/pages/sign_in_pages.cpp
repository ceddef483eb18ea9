#include "pages/sign_in_pages.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "pages/answer.h"
#include "pages/cookie.h"
#include "pages/cookie_names.h"
#include "pages/view/paths.h"
#include "people/device_token.h"
#include "record/digest.h"

namespace sluice::pages {
namespace {

using server::Response;

std::string where_to(std::string_view next) {
  const bool is_door = next.starts_with(sign_in_path) || next.starts_with(sign_out_path);
  return std::string(is_local_path(next) && !is_door ? next : overview_path);
}

// One for each account that has signed in on this browser, whose name it does not tell.
std::string device_cookie(std::string_view account) {
  constexpr std::size_t scheme = std::string_view("sha256:").size();
  constexpr std::size_t digits = 16;
  return std::string(device_cookie_prefix) +
         record::to_string(record::sha256(account)).substr(scheme, digits);
}

people::Browser browser_of(const Visit& visit, std::string_view account) {
  const std::string_view cookies = visit.request.header("cookie").value_or("");
  return {.address = address_of(visit),
          .device_token = std::string(find_cookie(cookies, device_cookie(account)).value_or(""))};
}

void forget(Response& response, std::string_view cookie, SameSite same_site) {
  response.headers.push_back(set_cookie(cookie, "", same_site, std::chrono::seconds(0)));
}

void give_session(Response& response, const people::SessionToken& token) {
  response.headers.push_back(set_cookie(session_cookie, token.secret(), SameSite::lax));
}

std::uint64_t minutes_until(record::Time until, record::Time now) {
  const auto minutes = std::chrono::ceil<std::chrono::minutes>(until - now);
  return static_cast<std::uint64_t>(std::max(minutes, std::chrono::minutes(1)).count());
}

struct Told {
  SignInProblem problem;
  unsigned status;
  std::string_view reason;  // for the audit log
};
Told told(const people::SignInRefusal& refusal) {
  switch (refusal.reason) {
    case people::RefusalReason::wait:
      return {SignInProblem::wait, 429, "wait"};
    case people::RefusalReason::busy:
      return {SignInProblem::busy, 503, "busy"};
    case people::RefusalReason::wrong:
      break;
  }
  return {SignInProblem::wrong, 403, refusal.cause ? people::to_string(*refusal.cause) : "wrong"};
}

// A name that is nobody's is not written: it may be a password in the wrong field.
std::string named(const Visit& visit, const people::SignInRefusal& refusal) {
  const bool is_known = refusal.cause == people::WrongCause::password ||
                        refusal.cause == people::WrongCause::no_password ||
                        refusal.cause == people::WrongCause::disabled_account;
  return is_known ? std::string(visit.form.value("name")) : std::string("?");
}

}  // namespace

std::vector<Page> SignInPages::routes() {
  using Person = Access::Person;
  using server::Method;
  return {{.path = std::string(sign_in_path),
           .access = {.person = Person::anybody},
           .answer = [this](const Visit& visit) { return show_sign_in(visit); }},
          {.method = Method::post,
           .path = std::string(sign_in_path),
           .access = {.person = Person::anybody},
           .answer = [this](const Visit& visit) { return sign_in(visit); },
           .crew = Crew::hashing},
          {.method = Method::post,
           .path = std::string(certificate_sign_in_path),
           .access = {.person = Person::anybody},
           .answer = [this](const Visit& visit) { return sign_in_by_certificate(visit); }},
          {.method = Method::post,
           .path = std::string(sign_out_path),
           .access = {.person = Person::signed_in},
           .answer = [this](const Visit& visit) { return sign_out(visit); }},
          {.path = std::string(password_path),
           .access = {.person = Person::signed_in},
           .answer = [this](const Visit& visit) { return show_password(visit); }},
          {.method = Method::post,
           .path = std::string(password_path),
           .access = {.person = Person::signed_in},
           .answer = [this](const Visit& visit) { return change_password(visit); },
           .crew = Crew::hashing}};
}

bool SignInPages::audit(const trust::AuditEvent& event) {
  const auto noted = surroundings_.audit.append(event);
  if (!noted) {
    surroundings_.log.write<"audit-not-written">({{"reason", record::to_string(noted.error())}});
  }
  return noted.has_value();
}

Response SignInPages::show_sign_in(const Visit& visit) const {
  const std::string next = where_to(visit.query.value("next"));
  if (visit.person) return redirection(next);
  SignInView view{.name = {}, .next = next};
  if (visit.query.has("over")) view.problem = SignInProblem::session_over;
  return door(visit, std::move(view), 200);
}

Response SignInPages::door(const Visit& visit, SignInView view, unsigned status) const {
  if (const auto& refused = visit.request.peer.presented.refused) {
    surroundings_.denials.note(
        {"certificate-refused", refused->subject, address_of(visit), refused->reason});
    view.certificate = ShownCertificate{.subject = refused->subject, .fault = refused->reason};
  } else if (const auto certificate = certificate_of(visit.request);
             certificate && view.problem != SignInProblem::unknown_certificate) {
    const auto holder = visit.people.find_holder(*certificate);
    if (!holder) return entrance_.unavailable(visit.request, holder.error());
    const bool may_come_in = *holder && (*holder)->state == people::AccountState::enabled;
    view.certificate = ShownCertificate{
        .subject = certificate->subject,
        .fault = may_come_in ? std::nullopt : std::optional<std::string>("unknown")};
  }
  return document(visit.request, sign_in_page(pages_, entrance_.frame(visit, {}), view), status);
}

Response SignInPages::sign_in(const Visit& visit) {
  const std::string name(visit.form.value("name"));
  const auto outcome = sign_in_.attempt(
      visit.people, browser_of(visit, name),
      {.name = name, .password = std::string(visit.form.value("password"))}, surroundings_.clock());
  if (!outcome) return entrance_.unavailable(visit.request, outcome.error());
  if (const auto* refusal = std::get_if<people::SignInRefusal>(&*outcome)) {
    return refuse(visit, *refusal);
  }
  return let_in(visit, std::get<people::SignInSuccess>(*outcome));
}

Response SignInPages::refuse(const Visit& visit, const people::SignInRefusal& refusal) {
  const Told tell = told(refusal);
  surroundings_.denials.note(
      {"sign-in-refused", named(visit, refusal), address_of(visit), std::string(tell.reason)});
  SignInView view{.name = std::string(visit.form.value("name")),
                  .next = where_to(visit.form.value("next")),
                  .problem = tell.problem};
  if (refusal.until) view.wait_minutes = minutes_until(*refusal.until, surroundings_.clock());
  return door(visit, std::move(view), tell.status);
}

Response SignInPages::sign_in_by_certificate(const Visit& visit) {
  constexpr unsigned forbidden = 403;
  const auto note = [&](std::string_view reason) {
    const auto& good = visit.request.peer.presented.good;
    surroundings_.denials.note(
        {"sign-in-refused", good ? good->subject : "?", address_of(visit), std::string(reason)});
  };
  const auto again = [&](SignInProblem problem, unsigned status) {
    return door(visit, {.name = {}, .next = where_to(visit.form.value("next")), .problem = problem},
                status);
  };
  const auto certificate = certificate_of(visit.request);
  if (!certificate) {
    note("no-certificate");
    return again(SignInProblem::no_certificate, forbidden);
  }
  const auto outcome = sign_in_.by_certificate(visit.people, *certificate, surroundings_.clock());
  if (!outcome) return entrance_.unavailable(visit.request, outcome.error());
  const auto* refusal = std::get_if<people::SignInRefusal>(&*outcome);
  if (refusal == nullptr) return let_in(visit, std::get<people::SignInSuccess>(*outcome));
  const Told tell = told(*refusal);
  note(tell.reason);
  // A disabled account is told as a certificate that nobody has.
  const bool is_wrong = tell.problem == SignInProblem::wrong;
  return again(is_wrong ? SignInProblem::unknown_certificate : tell.problem, tell.status);
}

Response SignInPages::let_in(const Visit& visit, const people::SignInSuccess& success) {
  const people::Account& account = success.account;
  const people::SignInWay way = success.begun.session.way;
  // Whatever session this browser had, it is not gone on with.
  if (visit.person) {
    if (const auto old = people::SessionToken::parse(visit.form_key)) {
      if (const auto ended = visit.people.sessions().end(*old); !ended) {
        return entrance_.unavailable(visit.request, ended.error());
      }
    }
  }
  if (!audit({"signed-in",
              {{"actor", account.name.str()},
               {"target", address_of(visit)},
               {"way", std::string(to_string(way))}}})) {
    // A session that nobody knows of is of no use to anybody: its token is not given out.
    return entrance_.problem(503, visit.request.headers);
  }
  const std::string next = where_to(visit.form.value("next"));
  const bool changes_password = account.must_change_password && way == people::SignInWay::password;
  Response response = redirection(changes_password ? std::string(password_path) : next);
  give_session(response, success.begun.token);
  response.headers.push_back(set_cookie(device_cookie(account.name.str()), success.device_token,
                                        SameSite::strict, people::device_token_lifetime));
  forget(response, door_cookie, SameSite::strict);
  return response;
}

Response SignInPages::sign_out(const Visit& visit) {
  if (const auto token = people::SessionToken::parse(visit.form_key)) {
    if (const auto ended = visit.people.sessions().end(*token); !ended) {
      return entrance_.unavailable(visit.request, ended.error());
    }
  }
  static_cast<void>(
      audit({"signed-out", {{"actor", visit.actor()}, {"target", address_of(visit)}}}));
  Response response = redirection(fmt::format("{}?done=signed-out", sign_in_path));
  forget(response, session_cookie, SameSite::lax);
  return response;
}

Response SignInPages::password_again(const Visit& visit, PasswordView view, unsigned status) const {
  view.shortest = people::shortest_password;
  view.longest = people::longest_password;
  view.has_none = visit.account().password.is_none();
  view.is_first = visit.must_change_password();
  return document(visit.request, password_page(pages_, entrance_.frame(visit, {}), view), status);
}

Response SignInPages::show_password(const Visit& visit) const {
  return password_again(visit, {}, 200);
}

Response SignInPages::change_password(const Visit& visit) {
  constexpr unsigned unprocessable = 422;
  const std::string wanted(visit.form.value("new"));
  if (wanted != visit.form.value("again")) {
    return password_again(visit, {.again_error = "different"}, unprocessable);
  }
  const auto outcome = sign_in_.change_password(
      visit.people, browser_of(visit, visit.actor()), visit.account(),
      {.current = std::string(visit.form.value("current")), .wanted = wanted},
      surroundings_.clock());
  if (!outcome) return entrance_.unavailable(visit.request, outcome.error());
  if (const auto* fault = std::get_if<people::PasswordFault>(&*outcome)) {
    return password_again(visit, {.new_error = std::string(to_string(*fault))}, unprocessable);
  }
  if (const auto* refusal = std::get_if<people::SignInRefusal>(&*outcome)) {
    const Told tell = told(*refusal);
    surroundings_.denials.note(
        {"sign-in-refused", visit.actor(), address_of(visit), std::string(tell.reason)});
    const bool is_wrong = tell.problem == SignInProblem::wrong;
    return password_again(visit, {.current_error = is_wrong ? "wrong" : std::string(tell.reason)},
                          tell.status);
  }
  return begin_anew(visit, std::get<people::Account>(*outcome));
}

Response SignInPages::begin_anew(const Visit& visit, const people::Account& changed) {
  static_cast<void>(audit({"account-password-changed",
                           {{"actor", changed.name.str()}, {"target", changed.name.str()}}}));
  // Whose session was bound to the certificate goes on with one that is.
  auto begun = visit.people.sessions().begin(changed, visit.person->session.way,
                                             surroundings_.sessions, surroundings_.clock());
  if (!begun) return entrance_.unavailable(visit.request, begun.error());
  Response response = redirection(fmt::format("{}?done=password-changed", overview_path));
  give_session(response, begun->token);
  return response;
}

}  // namespace sluice::pages
