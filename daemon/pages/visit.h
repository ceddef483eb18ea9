// One request of a browser, once it is known who sent it and that it may be answered.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "pages/form.h"
#include "pages/upload.h"
#include "pages/view/texts.h"
#include "people/people.h"
#include "people/session.h"
#include "server/request.h"

namespace sluice::pages {

// Lives as long as the request is being answered.
struct Visit {
  const server::Request& request;
  people::People& people;  // the caller's thread's own
  Language language = Language::chinese;
  Form query;
  Form form;                     // of a POST, which is proved to come from a page of ours
  std::optional<Upload> file{};  // that came with it
  std::optional<people::SignedIn> person{};  // nothing: nobody has signed in
  std::string form_key{};    // what only this browser knows: tokens of forms are bound to it
  std::string form_token{};  // for the forms of the page that is answered with

  // Of a page for those who have signed in.
  [[nodiscard]] const people::Account& account() const { return person.value().account; }
  [[nodiscard]] const std::string& actor() const { return account().name.str(); }
  // Who came by certificate has used no password that others know.
  [[nodiscard]] bool must_change_password() const {
    return account().must_change_password && person->session.way == people::SignInWay::password;
  }
};

// Where the browser is.
[[nodiscard]] inline std::string address_of(const Visit& visit) {
  const auto* visitor = std::get_if<trust::Visitor>(&visit.request.peer.caller);
  return visitor == nullptr ? std::string() : visitor->host;
}

// The good certificate of the connection, if it has one.
[[nodiscard]] inline std::optional<people::CertificateName> certificate_of(
    const server::Request& request) {
  const auto& good = request.peer.presented.good;
  if (!good) return std::nullopt;
  return people::CertificateName{.issuer = good->issuer, .subject = good->subject};
}

// In audit events that also the operator's command writes, where the actor is a user of the
// operating system.
[[nodiscard]] inline std::string account_actor(const Visit& visit) {
  return "account " + visit.actor();
}

}  // namespace sluice::pages
