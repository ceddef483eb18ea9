// How a person comes in and leaves: sign-in, sign-out, and one's own password.
#pragma once

#include <vector>

#include "pages/entrance.h"
#include "pages/page.h"
#include "pages/surroundings.h"
#include "pages/view/sign_in_view.h"
#include "people/sign_in.h"

namespace sluice::pages {

// Thread-safe. References must outlive it.
class SignInPages {
 public:
  SignInPages(const Surroundings& surroundings, const Pages& pages, const Entrance& entrance,
              people::SignIn& sign_in)
      : surroundings_(surroundings), pages_(pages), entrance_(entrance), sign_in_(sign_in) {}

  [[nodiscard]] std::vector<Page> routes();

 private:
  [[nodiscard]] server::Response show_sign_in(const Visit& visit) const;
  [[nodiscard]] server::Response sign_in(const Visit& visit);
  [[nodiscard]] server::Response sign_in_by_certificate(const Visit& visit);
  [[nodiscard]] server::Response let_in(const Visit& visit, const people::SignInSuccess& success);
  [[nodiscard]] server::Response refuse(const Visit& visit, const people::SignInRefusal& refusal);
  // The page at the door, with what the browser's certificate is good for.
  [[nodiscard]] server::Response door(const Visit& visit, SignInView view, unsigned status) const;
  [[nodiscard]] server::Response sign_out(const Visit& visit);
  [[nodiscard]] server::Response show_password(const Visit& visit) const;
  [[nodiscard]] server::Response change_password(const Visit& visit);
  // After a change, which has ended all sessions of the account.
  [[nodiscard]] server::Response begin_anew(const Visit& visit, const people::Account& changed);
  [[nodiscard]] server::Response password_again(const Visit& visit, PasswordView view,
                                                unsigned status) const;
  // Whether the audit log has it. What it does not take is not to be done.
  [[nodiscard]] bool audit(const trust::AuditEvent& event);

  const Surroundings& surroundings_;
  const Pages& pages_;
  const Entrance& entrance_;
  people::SignIn& sign_in_;
};

}  // namespace sluice::pages
