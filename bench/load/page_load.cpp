// page_load: what people do at the pages, as fast as the node answers, and how fast that was. Who
// they are is in cookies of sessions that somebody has begun.
#include <chrono>
#include <csignal>
#include <cstdint>
#include <fstream>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "bench/load/clerks.h"
#include "bench/load/command_line.h"
#include "bench/load/page_views.h"

namespace {

using sluice::bench::Browser;
using sluice::bench::LatencyHistogram;
using sluice::bench::milliseconds;
using sluice::bench::number_into;
using sluice::bench::read_options;
using sluice::bench::server_into;
using sluice::bench::text_into;
using Problem = std::optional<std::string>;

constexpr std::string_view usage =
    "usage: page_load add   --connect HOST:PORT --ca PEM --cookies FILE --bureau NAME\n"
    "                       --dataset NAME --count N\n"
    "       page_load key   --connect HOST:PORT --ca PEM --cookies FILE --bureau NAME [--clerks "
    "N]\n"
    "       page_load check the same\n"
    "       page_load view  --connect HOST:PORT --ca PEM --cookies FILE --bureau NAME\n"
    "                       [--count N] PATH…\n"
    "A line of the file is one person's cookie, NAME=VALUE.\n"
    "  add    the first of them, a supervisor, puts N tasks into the queue\n"
    "  key    the first N (default: all) key what waits, until nothing does; a task's values are\n"
    "         the row of the wide register that has its number\n"
    "  check  they key the verified fields of what others have keyed\n"
    "  view   the first looks at each page N times (default 200); the path /entry/next is the "
    "desk\n"
    "         of the next task\n"
    "Prints one JSON object, `view` one a page.\n"
    "Exit status: 0, 1 where the node answers otherwise than expected, 2 for a wrong command "
    "line.\n";

struct Options {
  std::string command;
  sluice::bench::Server server;
  std::string authorities;
  std::vector<std::string> cookies;
  std::string bureau;
  std::string dataset;
  std::uint64_t count = 200;
  std::uint64_t clerks = 0;
  std::vector<std::string> paths;
};

bool read_cookies(std::vector<std::string>& cookies, const char* file) {
  std::ifstream lines(file);
  for (std::string line; std::getline(lines, line);)
    cookies.push_back(line);
  return !cookies.empty();
}

// Nothing: the command line was not understood.
std::optional<Options> parse_command_line(int argument_count, char** arguments) {
  Options options;
  auto others = read_options(
      argument_count, arguments,
      {{"connect", server_into(options.server)},
       {"ca", text_into(options.authorities)},
       {"cookies", [&](const char* file) { return read_cookies(options.cookies, file); }},
       {"bureau", text_into(options.bureau)},
       {"dataset", text_into(options.dataset)},
       {"count", number_into(options.count)},
       {"clerks", number_into(options.clerks)}});
  if (!others || others->empty()) return std::nullopt;
  options.command = others->front();
  options.paths.assign(others->begin() + 1, others->end());
  const bool is_view = options.command == "view";
  const bool is_known =
      is_view || options.command == "add" || options.command == "key" || options.command == "check";
  if (!is_known || options.server.host.empty() || options.authorities.empty() ||
      options.cookies.empty() || options.bureau.empty() || options.count == 0 ||
      is_view == options.paths.empty() || (options.command == "add" && options.dataset.empty())) {
    return std::nullopt;
  }
  if (options.clerks > options.cookies.size()) return std::nullopt;
  if (options.clerks > 0) options.cookies.resize(options.clerks);
  return options;
}

// "p50_ms" and so on, each behind `name`.
std::string members(std::string_view name, const LatencyHistogram& latencies) {
  return fmt::format(R"("{0}p50_ms":{1:.3f},"{0}p99_ms":{2:.3f},"{0}max_ms":{3:.3f})", name,
                     milliseconds(latencies.percentile(0.5)),
                     milliseconds(latencies.percentile(0.99)), milliseconds(latencies.max()));
}

Problem add(const Options& options, SSL_CTX& context) {
  auto browser = Browser::open(context, options.server, options.cookies.front());
  if (!browser) return browser.error();
  const auto added = add_tasks(*browser, {options.bureau, options.dataset, options.count});
  if (!added) return added.error();
  fmt::print("{{\"added\":{}}}\n", options.count);
  return std::nullopt;
}

Problem work(const Options& options, SSL_CTX& context) {
  const auto result = sluice::bench::run_clerks(
      {options.server, options.bureau, options.command, options.cookies}, context);
  if (!result.problem.empty()) return result.problem;
  const double seconds = std::chrono::duration<double>(result.elapsed).count();
  const std::uint64_t saves = result.saves.total();
  fmt::print("{{\"clients\":{},\"count\":{},\"seconds\":{:.3f},\"per_second\":{:.1f},{},{},{}}}\n",
             options.cookies.size(), saves, seconds, static_cast<double>(saves) / seconds,
             members("", result.saves), members("desk_", result.desks),
             members("claim_", result.claims));
  return std::nullopt;
}

Problem view(const Options& options, SSL_CTX& context) {
  auto browser = Browser::open(context, options.server, options.cookies.front());
  if (!browser) return browser.error();
  for (std::string path : options.paths) {
    const std::string name = path == "/entry/next" ? "desk" : path;
    if (name == "desk") {
      if (const auto queue = browser->visit("/entry"); !queue) return queue.error();
      const auto next = browser->send(path, {{"work", "key"}, {"bureau", options.bureau}});
      if (!next) return next.error();
      if (next->status != 303) return browser->told("the next task", *next);
      path = next->location;
    }
    const auto seen = view_page(*browser, path, options.count);
    if (!seen) return seen.error();
    fmt::print(
        "{{\"page\":\"{}\",\"count\":{},{},\"html_bytes\":{},\"compressed_bytes\":{},"
        "\"first_view_bytes\":{}}}\n",
        name, options.count, members("", seen->latencies), seen->html_bytes, seen->compressed_bytes,
        seen->first_view_bytes);
  }
  return std::nullopt;
}

}  // namespace

int main(int count, char** arguments) {
  const auto options = parse_command_line(count, arguments);
  if (!options) {
    fmt::print(stderr, "{}", usage);
    return 2;
  }
  // A node that breaks off is to be reported, not to end the program.
  std::signal(SIGPIPE, SIG_IGN);
  const auto context = sluice::bench::make_context(
      {.certificate = {}, .key = {}, .authorities = options->authorities});
  if (!context) {
    fmt::print(stderr, "page_load: {}\n", context.error());
    return 1;
  }
  const Problem problem = options->command == "add"    ? add(*options, **context)
                          : options->command == "view" ? view(*options, **context)
                                                       : work(*options, **context);
  if (!problem) return 0;
  fmt::print(stderr, "page_load: {}\n", *problem);
  return 1;
}
