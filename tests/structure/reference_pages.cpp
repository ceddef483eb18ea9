// Makes the tables of docs/ that list what the code declares. In a page, what stands between
// `<!-- made from FILE -->` and `<!-- end -->` is written anew from the declarations in that file.
// usage: reference_pages FROM TO: the pages of the folder FROM that have such a part, to TO
#include <algorithm>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <fstream>
#include <functional>
#include <initializer_list>
#include <iterator>
#include <map>
#include <regex>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "api/trouble_kinds.h"
#include "observe/events.h"
#include "observe/metrics.h"
#include "record/rules.h"
#include "runs/exit_status.h"
#include "trust/audit_events.h"

namespace {

constexpr std::size_t prose_columns = 100;
constexpr std::string_view begin_mark = "<!-- made from ";
constexpr std::string_view end_mark = "<!-- end -->";

std::string code(std::string_view text) {
  return fmt::format("`{}`", text);
}

template <class Names>
std::string codes(const Names& names) {
  std::vector<std::string> all;
  for (const std::string_view name : names)
    all.push_back(code(name));
  return fmt::format("{}", fmt::join(all, ", "));
}

// Pages of docs/, which the code names from the root of the tree, as links from another page.
std::string linked(std::string_view text) {
  static const std::regex page(R"(docs/([a-z-]+\.md)(#[a-z-]+)?)");
  return std::regex_replace(std::string(text), page, "[$1]($1$2)");
}

std::string wrapped(const std::string& text) {
  std::string out;
  std::size_t column = 0;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find(' ', at), text.size());
    const std::size_t word = end - at;
    if (column > 0 && column + 1 + word > prose_columns) {
      out += '\n';
      column = 0;
    } else if (column > 0) {
      out += ' ';
      ++column;
    }
    out.append(text, at, word);
    column += word;
    at = end + 1;
  }
  return out + "\n";
}

class Table {
 public:
  Table(std::initializer_list<std::string> titles) {
    add(titles);
    text_ += "|";
    for (std::size_t i = 0; i < titles.size(); ++i)
      text_ += "---|";
    text_ += "\n";
  }
  void add(std::initializer_list<std::string> cells) {
    text_ += "|";
    for (const std::string& cell : cells)
      text_ += cell.empty() ? " |" : fmt::format(" {} |", cell);
    text_ += "\n";
  }
  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  std::string text_;
};

std::string levels(const sluice::observe::Event& event) {
  std::string text(to_string(event.level));
  if (event.other_level) {
    text += fmt::format("; {} {}", to_string(*event.other_level), event.other_level_when);
  }
  return text;
}

std::string log_events() {
  std::string text;
  for (const sluice::observe::EventGroup& group : sluice::observe::event_groups) {
    Table table{"event", "level", "keys", "when", "what to do"};
    for (const sluice::observe::Event& event : group.events) {
      std::vector<std::string_view> keys(event.keys.begin(), event.keys.end());
      keys.insert(keys.end(), event.optional_keys.begin(), event.optional_keys.end());
      table.add(
          {code(event.name), levels(event), codes(keys), linked(event.when), linked(event.remedy)});
    }
    text += fmt::format("{}## Log: {}\n{}", text.empty() ? "" : "\n", group.title, table.text());
  }
  return text;
}

std::string audit_events() {
  Table table{"event", "details", "when"};
  for (const sluice::trust::AuditDeclaration& event : sluice::trust::audit_events) {
    std::vector<std::string> details;
    for (const sluice::trust::AuditDetail& detail : event.details) {
      if (detail.name.empty()) continue;
      details.push_back(code(detail.name));
      if (!detail.meaning.empty()) details.back() += fmt::format(" ({})", detail.meaning);
    }
    table.add({code(event.name), fmt::format("{}", fmt::join(details, ", ")), linked(event.when)});
  }
  return table.text();
}

std::string metrics() {
  const sluice::observe::Metrics declared;
  Table table{"name", "type", "labels", "what it counts"};
  for (const sluice::observe::MetricDeclaration& metric : declared.declarations()) {
    table.add(
        {code(metric.name), std::string(metric.type), codes(metric.labels), linked(metric.help)});
  }
  return table.text();
}

