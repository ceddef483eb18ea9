// Every metric of the daemon, each declared in one line: name, what it counts, labels. The table of
// docs/metrics.md is made from them: names and labels are API. Thread-safe. Looking a labelled
// metric up takes locks and maps: on a hot path look it up once and keep the reference, which lives
// as long as the Metrics.
//
// A metric whose value is not known any more is hidden: no figure is better than an old one that
// looks like a new one. Whoever looks it up again shows it.
#pragma once

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <mutex>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <prometheus/counter.h>
#include <prometheus/family.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>

namespace sluice::observe {

// What is declared of a metric.
struct MetricDeclaration {
  std::string_view name;
  std::string_view type;  // counter, gauge, histogram
  std::string_view help;  // for people, in Markdown: it may change
  std::vector<std::string_view> labels;
};

// Where metrics are registered, what is declared of each, in their order, and which are hidden.
struct MetricRegistry {
  prometheus::Registry exposed;
  std::vector<MetricDeclaration> declarations;
  mutable std::mutex mutex;
  // By name. They are not removed: somebody may count with a reference.
  std::map<std::string, std::set<prometheus::Labels>, std::less<>> hidden;  // guarded by mutex

  void hide(std::string_view name, const prometheus::Labels& labels);
  void show(std::string_view name, const prometheus::Labels& labels);
};

// Metrics of one name, told apart by the values of their labels: `family("park", 200)`.
template <class Metric, std::size_t labels>
class Family {
 public:
  using Buckets = prometheus::Histogram::BucketBoundaries;  // of a histogram

  Family(MetricRegistry& registry, const char* name, const char* help,
         std::array<const char*, labels> label_names, Buckets buckets = {})
      : registry_(registry),
        name_(name),
        family_(builder().Name(name).Help(help).Register(registry.exposed)),
        label_names_(label_names),
        buckets_(std::move(buckets)) {
    registry.declarations.push_back({name, type(), help, {label_names.begin(), label_names.end()}});
  }

  template <class... Values>
  requires(sizeof...(Values) == labels) Metric& operator()(const Values&... values) {
    const prometheus::Labels of = labels_of(std::index_sequence_for<Values...>(), values...);
    registry_.show(name_, of);
    return at(of);
  }
  // Of a gauge that can not be measured now.
  template <class... Values>
  requires(sizeof...(Values) == labels &&
           std::is_same_v<Metric, prometheus::Gauge>) void hide(const Values&... values) {
    const prometheus::Labels of = labels_of(std::index_sequence_for<Values...>(), values...);
    registry_.hide(name_, of);
    // Who shows it again sets it only then.
    at(of).Set(std::numeric_limits<double>::quiet_NaN());
  }
  // Of something that is gone: it is exposed no more. Nobody may hold a reference to it.
  template <class... Values>
  requires(sizeof...(Values) == labels) void forget(const Values&... values) {
    family_.Remove(&(*this)(values...));
  }

 private:
  template <std::size_t... index, class... Values>
  prometheus::Labels labels_of(std::index_sequence<index...>, const Values&... values) const {
    return {{label_names_[index], text(values)}...};
  }
  Metric& at(const prometheus::Labels& of) {
    if constexpr (std::is_same_v<Metric, prometheus::Histogram>) {
      return family_.Add(of, buckets_);
    } else {
      return family_.Add(of);
    }
  }
  static auto builder() {
    if constexpr (std::is_same_v<Metric, prometheus::Counter>) {
      return prometheus::BuildCounter();
    } else if constexpr (std::is_same_v<Metric, prometheus::Gauge>) {
      return prometheus::BuildGauge();
    } else {
      return prometheus::BuildHistogram();
    }
  }
  static constexpr std::string_view type() {
    if constexpr (std::is_same_v<Metric, prometheus::Counter>) {
      return "counter";
    } else if constexpr (std::is_same_v<Metric, prometheus::Gauge>) {
      return "gauge";
    } else {
      return "histogram";
    }
  }
  static std::string text(std::string_view value) { return std::string(value); }
  static std::string text(std::integral auto value) { return std::to_string(value); }

  MetricRegistry& registry_;
  const char* name_;
  prometheus::Family<Metric>& family_;
  std::array<const char*, labels> label_names_;
  Buckets buckets_;
};

class Metrics {
 private:
  MetricRegistry registry_;

 public:
  using Counter = prometheus::Counter;
  using Gauge = prometheus::Gauge;
  using Histogram = prometheus::Histogram;
  template <std::size_t labels>
  using Counters = Family<Counter, labels>;
  template <std::size_t labels>
  using Gauges = Family<Gauge, labels>;
  template <std::size_t labels>
  using Histograms = Family<Histogram, labels>;

  Metrics() { build_info(SLUICE_VERSION).Set(1); }
  Metrics(const Metrics&) = delete;
  Metrics& operator=(const Metrics&) = delete;

