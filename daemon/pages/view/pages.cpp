#include "pages/view/pages.h"

#include <utility>

#include <fmt/format.h>

#include "pages/view/paths.h"

namespace sluice::pages {
namespace {

std::vector<Values> navigation_values(const Frame& frame, const Wording& words) {
  std::vector<Values> entries;
  for (const NavigationEntry& entry : frame.navigation) {
    const bool has_count = entry.count.value_or(0) > 0;
    entries.push_back(
        Values()
            .text("place", words.word("navigation.", entry.name))
            .text("path", entry.path)
            .text("count", has_count ? std::optional(words.number(*entry.count)) : std::nullopt)
            .when("is_current", entry.is_current));
  }
  return entries;
}

std::optional<Values> person_values(const Frame& frame, const Wording& words) {
  if (!frame.person) return std::nullopt;
  std::string roles;
  for (const std::string& role : frame.person->roles) {
    if (!roles.empty()) roles += words.text("frame.roles-separator");
    roles += words.word("role.", role);
  }
  return Values()
      .text("display_name", frame.person->display_name)
      .text("roles", roles)
      .text("password_path", password_path)
      .text("sign_out_path", sign_out_path);
}

std::optional<Values> notice_values(const Frame& frame, const Wording& words) {
  if (!frame.notice) return std::nullopt;
  return Values()
      .text("notice_text", words.word("notice.", frame.notice->name))
      .said("notice_sentence", {{}, frame.notice->sentence})
      .when("notice_is_bad", frame.notice->is_bad);
}

}  // namespace

Pages::Pages(const date::time_zone& zone, Templates::OnMissing on_missing)
    : zone_(zone),
      texts_(embedded_files()),
      assets_(embedded_files()),
      templates_(embedded_files(), std::move(on_missing)) {}

Wording Pages::wording(const Frame& frame) const {
  return {texts_, frame.language, zone_, frame.now};
}

std::string Pages::document(const std::string& name, const Frame& frame, const std::string& title,
                            Values values) const {
  const Wording words = wording(frame);
  const Language other =
      frame.language == Language::chinese ? Language::english : Language::chinese;
  values.text("title", title)
      .text("language", html_code_of(frame.language))
      .text("node", frame.node)
      .text("zone", words.zone())
      .text("made", words.whole(frame.now))
      .text("style", assets_.path_of("style.css"))
      .text("script", assets_.path_of("sluice.js"))
      .text("htmx", assets_.path_of("htmx.min.js"))
      .text("icon", assets_.path_of("favicon.svg"))
      .text("home", overview_path)
      .text("csrf", frame.csrf_token)
      .text("other_language", html_code_of(other))
      .text("other_language_path",
            fmt::format("{}{}?to={}", language_path, code_of(other), percent_encoded(frame.path)))
      .when("has_navigation", !frame.navigation.empty())
      .list("navigation", navigation_values(frame, words))
      .part("person", person_values(frame, words))
      .part("notice", notice_values(frame, words));
  return templates_.render(name, values, texts_, frame.language);
}

std::string Pages::fragment(const std::string& name, const Frame& frame,
                            const Values& values) const {
  return templates_.render(name, values, texts_, frame.language);
}

}  // namespace sluice::pages
