// The page at the door, and the one on which a person changes the password.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "pages/view/pages.h"

namespace sluice::pages {

enum class SignInProblem {
  wrong,         // name or password; not told which
  wait,          // too many attempts: `wait_minutes`
  busy,          // too many sign-ins at once
  session_over,  // the page that was asked for needs a new sign-in
};

struct SignInView {
  std::string name;  // what was typed
  std::string next;  // the path to go to then
  std::optional<SignInProblem> problem;
  std::uint64_t wait_minutes = 1;
};
[[nodiscard]] std::string sign_in_page(const Pages& pages, const Frame& frame,
                                       const SignInView& view);

// Errors are names of the texts "password.error.NAME", or sentences; nothing where the field is
// right.
struct PasswordView {
  std::string name;             // the account's, for password managers
  std::uint64_t shortest = 10;  // in characters
  std::uint64_t longest = 128;
  bool is_first = false;  // the first password was handed out, and must be changed now
  std::optional<std::string> current_error;  // wrong
  std::optional<std::string>
      new_error;  // too-short, too-long, is-name, too-simple, not-typable, unchanged
  std::optional<std::string> again_error;  // different
};
[[nodiscard]] std::string password_page(const Pages& pages, const Frame& frame,
                                        const PasswordView& view);

}  // namespace sluice::pages