  // A line each.
  // clang-format off

  Gauges<1> build_info{registry_, "sluice_build_info", "1; `version` is the program's", {"version"}};
  Counters<2> log_events{registry_, "sluice_log_events_total", "events that were logged, by name and level (docs/log-events.md), whether or not their lines could be written", {"event", "level"}};
  Counters<0> log_lines_dropped{registry_, "sluice_log_lines_dropped_total", "lines that the log's target did not take", {}};

  // Of the HTTP server. A durable answer takes a group commit, a few milliseconds; anything over a
  // second wants looking at.
  Counters<2> http_requests{registry_, "sluice_http_requests_total", "requests answered, refused ones included; `status` is the HTTP status", {"listener", "status"}};
  Histograms<1> http_request_seconds{registry_, "sluice_http_request_seconds", "time from a whole request to its answer being sent", {"listener"}, {0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 5, 30}};
  Counters<2> http_refused{registry_, "sluice_http_refused_total", "requests that the guard or a limit refused; `reason` is the problem's name, as in `urn:sluice:problem:NAME`", {"listener", "reason"}};
  Gauges<1> http_connections{registry_, "sluice_http_connections", "open connections", {"listener"}};
  Gauges<0> http_body_bytes{registry_, "sluice_http_body_bytes", "bytes of large request bodies in memory", {}};
  Counters<1> tls_refused{registry_, "sluice_tls_refused_total", "handshakes that failed: `expired`, `not-yet-valid`, `revoked`, `revocation-list-expired`, `revocation-list-missing`, `unknown-authority`, `wrong-purpose`, `bad-certificate`, `none-presented`, `handshake` (no certificate is to blame), `crowded-out` (not finished when its place was needed; it counts as `handshake` too)", {"reason"}};

  // Of the record's way. A batch is up to some hundred thousand rows at about 100,000 rows/s.
  Counters<3> rows_collected{registry_, "sluice_rows_collected_total", "rows that came and were made durable on this node, by the daemon, its runs, an operator's import or a clerk, those in quarantine included; a row that is corrected and replayed is not counted again. The journal counts, so it goes on over restarts", {"bureau", "dataset", "mode"}};
  Counters<3> rows_quarantined{registry_, "sluice_rows_quarantined_total", "rows that were put into quarantine, those included that the center refused; the journal counts, as before", {"bureau", "dataset", "mode"}};
  Counters<2> batches_applied{registry_, "sluice_batches_applied_total", "batches that the central store answered, as their node, and as the center, has it; `outcome` is `accepted`, `duplicate`, `rejected` or `held`", {"bureau", "outcome"}};
  Histograms<0> batch_apply_seconds{registry_, "sluice_batch_apply_seconds", "time the central store took for a batch", {}, {0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60}};
  Counters<0> checkpoints_made{registry_, "sluice_checkpoints_made_total", "checkpoints of the central store's ledger that this node made", {}};
  Gauges<2> held_batches{registry_, "sluice_held_batches", "batches that this center has in its ledger and holds, since their dataset can not be taken as things are here; as of the last look, at most a minute old", {"bureau", "dataset"}};
  Gauges<0> store_answered{registry_, "sluice_store_answered_timestamp_seconds", "when the central store last answered this center's look at what is held, which comes once a minute, seconds since 1970", {}};
  Gauges<1> journal_readable{registry_, "sluice_journal_readable", "1: this answer's figures of the bureau's journal are as of now; 0: the journal could not be read in time, and they are left out", {"bureau"}};
  Gauges<1> stream_stopped{registry_, "sluice_stream_stopped", "1: the bureau's batches are not sent until a person has acted, or its journal was refused (log: `stream-stopped`, `journal-refused`); else 0", {"bureau"}};
  Gauges<1> link_up{registry_, "sluice_link_up", "0: the bureau's batches can not be brought to the center now, and wait (log: `batch-held-back`); else 1", {"bureau"}};
  Gauges<1> journal_backlog_batches{registry_, "sluice_journal_backlog_batches", "batches that wait for their receipt", {"bureau"}};
  Gauges<1> journal_backlog_bytes{registry_, "sluice_journal_backlog_bytes", "bytes of the batches that wait for their receipt", {"bureau"}};
  Gauges<1> journal_backlog_oldest_seconds{registry_, "sluice_journal_backlog_oldest_seconds", "age of the oldest batch that waits for its receipt", {"bureau"}};
  Gauges<1> quarantine_waiting{registry_, "sluice_quarantine_waiting", "quarantined rows that nobody has dealt with", {"bureau"}};
  Gauges<1> quarantine_bytes{registry_, "sluice_quarantine_bytes", "bytes of quarantined rows, those included that somebody has dealt with; at most `journal.quarantine_bytes`", {"bureau"}};
  Gauges<1> answer_bytes{registry_, "sluice_remembered_answer_bytes", "bytes of remembered answers to calls", {"bureau"}};
  Gauges<1> edge_quarantine_waiting{registry_, "sluice_edge_quarantine_waiting", "quarantined rows that nobody has dealt with, of a stream that begins on another node, as that node last told this center", {"bureau"}};
  Gauges<1> edge_report_seconds{registry_, "sluice_edge_report_timestamp_seconds", "when a node last told this center what the quarantine of its stream holds, seconds since 1970", {"bureau"}};
  Gauges<1> certificate_expiry_seconds{registry_, "sluice_certificate_expiry_timestamp_seconds", "when a certificate of this node expires, seconds since 1970", {"subject"}};
  Gauges<1> schema_conflict{registry_, "sluice_schema_conflict", "1: the central store's tables, of this node or at its center, can not follow this dataset's schema, and nothing of it is taken in; else 0", {"dataset"}};

