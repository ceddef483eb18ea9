// docs/log-events.md is API: what the code logs is on the page, and what is on the page is logged.
#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <set>
#include <string>

#include <gtest/gtest.h>

namespace sluice::test {
namespace {

const std::filesystem::path source_directory = SLUICE_SOURCE_DIR;

std::string text_of(const std::filesystem::path& file) {
  std::ifstream in(file);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::set<std::string> logged_by_the_code() {
  // A call of the log, with a condition or a level before its event, and the other choice behind
  // it.
  const std::regex call(
      R"re(log_?(?:\.|->)(?:debug|info|warning|error|write)\(\s*(?:level,\s*|\w+ \? )?"([a-z-]+)"(?: : "([a-z-]+)")?)re");
  // The logger writes of itself without a call.
  std::set<std::string> events{"log-lines-dropped"};
  for (const char* folder : {"daemon", "adapters"}) {
    for (const auto& entry :
         std::filesystem::recursive_directory_iterator(source_directory / folder)) {
      if (entry.path().extension() != ".cpp") continue;
      const std::string text = text_of(entry.path());
      for (std::sregex_iterator at(text.begin(), text.end(), call), end; at != end; ++at) {
        events.insert((*at)[1].str());
        if ((*at)[2].matched) events.insert((*at)[2].str());
      }
    }
  }
  return events;
}

// Of the tables under headings that begin with "Log:".
std::set<std::string> on_the_page() {
  std::ifstream page(source_directory / "docs/log-events.md");
  const std::regex row("^\\| `([a-z-]+)` \\|.*");
  std::set<std::string> events;
  bool is_of_the_log = false;
  for (std::string line; std::getline(page, line);) {
    if (line.starts_with("## ")) is_of_the_log = line.starts_with("## Log:");
    std::smatch found;
    if (is_of_the_log && std::regex_match(line, found, row)) events.insert(found[1].str());
  }
  return events;
}

TEST(LogEvents, AreAllInTheirDocument) {
  EXPECT_EQ(logged_by_the_code(), on_the_page());
}

}  // namespace
}  // namespace sluice::test
