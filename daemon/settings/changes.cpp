#include "settings/changes.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <map>
#include <set>
#include <string_view>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace sluice::settings {
namespace {

// Of node.yaml: each with all that is below it.
constexpr std::array fixed_keys = {
    "node.name",
    "node.state_directory",
    "node.control_socket",
    "node.reserve",
    "identity",
    "listen.address",
    "listen.port",
    "pages.address",
    "pages.port",
    "pages.certificate",
    "pages.key",
    "pages.people_authorities",
    "pages.people_revocations",
    "store",
    "log",
    "journal.retention_bytes",
};
// These may change in what they say, but neither come nor go.
constexpr std::array fixed_sections = {"listen", "pages"};
constexpr std::string_view changeable = "identity.earlier_subjects";
constexpr std::string_view of_nodes = "nodes[";

// How many keys of one file are named.
constexpr std::size_t most_named = 6;

bool is_at_or_below(std::string_view key, std::string_view parent) {
  if (!key.starts_with(parent)) return false;
  return key.size() == parent.size() || key[parent.size()] == '.' || key[parent.size()] == '[';
}

bool has_any(const WrittenKeys& keys, std::string_view parent) {
  for (auto key = keys.lower_bound(std::string(parent)); key != keys.end(); ++key) {
    if (!key->first.starts_with(parent)) return false;
    if (is_at_or_below(key->first, parent)) return true;
  }
  return false;
}

// The outermost part of a key of one side that the other has nothing of; empty: it has the whole.
std::string first_missing(const std::string& key, const WrittenKeys& other) {
  for (std::size_t end = 0; end != std::string::npos;) {
    end = key.find_first_of(".[", end + 1);
    const std::string part = key.substr(0, end);
    if (!has_any(other, part)) return part;
  }
  return {};
}

// What differs of a file: by its outermost part where that came or went.
struct Difference {
  std::string key;
  enum class Kind { changed, added, removed } kind;
  friend auto operator<=>(const Difference&, const Difference&) = default;
};

// A file, or a part of one, as it was and is; `whole` says what came or went.
struct Sides {
  const WrittenKeys& before;
  const WrittenKeys& after;
};

std::set<Difference> differences(const Sides& part, const Sides& whole) {
  const auto& [before, after] = part;
  std::set<Difference> found;
  for (const auto& [key, value] : before) {
    const auto now = after.find(key);
    if (now != after.end() && now->second == value) continue;
    const std::string gone = first_missing(key, whole.after);
    found.insert(gone.empty() ? Difference{key, Difference::Kind::changed}
                              : Difference{gone, Difference::Kind::removed});
  }
  for (const auto& [key, value] : after) {
    if (before.contains(key)) continue;
    const std::string come = first_missing(key, whole.before);
    found.insert(come.empty() ? Difference{key, Difference::Kind::changed}
                              : Difference{come, Difference::Kind::added});
  }
  return found;
}

std::string phrase(const Difference& difference) {
  using Kind = Difference::Kind;
  return difference.key + (difference.kind == Kind::added     ? " added"
                           : difference.kind == Kind::removed ? " removed"
                                                              : "");
}

std::string phrase(const std::string& of, const std::set<Difference>& differences) {
  std::vector<std::string> named;
  for (const Difference& difference : differences) {
    if (named.size() == most_named) break;
    named.push_back(phrase(difference));
  }
  std::string text = fmt::format("{}: {}", of, fmt::join(named, ", "));
  if (differences.size() > most_named) {
    text += fmt::format(" and {} more", differences.size() - most_named);
  }
  return text;
}

// "edge" of `nodes[edge].bureaus`.
std::string node_named_in(const std::string& key) {
  return key.substr(of_nodes.size(), key.find(']') - of_nodes.size());
}

// The first nodes that come, or the last that go, are the whole list.
void list_nodes(const WrittenKeys& side, std::vector<std::string>& to) {
  std::set<std::string> names;
  for (const auto& [key, value] : side)
    if (key.starts_with(of_nodes)) names.insert(node_named_in(key));
  for (const std::string& name : names)
    to.push_back("node " + name);
}

bool is_fixed(std::string_view key) {
  if (is_at_or_below(key, changeable)) return false;
  return std::ranges::any_of(fixed_keys,
                             [&](const char* fixed) { return is_at_or_below(key, fixed); });
}

// What of node.yaml may be other than it is while the node runs: without what is fixed, and of a
// section that neither may come nor go, nothing where it does.
struct Split {
  WrittenKeys before, after;         // to be compared
  std::vector<std::string> restart;  // what differs of the rest
};

Split split(const WrittenKeys& before, const WrittenKeys& after) {
  Split split{before, after, {}};
  for (const char* section : fixed_sections) {
    if (has_any(before, section) == has_any(after, section)) continue;
    split.restart.emplace_back(section);
    const auto is_of_it = [&](const auto& entry) { return is_at_or_below(entry.first, section); };
    std::erase_if(split.before, is_of_it);
    std::erase_if(split.after, is_of_it);
  }
  std::set<std::string> fixed;
  for (const auto* side : {&split.before, &split.after}) {
    for (const auto& [key, value] : *side)
      if (is_fixed(key)) fixed.insert(key);
  }
  for (const std::string& key : fixed) {
    const auto old = split.before.extract(key);
    const auto next = split.after.extract(key);
    const bool is_same = old && next && old.mapped() == next.mapped();
    if (!is_same) split.restart.push_back(key);
  }
  return split;
}

void compare_nodes(const WrittenKeys& before, const WrittenKeys& after, Changes& changes) {
  std::set<Difference> of_file;
  std::map<std::string, std::set<Difference>> of_nodes_here;
  Split parts = split(before, after);
  changes.restart = std::move(parts.restart);
  for (const Difference& difference : differences({parts.before, parts.after}, {before, after})) {
    const bool is_of_nodes = difference.key == "nodes" || difference.key.starts_with(of_nodes);
    if (!is_of_nodes) {
      of_file.insert(difference);
    } else if (difference.key == "nodes") {
      const bool come = difference.kind == Difference::Kind::added;
      list_nodes(come ? parts.after : parts.before, come ? changes.added : changes.removed);
    } else if (difference.key.ends_with(']') && difference.kind != Difference::Kind::changed) {
      auto& list = difference.kind == Difference::Kind::added ? changes.added : changes.removed;
      list.push_back("node " + node_named_in(difference.key));
    } else {
      of_nodes_here[node_named_in(difference.key)].insert(difference);
    }
  }
  for (const auto& [name, found] : of_nodes_here)
    changes.changed.push_back(phrase("node " + name, found));
  if (!of_file.empty()) changes.changed.push_back(phrase("node.yaml", of_file));
}

template <class Id>
void compare_files(const char* noun, const std::map<Id, WrittenKeys>& before,
                   const std::map<Id, WrittenKeys>& after, Changes& changes) {
  for (const auto& [id, keys] : before) {
    const std::string of = fmt::format("{} {}", noun, id.str());
    const auto now = after.find(id);
    if (now == after.end()) {
      changes.removed.push_back(of);
    } else if (const auto found = differences({keys, now->second}, {keys, now->second});
               !found.empty()) {
      changes.changed.push_back(phrase(of, found));
    }
  }
  for (const auto& [id, keys] : after) {
    if (!before.contains(id)) changes.added.push_back(fmt::format("{} {}", noun, id.str()));
  }
}

}  // namespace

