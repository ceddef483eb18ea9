#include "commands/suggestion.h"

#include <vector>

#include <fmt/format.h>

#include "settings/complaints.h"

namespace sluice::commands {
namespace {

std::string meant(const std::string& word, const std::vector<std::string>& names) {
  const std::string near = settings::nearest(word, names);
  return near.empty() ? near : fmt::format("did you mean `{}`?", near);
}

std::vector<std::string> option_names(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::Option* option : app.get_options()) {
    for (const std::string& name : option->get_lnames())
      names.push_back("--" + name);
  }
  return names;
}

// Those in the help: the others are not for people.
std::vector<std::string> command_names(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; })) {
    if (!command->get_group().empty()) names.push_back(command->get_name());
  }
  return names;
}

const CLI::App* command_of(const CLI::App& app, const std::string& word) {
  for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; })) {
    if (command->get_name() == word) return command;
  }
  return nullptr;
}

// `--option` of `--option=value`.
std::string option_in(const std::string& word) {
  return word.substr(0, word.find('='));
}

}  // namespace

std::string suggestion(const CLI::App& app, std::span<const std::string> words) {
  const CLI::App* at = &app;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::string& word = words[i];
    if (word.starts_with("--") && word.size() > 2) {
      const CLI::Option* option = at->get_option_no_throw(option_in(word));
      if (option == nullptr) return meant(option_in(word), option_names(*at));
      const bool takes_next = option->get_items_expected_max() > 0 && !word.contains('=');
      if (takes_next) ++i;
    } else if (const CLI::App* command = command_of(*at, word)) {
      at = command;
    } else if (const auto commands = command_names(*at); !commands.empty()) {
      return meant(word, commands);
    }
  }
  return {};
}

}  // namespace sluice::commands
