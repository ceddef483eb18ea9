#include "tasks/history.h"

#include <array>
#include <utility>

namespace sluice::tasks {
namespace {

constexpr std::array<std::pair<Happening, std::string_view>, 19> happening_names = {{
    {Happening::added, "added"},
    {Happening::claimed, "claimed"},
    {Happening::keyed, "keyed"},
    {Happening::entered, "entered"},
    {Happening::agreed, "agreed"},
    {Happening::differed, "differed"},
    {Happening::settled, "settled"},
    {Happening::sent_back, "sent-back"},
    {Happening::handed_back, "handed-back"},
    {Happening::returned, "returned"},
    {Happening::refused, "refused"},
    {Happening::journaled, "journaled"},
    {Happening::reassigned, "reassigned"},
    {Happening::cancelled, "cancelled"},
    {Happening::reopened, "reopened"},
    {Happening::changed, "changed"},
    {Happening::confirmed, "confirmed"},
    {Happening::declined, "declined"},
    {Happening::withdrawn, "withdrawn"},
}};

}  // namespace

std::string_view to_string(Happening what) {
  for (const auto& [happening, name] : happening_names) {
    if (happening == what) return name;
  }
  return "";
}

std::optional<Happening> parse_happening(std::string_view text) {
  for (const auto& [happening, name] : happening_names) {
    if (name == text) return happening;
  }
  return std::nullopt;
}

}  // namespace sluice::tasks
