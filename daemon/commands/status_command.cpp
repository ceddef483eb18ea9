#include <chrono>
#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "commands/commands.h"
#include "commands/control_client.h"
#include "commands/status_view.h"
#include "commands/watch_screen.h"

namespace sluice::commands {
namespace {

struct StatusOptions {
  bool json = false;
  bool check = false;
  bool watch = false;
  std::string interval;  // seconds, as it was written; empty: the usual
};

// What the daemon answered, as a text and as what it means.
struct Told {
  std::string text;
  boost::json::object object;
};

std::expected<Told, std::string> ask_status(const std::filesystem::path& socket) {
  auto answer = ask_daemon(socket, "/v1/status");
  if (!answer) return std::unexpected(std::move(answer.error()));
  boost::system::error_code error;
  boost::json::value value = boost::json::parse(*answer, error);
  if (error || !value.is_object()) {
    return std::unexpected(
        fmt::format("what answers on {} is no sluiced of this version", socket.string()));
  }
  return Told{std::move(*answer), std::move(value.get_object())};
}

constexpr std::chrono::duration<double> usual_interval{2};

std::chrono::duration<double> interval_of(const StatusOptions& options) {
  if (options.interval.empty()) return usual_interval;
  return std::chrono::duration<double>(std::stod(options.interval));
}

// CLI11's way to say what is wrong; empty: nothing is.
std::string check_interval(const std::string& written) {
  return written.empty() ? std::string() : CLI::Range(0.1, 86400.0)(written);
}

std::string not_there(const std::string& why) {
  return fmt::format(
      "! {}\n    systemctl status sluiced; journalctl -u sluiced; sluiced --check-config\n", why);
}

ExitStatus show_once(const std::filesystem::path& socket, const StatusOptions& options) {
  const auto told = ask_status(socket);
  if (!told) {
    if (options.json) return fail(told.error());
    fmt::print(stderr, "{}", not_there(told.error()));
    return ExitStatus::failure;
  }
  if (options.json) {
    fmt::print("{}\n", told->text);
  } else {
    fmt::print("{}", draw_status(told->object, {.colours = may_colour()}));
  }
  const bool is_wrong = options.check && is_unwell(told->object);
  return is_wrong ? ExitStatus::unwell : ExitStatus::success;
}

// Until somebody ends it. A daemon that goes and comes back is shown as that.
ExitStatus show_again_and_again(const std::filesystem::path& socket, const StatusOptions& options) {
  std::optional<WatchScreen> screen;
  if (is_screen() && !options.json) screen.emplace();
  const bool colours = may_colour() && !options.json;
  std::optional<Told> before;
  while (true) {
    auto told = ask_status(socket);
    std::string text;
    if (!told) {
      text = options.json ? "" : not_there(told.error());
      if (options.json) fmt::print(stderr, "sluice: {}\n", told.error());
    } else if (options.json) {
      text = told->text + "\n";
    } else {
      text = draw_status(told->object,
                         {.colours = colours, .before = before ? &before->object : nullptr});
    }
    if (screen) {
      screen->show(fitted(text, screen->rows()));
    } else {
      fmt::print("{}{}", text, options.json ? "" : "\n");
      // Whoever reads has gone.
      if (std::fflush(stdout) != 0) return ExitStatus::failure;
    }
    before = told ? std::optional(std::move(*told)) : std::nullopt;
    std::this_thread::sleep_for(interval_of(options));
  }
}

}  // namespace

void add_status(CLI::App& app, Context& context) {
  auto* command = app.add_subcommand(
      "status",
      "Say how this node is: what is wrong first, then streams, jobs, certificates, space");
  auto options = std::make_shared<StatusOptions>();
  command->add_flag("--json", options->json, "For machines: schemas/status.schema.json");
  auto* check = command->add_flag("--check", options->check,
                                  "End with status 8 where something is wrong; for scripts");
  auto* watch =
      command
          ->add_option("--watch", options->interval,
                       "Show it again and again, every so many seconds (2), with what gets on "
                       "meanwhile; Ctrl-C ends it")
          ->type_name("SECONDS")
          ->expected(0, 1)
          ->check(check_interval)
          ->excludes(check);
  command->callback([&context, options, watch] {
    options->watch = watch->count() > 0;
    context.chosen = [&context, options] {
      const auto socket = context.control_socket();
      if (!socket) return ExitStatus::usage;
      return options->watch ? show_again_and_again(*socket, *options)
                            : show_once(*socket, *options);
    };
  });
}

}  // namespace sluice::commands
