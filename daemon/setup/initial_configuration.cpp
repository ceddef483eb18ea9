#include "setup/initial_configuration.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "record/try.h"
#include "setup/embedded_file.h"

namespace sluice::setup {
namespace {

using Words = std::map<std::string, std::string>;  // without their @

constexpr std::string_view mark_of_fill_in = "# FILL IN: ";
// X.520: of a common name, and of an organization.
constexpr std::size_t longest_in_a_subject = 64;
constexpr std::string_view front_end_ending = "-front-end";
constexpr std::string_view name_of_center = "center";

std::unexpected<record::Flaw> wrong(std::string sentence) {
  return std::unexpected(record::Flaw{std::move(sentence)});
}

std::string_view template_named(std::string_view name) {
  const auto files = embedded_files();
  return std::ranges::find(files, name, &EmbeddedFile::name)->bytes;
}

// An @ that begins no word of ours is text: YAML and addresses have it for themselves.
std::string filled(std::string_view name, const Words& words) {
  std::string text(template_named(name));
  for (const auto& [word, value] : words) {
    const std::string mark = "@" + word + "@";
    for (std::size_t at = text.find(mark); at != std::string::npos;
         at = text.find(mark, at + value.size())) {
      text.replace(at, mark.size(), value);
    }
  }
  return text;
}

// Plain where nothing in it means anything to YAML.
std::string yaml_text(const std::string& text) {
  const auto is_plain = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("/._-=").find(c) != std::string_view::npos;
  };
  if (!text.empty() && std::ranges::all_of(text, is_plain)) return text;
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') quoted.push_back('\\');
    quoted.push_back(c);
  }
  return quoted + "\"";
}

std::string subject_of(const std::string& name, const NewNode& wanted) {
  return fmt::format("CN={},O={}", name, wanted.organization);
}

std::string front_end_of(const record::BureauId& bureau) {
  return bureau.str() + std::string(front_end_ending);
}

// What YAML, in one of its versions, reads as something else than a text.
bool means_something_else(std::string_view name) {
  constexpr auto words = std::to_array<std::string_view>(
      {"null", "true", "false", "yes", "no", "on", "off", "y", "n"});
  return std::ranges::find(words, name) != words.end();
}

// What nodes are called, and certificates by the same name: of two that are called alike neither
// could be told.
bool is_a_nodes_name(std::string_view name) {
  return name == name_of_center || name.ends_with(front_end_ending);
}

bool has_control_character(std::string_view text) {
  return std::ranges::any_of(text, [](char c) { return static_cast<unsigned char>(c) < ' '; });
}

std::expected<void, record::Flaw> check_names(const NewNode& wanted) {
  for (const record::BureauId& bureau : wanted.bureaus) {
    const bool is_short = bureau.str().size() + front_end_ending.size() < longest_in_a_subject;
    if (means_something_else(bureau.str())) {
      return wrong(
          fmt::format("--bureau: found `{}`, which YAML reads as something else than a name, "
                      "expected a longer one, such as {}-bureau",
                      bureau.str(), bureau.str()));
    }
    if (is_a_nodes_name(bureau.str())) {
      return wrong(
          fmt::format("--bureau: found `{}`, expected another name than `{}` and without `{}` at "
                      "its end: nodes and their certificates are called so",
                      bureau.str(), name_of_center, front_end_ending));
    }
    if (record::is_name(bureau.str()) && is_short) continue;
    return wrong(
        fmt::format("--bureau: found `{}`, expected lower-case letters, digits and inner "
                    "hyphens, a letter first, at most {}",
                    bureau.str(), longest_in_a_subject - front_end_ending.size() - 1));
  }
  const std::set<record::BureauId> different(wanted.bureaus.begin(), wanted.bureaus.end());
  if (different.size() < wanted.bureaus.size()) {
    return wrong("--bureau: found one twice, expected each once");
  }
  const std::string& organization = wanted.organization;
  const bool is_plain = organization.find_first_of(",+\"\\<>;=#") == std::string::npos &&
                        !organization.starts_with(' ') && !organization.ends_with(' ') &&
                        !has_control_character(organization);
  if (organization.empty() || organization.size() > longest_in_a_subject || !is_plain) {
    return wrong(
        fmt::format("--organization: found `{}`, expected a name of at most {} bytes "
                    "without any of , + \" \\ < > ; = #",
                    organization, longest_in_a_subject));
  }
  return {};
}