std::span<const char* const> keys_until_restart() {
  return fixed_keys;
}

std::optional<std::string> why_only_by_restart(const Settings& running, const Settings& next) {
  // All else that the files say is meant for the other kind of node.
  if (running.node.store.has_value() == next.node.store.has_value()) return std::nullopt;
  return "node.yaml: whether there is `store` or `uplink` changes by a restart alone";
}

Changes changes_between(const Settings& running, const Settings& next) {
  Changes changes;
  compare_nodes(running.written.node, next.written.node, changes);
  compare_files("bureau", running.written.bureaus, next.written.bureaus, changes);
  compare_files("dataset", running.written.datasets, next.written.datasets, changes);
  // One that comes or goes does so with what names it.
  for (const auto& [file, digest] : next.written.codes) {
    const auto before = running.written.codes.find(file);
    if (before != running.written.codes.end() && before->second != digest) {
      changes.changed.push_back("code table " + file.string());
    }
  }
  return changes;
}

void keep_until_restart(Settings& next, const Settings& running) {
  const Node& now = running.node;
  Node& node = next.node;
  node.name = now.name;
  node.state_directory = now.state_directory;
  node.control_socket = now.control_socket;
  node.reserve = now.reserve;
  std::vector<record::SignerName> earlier = std::move(node.identity.earlier);
  node.identity = now.identity;
  node.identity.earlier = std::move(earlier);
  if (!now.listen || !node.listen) node.listen = now.listen;
  if (now.listen) {
    node.listen->address = now.listen->address;
    node.listen->port = now.listen->port;
  }
  if (!now.pages || !node.pages) node.pages = now.pages;
  if (now.pages) {
    node.pages->listen.address = now.pages->listen.address;
    node.pages->listen.port = now.pages->listen.port;
    node.pages->certificate = now.pages->certificate;
    node.pages->key = now.pages->key;
    node.pages->people_authorities = now.pages->people_authorities;
    node.pages->people_revocations = now.pages->people_revocations;
  }
  node.store = now.store;
  node.store_number = now.store_number;
  node.hold_after = now.hold_after;
  node.log = now.log;
  node.journal.retention_bytes = now.journal.retention_bytes;

  // So that it is told again, until it is so.
  const auto keep = [&](const auto& is_kept) {
    std::erase_if(next.written.node, [&](const auto& entry) { return is_kept(entry.first); });
    std::ranges::copy_if(running.written.node,
                         std::inserter(next.written.node, next.written.node.end()),
                         [&](const auto& entry) { return is_kept(entry.first); });
  };
  for (const char* section : fixed_sections) {
    if (has_any(running.written.node, section) == has_any(next.written.node, section)) continue;
    keep([&](const std::string& key) { return is_at_or_below(key, section); });
  }
  keep(is_fixed);
}

}  // namespace sluice::settings
