// What the pages say, in each of their languages. No text of a page stands in a template or in
// code: both name a key of texts/zh.json and texts/en.json.
#pragma once

#include <array>
#include <functional>
#include <initializer_list>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "pages/view/embedded_file.h"

namespace sluice::pages {

enum class Language { chinese, english };
inline constexpr std::array all_languages = {Language::chinese, Language::english};
[[nodiscard]] std::string_view code_of(Language language);       // "zh": of paths and cookies
[[nodiscard]] std::string_view html_code_of(Language language);  // "zh-CN": of <html lang>

// The text with each placeholder {name} replaced by what `value` gives for the name. What it gives
// is not looked at again.
[[nodiscard]] std::string fill(std::string_view text,
                               const std::function<std::string(std::string_view name)>& value);

// Thread-safe.
class Texts {
 public:
  // Throws std::logic_error where a file is not an object of strings: they are part of the program.
  explicit Texts(std::span<const EmbeddedFile> files);

  // Null: there is none. Owned by this.
  [[nodiscard]] const std::string* find(Language language, const std::string& key) const;
  [[nodiscard]] const std::map<std::string, std::string>& of(Language language) const;

 private:
  std::map<Language, std::map<std::string, std::string>> texts_;
};

}  // namespace sluice::pages