std::expected<void, record::Flaw> check_places(const NewNode& wanted) {
  const std::string state = wanted.state.string();
  if (!wanted.state.is_absolute() || has_control_character(state)) {
    return wrong(fmt::format("--state: found `{}`, expected an absolute path", state));
  }
  const std::string& url = wanted.center_url;
  const bool is_of_front_end = wanted.kind == NodeKind::front_end;
  const bool is_url = url.starts_with("https://") && !has_control_character(url);
  if (is_of_front_end && !is_url) {
    return wrong(
        fmt::format("--center: found `{}`, expected https://HOST:PORT, such as "
                    "https://center.example:8443",
                    url));
  }
  return {};
}

Words words_of(const NewNode& wanted, const std::string& node) {
  const bool is_packaged = wanted.state == packaged_state;
  const std::string socket =
      is_packaged ? packaged_socket : (wanted.state / "control.socket").string();
  return {{"NODE", node},
          {"STATE", yaml_text(wanted.state.string())},
          {"SOCKET", yaml_text(socket)},
          {"SUBJECT", yaml_text(subject_of(node, wanted))},
          {"CENTER_URL", yaml_text(wanted.center_url)},
          {"CENTER_SUBJECT", yaml_text(subject_of(std::string(name_of_center), wanted))},
          {"ORGANIZATION", "O=" + wanted.organization}};
}

Words words_of(const NewNode& wanted, const record::BureauId& bureau) {
  return {{"BUREAU", bureau.str()},
          {"DATASET", bureau.str() + "-register"},
          {"BUREAU_SUBJECT", yaml_text(subject_of(bureau.str(), wanted))},
          {"FRONT_END", front_end_of(bureau)},
          {"FRONT_END_SUBJECT", yaml_text(subject_of(front_end_of(bureau), wanted))}};
}

std::string folder_of(NodeKind kind) {
  switch (kind) {
    case NodeKind::front_end:
      return "front-end";
    case NodeKind::center:
      return "center";
    case NodeKind::all_in_one:
      break;
  }
  return "all-in-one";
}

// Of a center: the nodes that bring it batches, or an example of one.
std::string nodes_of(const NewNode& wanted, const Words& words) {
  if (wanted.bureaus.empty()) return filled("center/no-node-entry.yaml", words);
  std::string entries = "nodes:\n";
  for (const record::BureauId& bureau : wanted.bureaus)
    entries += filled("center/node-entry.yaml", words_of(wanted, bureau));
  return entries;
}

std::vector<FillIn> to_fill_in(const std::vector<NewFile>& files) {
  std::vector<FillIn> found;
  for (const NewFile& file : files) {
    std::size_t line = 0;
    for (std::size_t begin = 0; begin < file.text.size();) {
      const std::size_t end = std::min(file.text.find('\n', begin), file.text.size());
      const std::string_view text = std::string_view(file.text).substr(begin, end - begin);
      ++line;
      if (const auto mark = text.find(mark_of_fill_in); mark != std::string_view::npos) {
        found.push_back({file.name, line, std::string(text.substr(mark + mark_of_fill_in.size()))});
      }
      begin = end + 1;
    }
  }
  return found;
}

}  // namespace

std::filesystem::path plain_place(const std::filesystem::path& said) {
  std::filesystem::path place = std::filesystem::absolute(said).lexically_normal();
  if (!place.has_filename() && place.has_relative_path()) place = place.parent_path();
  return place;
}

std::expected<InitialConfiguration, record::Flaw> initial_configuration(const NewNode& wanted) {
  SLUICE_TRY(check_names(wanted));
  SLUICE_TRY(check_places(wanted));
  const std::string folder = folder_of(wanted.kind);
  const std::string node = wanted.kind == NodeKind::front_end ? front_end_of(wanted.bureaus.at(0))
                                                              : std::string(name_of_center);
  Words words = words_of(wanted, node);
  InitialConfiguration made{record::NodeId(node), subject_of(node, wanted), {}, {}};
  for (const record::BureauId& bureau : wanted.bureaus) {
    const Words of_bureau = words_of(wanted, bureau);
    const std::string& dataset = of_bureau.at("DATASET");
    made.files.push_back({"schemas/" + dataset + ".json", filled("dataset.json", of_bureau)});
    made.files.push_back(
        {"bureaus/" + bureau.str() + ".yaml", filled(folder + "/bureau.yaml", of_bureau)});
  }
  words.emplace("NODES", wanted.kind == NodeKind::center ? nodes_of(wanted, words) : "");
  made.files.push_back({"node.yaml", filled(folder + "/node.yaml", words)});
  made.to_fill_in = to_fill_in(made.files);
  return made;
}

}  // namespace sluice::setup