std::string troubles() {
  Table table{"name", "grade", "what is wrong", "what to do"};
  for (const sluice::api::TroubleKind& kind : sluice::api::trouble_kinds) {
    table.add({code(kind.name), std::string(to_string(kind.grade)), linked(kind.when),
               linked(kind.remedy)});
  }
  return table.text();
}

std::string exit_statuses() {
  Table table{"exit status", "meaning"};
  for (int number = 0; number < 256; ++number) {
    const std::string_view meaning = sluice::runs::meaning(sluice::runs::ExitStatus{number});
    if (!meaning.empty()) table.add({std::to_string(number), linked(meaning)});
  }
  return table.text();
}

std::string rules() {
  std::string text;
  for (const sluice::record::RuleGroup& group : sluice::record::rule_groups) {
    Table table{"rule", "the row"};
    for (const sluice::record::RuleDeclaration& rule : group.rules)
      table.add({codes(rule.names), linked(rule.the_row)});
    text += fmt::format("{}## {}\n\n{}\n{}", text.empty() ? "" : "\n", group.title,
                        wrapped(linked(group.given_by)), table.text());
  }
  return text;
}

using Makers = std::map<std::string, std::function<std::string()>, std::less<>>;

const Makers& makers() {
  static const Makers all{
      {"daemon/api/trouble_kinds.h", troubles},     {"daemon/observe/events.h", log_events},
      {"daemon/observe/metrics.h", metrics},        {"daemon/record/rules.h", rules},
      {"daemon/runs/exit_status.h", exit_statuses}, {"daemon/trust/audit_events.h", audit_events}};
  return all;
}

std::string read(const std::filesystem::path& file) {
  std::ifstream in(file);
  std::string text{std::istreambuf_iterator<char>(in), {}};
  if (!in) throw std::runtime_error(fmt::format("{}: it can not be read", file.string()));
  return text;
}

void write(const std::filesystem::path& file, const std::string& text) {
  std::ofstream out(file);
  out << text << std::flush;
  if (!out) throw std::runtime_error(fmt::format("{}: it can not be written", file.string()));
}

// The page with its parts written anew; counts in `made` from which files they are.
std::string made_anew(const std::string& page, std::map<std::string, int>& made) {
  std::string out;
  std::size_t at = 0;
  for (std::size_t mark = page.find(begin_mark); mark != std::string::npos;
       mark = page.find(begin_mark, at)) {
    const std::size_t name = mark + begin_mark.size();
    const std::size_t line_end = page.find('\n', name);
    const std::size_t end = page.find(end_mark, name);
    const std::string source = page.substr(name, page.find(' ', name) - name);
    if (line_end == std::string::npos || end == std::string::npos || !makers().contains(source)) {
      throw std::runtime_error(fmt::format(
          "`{}{}` is not the name of a file that pages are made from, or no `{}` follows it",
          begin_mark, source, end_mark));
    }
    out.append(page, at, line_end + 1 - at);
    out += fmt::format("\n{}\n", makers().find(source)->second());
    at = end;
    ++made[source];
  }
  return out.append(page, at);
}

void make_pages(const std::filesystem::path& from, const std::filesystem::path& to) {
  std::map<std::string, int> made;
  for (const auto& entry : std::filesystem::directory_iterator(from)) {
    if (entry.path().extension() != ".md") continue;
    const std::string page = read(entry.path());
    if (!page.contains(begin_mark)) continue;
    write(to / entry.path().filename(), made_anew(page, made));
  }
  for (const auto& [source, make] : makers()) {
    if (made[source] == 1) continue;
    throw std::runtime_error(fmt::format("{} times `{}{} -->` in the pages of {}; expected it once",
                                         made[source], begin_mark, source, from.string()));
  }
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 3) {
    fmt::print(stderr, "usage: reference_pages FROM TO\n");
    return EXIT_FAILURE;
  }
  try {
    make_pages(arguments[1], arguments[2]);
  } catch (const std::exception& error) {
    fmt::print(stderr, "reference_pages: {}\n", error.what());
    return EXIT_FAILURE;
  }
  return EXIT_SUCCESS;
}
