#include "pages/view/template.h"

#include <algorithm>
#include <sstream>
#include <stdexcept>
#include <utility>

#include <fmt/format.h>

#include "pages/view/visible.h"

namespace sluice::pages {
namespace {

namespace mustache = kainjow::mustache;

constexpr std::string_view folder = "templates/";
constexpr std::string_view ending = ".mustache";
constexpr std::string_view text_prefix = "t.";

// Templates within templates: more is a circle.
constexpr int deepest = 5;

std::string expanded(const std::map<std::string, std::string>& files, const std::string& name,
                     int depth) {
  const auto file = files.find(name);
  if (file == files.end()) throw std::logic_error("there is no template " + name);
  if (depth > deepest) throw std::logic_error("templates in a circle at " + name);
  std::string text;
  std::string_view rest = file->second;
  for (;;) {
    const std::size_t tag = rest.find("{{>");
    text += rest.substr(0, tag);
    if (tag == std::string_view::npos) return text;
    const std::size_t end = rest.find("}}", tag);
    if (end == std::string_view::npos) throw std::logic_error("a tag is not closed in " + name);
    text += expanded(files, mustache::trim(std::string(rest.substr(tag + 3, end - tag - 3))),
                     depth + 1);
    rest.remove_prefix(end + 2);
  }
}

// Of the whole text, in which no partial is left: what Mustache would not escape, or would read at
// each rendering. It allows blanks before the sign.
void check_tags(const std::string& name, std::string_view text) {
  for (std::size_t tag = text.find("{{"); tag != std::string_view::npos;
       tag = text.find("{{", tag + 2)) {
    const std::size_t sign = text.find_first_not_of(" \t\r\n\v\f", tag + 2);
    if (sign != std::string_view::npos && std::string_view("{&=>").contains(text[sign]))
      throw std::logic_error(fmt::format("template {} has a tag {{{{{}", name, text[sign]));
  }
}

// Finds names in the values, from the innermost part outwards, and texts.
class Lookup final : public mustache::basic_context<std::string> {
 public:
  Lookup(const mustache::data& values, const Texts& texts, Language language,
         const Templates::OnMissing& on_missing)
      : texts_(texts), language_(language), on_missing_(on_missing) {
    parts_.push_back(&values);
  }
  void push(const mustache::data* part) override { parts_.push_back(part); }
  void pop() override { parts_.pop_back(); }

  const mustache::data* get(const std::string& name) const override {
    const mustache::data* found =
        name.starts_with(text_prefix) ? text(name.substr(text_prefix.size())) : value(name);
    if (found == nullptr && on_missing_) on_missing_(name);
    return found;
  }
  const mustache::data* get_partial(const std::string& /*name*/) const override { return nullptr; }

 private:
  const mustache::data* value(std::string_view name) const {
    if (name == ".") return parts_.back();
    for (auto part = parts_.rbegin(); part != parts_.rend(); ++part) {
      if (const mustache::data* found = within(*part, name)) return found;
    }
    return nullptr;
  }
  static const mustache::data* within(const mustache::data* part, std::string_view name) {
    while (part != nullptr && !name.empty()) {
      const std::size_t dot = name.find('.');
      part = part->get(std::string(name.substr(0, dot)));
      name.remove_prefix(dot == std::string_view::npos ? name.size() : dot + 1);
    }
    return part;
  }
  const mustache::data* text(const std::string& key) const {
    const std::string* found = texts_.find(language_, key);
    if (found == nullptr) return nullptr;
    made_.push_back(std::make_unique<mustache::data>(
        fill(*found, [this](std::string_view placeholder) -> std::string {
          const mustache::data* given = value(placeholder);
          if (given != nullptr && given->is_string()) return given->string_value();
          if (on_missing_) on_missing_(placeholder);
          return {};
        })));
    return made_.back().get();
  }

  const Texts& texts_;
  Language language_;
  const Templates::OnMissing& on_missing_;
  std::vector<const mustache::data*> parts_;
  mutable std::vector<std::unique_ptr<mustache::data>> made_;  // texts with their values
};

}  // namespace

Values& Values::set(const std::string& name, mustache::data value) {
  data_[name] = std::move(value);
  return *this;
}

Values& Values::set_text(const std::string& name, std::string_view text) {
  return set(name, mustache::data(visible(text)));
}

Values& Values::text(const std::string& name, const std::optional<std::string>& text) {
  return text ? set_text(name, *text) : when(name, false);
}

Values& Values::said(const std::string& name, const Said& said) {
  if (said.own.empty() && said.program.empty()) return when(name, false);
  return part(name, Values().text("own", if_any(said.own)).text("program", if_any(said.program)));
}

Values& Values::verbatim(const std::string& name, const std::string& text) {
  std::string written = text;
  for (std::size_t at = 0; (at = written.find('\0', at)) != std::string::npos;)
    written.replace(at, 1, "\u2400");
  return set(name, mustache::data(written));
}

Values& Values::when(const std::string& name, bool is_so) {
  return set(name, mustache::data(is_so));
}

Values& Values::part(const std::string& name, const Values& part) {
  return set(name, mustache::data(part.data_));
}

Values& Values::part(const std::string& name, const std::optional<Values>& part) {
  return part ? this->part(name, *part) : when(name, false);
}

Values& Values::list(const std::string& name, const std::vector<Values>& items) {
  mustache::data list(mustache::data::type::list);
  for (const Values& item : items)
    list.push_back(item.data_);
  return set(name, std::move(list));
}

std::optional<std::string> if_any(const std::string& text) {
  if (text.empty()) return std::nullopt;
  return text;
}

Templates::Templates(std::span<const EmbeddedFile> files, OnMissing on_missing)
    : on_missing_(std::move(on_missing)) {
  std::map<std::string, std::string> raw;
  for (const EmbeddedFile& file : files) {
    if (!file.name.starts_with(folder) || !file.name.ends_with(ending)) continue;
    const std::string_view name =
        file.name.substr(folder.size(), file.name.size() - folder.size() - ending.size());
    raw.emplace(name, file.bytes);
  }
  for (const auto& [name, file] : raw) {
    const std::string whole = expanded(raw, name, 0);
    check_tags(name, whole);
    auto parsed = std::make_unique<mustache::mustache>(whole);
    if (!parsed->is_valid())
      throw std::logic_error(fmt::format("template {}: {}", name, parsed->error_message()));
    parsed_.emplace(name, std::move(parsed));
  }
}

Templates::~Templates() = default;

std::string Templates::render(const std::string& name, const Values& values, const Texts& texts,
                              Language language) const {
  const auto found = parsed_.find(name);
  if (found == parsed_.end()) throw std::logic_error("there is no template " + name);
  Lookup lookup(values.data(), texts, language, on_missing_);
  std::ostringstream html;
  found->second->render(lookup, html);
  return std::move(html).str();
}

}  // namespace sluice::pages
