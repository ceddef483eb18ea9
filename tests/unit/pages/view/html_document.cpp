#include "html_document.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace sluice::pages {
namespace {

constexpr std::array<std::string_view, 5> never_closed = {"meta", "link", "input", "br", "hr"};

bool is_space(char byte) {
  return byte == ' ' || byte == '\n' || byte == '\t';
}

class Reader {
 public:
  explicit Reader(std::string_view html) : rest_(html) {}

  HtmlDocument read() {
    if (!rest_.starts_with("<!doctype html>\n")) flaw("no doctype");
    rest_.remove_prefix(std::min(rest_.size(), rest_.find('\n')));
    while (!rest_.empty()) {
      const std::size_t tag = rest_.find('<');
      take_text(rest_.substr(0, tag));
      if (tag == std::string_view::npos) break;
      rest_.remove_prefix(tag + 1);
      if (rest_.starts_with('/')) {
        close_element();
      } else {
        open_element();
      }
    }
    if (!open_.empty()) flaw("not closed: " + document_.elements[open_.back()].name);
    return std::move(document_);
  }

 private:
  void flaw(std::string sentence) { document_.flaws.push_back(std::move(sentence)); }

  std::string word(std::string_view ends) {
    const std::size_t end = std::min(rest_.find_first_of(ends), rest_.size());
    std::string taken(rest_.substr(0, end));
    rest_.remove_prefix(end);
    return taken;
  }
  void skip_space() {
    while (!rest_.empty() && is_space(rest_.front()))
      rest_.remove_prefix(1);
  }

  void take_text(std::string_view text) {
    if (text.contains('>')) flaw(fmt::format("a bare '>' in {}", text.substr(0, 40)));
    check_references(text);
    if (!open_.empty()) document_.elements[open_.back()].text += text;
  }

  void check_references(std::string_view text) {
    for (std::size_t at = text.find('&'); at != std::string_view::npos;
         at = text.find('&', at + 1)) {
      constexpr std::array<std::string_view, 5> known = {"&amp;", "&lt;", "&gt;", "&quot;",
                                                         "&apos;"};
      if (std::ranges::none_of(known, [&](auto name) { return text.substr(at).starts_with(name); }))
        flaw(fmt::format("a bare '&' in {}", text.substr(at, 40)));
    }
  }

  void close_element() {
    rest_.remove_prefix(1);
    const std::string name = word(">");
    rest_.remove_prefix(std::min<std::size_t>(1, rest_.size()));
    if (open_.empty() || document_.elements[open_.back()].name != name) {
      flaw(fmt::format("</{}> closes {}", name,
                       open_.empty() ? "nothing" : document_.elements[open_.back()].name));
      return;
    }
    open_.pop_back();
  }

  void open_element() {
    Element element{.name = word(" \n\t/>"), .ancestors = open_};
    read_attributes(element);
    const bool closes_itself = rest_.starts_with('/');
    if (closes_itself) rest_.remove_prefix(1);
    if (!rest_.starts_with('>')) flaw("no end of the tag " + element.name);
    rest_.remove_prefix(std::min<std::size_t>(1, rest_.size()));
    const bool is_void = std::ranges::find(never_closed, element.name) != never_closed.end();
    document_.elements.push_back(std::move(element));
    if (!is_void && !closes_itself) open_.push_back(document_.elements.size() - 1);
  }

  void read_attributes(Element& element) {
    for (skip_space(); !rest_.empty() && rest_.front() != '>' && rest_.front() != '/';
         skip_space()) {
      const std::string name = word("= \n\t>");
      std::string value;
      if (rest_.starts_with('=')) {
        rest_.remove_prefix(1);
        const char quote = rest_.empty() ? ' ' : rest_.front();
        if (quote != '"' && quote != '\'') {
          flaw("no quotes around " + name);
          return;
        }
        rest_.remove_prefix(1);
        value = word(std::string_view(&quote, 1));
        rest_.remove_prefix(std::min<std::size_t>(1, rest_.size()));
      }
      check_references(value);
      if (!element.attributes.emplace(name, value).second)
        flaw(fmt::format("{} twice in {}", name, element.name));
    }
  }

  std::string_view rest_;
  HtmlDocument document_;
  std::vector<std::size_t> open_;
};

}  // namespace

std::vector<const Element*> HtmlDocument::all(std::string_view name) const {
  std::vector<const Element*> found;
  for (const Element& element : elements) {
    if (element.name == name) found.push_back(&element);
  }
  return found;
}

bool HtmlDocument::is_within(const Element& element, std::string_view ancestor) const {
  return std::ranges::any_of(element.ancestors,
                             [&](std::size_t place) { return elements[place].name == ancestor; });
}

HtmlDocument read_html(std::string_view html) {
  return Reader(html).read();
}

}  // namespace sluice::pages
