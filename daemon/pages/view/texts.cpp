#include "pages/view/texts.h"

#include <algorithm>
#include <stdexcept>

#include <boost/json.hpp>
#include <fmt/format.h>

namespace sluice::pages {
namespace {

std::map<std::string, std::string> read_texts(std::span<const EmbeddedFile> files,
                                              const std::string& name) {
  const auto file = std::ranges::find(files, name, &EmbeddedFile::name);
  if (file == files.end()) throw std::logic_error("there is no " + name);
  boost::system::error_code error;
  const boost::json::value value =
      boost::json::parse(boost::json::string_view(file->bytes.data(), file->bytes.size()), error);
  if (error || !value.is_object()) throw std::logic_error(name + " is no JSON object");
  std::map<std::string, std::string> texts;
  for (const auto& [key, text] : value.as_object()) {
    const auto* string = text.if_string();
    if (string == nullptr)
      throw std::logic_error(fmt::format("{}: {} is no string", name, std::string(key)));
    texts.emplace(std::string(key), std::string(*string));
  }
  return texts;
}

}  // namespace

std::string_view code_of(Language language) {
  return language == Language::chinese ? "zh" : "en";
}

std::string_view html_code_of(Language language) {
  return language == Language::chinese ? "zh-CN" : "en";
}

std::string fill(std::string_view text,
                 const std::function<std::string(std::string_view name)>& value) {
  std::string filled;
  for (;;) {
    const std::size_t begin = text.find('{');
    const std::size_t end = text.find('}', begin);
    filled += text.substr(0, begin);
    if (begin == std::string_view::npos || end == std::string_view::npos) return filled;
    filled += value(text.substr(begin + 1, end - begin - 1));
    text.remove_prefix(end + 1);
  }
}

Texts::Texts(std::span<const EmbeddedFile> files) {
  for (const Language language : all_languages)
    texts_.emplace(language, read_texts(files, fmt::format("texts/{}.json", code_of(language))));
}

const std::string* Texts::find(Language language, const std::string& key) const {
  const auto& texts = of(language);
  const auto found = texts.find(key);
  return found == texts.end() ? nullptr : &found->second;
}

const std::map<std::string, std::string>& Texts::of(Language language) const {
  return texts_.at(language);
}

}  // namespace sluice::pages
