#include <cstdio>
#include <utility>

#include <fmt/format.h>
#include <unistd.h>

#include "commands/commands.h"
#include "installation/system_clock.h"
#include "jobs/uninterrupted.h"
#include "pki/authority.h"
#include "pki/identity_files.h"
#include "pki/subject_name.h"
#include "setup/initial_configuration.h"
#include "setup/initial_files.h"
#include "setup/service_group.h"

namespace sluice::commands {
namespace {

struct InitOptions {
  setup::NodeKind kind = setup::NodeKind::all_in_one;
  std::vector<std::string> bureaus;
  std::string center;
  std::filesystem::path directory;  // empty: the configuration directory
  std::filesystem::path state = setup::packaged_state;
  std::string organization = "Sluice";
  bool development_ca = false;
};

setup::NewNode wanted_node(const InitOptions& options) {
  setup::NewNode node{.kind = options.kind,
                      .bureaus = {},
                      .center_url = options.center,
                      .state = setup::plain_place(options.state),
                      .organization = options.organization};
  for (const std::string& bureau : options.bureaus)
    node.bureaus.emplace_back(bureau);
  if (options.kind == setup::NodeKind::all_in_one && node.bureaus.empty()) {
    node.bureaus.emplace_back("example");
  }
  return node;
}

std::vector<std::string> names_of_this_machine() {
  std::vector<std::string> names{"localhost", "127.0.0.1"};
  char name[256] = {};
  if (::gethostname(name, sizeof name - 1) != 0) return names;
  // A name that no certificate can have is none that it could be called by.
  if (pki::alternative_names({name}) && std::string_view(name) != "localhost") {
    names.insert(names.begin(), name);
  }
  return names;
}

// An authority, and certificates of the node and of its bureaus.
pki::Result<void> certify_all(const std::filesystem::path& directory,
                              const setup::InitialConfiguration& configuration,
                              const setup::NewNode& wanted, std::optional<gid_t> readers,
                              setup::InitialFiles& made) {
  constexpr mode_t mode = 0640;
  const record::Time now = installation::system_now();
  const std::filesystem::path place = directory / "authority";
  const auto authority = pki::Authority::found(
      place, pki::beside(configuration.subject, "Sluice development authority"), readers,
      {.list = pki::Authority::Lifetimes{}.certificate}, now);
  if (!authority) return std::unexpected(authority.error());
  made.add(place);
  const auto certify = [&](const std::string& name, pki::Purpose purpose) -> pki::Result<void> {
    const pki::IdentityFiles files{directory / "tls" / (name + ".pem"),
                                   directory / "tls" / (name + ".key")};
    const bool serves = purpose == pki::Purpose::node;
    auto done = pki::certify_here(*authority, pki::beside(configuration.subject, name), purpose,
                                  serves ? names_of_this_machine() : std::vector<std::string>(),
                                  files, {mode, readers}, now);
    if (!done) return done;
    made.add(files.certificate);
    made.add(files.key);
    return {};
  };
  if (auto done = certify(configuration.node.str(), pki::Purpose::node); !done) return done;
  for (const record::BureauId& bureau : wanted.bureaus) {
    if (auto done = certify(bureau.str(), pki::Purpose::caller); !done) return done;
  }
  return {};
}

// What a person does next, in the order in which it is to be done.
void print_next_steps(const std::filesystem::path& directory,
                      const setup::InitialConfiguration& configuration,
                      const InitOptions& options) {
  const bool is_usual = directory == Context{}.configuration;
  const std::string where = is_usual ? "" : fmt::format(" --config {}", directory.string());
  fmt::print("{}: the configuration of {}, whose certificate is {}\n", directory.string(),
             configuration.node.str(), configuration.subject);
  for (const setup::FillIn& fill_in : configuration.to_fill_in) {
    fmt::print("fill in  {}:{}: {}\n", (directory / fill_in.file).string(), fill_in.line,
               fill_in.what);
  }
  const bool has_authority = options.kind != setup::NodeKind::front_end;
  if (!options.development_ca) {
    if (has_authority) fmt::print("next     sluice{} pki init\n", where);
    fmt::print("next     sluice{} pki request > {}.csr\n", where, configuration.node.str());
    fmt::print("next     {}: sluice{} pki issue {}.csr --out {}\n",
               has_authority ? "here" : "at the center", has_authority ? where : "",
               configuration.node.str(),
               has_authority ? (directory / "tls" / (configuration.node.str() + ".pem")).string()
                             : configuration.node.str() + ".pem");
    if (!has_authority) {
      fmt::print("next     put that, and the center's ca.pem and crl.pem, into {}\n",
                 (directory / "tls").string());
    }
  } else {
    fmt::print("to try out: the authority's key lies beside what it signs, in {}\n",
               (directory / "authority").string());
  }
  fmt::print("check    sluiced{} --check-config\n", where);
  if (setup::plain_place(options.state) == setup::packaged_state) {
    fmt::print(
        "operate  who may ask the daemon (`sluice status`): adduser NAME sluice-operators\n");
  }
}

ExitStatus init(const Context& context, const InitOptions& options) {
  const auto directory =
      setup::plain_place(options.directory.empty() ? context.configuration : options.directory);
  const setup::NewNode wanted = wanted_node(options);
  const auto configuration = setup::initial_configuration(wanted);
  if (!configuration) return fail(configuration.error().sentence, ExitStatus::usage);
  const auto readers = setup::service_group();
  const jobs::Uninterrupted uninterrupted;  // goes behind what was made
  auto made = setup::InitialFiles::write(directory, configuration->files, readers);
  if (!made) {
    return fail(record::to_string(made.error()), made.error().code == setup::WritingProblem::exists
                                                     ? ExitStatus::usage
                                                     : ExitStatus::failure);
  }
  if (options.development_ca) {
    const auto certified = certify_all(directory, *configuration, wanted, readers, *made);
    if (!certified) {
      const bool is_there = certified.error().code == pki::PkiProblem::exists;
      return fail(record::to_string(certified.error()) + "; nothing was made",
                  is_there ? ExitStatus::usage : ExitStatus::failure);
    }
  }
  if (uninterrupted.is_asked_to_end()) return fail("interrupted: nothing was made");
  made->keep();
  print_next_steps(directory, *configuration, options);
  return ExitStatus::success;
}

CLI::App* add_kind(CLI::App& group, Context& context, const char* name, const char* description,
                   const std::shared_ptr<InitOptions>& options, setup::NodeKind kind) {
  auto* command = group.add_subcommand(name, description);
  command->add_option("--directory", options->directory,
                      "Where to; made if it is not there. Default: the configuration directory");
  command->add_option("--state", options->state, "Where the node keeps its data")
      ->capture_default_str();
  command
      ->add_option("--organization", options->organization,
                   "In the subjects of all certificates: the same on every node")
      ->capture_default_str();
  command->callback([&context, options, kind] {
    options->kind = kind;
    context.chosen = [&context, options] { return init(context, *options); };
  });
  return command;
}

}  // namespace

void add_init(CLI::App& app, Context& context) {
  auto* group = app.add_subcommand(
      "init", "Write the configuration of a new node, and say what is left to do");
  group->require_subcommand(1);
  const auto options = std::make_shared<InitOptions>();
  const char* for_trying_out = "Make an authority and certificates, too: for trying out only";
  auto* command = add_kind(*group, context, "front-end",
                           "Beside a bureau's exchange database: brings its batches to a center",
                           options, setup::NodeKind::front_end);
  command->add_option("--bureau", options->bureaus, "The bureau, such as local-tax")
      ->required()
      ->expected(1);
  command->add_option("--center", options->center, "The center: https://HOST:PORT")->required();
  command = add_kind(*group, context, "center",
                     "Has the central store; front-ends bring their batches to it", options,
                     setup::NodeKind::center);
  command
      ->add_option("--bureau", options->bureaus,
                   "A bureau whose front-end will bring batches; may be said several times")
      ->allow_extra_args(false);
  command->add_flag("--development-ca", options->development_ca, for_trying_out);
  command =
      add_kind(*group, context, "all-in-one", "Has the central store, and takes records itself",
               options, setup::NodeKind::all_in_one);
  command
      ->add_option("--bureau", options->bureaus,
                   "A bureau whose records it takes; default: example")
      ->allow_extra_args(false);
  command->add_flag("--development-ca", options->development_ca, for_trying_out);
}

}  // namespace sluice::commands
