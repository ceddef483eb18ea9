// Makes HTML of a template and of named values. Whatever a value says is escaped and never read as
// a template: a person's data has no way to become markup.
#pragma once

#include <concepts>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <kainjow/mustache.hpp>

#include "pages/view/embedded_file.h"
#include "pages/view/texts.h"

namespace sluice::pages {

// What is told: in the reader's language, by the program, which speaks English, or both.
struct Said {
  std::string own;
  std::string program;
  friend bool operator==(const Said&, const Said&) = default;
};

// What a template is filled with. A name that a template has must be set, to `false` where there is
// nothing to tell: see Templates::OnMissing.
class Values {
 public:
  // Made visible().
  template <std::convertible_to<std::string_view> Text>
  Values& text(const std::string& name, const Text& text) {
    return set_text(name, text);
  }
  Values& text(const std::string& name, const std::optional<std::string>& text);
  // For the template `said`, within a section of this name. Nothing where nothing is told.
  Values& said(const std::string& name, const Said& said);
  // Byte for byte, for what a form sends back. It must be UTF-8. But of U+0000, which HTML has no
  // way to write, its picture: else a browser would make something of it that tells nobody.
  Values& verbatim(const std::string& name, const std::string& text);
  Values& when(const std::string& name, bool is_so);
  Values& part(const std::string& name, const Values& part);
  Values& part(const std::string& name, const std::optional<Values>& part);
  Values& list(const std::string& name, const std::vector<Values>& items);

  [[nodiscard]] const kainjow::mustache::data& data() const { return data_; }

 private:
  Values& set_text(const std::string& name, std::string_view text);
  Values& set(const std::string& name, kainjow::mustache::data value);
  kainjow::mustache::data data_;
};

// Nothing where the text is empty.
[[nodiscard]] std::optional<std::string> if_any(const std::string& text);

// The values of each row, as `make` gives them.
template <class Row, class Make>
[[nodiscard]] std::vector<Values> each(const std::vector<Row>& rows, Make make) {
  std::vector<Values> made;
  made.reserve(rows.size());
  for (const Row& row : rows)
    made.push_back(make(row));
  return made;
}

// Thread-safe once it is made.
class Templates {
 public:
  // Told of a name in a template that neither the values nor the texts have; such a place stays
  // empty. The tests make a failure of it.
  using OnMissing = std::function<void(std::string_view name)>;

  // Takes the files templates/*.mustache. A tag {{>name}} stands for the text of another template.
  // Throws std::logic_error where one can not be read, names a template that is not there, or has a
  // tag that would not escape: they are part of the program.
  explicit Templates(std::span<const EmbeddedFile> files, OnMissing on_missing = {});
  ~Templates();
  Templates(const Templates&) = delete;
  Templates& operator=(const Templates&) = delete;

  // {{t.KEY}} is the text KEY; its placeholders are filled with the values of these names.
  [[nodiscard]] std::string render(const std::string& name, const Values& values,
                                   const Texts& texts, Language language) const;

 private:
  // Rendering does not change one: there are neither lambdas nor partials, whose errors it keeps.
  std::map<std::string, std::unique_ptr<kainjow::mustache::mustache>> parsed_;
  OnMissing on_missing_;
};

}  // namespace sluice::pages
