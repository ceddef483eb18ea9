// bare_commits: what it costs to make one row after another durable where nothing else is done with
// them: by SQLite's INSERT, each a transaction, or by a journal, each a submission.
#include <chrono>
#include <cstdint>
#include <expected>
#include <fstream>
#include <functional>
#include <future>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <fmt/format.h>

#include "bench/load/command_line.h"
#include "bench/load/latency_histogram.h"
#include "bench/register_generator.h"
#include "journal/group_commit.h"
#include "record/copy_text.h"
#include "record/signature.h"
#include "sqlite/database.h"

namespace {

using namespace sluice;
using bench::LatencyHistogram;
using bench::milliseconds;
using bench::number_into;
using bench::read_options;
using bench::text_into;
using Clock = std::chrono::steady_clock;
// Of one row; nothing, or a sentence for the operator. A durable row is behind it on return.
using Commit = std::function<std::optional<std::string>(const bench::RowText& row)>;

constexpr std::string_view usage =
    "usage: bare_commits sqlite  --file NEW --table DDL [--count N]\n"
    "       bare_commits journal --file NEW --cert PEM --key PEM [--count N] [--clients N]\n"
    "Makes rows of the wide register durable, one a commit.\n"
    "  --table DDL   a file with the statement that makes the table wide_register\n"
    "  --count N     rows in all (default 1000)\n"
    "  --clients N   so many wait for a row each, and share commits as clerks do (default 1)\n"
    "Prints one JSON object.\n";

struct Options {
  std::string command;
  std::string file;
  std::string table;
  std::string certificate;
  std::string key;
  std::uint64_t count = 1000;
  std::uint64_t clients = 1;
};

// Nothing: the command line was not understood.
std::optional<Options> parse_command_line(int argument_count, char** arguments) {
  Options options;
  const auto others = read_options(argument_count, arguments,
                                   {{"file", text_into(options.file)},
                                    {"table", text_into(options.table)},
                                    {"cert", text_into(options.certificate)},
                                    {"key", text_into(options.key)},
                                    {"count", number_into(options.count)},
                                    {"clients", number_into(options.clients)}});
  if (!others || others->size() != 1) return std::nullopt;
  options.command = others->front();
  const bool is_sqlite =
      options.command == "sqlite" && !options.table.empty() && options.clients == 1;
  const bool is_journal =
      options.command == "journal" && !options.certificate.empty() && !options.key.empty();
  if ((!is_sqlite && !is_journal) || options.file.empty()) return std::nullopt;
  if (options.count == 0 || options.clients == 0) return std::nullopt;
  return options;
}

struct Measured {
  LatencyHistogram latencies;
  std::chrono::nanoseconds elapsed{};
};
using OrProblem = std::expected<Measured, std::string>;

// Each of the clients commits its share of the rows, one after another.
OrProblem measure(const Options& options, const Commit& commit) {
  struct Client {
    LatencyHistogram latencies;
    std::optional<std::string> problem;
  };
  std::vector<Client> clients(options.clients);
  const auto work = [&](std::uint64_t number) {
    const bench::RegisterGenerator generator(
        {.shape = bench::Shape::wide, .rows = bench::max_rows});
    bench::RowText row;
    Client& client = clients[number];
    for (std::uint64_t i = number; i < options.count && !client.problem; i += options.clients) {
      generator.make_row(i, row);
      const auto begin = Clock::now();
      client.problem = commit(row);
      client.latencies.add(Clock::now() - begin);
    }
  };
  Measured measured;
  const auto begin = Clock::now();
  {
    std::vector<std::jthread> threads;
    threads.reserve(options.clients);
    for (std::uint64_t i = 0; i < options.clients; ++i)
      threads.emplace_back(work, i);
  }
  measured.elapsed = Clock::now() - begin;
  for (const Client& client : clients) {
    if (client.problem) return std::unexpected(*client.problem);
    measured.latencies += client.latencies;
  }
  return measured;
}

// As the node opens its own files: write-ahead log, synchronous=FULL.
OrProblem measure_sqlite(const Options& options) {
  const auto problem = [](const sqlite::Error& error) { return std::unexpected(error.message); };
  std::ifstream ddl(options.table);
  auto database = sqlite::Database::open(options.file);
  if (!database) return problem(database.error());
  if (auto made = database->execute({std::istreambuf_iterator(ddl), {}}); !made) {
    return problem(made.error());
  }
  auto insert =
      database->prepare("INSERT INTO wide_register VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)");
  if (!insert) return problem(insert.error());
  return measure(options, [&](const bench::RowText& row) -> std::optional<std::string> {
    for (std::size_t i = 0; i < row.size(); ++i)
      insert->bind(static_cast<int>(i) + 1, row[i]);
    if (auto done = insert->run(); !done) return done.error().message;
    return std::nullopt;
  });
}

journal::Submission submission_of(const bench::RowText& row) {
  journal::Submission submission{.origin = {.dataset = record::DatasetId("wide-register"),
                                            .schema = record::sha256("schema"),
                                            .mode = record::Mode::manual_entry},
                                 .lines = {},
                                 .upserts = {1}};
  record::begin_line(submission.lines, record::Operation::upsert, std::nullopt);
  for (std::size_t i = 0; i < row.size(); ++i) {
    submission.lines.push_back('\t');
    record::append_escaped(submission.lines, row[i]);
  }
  submission.lines.push_back('\n');
  // As a keyed record has one, by which it is taken once.
  submission.cursors.push_back(
      {.channel = "manual-entry", .key = "task-" + std::string(row[0]), .value = "1"});
  return submission;
}

OrProblem measure_journal(const Options& options) {
  auto signer = record::Signer::load(options.certificate, options.key);
  if (!signer) return std::unexpected(record::to_string(signer.error()));
  // Nothing is verified here: any certificate will do for an authority.
  auto verifier = record::Verifier::load(options.certificate, {});
  if (!verifier) return std::unexpected(record::to_string(verifier.error()));
  const record::Keyring keyring({std::move(*signer), std::move(*verifier)});
  const journal::Limits limits;
  auto journal =
      journal::Journal::open(options.file, record::BureauId("bench"), limits, keyring, [] {
        return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
      });
  if (!journal) return std::unexpected(record::to_string(journal.error()));
  journal::GroupCommit commits(std::move(*journal), limits, [](const auto& failure) {
    fmt::print(stderr, "bare_commits: {}\n", record::to_string(failure));
  });
  return measure(options, [&](const bench::RowText& row) -> std::optional<std::string> {
    std::promise<std::optional<std::string>> answer;
    commits.submit(submission_of(row), [&](const journal::Result<journal::Placement>& placed) {
      answer.set_value(placed ? std::nullopt : std::optional(record::to_string(placed.error())));
    });
    return answer.get_future().get();
  });
}

}  // namespace

int main(int count, char** arguments) {
  const auto options = parse_command_line(count, arguments);
  if (!options) {
    fmt::print(stderr, "{}", usage);
    return 2;
  }
  const OrProblem measured =
      options->command == "sqlite" ? measure_sqlite(*options) : measure_journal(*options);
  if (!measured) {
    fmt::print(stderr, "bare_commits: {}\n", measured.error());
    return 1;
  }
  const LatencyHistogram& latencies = measured->latencies;
  const double seconds = std::chrono::duration<double>(measured->elapsed).count();
  fmt::print(R"({{"clients":{},"count":{},"seconds":{:.3f},"per_second":{:.1f},)"
             R"("p50_ms":{:.3f},"p99_ms":{:.3f},"max_ms":{:.3f}}})"
             "\n",
             options->clients, latencies.total(), seconds,
             static_cast<double>(latencies.total()) / seconds,
             milliseconds(latencies.percentile(0.5)), milliseconds(latencies.percentile(0.99)),
             milliseconds(latencies.max()));
  return 0;
}
