#include "pages/view/language_choice.h"

#include <algorithm>
#include <cctype>
#include <optional>
#include <string>

namespace sluice::pages {
namespace {

std::string_view without_blanks(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

// "zh-CN", "ZH": by the first part, in any case.
std::optional<Language> language_of(std::string_view tag) {
  std::string primary(tag.substr(0, tag.find('-')));
  std::ranges::transform(primary, primary.begin(), [](char letter) {
    return static_cast<char>(std::tolower(static_cast<unsigned char>(letter)));
  });
  for (const Language language : all_languages) {
    if (primary == code_of(language)) return language;
  }
  return std::nullopt;
}

// In thousandths (RFC 9110, 12.4.2): "0.8" is 800. What is no such value counts as 0.
int quality(std::string_view parameters) {
  const std::size_t at = parameters.find("q=");
  if (at == std::string_view::npos) return 1000;
  const std::string_view text = without_blanks(parameters.substr(at + 2));
  if (text.starts_with('1')) return 1000;
  if (!text.starts_with("0.")) return 0;
  int thousandths = 0;
  int unit = 100;
  for (const char digit : text.substr(2)) {
    if (digit < '0' || digit > '9' || unit == 0) break;
    thousandths += unit * (digit - '0');
    unit /= 10;
  }
  return thousandths;
}

}  // namespace

Language choose_language(std::string_view chosen, std::string_view accept_language) {
  if (const auto language = language_of(chosen)) return *language;
  Language best = Language::chinese;
  int best_quality = 0;
  while (!accept_language.empty()) {
    const std::size_t comma = accept_language.find(',');
    const std::string_view range = accept_language.substr(0, comma);
    accept_language.remove_prefix(comma == std::string_view::npos ? accept_language.size()
                                                                  : comma + 1);
    const std::size_t semicolon = range.find(';');
    const auto language = language_of(without_blanks(range.substr(0, semicolon)));
    const int wanted =
        semicolon == std::string_view::npos ? 1000 : quality(range.substr(semicolon));
    if (!language || wanted <= best_quality) continue;
    best = *language;
    best_quality = wanted;
  }
  return best;
}

}  // namespace sluice::pages
