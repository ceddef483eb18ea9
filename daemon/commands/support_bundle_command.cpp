#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <boost/json.hpp>
#include <boost/version.hpp>
#include <fmt/format.h>
#include <sys/utsname.h>

#include "bundle/bundle_file.h"
#include "bundle/state_listing.h"
#include "bundle/told_configuration.h"
#include "bundle/without_secrets.h"
#include "commands/commands.h"
#include "commands/control_client.h"
#include "commands/declared.h"
#include "installation/paths.h"
#include "installation/system_clock.h"
#include "runs/child_process.h"
#include "runs/run_history.h"
#include "runs/run_summary.h"
#include "settings/load.h"

namespace sluice::commands {
namespace {

namespace fs = std::filesystem;

// Of each part: so is memory bounded, and a bundle can be sent by mail.
constexpr std::size_t most_of_a_part = std::size_t{4} << 20;  // bytes
constexpr std::size_t most_runs = 500;
constexpr const char* most_log_lines = "20000";
// A journal on a bad disk, or a package database that is locked, must not keep the rest.
constexpr std::chrono::seconds time_of_programs{20};
constexpr std::chrono::seconds time_of_doctor{60};

struct BundleOptions {
  fs::path out;
  fs::path log;
};

// The end of what is longer, from a whole line on.
std::string last_part(std::string text) {
  if (text.size() <= most_of_a_part) return text;
  text.erase(0, text.size() - most_of_a_part);
  return text.substr(text.find('\n') + 1);
}

struct Output {
  std::string text;
  std::string why_cut;  // empty: it is whole
};

// What a program prints, within its time; the error says why there is nothing.
std::expected<Output, std::string> output_of(const fs::path& program,
                                             const std::vector<std::string>& arguments,
                                             std::chrono::seconds limit) {
  std::error_code ignored;
  if (!fs::exists(program, ignored)) {
    return std::unexpected(program.string() + " is not installed");
  }
  auto child = runs::ChildProcess::start(program, arguments, {.time = limit});
  if (!child) return std::unexpected(child.error().sentence);
  // One byte more shows last_part() that there was more.
  runs::ChildEnd end = child->wait({}, most_of_a_part + 1);
  const std::string why_cut = end.is_timed_out
                                  ? fmt::format("{} did not end within {} s, and was ended",
                                                program.string(), limit.count())
                                  : "";
  if (end.output.empty()) {
    return std::unexpected(end.is_timed_out ? why_cut + "; it had printed nothing"
                                            : fmt::format("{} printed nothing (exit status {})",
                                                          program.string(), end.status));
  }
  return Output{last_part(std::move(end.output)), why_cut};
}

std::expected<std::string, std::string> end_of_file(const fs::path& file) {
  std::ifstream in(file, std::ios::binary | std::ios::ate);
  if (!in) return std::unexpected(fmt::format("{}: {}", file.string(), std::strerror(errno)));
  const auto size = static_cast<std::size_t>(in.tellg());
  const std::size_t wanted = std::min(size, most_of_a_part + 1);
  in.seekg(static_cast<std::streamoff>(size - wanted));
  std::string text(wanted, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(in.gcount()));
  return last_part(std::move(text));
}

std::string lines_without_quotes(std::string_view text) {
  return bundle::without_quotes(text, bundle::Quoting::log_line);
}

// Each text in it, as a driver or a database may have quoted a record there.
void take_quotes_out(boost::json::value& value) {
  if (auto* text = value.if_string()) {
    *text = bundle::without_quotes(std::string_view(text->data(), text->size()));
  } else if (auto* array = value.if_array()) {
    for (auto& each : *array)
      take_quotes_out(each);
  } else if (auto* object = value.if_object()) {
    for (auto& [key, each] : *object)
      take_quotes_out(each);
  }
}

std::expected<std::string, std::string> told_json(const std::string& text) {
  boost::system::error_code error;
  boost::json::value value = boost::json::parse(text, error);
  if (error) return std::unexpected("what it says is no JSON: " + error.message());
  take_quotes_out(value);
  return boost::json::serialize(value) + "\n";
}

// Gathers the parts one after the other, each as far as it can be had.
class Gathering {
 public:
  Gathering(const Context& context, const CLI::App& app, BundleOptions options)
      : context_(context),
        app_(app),
        options_(std::move(options)),
        now_(installation::system_now()) {}

  ExitStatus run() {
    auto node = settings::load_node(context_.configuration);
    if (node) node_ = std::move(*node);
    if (options_.out.empty()) options_.out = usual_name();
    auto file = bundle::BundleFile::create(options_.out, now_);
    if (!file) return fail(file.error().sentence, ExitStatus::usage);
    file_ = &*file;
    gather();
    add("README.txt", "this page", readme());
    if (flaw_) return fail(flaw_->sentence);
    if (const auto finished = file->finish(); !finished) return fail(finished.error().sentence);
    tell();
    return ExitStatus::success;
  }

 private:
  using Part = std::expected<std::string, std::string>;

