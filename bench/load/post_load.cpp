// post_load: posts records, one a request or more, over keep-alive connections and mutual TLS as
// fast as the server answers, and says how fast that was. One thread, so that it leaves the machine
// to the server.
#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <optional>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include "bench/load/client_connection.h"
#include "bench/load/command_line.h"
#include "bench/load/latency_histogram.h"
#include "bench/load/load.h"

namespace {

using sluice::bench::LatencyHistogram;
using sluice::bench::LoadResult;
using sluice::bench::milliseconds;
using sluice::bench::number_into;
using sluice::bench::read_options;
using sluice::bench::server_into;
using sluice::bench::set_number;
using sluice::bench::text_into;

constexpr std::string_view usage =
    "usage: post_load --connect HOST:PORT --cert PEM --key PEM --ca PEM --dataset NAME\n"
    "                 [--connections N] [--seconds N | --count N] [--first-row N] [--rows N] "
    "[--json]\n"
    "Posts rows of the wide register, each with its own key, to\n"
    "https://HOST:PORT/v1/datasets/NAME/records and waits for every answer.\n"
    "  --connections N   1 to 1024 at once (default 32)\n"
    "  --seconds N       stop asking after this time (default 10)\n"
    "  --count N         stop after this many requests instead\n"
    "  --first-row N     the row of the register to begin with, so that a second run has new keys\n"
    "  --rows N          1 to 100000 a request (default 1)\n"
    "  --json            one JSON object instead of text\n"
    "Exit status: 0 if every answer was a 2xx, 1 if not, 2 for a wrong command line.\n";

struct Options {
  sluice::bench::LoadOptions load;
  sluice::bench::TlsFiles tls;
  bool json = false;
};

// Nothing: the command line was not understood.
std::optional<Options> parse_command_line(int argument_count, char** arguments) {
  Options options;
  const auto take_seconds = [&](const char* value) {
    std::uint32_t seconds = 0;
    const bool is_number = set_number(seconds, value);
    options.load.duration = std::chrono::seconds(seconds);
    return is_number;
  };
  const auto others = read_options(
      argument_count, arguments,
      {{"connect", server_into(options.load.server)},
       {"cert", text_into(options.tls.certificate)},
       {"key", text_into(options.tls.key)},
       {"ca", text_into(options.tls.authorities)},
       {"dataset", text_into(options.load.dataset)},
       {"connections", number_into(options.load.connections)},
       {"seconds", take_seconds},
       {"count",
        [&](const char* value) { return set_number(options.load.count.emplace(), value); }},
       {"first-row", number_into(options.load.first_row)},
       {"rows", number_into(options.load.rows)},
       {"json", [&](const char* /*none*/) { return options.json = true; }, false}});
  const bool is_complete = !options.load.server.host.empty() && !options.tls.certificate.empty() &&
                           !options.tls.key.empty() && !options.tls.authorities.empty() &&
                           !options.load.dataset.empty();
  if (!others || !others->empty() || !is_complete) return std::nullopt;
  if (options.load.rows < 1 || options.load.rows > 100'000) return std::nullopt;
  if (options.load.connections < 1 || options.load.connections > 1024) return std::nullopt;
  return options;
}

double rate(const LoadResult& result) {
  const double seconds = std::chrono::duration<double>(result.elapsed).count();
  return seconds > 0 ? static_cast<double>(result.latencies.total()) / seconds : 0;
}

void print_text(const LoadResult& result) {
  for (const auto& [status, count] : result.answers)
    fmt::print("status {}: {}\n", status, count);
  fmt::print("requests/s {:.0f}\np50 {:.3f} ms\np99 {:.3f} ms\nmax {:.3f} ms\n", rate(result),
             milliseconds(result.latencies.percentile(0.5)),
             milliseconds(result.latencies.percentile(0.99)), milliseconds(result.latencies.max()));
}

void print_json(const LoadResult& result) {
  std::string answers;
  for (const auto& [status, count] : result.answers) {
    answers += fmt::format("{}\"{}\":{}", answers.empty() ? "" : ",", status, count);
  }
  fmt::print(
      "{{\"answers\":{{{}}},\"seconds\":{:.6f},\"per_second\":{:.1f},\"p50_ms\":{:.3f},"
      "\"p99_ms\":{:.3f},\"max_ms\":{:.3f},\"reconnects\":{}}}\n",
      answers, std::chrono::duration<double>(result.elapsed).count(), rate(result),
      milliseconds(result.latencies.percentile(0.5)),
      milliseconds(result.latencies.percentile(0.99)), milliseconds(result.latencies.max()),
      result.reconnects);
}

bool all_taken(const LoadResult& result) {
  return std::ranges::all_of(result.answers, [](const auto& answer) {
    return answer.first >= 200 && answer.first <= 299;
  });
}

}  // namespace

int main(int count, char** arguments) {
  const auto options = parse_command_line(count, arguments);
  if (!options) {
    fmt::print(stderr, "{}", usage);
    return 2;
  }
  // A server that breaks off is to be reported, not to end the program.
  std::signal(SIGPIPE, SIG_IGN);
  const auto context = sluice::bench::make_context(options->tls);
  if (!context) {
    fmt::print(stderr, "post_load: {}\n", context.error());
    return 1;
  }
  const LoadResult result = sluice::bench::run_load(options->load, **context);
  if (result.answers.empty()) {
    fmt::print(stderr, "post_load: {}\n",
               result.problem.empty() ? "nothing was asked for" : result.problem);
    return 1;
  }
  if (options->json) {
    print_json(result);
  } else {
    print_text(result);
  }
  if (!result.problem.empty()) fmt::print(stderr, "post_load: {}\n", result.problem);
  return result.problem.empty() && all_taken(result) ? 0 : 1;
}