  Gauges<0> configuration_accepted{registry_, "sluice_configuration_accepted", "0: the configuration that was last read was refused, and the one before it goes on; else 1", {}};
  Gauges<0> configuration_seconds{registry_, "sluice_configuration_timestamp_seconds", "since when the node works by its configuration, seconds since 1970", {}};
  Gauges<0> signing{registry_, "sluice_signing", "1 while this node's certificate holds, so that it seals, receipts and takes something; else 0", {}};
  // Of the disk that all that lies on.
  Gauges<0> disk_free_bytes{registry_, "sluice_disk_free_bytes", "bytes that are free on the disk of the state directory", {}};
  Gauges<0> disk_reserve_bytes{registry_, "sluice_disk_reserve_bytes", "how many of them are to stay free (`node.reserve`)", {}};
  Gauges<0> disk_short{registry_, "sluice_disk_short", "1: fewer are free, and nothing is taken in until a quarter more than the reserve is free; else 0", {}};
  Gauges<0> disk_trusted{registry_, "sluice_disk_trusted", "0: an fsync has failed, and nothing is acknowledged until a restart; else 1", {}};

  // Of scheduled runs. A poll that finds nothing takes a fraction of a second, a first load an hour.
  Counters<3> runs{registry_, "sluice_runs_total", "runs of scheduled jobs; `outcome` is `succeeded`, `quarantined`, `differs`, `held-back`, `refused`, `failed`, `timed-out`, `backlog-full`, `killed` or `stopped` (docs/operations.md#jobs)", {"bureau", "task", "outcome"}};
  Histograms<2> run_seconds{registry_, "sluice_run_seconds", "how long runs of scheduled jobs took", {"bureau", "task"}, {0.5, 1, 5, 15, 60, 300, 900, 3600}};
  Gauges<2> next_run{registry_, "sluice_next_run_timestamp_seconds", "when a job runs next, or the one that is under way was to begin, seconds since 1970; none while it is paused", {"bureau", "task"}};
  Gauges<2> last_success{registry_, "sluice_last_successful_run_timestamp_seconds", "when the last run that was no failure began (`succeeded`, `quarantined`, `differs`, `held-back`), by the history of runs, so over restarts; seconds since 1970", {"bureau", "task"}};
  Gauges<1> jobs_paused{registry_, "sluice_jobs_paused", "1: an operator has paused the bureau's jobs; else 0", {"bureau"}};

  // Of manual entry, at a node with a store.
  Gauges<1> tasks_waiting{registry_, "sluice_tasks_waiting", "tasks of manual entry that nobody is done with yet; counted every 15 s", {"bureau"}};
  Gauges<1> tasks_overdue{registry_, "sluice_tasks_overdue", "those of them that should be done by now", {"bureau"}};

  // That the last comparison of a dataset's two sides found.
  Gauges<2> differences{registry_, "sluice_reconciliation_differences", "records that the last comparison of both sides found missing, too many or different, before any repair; by the history of runs", {"bureau", "dataset"}};
  Gauges<2> deletes_held_back{registry_, "sluice_deletes_held_back", "deletes that the last scheduled run did not send, since more records were gone than `delete_at_most` lets go; by the history of runs", {"bureau", "dataset"}};

  // clang-format on

  // Brings a counter to a total that somebody else keeps, if it has not come so far.
  static void advance(Counter& counter, std::uint64_t total);
  // Hides all that is told of a bureau that this node has nothing to do with any more, once nobody
  // counts for it. If it comes back, its counters go on.
  void forget_bureau(std::string_view bureau);

  // In the order of the lines above.
  [[nodiscard]] std::span<const MetricDeclaration> declarations() const {
    return registry_.declarations;
  }

  // Prometheus' text format 0.0.4, without what is hidden.
  [[nodiscard]] std::string exposition() const;
  static constexpr std::string_view content_type = "text/plain; version=0.0.4; charset=utf-8";
};

}  // namespace sluice::observe
