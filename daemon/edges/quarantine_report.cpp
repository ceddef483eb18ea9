#include "edges/quarantine_report.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "record/json_members.h"

namespace sluice::edges {
namespace {

namespace json = boost::json;
using journal::QuarantineTally;

constexpr std::string_view format = "sluice-quarantine/1";

// Rules are words of ours, which a later version has more of: "uscc", "minLength".
bool is_rule(std::string_view text) {
  const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
  const auto is_inner = [&](char c) { return is_letter(c) || (c >= '0' && c <= '9') || c == '-'; };
  return !text.empty() && text.size() <= 63 && is_letter(text.front()) &&
         std::ranges::all_of(text, is_inner);
}

record::Time moment(record::JsonMembers& members, std::string_view name) {
  const auto read = record::parse_time(members.text(name));
  if (!read) members.complain(name, "to be a time such as 2026-11-23T04:44:00.000Z");
  return read.value_or(record::Time{});
}

std::expected<QuarantineTally, std::string> parse_group(simdjson::dom::element element) {
  record::JsonMembers members(element);
  QuarantineTally group;
  const auto state = journal::parse_quarantine_state(members.text("state"));
  if (!state) members.complain("state", "to be waiting, replayed or discarded");
  group.state = state.value_or(journal::QuarantineState::waiting);
  group.dataset = record::DatasetId(members.text("dataset"));
  if (!record::is_name(group.dataset.str())) {
    members.complain("dataset", "to be the name of a dataset");
  }
  group.rule = members.text("rule");
  if (!is_rule(group.rule)) members.complain("rule", "to be the name of a rule");
  group.entries = members.number("entries");
  if (group.entries == 0) members.complain("entries", "to be a whole number from 1");
  group.oldest = moment(members, "oldest");
  group.newest = moment(members, "newest");
  if (auto problem = members.finish()) return std::unexpected(std::move(*problem));
  return group;
}

bool stands_before(const QuarantineTally& one, const QuarantineTally& other) {
  return std::tie(one.state, one.dataset, one.rule) <
         std::tie(other.state, other.dataset, other.rule);
}

}  // namespace

QuarantineReport report_of(std::vector<QuarantineTally> tallies, record::Time as_of) {
  QuarantineReport report{.as_of = as_of, .groups = std::move(tallies)};
  if (report.groups.size() > most_groups) {
    report.left_out = report.groups.size() - most_groups;
    report.groups.resize(most_groups);
  }
  return report;
}

std::vector<journal::QuarantineCount> waiting_in(const QuarantineReport& report) {
  std::vector<journal::QuarantineCount> waiting;
  for (const QuarantineTally& group : report.groups) {
    if (group.state != journal::QuarantineState::waiting) continue;
    waiting.push_back({group.dataset, group.rule, group.entries, group.oldest});
  }
  return waiting;
}

std::string to_json(const QuarantineReport& report) {
  json::array groups;
  for (const QuarantineTally& group : report.groups) {
    groups.push_back(json::object{{"state", to_string(group.state)},
                                  {"dataset", group.dataset.str()},
                                  {"rule", group.rule},
                                  {"entries", group.entries},
                                  {"oldest", record::to_string(group.oldest)},
                                  {"newest", record::to_string(group.newest)}});
  }
  return json::serialize(json::object{{"format", format},
                                      {"as_of", record::to_string(report.as_of)},
                                      {"groups", std::move(groups)},
                                      {"left_out", report.left_out}}) +
         "\n";
}

std::expected<QuarantineReport, record::Flaw> parse_report(std::string_view text) {
  const auto wrong = [](std::string sentence) {
    return std::unexpected(record::Flaw{std::move(sentence)});
  };
  if (text.size() > most_report_bytes) {
    return wrong(fmt::format("it has more than {} bytes", most_report_bytes));
  }
  record::JsonMembers members(text);
  QuarantineReport report;
  if (members.text("format") != format) {
    members.complain("format", fmt::format("to be {}", format));
  }
  report.as_of = moment(members, "as_of");
  report.left_out = members.number("left_out");
  const auto groups = members.array("groups");
  if (groups.size() > most_groups) {
    members.complain("groups", fmt::format("to be at most {}", most_groups));
  }
  if (auto problem = members.finish()) return wrong(std::move(*problem));
  for (const simdjson::dom::element& element : groups) {
    auto group = parse_group(element);
    if (!group) {
      return wrong(fmt::format("group {}: {}", report.groups.size() + 1, group.error()));
    }
    if (!report.groups.empty() && !stands_before(report.groups.back(), *group)) {
      return wrong(
          fmt::format("group {}: it does not come after the one before it, in order of "
                      "state (waiting, replayed, discarded), dataset and rule",
                      report.groups.size() + 1));
    }
    report.groups.push_back(std::move(*group));
  }
  return report;
}

}  // namespace sluice::edges
