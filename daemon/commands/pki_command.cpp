#include <cstdio>
#include <fstream>
#include <iostream>
#include <iterator>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include "commands/certified_subject.h"
#include "commands/commands.h"
#include "files/new_file.h"
#include "installation/system_clock.h"
#include "pki/authority.h"
#include "pki/certificate_request.h"
#include "pki/private_key.h"
#include "pki/subject_name.h"
#include "record/digest.h"
#include "record/try.h"
#include "settings/load.h"
#include "setup/service_group.h"

namespace sluice::commands {
namespace {

using Lifetimes = pki::Authority::Lifetimes;

struct PkiOptions {
  std::filesystem::path authority;  // empty: beside the configuration
  std::string subject;
  std::vector<std::string> hosts;
  std::filesystem::path key;
  std::string request;
  std::string certificate;  // a serial number or a file
  std::string reason;
  std::filesystem::path out;
  int days = 0;
};

constexpr mode_t readable_by_daemon = 0640;
constexpr int longest_days = 36500;

ExitStatus pki_failed(const pki::PkiFailure& failure) {
  return fail(record::to_string(failure), failure.code == pki::PkiProblem::not_written
                                              ? ExitStatus::failure
                                              : ExitStatus::usage);
}

std::filesystem::path authority_of(const Context& context, const PkiOptions& options) {
  return options.authority.empty() ? context.configuration / "authority" : options.authority;
}

std::expected<settings::Node, ExitStatus> node_of(const Context& context) {
  auto node = settings::load_node(context.configuration);
  if (node) return std::move(*node);
  for (const settings::Complaint& complaint : node.error())
    static_cast<void>(fail(settings::to_string(complaint)));
  return std::unexpected(ExitStatus::usage);
}

// What a command makes, to standard output or to a file that may be there already.
ExitStatus hand_out(const std::string& pem, const std::filesystem::path& out) {
  if (out.empty()) {
    fmt::print("{}", pem);
    return std::fflush(stdout) == 0 ? ExitStatus::success : fail("the output could not be written");
  }
  std::error_code error;
  const auto there = std::filesystem::symlink_status(out, error).type();
  using Type = std::filesystem::file_type;
  if (there != Type::not_found && there != Type::regular) {
    return fail(out.string() + ": expected a file, or none: what is there is no regular file",
                ExitStatus::usage);
  }
  const auto done = files::replace_file(out, pem, {readable_by_daemon, setup::service_group()});
  if (done) return ExitStatus::success;
  return fail(
      fmt::format("{}: can not be written: {}", out.string(), files::to_sentence(done.error())));
}

std::string day_of(record::Time time) {
  return record::to_string(time).substr(0, 10);
}

ExitStatus pki_init(const Context& context, const PkiOptions& options) {
  std::string subject = options.subject;
  if (subject.empty()) {
    const auto node = node_of(context);
    if (!node) return node.error();
    subject = pki::beside(node->identity.subject, "Sluice authority");
  }
  const auto directory = authority_of(context, options);
  const auto authority = pki::Authority::found(directory, subject, setup::service_group(),
                                               {.authority = std::chrono::days(options.days)},
                                               installation::system_now());
  if (!authority) return pki_failed(authority.error());
  fmt::print(
      "{}: the authority {}\n"
      "{} and {} go to every node, as `identity.authorities` and `identity.revocations`.\n"
      "The list is good for {} days: before that, `sluice pki crl` makes the next one.\n"
      "{} certifies whoever has it: keep a copy where nobody else comes.\n",
      directory.string(), authority->subject(), authority->certificate_file().string(),
      authority->list_file().string(), Lifetimes{}.list.count(), (directory / "ca.key").string());
  return ExitStatus::success;
}

std::vector<std::string> hosts_of(const settings::Node& node, const PkiOptions& options) {
  if (!options.hosts.empty() || !node.listen) return options.hosts;
  char name[256] = {};
  if (::gethostname(name, sizeof name - 1) != 0 || name[0] == '\0') return {};
  return {name};
}

// The key that is there, or a new one.
pki::Result<record::openssl::PrivateKey> key_in(const std::filesystem::path& file) {
  std::error_code error;
  if (std::filesystem::exists(file, error)) {
    fmt::print(stderr, "{}: the key that is there stays\n", file.string());
    return pki::read_key(file);
  }
  auto key = pki::new_key();
  const files::Access access{readable_by_daemon, setup::service_group()};
  if (auto done = pki::write_key(file, key.get(), access); !done) {
    return std::unexpected(std::move(done.error()));
  }
  fmt::print(stderr, "{}: a new key\n", file.string());
  return key;
}

ExitStatus pki_request(const Context& context, const PkiOptions& options) {
  const auto node = node_of(context);
  if (!node) return node.error();
  const std::string& subject = options.subject.empty() ? node->identity.subject : options.subject;
  if (subject.empty()) {
    return fail(fmt::format("{}: found no `identity.subject`, by which the certificate is to name "
                            "this node; write it there, or say --subject",
                            (context.configuration / "node.yaml").string()),
                ExitStatus::usage);
  }
  // Before a key is made for it.
  if (const auto name = pki::parse_subject(subject, "identity.subject"); !name) {
    return pki_failed(name.error());
  }
  const std::vector<std::string> hosts = hosts_of(*node, options);
  if (const auto names = pki::alternative_names(hosts); !names) return pki_failed(names.error());
  const auto key = key_in(options.key.empty() ? node->identity.key : options.key);
  if (!key) return pki_failed(key.error());
  const auto request = pki::make_request(key->get(), subject, hosts);
  if (!request) return pki_failed(request.error());
  fmt::print(
      stderr,
      "a request for {}{}{}: have it certified at the center (sluice pki issue), and read its "
      "key's fingerprint to who does it:\n{}\n",
      subject, hosts.empty() ? "" : ", called by ", fmt::join(hosts, ", "),
      record::to_string(pki::fingerprint(key->get())));
  return hand_out(*request, {});
}

// Of a file, or of standard input where it is "-".
std::expected<std::string, ExitStatus> request_text(const std::string& name) {
  constexpr std::size_t most_bytes = std::size_t{1} << 20;
  std::ifstream file;
  if (name != "-") {
    file.open(name, std::ios::binary);
    if (!file) {
      return std::unexpected(
          fail(name + ": can not be read: " + std::generic_category().message(errno),
               ExitStatus::usage));
    }
  }
  std::string text{std::istreambuf_iterator<char>(name == "-" ? std::cin : file), {}};
  if (text.size() <= most_bytes) return text;
  return std::unexpected(
      fail(name + ": has more than 1 MiB, expected a certificate request", ExitStatus::usage));
}

// What the certificate is good for as a server's. Who asks does not decide it: a name that is
// another node's would let it pass for that one.
std::expected<std::vector<std::string>, record::Flaw> certified_hosts(
    const CertifiedSubject& subject, const pki::CertificateRequest& request,
    const std::vector<std::string>& said) {
  if (subject.purpose == pki::Purpose::caller) return std::vector<std::string>{};
  if (!said.empty()) return said;
  if (subject.is_this_node || request.hosts.empty()) return request.hosts;
  return std::unexpected(record::Flaw{fmt::format(
      "it asks to be called by {}; if {} is right to, say so: --host {}",
      fmt::join(request.hosts, ", "), subject.who, fmt::join(request.hosts, " --host "))});
}

// Its own certificate signs receipts and is what nodes call: no other key gets one.
pki::Result<void> check_own_key(const settings::Node& node,
                                const pki::CertificateRequest& request) {
  const auto own = SLUICE_TRY(pki::read_key(node.identity.key));
  if (pki::fingerprint(own.get()) == pki::fingerprint(request.key.get())) return {};
  return std::unexpected(pki::PkiFailure{
      pki::PkiProblem::refused, node.identity.key.string(),
      "the request names this node itself, and is not of this key: make it here by `sluice pki "
      "request`, and ask whence the other one came"});
}

ExitStatus pki_issue(const Context& context, const PkiOptions& options) {
  const auto settings = context.settings();
  if (!settings) return ExitStatus::usage;
  const auto text = request_text(options.request);
  if (!text) return text.error();
  const std::string whence = options.request == "-" ? "standard input" : options.request;
  const auto request = pki::read_request(*text, whence);
  if (!request) return pki_failed(request.error());
  const auto authority =
      pki::Authority::open(authority_of(context, options), setup::service_group());
  if (!authority) return pki_failed(authority.error());
  const record::Time now = installation::system_now();
  const auto refused = [&](const record::Flaw& flaw) {
    return fail(whence + ": " + flaw.sentence, ExitStatus::usage);
  };
  const auto subject = find_subject(*settings, request->subject, authority->subject(), now);
  if (!subject) return refused(subject.error());
  if (subject->is_this_node) {
    if (const auto own = check_own_key(settings->node, *request); !own) {
      return pki_failed(own.error());
    }
  }
  const auto hosts = certified_hosts(*subject, *request, options.hosts);
  if (!hosts) return refused(hosts.error());
  const auto certified =
      authority->certify(*request, subject->purpose, *hosts, std::chrono::days(options.days), now);
  if (!certified) return pki_failed(certified.error());
  fmt::print(stderr,
             "{}: a certificate for {}{}{}, until {}, serial number {}\n"
             "of the key {}: where the one who asked reads another one to you, revoke it\n",
             certified->subject, subject->who, hosts->empty() ? "" : ", called by ",
             fmt::join(*hosts, ", "), day_of(certified->ends), certified->serial,
             record::to_string(pki::fingerprint(request->key.get())));
  return hand_out(certified->certificate, options.out);
}

ExitStatus pki_revoke(const Context& context, const PkiOptions& options) {
  const auto authority =
      pki::Authority::open(authority_of(context, options), setup::service_group());
  if (!authority) return pki_failed(authority.error());
  const auto serial = pki::serial_of(options.certificate);
  if (!serial) return pki_failed(serial.error());
  const auto revoked = authority->revoke(*serial, options.reason, std::chrono::days(options.days),
                                         installation::system_now());
  if (!revoked) return pki_failed(revoked.error());
  fmt::print("{} of {} is revoked ({}). Put {} on every node: until then it counts there.\n",
             revoked->serial, revoked->subject, options.reason, authority->list_file().string());
  return ExitStatus::success;
}

ExitStatus pki_crl(const Context& context, const PkiOptions& options) {
  const auto authority =
      pki::Authority::open(authority_of(context, options), setup::service_group());
  if (!authority) return pki_failed(authority.error());
  const auto until =
      authority->renew_list(std::chrono::days(options.days), installation::system_now());
  if (!until) return pki_failed(until.error());
  fmt::print(
      "{} is good until {}. Put it on every node: where the list is out of date, nobody is "
      "let in.\n",
      authority->list_file().string(), record::to_string(*until));
  return ExitStatus::success;
}

using PkiAction = ExitStatus (*)(const Context&, const PkiOptions&);

struct Added {
  CLI::App* command = nullptr;
  std::shared_ptr<PkiOptions> options;
};

Added add_pki_command(CLI::App& group, Context& context, const char* name, const char* description,
                      PkiAction action) {
  Added added{group.add_subcommand(name, description), std::make_shared<PkiOptions>()};
  added.command->callback([&context, options = added.options, action] {
    context.chosen = [&context, options, action] { return action(context, *options); };
  });
  return added;
}

void add_authority(const Added& to) {
  to.command->add_option(
      "--authority", to.options->authority,
      "The authority's folder. Default: authority in the configuration directory");
}

void add_days(const Added& to, std::chrono::days usual, const char* description) {
  to.options->days = static_cast<int>(usual.count());
  to.command->add_option("--days", to.options->days, description)
      ->capture_default_str()
      ->check(CLI::Range(1, longest_days));
}

}  // namespace

void add_pki(CLI::App& app, Context& context) {
  auto* group = app.add_subcommand("pki", "A small certificate authority, keys and requests");
  group->require_subcommand(1);
  const Lifetimes usual;

  Added added = add_pki_command(
      *group, context, "init",
      "Make an authority: its key, its certificate, an empty revocation list", pki_init);
  add_authority(added);
  added.command->add_option("--subject", added.options->subject,
                            "RFC 2253. Default: this node's, with CN=Sluice authority");
  add_days(added, usual.authority, "How long its certificate holds");

  added = add_pki_command(
      *group, context, "request",
      "Make this node's key, unless it is there, and print a request for its certificate",
      pki_request);
  added.command
      ->add_option("--host", added.options->hosts,
                   "A name or address that it is called by; default: this machine's name, "
                   "where the node listens")
      ->allow_extra_args(false);
  added.command->add_option("--subject", added.options->subject,
                            "RFC 2253. Default: `identity.subject`");
  added.command->add_option("--key", added.options->key, "Default: `identity.key`");

  added = add_pki_command(
      *group, context, "issue",
      "Certify a node or a bureau that the configuration names, and print the certificate",
      pki_issue);
  added.command
      ->add_option("request", added.options->request, "PEM file of the request; -: standard input")
      ->required();
  added.command
      ->add_option("--host", added.options->hosts,
                   "A name or address that a node is called by, instead of what it asks for")
      ->allow_extra_args(false);
  added.command->add_option("--out", added.options->out, "A file, instead of standard output");
  add_authority(added);
  add_days(added, usual.certificate, "How long the certificate holds");

  added = add_pki_command(*group, context, "revoke",
                          "Take a certificate back, and make a new revocation list", pki_revoke);
  added.command
      ->add_option("certificate", added.options->certificate, "Its serial number, or its file")
      ->required();
  added.command
      ->add_option("--reason", added.options->reason,
                   "After superseded, cessationOfOperation and affiliationChanged what was signed "
                   "before stays good; after the others nothing that still waits does")
      ->required()
      ->check(CLI::IsMember(std::vector<std::string>(std::begin(pki::revocation_reasons),
                                                     std::end(pki::revocation_reasons))));
  add_authority(added);
  add_days(added, usual.list, "How long the list is good");

  added = add_pki_command(*group, context, "crl", "Make a new revocation list, good from now on",
                          pki_crl);
  add_authority(added);
  add_days(added, usual.list, "How long it is good");
}

}  // namespace sluice::commands
