#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "commands/declared.h"
#include "commands/manual.h"

namespace sluice::commands {
namespace {

// In single quotes, as both shells read it.
std::string shell_quoted(std::string_view text) {
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'') {
      out += "'\\''";
    } else {
      out += c;
    }
  }
  return out + "'";
}

// What may follow a command's name.
struct Following {
  std::vector<std::string> commands;     // as name:description
  std::vector<std::string> options;      // the same
  std::vector<std::string> with_values;  // those behind which a value comes
  std::vector<std::string> places;       // of what has no dash: "bureau", "path"
};

std::string name_in(const std::string& described) {
  return described.substr(0, described.find(':'));
}

Following following(const CLI::App& command) {
  Following all;
  for (const CLI::App* below : declared_commands(command))
    all.commands.push_back(below->get_name() + ":" + below->get_description());
  for (const CLI::Option* option : declared_options(command)) {
    for (const std::string& spelling : spellings(*option)) {
      if (spelling.starts_with("--")) {
        all.options.push_back(spelling + ":" + option->get_description());
      }
      if (takes_value(*option)) all.with_values.push_back(spelling);
    }
  }
  for (const CLI::Option* positional : declared_positionals(command))
    all.places.push_back(positional->get_name(true));
  return all;
}

// For bash, which shows names only.
std::string bash_words(const std::vector<std::string>& described) {
  std::vector<std::string> names;
  for (const std::string& each : described)
    names.push_back(name_in(each));
  return shell_quoted(fmt::format("{}", fmt::join(names, " ")));
}

// For zsh, which shows what each is for.
std::string zsh_words(const std::vector<std::string>& described) {
  std::vector<std::string> quoted;
  for (const std::string& each : described)
    quoted.push_back(shell_quoted(each));
  return fmt::format("({})", fmt::join(quoted, " "));
}

using Listed = std::string (*)(const std::vector<std::string>&);

// One branch of a `case` for each command: what follows it.
std::string branches(const CLI::App& command, Listed listed) {
  const Following all = following(command);
  std::string text =
      fmt::format("      {}) commands={} options={} with_values={} places={} ;;\n",
                  shell_quoted(full_name(command)), listed(all.commands), listed(all.options),
                  shell_quoted(fmt::format("{}", fmt::join(all.with_values, " "))),
                  shell_quoted(fmt::format("{}", fmt::join(all.places, " "))));
  for (const CLI::App* below : declared_commands(command))
    text += branches(*below, listed);
  return text;
}

constexpr std::string_view bash_head =
    R"script(# What completes sluice(1) in bash. Made by `sluice manual bash`.

# Names of files of the configuration, without their folder and ending.
_sluice_names() { # PATTERN
  local directory=/etc/sluice at file
  for ((at = 1; at + 1 < ${#COMP_WORDS[@]}; at++)); do
    [[ ${COMP_WORDS[at]} != --config ]] || directory=${COMP_WORDS[at + 1]}
  done
  for file in "$directory"/$1; do
    file=${file##*/} file=${file%.*}
    # compgen expands its words: a name that somebody else made must be no command.
    [[ ! $file =~ ^[a-z][a-z0-9-]*$ ]] || echo "$file"
  done
}

_sluice() {
  local current=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]}
  local command=sluice commands options with_values places word at
  for ((at = 1; ; at++)); do
    case $command in
)script";

constexpr std::string_view bash_tail = R"script(    esac
    ((at < COMP_CWORD)) || break
    word=${COMP_WORDS[at]}
    if [[ " $with_values " = *" $word "* ]]; then
      ((at++))
    elif [[ " $commands " = *" $word "* ]]; then
      command+=" $word"
    fi
  done
  COMPREPLY=()
  if [[ $before = --dataset ]]; then
    mapfile -t COMPREPLY < <(compgen -W "$(_sluice_names 'schemas/*.json')" -- "$current")
  elif [[ " $with_values " = *" $before "* ]]; then
    compopt -o default
  elif [[ $current = -* ]]; then
    mapfile -t COMPREPLY < <(compgen -W "$options" -- "$current")
  elif [[ -n $commands ]]; then
    mapfile -t COMPREPLY < <(compgen -W "$commands" -- "$current")
  else
    compopt -o default
    if [[ " $places " = *" bureau "* ]]; then
      mapfile -t COMPREPLY < <(compgen -W "$(_sluice_names 'bureaus/*.yaml')" -- "$current")
    fi
  fi
}

complete -F _sluice sluice
)script";

constexpr std::string_view zsh_head = R"script(#compdef sluice
# What completes sluice(1) in zsh. Made by `sluice manual zsh`.

_sluice() {
  local command=sluice word with_values places
  integer at
  local -a commands options names
  for ((at = 2; ; at++)); do
    case $command in
)script";

constexpr std::string_view zsh_tail = R"script(    esac
    ((at < CURRENT)) || break
    word=$words[at]
    if [[ " $with_values " == *" $word "* ]]; then
      ((at++))
    elif ((${commands[(I)$word:*]})); then
      command+=" $word"
    fi
  done
  local directory=/etc/sluice
  ((${words[(I)--config]})) && directory=$words[${words[(I)--config]}+1]
  if [[ $words[CURRENT-1] == --dataset ]]; then
    names=($directory/schemas/*.json(N:t:r))
    ((! $#names)) || compadd -a names
  elif [[ " $with_values " == *" $words[CURRENT-1] "* ]]; then
    _files
  elif [[ $PREFIX == -* ]]; then
    _describe -o option options
  elif (($#commands)); then
    _describe command commands
  else
    names=($directory/bureaus/*.yaml(N:t:r))
    if [[ " $places " == *" bureau "* ]] && (($#names)); then compadd -a names; fi
    _files
  fi
}

_sluice "$@"
)script";

}  // namespace

std::string bash_completion(const CLI::App& app) {
  return fmt::format("{}{}{}", bash_head, branches(app, bash_words), bash_tail);
}

std::string zsh_completion(const CLI::App& app) {
  return fmt::format("{}{}{}", zsh_head, branches(app, zsh_words), zsh_tail);
}

}  // namespace sluice::commands
