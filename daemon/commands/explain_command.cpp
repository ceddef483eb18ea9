#include <algorithm>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "commands/commands.h"
#include "commands/explanation.h"
#include "commands/terminal.h"

namespace sluice::commands {
namespace {

constexpr std::size_t text_columns = 96;

// Each line begins with two spaces.
std::string indented(std::string_view text) {
  std::string out;
  std::size_t column = 0;
  while (!text.empty()) {
    const std::string_view word = text.substr(0, text.find(' '));
    text.remove_prefix(std::min(word.size() + 1, text.size()));
    if (column == 0 || column + 1 + word.size() > text_columns) {
      out += out.empty() ? "  " : "\n  ";
      column = 2;
    } else {
      out += ' ';
      ++column;
    }
    out += word;
    column += word.size();
  }
  return out + "\n";
}

void print_explanation(const Explanation& one) {
  fmt::print("{}  ({}{}{})\n", one.name, to_string(one.kind), one.heading.empty() ? "" : "; ",
             one.heading);
  fmt::print("{}", indented(one.meaning));
  for (const auto& [label, text] : one.facts)
    fmt::print("{}", indented(fmt::format("{}: {}", label, text)));
}

boost::json::object explanation_json(const Explanation& one) {
  boost::json::object facts;
  for (const auto& [label, text] : one.facts)
    facts[label] = text;
  return {{"kind", std::string(to_string(one.kind))},
          {"name", one.name},
          {"heading", one.heading},
          {"meaning", one.meaning},
          {"facts", std::move(facts)}};
}

// The names, one kind after the other.
void print_names(const std::vector<Explanation>& all) {
  const Explanation* before = nullptr;
  std::vector<std::string> names;
  const auto print_kind = [&] {
    if (before == nullptr) return;
    fmt::print("{}s:\n{}\n", to_string(before->kind),
               indented(fmt::format("{}", fmt::join(names, " "))));
    names.clear();
  };
  for (const Explanation& one : all) {
    if (before != nullptr && before->kind != one.kind) print_kind();
    if (names.empty() || names.back() != one.name) names.push_back(one.name);
    before = &one;
  }
  print_kind();
  fmt::print("What one of them means, and what to do: sluice explain NAME\n");
}

ExitStatus explain(const std::string& words, bool json) {
  const std::vector<Explanation> found = words.empty() ? explanations() : explanations_of(words);
  if (json) {
    for (const Explanation& one : found)
      fmt::print("{}\n", boost::json::serialize(explanation_json(one)));
  } else if (words.empty()) {
    print_names(found);
  } else {
    for (const Explanation& one : found) {
      if (&one != &found.front()) fmt::print("\n");
      print_explanation(one);
    }
  }
  if (!found.empty()) return ExitStatus::success;
  const std::vector<std::string> like = names_like(words);
  if (like.empty()) {
    return fail(fmt::format("{}: nothing is declared by this name; `sluice explain` lists what is",
                            printable(words)),
                ExitStatus::usage);
  }
  return fail(fmt::format("{}: nothing is declared by this name; did you mean {}?",
                          printable(words), fmt::join(like, ", ")),
              ExitStatus::usage);
}

}  // namespace

void add_explain(CLI::App& app, Context& context) {
  auto* command = app.add_subcommand(
      "explain",
      "What a log or audit event, a rule of refused rows, an exit status, a problem "
      "or a metric means, and what to do (说明)");
  struct Options {
    std::vector<std::string> words;
    bool json = false;
  };
  auto options = std::make_shared<Options>();
  command->add_option("name", options->words,
                      "As it was said, with or without `event=`; an exit status by its number; "
                      "without one, all names are listed");
  command->add_flag("--json", options->json, "For machines: an object a line");
  command->callback([&context, options] {
    context.chosen = [options] {
      return explain(fmt::format("{}", fmt::join(options->words, " ")), options->json);
    };
  });
}

}  // namespace sluice::commands
