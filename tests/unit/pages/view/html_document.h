// A page taken apart strictly, as a browser would without mending it: what is not closed, or is
// written carelessly, is a flaw.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::pages {

struct Element {
  std::string name;
  std::map<std::string, std::string> attributes;  // as they are written, with their references
  std::string text;                               // directly within, likewise
  std::vector<std::size_t> ancestors;             // places in the document, the outermost first
};

struct HtmlDocument {
  std::vector<Element> elements;
  std::vector<std::string> flaws;

  [[nodiscard]] std::vector<const Element*> all(std::string_view name) const;
  [[nodiscard]] bool is_within(const Element& element, std::string_view ancestor) const;
};

[[nodiscard]] HtmlDocument read_html(std::string_view html);

}  // namespace sluice::pages