  void gather() {
    add("versions.txt", "the programs, the system, ODBC drivers, packages", versions());
    gather_configuration();
    add("status.json", "sluice status --json: what is wrong, streams, jobs, space",
        asked("/v1/status").and_then_json());
    add("metrics.txt", "what the daemon counts (/metrics)", asked("/metrics").text);
    add("doctor.json", "sluice doctor --json", doctor());
    add("state.txt", "the state directory: names, modes, sizes, format versions", state());
    add("runs.jsonl", "the last runs of jobs, the newest first: when, how they ended, figures",
        runs());
    add("log.txt", "the last lines of the log", log_lines());
  }

  struct Answer {
    Part text;
    [[nodiscard]] Part and_then_json() const {
      if (!text) return text;
      return told_json(*text);
    }
  };

  [[nodiscard]] fs::path usual_name() const {
    std::string moment = record::to_string(now_).substr(0, 19);
    std::erase_if(moment, [](char c) { return c == '-' || c == ':'; });
    return fmt::format("sluice-support-{}-{}Z.tar.gz", node_ ? node_->name.str() : "node", moment);
  }

  void add(const std::string& name, std::string_view what, const Part& part) {
    if (flaw_) return;
    if (!part) {
      left_out_ += fmt::format("  {:<28}{}\n", name, bundle::without_quotes(part.error()));
      return;
    }
    contents_ += fmt::format("  {:<28}{}\n", name, what);
    if (auto added = file_->add(name, *part); !added) flaw_ = std::move(added.error());
  }

  // The text alone; the README says where it was cut.
  Part whole_or_cut(const char* name, std::expected<Output, std::string> output) {
    if (!output) return std::unexpected(std::move(output.error()));
    if (!output->why_cut.empty()) {
      left_out_ += fmt::format("  {:<28}cut: {}\n", name, output->why_cut);
    }
    return std::move(output->text);
  }

  std::string versions() {
    std::string text = fmt::format("sluice {}\nboost {}\n", SLUICE_VERSION, BOOST_LIB_VERSION);
    struct utsname system {};
    if (::uname(&system) == 0) {
      text += fmt::format("{} {} {}\n", system.sysname, system.release, system.machine);
    }
    for (const auto& [file, wanted] :
         {std::pair("/etc/os-release", "PRETTY_NAME="), std::pair("/etc/odbcinst.ini", "")}) {
      text += fmt::format("\n{}\n", file);
      std::ifstream in(file);
      for (std::string line; std::getline(in, line);) {
        const bool is_driver = line.starts_with('[') || line.starts_with("Driver");
        if (*wanted == '\0' ? is_driver : line.starts_with(wanted)) text += "  " + line + "\n";
      }
    }
    const auto found = output_of(
        "/usr/bin/dpkg-query",
        {"-W", "-f", "${db:Status-Abbrev} ${Package} ${Version}\n", "sluice*", "libsqlite3-0",
         "libssl3*", "libpq5", "libpqxx*", "libarchive13*", "libyaml-cpp*", "unixodbc*", "odbc-*",
         "tdsodbc", "libsqliteodbc", "systemd", "rsyslog", "libc6", "postgresql-*"},
        time_of_programs);
    const Part packages = whole_or_cut("versions.txt", found);
    return text + "\npackages\n" +
           packages.value_or("  not told: " + (packages ? "" : packages.error()));
  }

  void gather_configuration() {
    const fs::path& directory = context_.configuration;
    add("configuration/files.txt", "names, modes and sizes of all files there",
        bundle::state_listing(directory));
    const auto loaded = settings::load(directory);
    if (!loaded) {
      std::string text;
      for (const settings::Complaint& complaint : loaded.error()) {
        text += fmt::format("{}:{}:{}: expected {}\n", complaint.file.string(), complaint.line,
                            complaint.column, bundle::without_credentials(complaint.expected));
      }
      add("configuration/complaints.txt", "what is wrong with the configuration", text);
    }
    gather_files(directory, "node.yaml", bundle::ConfigurationFile::settings);
    gather_files(directory, "bureaus", bundle::ConfigurationFile::settings);
    gather_files(directory, "schemas", bundle::ConfigurationFile::schema);
  }

  // A file, or what lies in a folder, of those that are read as configuration.
  void gather_files(const fs::path& directory, const std::string& name,
                    bundle::ConfigurationFile kind) {
    std::vector<std::string> names;
    std::error_code error;
    if (!fs::is_directory(directory / name, error)) {
      names.push_back(name);
    } else {
      for (fs::directory_iterator each(directory / name, error), end; !error && each != end;
           each.increment(error)) {
        const std::string file = each->path().filename().string();
        const bool is_read = file.ends_with(".yaml") || file.ends_with(".json");
        if (is_read && !file.starts_with('.') && !file.ends_with(".schema.json")) {
          names.push_back(name + "/" + file);
        }
      }
      std::ranges::sort(names);
    }
    for (const std::string& file : names) {
      add("configuration/" + file + ".txt", "its values by line, without secrets",
          bundle::told_configuration(directory, file, kind));
    }
  }

