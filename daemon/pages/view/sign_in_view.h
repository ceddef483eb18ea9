// The page at the door, and the one on which a person changes the password.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "pages/view/pages.h"

namespace sluice::pages {

enum class SignInProblem {
  wrong,                // name or password; not told which
  wait,                 // too many attempts: `wait_minutes`
  busy,                 // too many sign-ins at once
  session_over,         // the page that was asked for needs a new sign-in
  no_certificate,       // it was to be by certificate, and the connection has none that is good
  unknown_certificate,  // it has one, of nobody who may sign in; not told why
};

// What the browser presented, where the node asks for it.
struct ShownCertificate {
  std::string subject;
  // Why it can not be used, a name of the texts "sign-in.certificate-fault.NAME": of a certificate
  // that is not good as trust::CertificateRefusal says it, else `unknown`. Nothing: there is a
  // button for it.
  std::optional<std::string> fault;
};

struct SignInView {
  std::string name;  // what was typed
  std::string next;  // the path to go to then
  std::optional<SignInProblem> problem;
  std::uint64_t wait_minutes = 1;
  std::optional<ShownCertificate> certificate{};
};
[[nodiscard]] std::string sign_in_page(const Pages& pages, const Frame& frame,
                                       const SignInView& view);

// Errors are names of the texts "password.error.NAME", or sentences; nothing where the field is
// right.
struct PasswordView {
  std::string name;             // the account's, for password managers
  std::uint64_t shortest = 10;  // in characters
  std::uint64_t longest = 128;
  bool has_none = false;  // the account has no password: an operator gives it the first
  bool is_first = false;  // the first password was handed out, and must be changed now
  std::optional<std::string> current_error;  // wrong
  std::optional<std::string>
      new_error;  // too-short, too-long, is-name, too-simple, not-typable, unchanged
  std::optional<std::string> again_error;  // different
};
[[nodiscard]] std::string password_page(const Pages& pages, const Frame& frame,
                                        const PasswordView& view);

}  // namespace sluice::pages
