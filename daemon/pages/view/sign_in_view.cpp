#include "pages/view/sign_in_view.h"

#include "pages/view/paths.h"

namespace sluice::pages {
namespace {

std::string sign_in_problem(const SignInView& view, const Wording& words) {
  switch (*view.problem) {
    case SignInProblem::wrong:
      return words.text("sign-in.wrong");
    case SignInProblem::wait:
      return words.text("sign-in.wait", {{"minutes", words.number(view.wait_minutes)}});
    case SignInProblem::busy:
      return words.text("sign-in.busy");
    case SignInProblem::session_over:
      return words.text("sign-in.session-over");
    case SignInProblem::no_certificate:
      return words.text("sign-in.no-certificate");
    case SignInProblem::unknown_certificate:
      return words.text("sign-in.unknown-certificate");
  }
  return {};
}

// Nothing where the certificate may be used.
std::optional<std::string> certificate_fault(const std::optional<ShownCertificate>& certificate,
                                             const Wording& words) {
  if (!certificate || !certificate->fault) return std::nullopt;
  return words.word("sign-in.certificate-fault.", *certificate->fault);
}

std::optional<std::string> password_error(const std::optional<std::string>& name,
                                          const Wording& words) {
  if (!name) return std::nullopt;
  return words.word("password.error.", *name);
}

}  // namespace

std::string sign_in_page(const Pages& pages, const Frame& frame, const SignInView& view) {
  const Wording words = pages.wording(frame);
  Values values;
  values.text("action", sign_in_path)
      .text("name", view.name)
      .text("next", view.next)
      .when("is_wrong", view.problem == SignInProblem::wrong)
      .text("problem", view.problem ? std::optional(sign_in_problem(view, words)) : std::nullopt)
      .when("has_name", !view.name.empty())
      .text("certificate_action", certificate_sign_in_path)
      .text("certificate",
            view.certificate ? std::optional(view.certificate->subject) : std::nullopt)
      .text("certificate_fault", certificate_fault(view.certificate, words));
  return pages.document("sign_in", frame, words.text("sign-in.title"), values);
}

std::string password_page(const Pages& pages, const Frame& frame, const PasswordView& view) {
  const Wording words = pages.wording(frame);
  Values values;
  values.text("action", password_path)
      .text("name", view.name)
      .text("shortest", words.number(view.shortest))
      .text("longest", words.number(view.longest))
      .when("has_none", view.has_none)
      .when("is_first", view.is_first)
      .text("current_error", password_error(view.current_error, words))
      .text("new_error", password_error(view.new_error, words))
      .text("again_error", password_error(view.again_error, words));
  return pages.document("password", frame, words.text("password.title"), values);
}

}  // namespace sluice::pages
