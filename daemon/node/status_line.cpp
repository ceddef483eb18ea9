#include "node/status_line.h"

#include <algorithm>
#include <cstddef>
#include <ranges>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "api/troubles.h"

namespace sluice::node {
namespace {

// Of one trouble, and of all: systemd takes no more than 4 KiB with all else that it is told.
constexpr std::size_t longest_trouble = 200;  // bytes
constexpr std::size_t longest_line = 1000;    // bytes

// Cut between two characters, not within one.
std::string shortened(std::string text) {
  if (text.size() <= longest_trouble) return text;
  std::size_t end = longest_trouble;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U)
    --end;
  text.resize(end);
  return text + "…";
}

std::string counted(std::size_t count, std::string_view noun) {
  return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

std::string summary(const api::NodeStatus& status, std::size_t wrong) {
  if (status.streams.empty())
    return wrong == 0 ? "all is well" : counted(wrong, "thing") + " wrong";
  return fmt::format("{}, {}", counted(status.streams.size(), "bureau"),
                     wrong == 0 ? std::string("all is well") : fmt::format("{} wrong", wrong));
}

std::string listed(std::string line, std::string_view before,
                   const std::vector<std::string>& troubles) {
  std::size_t told = 0;
  for (const std::string& trouble : troubles) {
    std::string next = shortened(trouble);
    if (line.size() + next.size() > longest_line) break;
    line += told == 0 ? before : "; ";
    line += std::move(next);
    ++told;
  }
  if (told < troubles.size()) line += fmt::format("; and {} more", troubles.size() - told);
  return line;
}

}  // namespace

std::string status_line(const api::NodeStatus& status) {
  std::vector<std::string> wrong;
  std::vector<std::string> reminders;
  for (const api::Trouble& trouble : api::troubles_of(status)) {
    (trouble.grade == api::Grade::reminder ? reminders : wrong).push_back(line_of(trouble));
  }
  return listed(listed(summary(status, wrong.size()), ": ", wrong), "; ", reminders);
}

}  // namespace sluice::node