  [[nodiscard]] Answer asked(const char* target) const {
    if (!node_) return {std::unexpected("node.yaml can not be used, so nobody knows where it is")};
    auto answer = ask_daemon(node_->control_socket, target);
    if (!answer) return {std::unexpected(std::move(answer.error()))};
    return {last_part(std::move(*answer))};
  }

  [[nodiscard]] Part doctor() {
    const bool is_there = std::ranges::any_of(
        declared_commands(app_), [](const CLI::App* each) { return each->get_name() == "doctor"; });
    if (!is_there) {
      return std::unexpected("this version has no such command");
    }
    const auto output = output_of(fs::read_symlink(own_program),
                                  {"--config", context_.configuration.string(), "doctor", "--json"},
                                  time_of_doctor);
    if (!output) return std::unexpected(output.error());
    // A piece of JSON is none.
    if (!output->why_cut.empty()) return std::unexpected(output->why_cut);
    return told_json(output->text);
  }

  [[nodiscard]] Part state() const {
    if (!node_) return std::unexpected("node.yaml can not be used, so nobody knows where it is");
    return bundle::state_listing(node_->state_directory);
  }

  [[nodiscard]] Part runs() const {
    if (!node_) return std::unexpected("node.yaml can not be used, so nobody knows where they are");
    auto history =
        runs::RunHistory::open_if_there(installation::Paths(node_->state_directory).run_history());
    if (!history) return std::unexpected(record::to_string(history.error()));
    if (!*history) return "";
    const auto found = (*history)->find({}, most_runs);
    if (!found) return std::unexpected(record::to_string(found.error()));
    std::string text;
    for (const runs::Run& run : *found) {
      const runs::RunFigures figures = runs::figures_of(run);
      boost::json::object line{{"id", run.id},
                               {"bureau", run.job.bureau.str()},
                               {"task", run.job.task},
                               {"reason", run.reason},
                               {"started", record::to_string(record::Time(run.started))},
                               {"outcome", run.outcome},
                               {"sentence", bundle::without_quotes(run.sentence)},
                               {"rows", figures.rows},
                               {"quarantined", figures.quarantined},
                               {"batches", figures.batches},
                               {"differences", figures.differences}};
      if (const auto took = run.took()) line["seconds"] = took->count();
      text += boost::json::serialize(line) + "\n";
    }
    return text;
  }

  [[nodiscard]] Part log_lines() {
    const auto lines =
        options_.log.empty()
            ? whole_or_cut("log.txt", output_of("/usr/bin/journalctl",
                                                {"--unit", "sluiced", "--lines", most_log_lines,
                                                 "--no-pager", "--output", "short-iso", "--quiet"},
                                                time_of_programs))
            : end_of_file(options_.log);
    if (lines) return lines_without_quotes(*lines);
    return std::unexpected(lines.error() + (options_.log.empty()
                                                ? "; name the file that the log goes to by --log"
                                                : ""));
  }

  [[nodiscard]] std::string readme() const {
    return fmt::format(
        "What is needed to find out what is the matter with a Sluice node.\n"
        "Made {} by sluice {} of {}.\n\n"
        "{}\n{}{}"
        "Not in it: keys, certificates, password files; journals, stores, the quarantine, tasks "
        "and\n"
        "drafts, people, the audit log, reports of comparisons; values of connections but for "
        "where to\n"
        "and how; constants, codes and examples of the configuration; comments. Where a sentence "
        "quotes\n"
        "something, the quote was taken out (…), since a database may quote a record. Look through "
        "it\n"
        "before you send it all the same.\n",
        record::to_string(now_), SLUICE_VERSION, context_.configuration.string(), contents_,
        left_out_.empty() ? "" : "What could not be had, and why:\n" + left_out_,
        left_out_.empty() ? "" : "\n");
  }

  void tell() const {
    fmt::print("{}: without secrets and values of records; look through it before you send it\n",
               options_.out.string());
    if (!left_out_.empty()) fmt::print("What could not be had, and why:\n{}", left_out_);
  }

  const Context& context_;
  const CLI::App& app_;
  BundleOptions options_;
  record::Time now_;
  std::optional<settings::Node> node_;
  bundle::BundleFile* file_ = nullptr;
  std::optional<record::Flaw> flaw_;  // of the file
  std::string contents_;
  std::string left_out_;
};

}  // namespace

void add_support_bundle(CLI::App& app, Context& context) {
  auto* command = app.add_subcommand("support-bundle",
                                     "Collect what a helper needs to see of this node, without "
                                     "secrets and values of records; with "
                                     "or without a running daemon");
  auto options = std::make_shared<BundleOptions>();
  command->add_option("--out", options->out,
                      "A new file, .tar.gz or .tar.zst (default: one in this directory, named for "
                      "node and time)");
  command->add_option("--log", options->log,
                      "The file that the log goes to, where that is not the journal of systemd");
  command->callback([&app, &context, options] {
    context.chosen = [&app, &context, options] { return Gathering(context, app, *options).run(); };
  });
}

}  // namespace sluice::commands
