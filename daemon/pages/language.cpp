#include "pages/language.h"

#include "pages/answer.h"
#include "pages/cookie.h"
#include "pages/cookie_names.h"
#include "pages/view/paths.h"
#include "pages/view/texts.h"

namespace sluice::pages {
namespace {

constexpr std::chrono::days remembered{365};

server::Response switch_to(Language language, const Visit& visit) {
  const std::string_view back = visit.query.value("to");
  server::Response response = redirection(std::string(is_local_path(back) ? back : overview_path));
  response.headers.push_back(
      set_cookie(language_cookie, code_of(language), SameSite::lax, remembered));
  return response;
}

}  // namespace

std::vector<Page> language_pages() {
  std::vector<Page> pages;
  for (const Language language : all_languages) {
    pages.push_back(
        {.path = std::string(language_path) + std::string(code_of(language)),
         .access = {.person = Access::Person::anybody},
         .answer = [language](const Visit& visit) { return switch_to(language, visit); }});
  }
  return pages;
}

}  // namespace sluice::pages
