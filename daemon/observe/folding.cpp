#include "observe/folding.h"

#include <algorithm>

#include <fmt/format.h>

namespace sluice::observe {
namespace {

constexpr std::chrono::seconds until_tried_again{1};
// A value of some MiB is not kept 256 times: an event with more is told each time.
constexpr std::size_t longest_identity = 4096;

// What makes two entries one event again; nothing where it is too long to be kept.
std::optional<std::string> identity_of(const LogEntry& entry) {
  std::string identity = fmt::format("{} {}", entry.event.name, to_string(entry.level));
  for (const LogField& field : entry.fields) {
    if (entry.event.varying.has(field.key())) continue;
    if (identity.size() + field.text().size() > longest_identity) return std::nullopt;
    identity.push_back('\0');
    identity += field.key();
    identity.push_back('=');
    identity += field.text();
  }
  return identity;
}

}  // namespace

bool Folding::count(const LogEntry& entry, Time now) {
  if (!is_folded(entry.event, entry.level)) return false;
  const auto identity = identity_of(entry);
  if (!identity) return false;
  const auto found = windows_.find(*identity);
  if (found == windows_.end() || found->second.ends <= now) return false;
  Window& window = found->second;
  ++window.repeated;
  window.last.clear();
  for (const LogField& field : entry.fields)
    window.last.emplace_back(field.key(), field.text().substr(0, longest_identity));
  return true;
}

void Folding::begin(const LogEntry& entry, Time now, const Tell& tell) {
  if (!is_folded(entry.event, entry.level)) return;
  const auto identity = identity_of(entry);
  if (!identity) return;
  if (windows_.size() >= most_windows && !windows_.contains(*identity)) {
    const auto oldest = std::ranges::min_element(
        windows_, {}, [](const auto& window) { return window.second.begun; });
    if (!tell_of(oldest->second, now, tell)) return;  // what is counted comes before what may be
    windows_.erase(oldest);
  }
  windows_.insert_or_assign(*identity,
                            Window{now, now + window_, &entry.event, entry.level, 0, {}});
}

void Folding::tell_due(Time now, const Tell& tell) {
  for (auto at = windows_.begin(); at != windows_.end();) {
    Window& window = at->second;
    if (window.ends > now) {
      ++at;
    } else if (window.repeated == 0) {
      at = windows_.erase(at);
    } else if (tell_of(window, now, tell)) {
      window.begun = now;
      window.ends = now + window_;
      window.repeated = 0;
      ++at;
    } else {
      window.ends = now + until_tried_again;
      ++at;
    }
  }
}

void Folding::tell_all(Time now, const Tell& tell) {
  for (auto at = windows_.begin(); at != windows_.end();) {
    if (tell_of(at->second, now, tell)) {
      at = windows_.erase(at);
    } else {
      at->second.ends = now + until_tried_again;
      ++at;
    }
  }
}

std::optional<Folding::Time> Folding::next_due() const {
  if (windows_.empty()) return std::nullopt;
  return std::ranges::min_element(windows_, {},
                                  [](const auto& window) { return window.second.ends; })
      ->second.ends;
}

bool Folding::tell_of(const Window& window, Time now, const Tell& tell) {
  if (window.repeated == 0) return true;
  std::vector<LogField> fields;
  fields.reserve(window.last.size() + 2);
  for (const auto& [key, text] : window.last)
    fields.emplace_back(key, text);
  const auto within = std::chrono::duration_cast<std::chrono::seconds>(now - window.begun);
  fields.emplace_back("repeated", window.repeated);
  fields.emplace_back("within", within.count());
  return tell(LogEntry(*window.event, window.level, fields));
}

}  // namespace sluice::observe
