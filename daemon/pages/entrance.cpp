#include "pages/entrance.h"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include "pages/answer.h"
#include "pages/cookie.h"
#include "pages/cookie_names.h"
#include "pages/multipart.h"
#include "pages/view/language_choice.h"
#include "pages/view/paths.h"
#include "pages/view/problem_view.h"
#include "people/record_mark.h"
#include "record/try.h"

namespace sluice::pages {
namespace {

using server::Response;
using trust::PersonalRight;

std::optional<std::string_view> cookie_of(const server::Request& request, std::string_view name) {
  return find_cookie(request.header("cookie").value_or(""), name);
}

Language language_of(std::span<const server::HeaderField> head) {
  const std::string_view cookies = server::find_field(head, "cookie").value_or("");
  return choose_language(find_cookie(cookies, language_cookie).value_or(""),
                         server::find_field(head, "accept-language").value_or(""));
}

// As it was sent, or as it might have been.
std::string path_asked_for(const server::Request& request) {
  std::string path;
  for (std::string_view left = request.path; !left.empty();) {
    left.remove_prefix(1);
    const std::string_view segment = left.substr(0, left.find('/'));
    left.remove_prefix(segment.size());
    path.append("/").append(percent_encoded(segment));
  }
  return path;
}

std::string asked_for(const server::Request& request) {
  std::string address = path_asked_for(request);
  if (!request.query.empty()) address.append("?").append(request.query);
  return address;
}

// To the sign-in, and back from there. What a script asked for in the background must not become
// part of a page: the whole window goes. It comes back to the page, and not to the script's
// question, whose use does not count as a person's.
Response to_sign_in(const server::Request& request, bool is_over) {
  std::string path(sign_in_path);
  const bool is_by_script = request.header("hx-request").value_or("") == "true";
  std::string back(overview_path);
  if (request.method != server::Method::post) {
    back = is_by_script ? path_asked_for(request) : asked_for(request);
  }
  path += fmt::format("?next={}{}", percent_encoded(back), is_over ? "&over=1" : "");
  if (!is_by_script) return redirection(std::move(path));
  Response response{.status = 401, .content_type = {}, .body = {}, .headers = {}};
  response.headers.emplace_back("HX-Redirect", std::move(path));
  secure(response);
  return response;
}

// "NONCE.HASH": another one for each page, so that compressed pages of the same session do not tell
// it bit by bit.
std::string make_form_token(const people::Secret& secret, std::string_view key) {
  const std::string nonce = people::SessionToken::random().secret();
  return fmt::format(
      "{}.{}", nonce,
      secret.keyed_hash(people::Purpose::csrf_token, fmt::format("{}.{}", nonce, key)));
}

bool is_form_token(const people::Secret& secret, std::string_view key, std::string_view token) {
  const std::size_t point = token.find('.');
  if (key.empty() || point == std::string_view::npos) return false;
  return secret.is_keyed_hash(people::Purpose::csrf_token,
                              fmt::format("{}.{}", token.substr(0, point), key),
                              token.substr(point + 1));
}

// What a form was answered with, said on the page that it led to. From the address: only of these.
bool is_notice(std::string_view done) {
  static constexpr std::array known{
      "signed-out",     "password-changed", "replayed",      "discarded",    "run-asked",
      "paused",         "resumed",          "keyed",         "keyed-last",   "draft-kept",
      "handed-back",    "escalated",        "settled",       "settled-last", "sent-back",
      "no-task",        "task-taken",       "task-added",    "reassigned",   "task-changed",
      "task-cancelled", "task-reopened",    "task-declined", "task-waits",   "confirmed",
      "confirmed-last", "declined",         "declined-last"};
  return std::ranges::find(known, done) != known.end();
}

std::expected<MultipartForm, record::Flaw> sent_form(const server::Request& request,
                                                     const Page& page) {
  if (request.method != server::Method::post) return MultipartForm();
  if (page.takes_file) {
    return read_multipart(request.header("content-type").value_or(""), request.body);
  }
  return MultipartForm{SLUICE_TRY(Form::parse(request.body)), std::nullopt};
}

bool has_role_of_node(const people::Assignment& person) {
  return std::ranges::any_of(person.roles, people::is_of_node);
}

}  // namespace

std::vector<record::BureauId> Entrance::bureaus_for(const people::Assignment& person,
                                                    PersonalRight right) const {
  std::vector<record::BureauId> bureaus;
  for (const auto& [id, bureau] : surroundings_.installation.settings.bureaus) {
    if (surroundings_.policy.may(person, right, id)) bureaus.push_back(id);
  }
  return bureaus;
}

Frame Entrance::frame(const Visit& visit, std::string_view current) const {
  Frame frame{.language = visit.language,
              .node = surroundings_.installation.settings.node.name.str(),
              .now = surroundings_.clock(),
              .path = asked_for(visit.request),
              .csrf_token = visit.form_token};
  if (const std::string_view done = visit.query.value("done"); is_notice(done)) {
    frame.notice = Notice{.name = std::string(done), .sentence = {}};
  }
  if (!visit.person) return frame;
  const people::Account& account = visit.account();
  frame.person = SignedIn{account.display_name, account.name.str(), {}};
  for (const std::string_view role : people::names_of(account.assignment.roles))
    frame.person->roles.emplace_back(role);
  if (visit.must_change_password()) return frame;
  const auto add = [&](std::string_view name, std::string_view path,
                       std::initializer_list<PersonalRight> rights) {
    const bool is_theirs = std::ranges::any_of(rights, [&](PersonalRight right) {
      return !bureaus_for(account.assignment, right).empty();
    });
    if (!is_theirs) return;
    frame.navigation.push_back({.name = std::string(name),
                                .path = std::string(path),
                                .count = std::nullopt,
                                .is_current = name == current});
  };
  add("overview", overview_path, {PersonalRight::see_streams});
  add("entry", entry_path,
      {PersonalRight::key_records, PersonalRight::check_records, PersonalRight::review_records});
  add("supervision", supervision_path, {PersonalRight::direct_work});
  add("quarantine", quarantine_path, {PersonalRight::handle_refused_rows});
  add("runs", runs_path, {PersonalRight::see_runs});
  add("reconciliation", reconciliation_path, {PersonalRight::see_comparisons});
  return frame;
}

Response Entrance::problem(unsigned status, std::span<const server::HeaderField> head,
                           std::string sentence) const {
  const server::Peer nobody;
  const server::Request request{.headers = head, .peer = nobody};
  const Frame frame{.language = language_of(head),
                    .node = surroundings_.installation.settings.node.name.str(),
                    .now = surroundings_.clock(),
                    .path = std::string(overview_path)};
  return tell(request, frame, status, std::move(sentence));
}

Response Entrance::tell(const server::Request& request, const Frame& frame, unsigned status,
                        std::string sentence) const {
  return document(request,
                  problem_page(pages_, frame,
                               {.status = static_cast<int>(status),
                                .sentence = std::move(sentence),
                                .reference = std::nullopt,
                                .has_session = cookie_of(request, session_cookie).has_value()}),
                  status);
}

Response Entrance::tell(const Visit& visit, unsigned status, std::string sentence) const {
  return tell(visit.request, frame(visit, {}), status, std::move(sentence));
}

Response Entrance::missing(const Visit& visit) const {
  return tell(visit, 404, {});
}

Response Entrance::failed(const Visit& visit, std::string sentence) const {
  surroundings_.log.write<"page-failed">({{"path", visit.request.path}, {"reason", sentence}});
  return tell(visit, 503, std::move(sentence));
}

Response Entrance::conflict(const Visit& visit, std::string sentence) const {
  return tell(visit, 409, std::move(sentence));
}

bool Entrance::begins_here(const record::BureauId& bureau) const {
  const settings::Settings& settings = surroundings_.installation.settings;
  const auto found = settings.bureaus.find(bureau);
  return found != settings.bureaus.end() && !found->second.publishes.empty() &&
         settings.carrier(bureau) == nullptr;
}

Response Entrance::deny(const Visit& visit, std::string_view reason) const {
  const bool first = surroundings_.denials.note(
      {"page-denied", visit.person ? visit.actor() : address_of(visit),
       std::string(visit.request.path.substr(0, 200)), std::string(reason)});
  if (first) {
    surroundings_.log.write<"page-denied">(
        {{"account", visit.person ? visit.actor() : ""}, {"reason", reason}});
  }
  return tell(visit, 403, {});
}

auto Entrance::recognise(const server::Request& request, people::People& people) const
    -> OrAnswer<std::optional<people::SignedIn>> {
  const auto token = people::SessionToken::parse(cookie_of(request, session_cookie).value_or(""));
  if (!token) return std::nullopt;
  const record::Time now = surroundings_.clock();
  auto found = people.sessions().find(*token, surroundings_.sessions, now);
  if (!found) return std::unexpected(unavailable(request, found.error()));
  // Every connection presents it, so a token that somebody took away opens nothing without it.
  const bool needs_certificate = *found && (*found)->session.way == people::SignInWay::certificate;
  if (needs_certificate && (*found)->account.certificate != certificate_of(request)) {
    return std::nullopt;
  }
  // What a page asks for by itself, again and again, is nothing that a person does.
  const bool is_by_itself = request.query.contains("refresh=");
  if (*found && !is_by_itself && people::is_worth_a_touch((*found)->session, now)) {
    // A disk that is full keeps nobody from what can be read: the session only ends the sooner.
    if (const auto seen = people.sessions().touch(*token, now); !seen) {
      surroundings_.log.write<"people-unavailable">({{"reason", record::to_string(seen.error())}});
    }
  }
  return std::move(*found);
}

Response Entrance::unavailable(const server::Request& request,
                               const people::PeopleFailure& failure) const {
  surroundings_.log.write<"people-unavailable">({{"reason", record::to_string(failure)}});
  return problem(503, request.headers);
}

auto Entrance::check_rights(const std::vector<PersonalRight>& rights, const Visit& visit) const
    -> OrAnswer<void> {
  const people::Assignment& person = visit.account().assignment;
  const std::string_view named = visit.request.parameter("bureau");
  if (named.empty()) {
    const bool is_granted = std::ranges::any_of(
        rights, [&](PersonalRight right) { return !bureaus_for(person, right).empty(); });
    if (is_granted) return {};
    return std::unexpected(deny(visit, "not-granted"));
  }
  const record::BureauId bureau{std::string(named)};
  const auto& bureaus = surroundings_.installation.settings.bureaus;
  // Who may see one bureau only is not told which others there are.
  if (!bureaus.contains(bureau) && has_role_of_node(person)) {
    return std::unexpected(problem(404, visit.request.headers));
  }
  const bool is_granted = std::ranges::any_of(
      rights, [&](PersonalRight right) { return surroundings_.policy.may(person, right, bureau); });
  if (bureaus.contains(bureau) && is_granted) return {};
  return std::unexpected(deny(visit, "not-granted"));
}

auto Entrance::admit(const Page& page, const Visit& visit) const -> OrAnswer<void> {
  using Person = Access::Person;
  if (page.access.person == Person::anybody) return {};
  if (!visit.person) {
    const bool had_one = cookie_of(visit.request, session_cookie).has_value();
    return std::unexpected(to_sign_in(visit.request, had_one));
  }
  if (visit.must_change_password() && page.access.person == Person::settled) {
    return std::unexpected(redirection(std::string(password_path)));
  }
  if (!page.access.rights.empty()) return check_rights(page.access.rights, visit);
  return {};
}

std::string Entrance::record_mark(const Visit& visit, const record::DatasetId& dataset,
                                  const std::optional<record::Key>& key) const {
  if (!key) return {};
  const auto secret = sign_in_.secret(visit.people);
  return secret ? people::record_mark(*secret, dataset, *key) : std::string();
}

auto Entrance::admit_form(const Visit& visit, const people::Secret& secret) const
    -> OrAnswer<void> {
  const std::string_view site = visit.request.header("sec-fetch-site").value_or("same-origin");
  if (site != "same-origin") return std::unexpected(deny(visit, "foreign-form"));
  const std::string_view sent = visit.form.has("csrf")
                                    ? visit.form.value("csrf")
                                    : visit.request.header("x-csrf-token").value_or("");
  if (is_form_token(secret, visit.form_key, sent)) return {};
  return std::unexpected(deny(visit, "stale-form"));
}

Response Entrance::answer(const server::Request& request, const Page& page,
                          people::People& people) {
  Visit visit{.request = request, .people = people, .language = language_of(request.headers)};
  const bool sends_form = request.method == server::Method::post;
  auto query = Form::parse(request.query);
  auto sent = sent_form(request, page);
  if (!query || !sent) return problem(400, request.headers);
  visit.query = std::move(*query);
  visit.form = std::move(sent->form);
  visit.file = std::move(sent->file);
  auto person = recognise(request, people);
  if (!person) return person.error();
  visit.person = std::move(*person);
  const auto key = sign_in_.secret(people);
  if (!key) return unavailable(request, key.error());
  visit.form_key = cookie_of(request, visit.person ? session_cookie : door_cookie).value_or("");
  const bool is_new_here = visit.form_key.empty();
  if (is_new_here) visit.form_key = people::SessionToken::random().secret();
  visit.form_token = make_form_token(*key, visit.form_key);
  if (const auto admitted = admit(page, visit); !admitted) return admitted.error();
  if (sends_form) {
    if (const auto ours = admit_form(visit, *key); !ours) return ours.error();
  }
  Response response = page.answer(visit);
  if (is_new_here && !visit.person) {
    response.headers.push_back(set_cookie(door_cookie, visit.form_key, SameSite::strict));
  }
  return response;
}

}  // namespace sluice::pages
