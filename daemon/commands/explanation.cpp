#include "commands/explanation.h"

#include <algorithm>
#include <iterator>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "observe/events.h"
#include "observe/journald_message.h"
#include "observe/metrics.h"
#include "record/rules.h"
#include "runs/exit_status.h"
#include "server/refusal.h"
#include "settings/complaints.h"
#include "trust/audit_events.h"

namespace sluice::commands {
namespace {

using Facts = std::vector<std::pair<std::string, std::string>>;

// The declarations go on where their table's row does, in small letters: here it is a sentence.
std::string as_sentence(std::string_view text) {
  std::string sentence(text);
  const bool begins_a_name = sentence.starts_with('`');
  if (!sentence.empty() && !begins_a_name && sentence.front() >= 'a' && sentence.front() <= 'z') {
    sentence.front() = static_cast<char>(sentence.front() - 'a' + 'A');
  }
  if (!sentence.empty() && !sentence.ends_with('.')) sentence.push_back('.');
  return sentence;
}

template <class Names>
std::string listed(const Names& names) {
  return fmt::format("{}", fmt::join(names.begin(), names.end(), ", "));
}

std::string level_of(observe::LogSettings::Level level) {
  return fmt::format("{}: {}", to_string(level), meaning(level));
}

Explanation explain(const observe::Event& event) {
  Facts facts;
  if (!event.remedy.empty()) facts.emplace_back("What to do", as_sentence(event.remedy));
  if (event.other_level) {
    facts.emplace_back("Other level", fmt::format("{} ({})", level_of(*event.other_level),
                                                  event.other_level_when));
  }
  std::vector<std::string_view> keys(event.keys.begin(), event.keys.end());
  keys.insert(keys.end(), event.optional_keys.begin(), event.optional_keys.end());
  if (!keys.empty()) facts.emplace_back("Keys", listed(keys));
  return {ExplainedKind::log_event, std::string(event.name), level_of(event.level),
          as_sentence(event.when), std::move(facts)};
}

Explanation explain(const trust::AuditDeclaration& event) {
  std::vector<std::string> details;
  for (const trust::AuditDetail& detail : event.details) {
    if (detail.name.empty()) continue;
    details.emplace_back(detail.name);
    if (!detail.meaning.empty()) details.back() += fmt::format(" ({})", detail.meaning);
  }
  Facts facts;
  if (!details.empty()) facts.emplace_back("Details", listed(details));
  return {ExplainedKind::audit_event,
          std::string(event.name),
          {},
          as_sentence(event.when),
          std::move(facts)};
}

Explanation explain(const observe::MetricDeclaration& metric) {
  Facts facts;
  if (!metric.labels.empty()) facts.emplace_back("Labels", listed(metric.labels));
  return {ExplainedKind::metric, std::string(metric.name), std::string(metric.type),
          as_sentence(metric.help), std::move(facts)};
}

Explanation explain(const server::RefusalText& refusal) {
  return {ExplainedKind::problem,
          std::string(refusal.name),
          fmt::format("HTTP status {}", refusal.status),
          as_sentence(refusal.detail),
          {}};
}

void explain_rules(std::vector<Explanation>& all) {
  for (const record::RuleGroup& group : record::rule_groups) {
    for (const record::RuleDeclaration& rule : group.rules) {
      for (const std::string_view name : rule.names) {
        all.push_back({ExplainedKind::rule,
                       std::string(name),
                       std::string(group.title),
                       as_sentence(fmt::format("The row {}", rule.the_row)),
                       {{"Where", as_sentence(group.given_by)}}});
      }
    }
  }
}

// What somebody copies along with the name.
std::string_view bare(std::string_view words) {
  for (const std::string_view before :
       {"event=", "rule=", "reason=", "urn:sluice:problem:", "exit status ", "exit "}) {
    if (words.starts_with(before)) words.remove_prefix(before.size());
  }
  return words;
}

}  // namespace

std::string_view to_string(ExplainedKind kind) {
  switch (kind) {
    case ExplainedKind::log_event:
      return "log event";
    case ExplainedKind::audit_event:
      return "audit event";
    case ExplainedKind::rule:
      return "rule of refused rows";
    case ExplainedKind::exit_status:
      return "exit status";
    case ExplainedKind::problem:
      return "problem of a request";
    case ExplainedKind::metric:
      return "metric";
  }
  return {};
}

std::vector<Explanation> explanations() {
  std::vector<Explanation> all;
  for (const observe::EventGroup& group : observe::event_groups)
    std::ranges::transform(group.events, std::back_inserter(all),
                           [](const observe::Event& event) { return explain(event); });
  for (const trust::AuditDeclaration& event : trust::audit_events)
    all.push_back(explain(event));
  explain_rules(all);
  for (int number = 0; number < 256; ++number) {
    const std::string_view meaning = runs::meaning(runs::ExitStatus{number});
    if (meaning.empty()) continue;
    all.push_back(
        {ExplainedKind::exit_status, std::to_string(number), {}, as_sentence(meaning), {}});
  }
  for (std::size_t i = 0; i < server::refusal_count; ++i)
    all.push_back(explain(server::text_of(static_cast<server::Refusal>(i))));
  const observe::Metrics metrics;
  for (const observe::MetricDeclaration& metric : metrics.declarations())
    all.push_back(explain(metric));
  return all;
}

std::vector<Explanation> explanations_of(std::string_view words) {
  std::vector<Explanation> all = explanations();
  std::erase_if(all, [name = bare(words)](const Explanation& one) { return one.name != name; });
  return all;
}

std::vector<std::string> names_like(std::string_view words) {
  const std::string_view name = bare(words);
  std::vector<std::string> names;
  for (const Explanation& one : explanations())
    names.push_back(one.name);
  std::vector<std::string> like;
  if (std::string nearest = settings::nearest(name, names); !nearest.empty()) {
    like.push_back(std::move(nearest));
  }
  for (const std::string& each : names) {
    if (name.size() < 3 || !each.contains(name)) continue;
    if (std::ranges::find(like, each) == like.end()) like.push_back(each);
  }
  return like;
}

std::string journal_catalog() {
  std::string catalog =
      "# What journalctl -x says of the events of sluiced. Made by `sluice manual catalog`.\n";
  for (const observe::EventGroup& group : observe::event_groups) {
    for (const observe::Event& event : group.events) {
      const Explanation one = explain(event);
      catalog += fmt::format(
          "\n-- {}\nSubject: {} ({})\nDefined-By: sluice\nDocumentation: man:sluice(1)\n\n{}\n",
          observe::journald_message_id(event.name), one.name, one.heading, one.meaning);
      for (const auto& [label, text] : one.facts) {
        if (label == "What to do") catalog += fmt::format("\n{}: {}\n", label, text);
      }
    }
  }
  return catalog;
}

}  // namespace sluice::commands
