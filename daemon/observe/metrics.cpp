#include "observe/metrics.h"

#include <prometheus/text_serializer.h>

namespace sluice::observe {
namespace {

using Labels = prometheus::Labels;

auto& counters(prometheus::Registry& registry, const char* name, const char* help) {
  return prometheus::BuildCounter().Name(name).Help(help).Register(registry);
}
auto& gauges(prometheus::Registry& registry, const char* name, const char* help) {
  return prometheus::BuildGauge().Name(name).Help(help).Register(registry);
}
auto& histograms(prometheus::Registry& registry, const char* name, const char* help) {
  return prometheus::BuildHistogram().Name(name).Help(help).Register(registry);
}

std::string text(std::string_view view) {
  return std::string(view);
}

// A durable answer takes a group commit, a few milliseconds; anything over a second wants looking
// at.
prometheus::Histogram::BucketBoundaries request_buckets() {
  return {0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 5, 30};
}
// A poll that finds nothing takes a fraction of a second, a first load an hour.
prometheus::Histogram::BucketBoundaries run_buckets() {
  return {0.5, 1, 5, 15, 60, 300, 900, 3600};
}
// A batch is up to some hundred thousand rows at about 100,000 rows/s.
prometheus::Histogram::BucketBoundaries apply_buckets() {
  return {0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60};
}

}  // namespace

Metrics::Metrics()
    : http_requests_(counters(registry_, "sluice_http_requests_total",
                              "HTTP requests answered, by listener and status")),
      http_request_seconds_(histograms(registry_, "sluice_http_request_seconds",
                                       "Time from a whole request to its answer")),
      http_refused_(counters(registry_, "sluice_http_refused_total",
                             "Requests that the guard or a limit refused, by reason")),
      http_connections_(gauges(registry_, "sluice_http_connections", "Open connections")),
      http_body_bytes_(
          gauges(registry_, "sluice_http_body_bytes", "Bytes of request bodies held in memory")),
      tls_refused_(
          counters(registry_, "sluice_tls_refused_total", "TLS handshakes that failed, by reason")),
      rows_collected_(counters(registry_, "sluice_rows_collected_total",
                               "Rows taken from bureaus and made durable")),
      rows_quarantined_(counters(registry_, "sluice_rows_quarantined_total",
                                 "Rows refused and kept in quarantine")),
      batches_applied_(counters(registry_, "sluice_batches_applied_total",
                                "Batches that the central store answered, by outcome")),
      batch_apply_seconds_(histograms(registry_, "sluice_batch_apply_seconds",
                                      "Time the central store took for a batch")),
      journal_backlog_batches_(gauges(registry_, "sluice_journal_backlog_batches",
                                      "Batches that wait for their receipt")),
      journal_backlog_bytes_(gauges(registry_, "sluice_journal_backlog_bytes",
                                    "Bytes of the batches that wait for their receipt")),
      journal_backlog_oldest_seconds_(gauges(registry_, "sluice_journal_backlog_oldest_seconds",
                                             "Age of the oldest batch that waits for its receipt")),
      quarantine_waiting_(gauges(registry_, "sluice_quarantine_waiting",
                                 "Quarantined rows that nobody has dealt with yet")),
      certificate_expiry_seconds_(gauges(registry_, "sluice_certificate_expiry_timestamp_seconds",
                                         "When a certificate expires, in seconds since 1970")),
      runs_(counters(registry_, "sluice_runs_total", "Runs of scheduled jobs, by outcome")),
      run_seconds_(histograms(registry_, "sluice_run_seconds", "How long runs took")),
      next_run_(gauges(registry_, "sluice_next_run_timestamp_seconds",
                       "When a job runs next, in seconds since 1970")),
      differences_(gauges(registry_, "sluice_reconciliation_differences",
                          "Records that differ between source and central store")),
      deletes_held_back_(gauges(registry_, "sluice_deletes_held_back",
                                "Deletes that wait until an operator has looked")) {}

Metrics::Counter& Metrics::http_requests(std::string_view listener, unsigned status) {
  return http_requests_.Add({{"listener", text(listener)}, {"status", std::to_string(status)}});
}
Metrics::Histogram& Metrics::http_request_seconds(std::string_view listener) {
  return http_request_seconds_.Add({{"listener", text(listener)}}, request_buckets());
}
Metrics::Counter& Metrics::http_refused(std::string_view listener, std::string_view reason) {
  return http_refused_.Add({{"listener", text(listener)}, {"reason", text(reason)}});
}
Metrics::Gauge& Metrics::http_connections(std::string_view listener) {
  return http_connections_.Add({{"listener", text(listener)}});
}
Metrics::Gauge& Metrics::http_body_bytes() {
  return http_body_bytes_.Add(Labels{});
}
Metrics::Counter& Metrics::tls_refused(std::string_view reason) {
  return tls_refused_.Add({{"reason", text(reason)}});
}

Metrics::Counter& Metrics::rows_collected(std::string_view bureau, std::string_view dataset,
                                          std::string_view mode) {
  return rows_collected_.Add(
      {{"bureau", text(bureau)}, {"dataset", text(dataset)}, {"mode", text(mode)}});
}
Metrics::Counter& Metrics::rows_quarantined(std::string_view bureau, std::string_view dataset,
                                            std::string_view mode) {
  return rows_quarantined_.Add(
      {{"bureau", text(bureau)}, {"dataset", text(dataset)}, {"mode", text(mode)}});
}
Metrics::Counter& Metrics::batches_applied(std::string_view bureau, std::string_view outcome) {
  return batches_applied_.Add({{"bureau", text(bureau)}, {"outcome", text(outcome)}});
}
Metrics::Histogram& Metrics::batch_apply_seconds() {
  return batch_apply_seconds_.Add(Labels{}, apply_buckets());
}
Metrics::Gauge& Metrics::journal_backlog_batches(std::string_view bureau) {
  return journal_backlog_batches_.Add({{"bureau", text(bureau)}});
}
Metrics::Gauge& Metrics::journal_backlog_bytes(std::string_view bureau) {
  return journal_backlog_bytes_.Add({{"bureau", text(bureau)}});
}
Metrics::Gauge& Metrics::journal_backlog_oldest_seconds(std::string_view bureau) {
  return journal_backlog_oldest_seconds_.Add({{"bureau", text(bureau)}});
}
Metrics::Gauge& Metrics::quarantine_waiting(std::string_view bureau) {
  return quarantine_waiting_.Add({{"bureau", text(bureau)}});
}
Metrics::Gauge& Metrics::certificate_expiry_seconds(std::string_view subject) {
  return certificate_expiry_seconds_.Add({{"subject", text(subject)}});
}

Metrics::Counter& Metrics::runs(std::string_view bureau, std::string_view task,
                                std::string_view outcome) {
  return runs_.Add({{"bureau", text(bureau)}, {"task", text(task)}, {"outcome", text(outcome)}});
}
Metrics::Histogram& Metrics::run_seconds(std::string_view bureau, std::string_view task) {
  return run_seconds_.Add({{"bureau", text(bureau)}, {"task", text(task)}}, run_buckets());
}
Metrics::Gauge& Metrics::next_run(std::string_view bureau, std::string_view task) {
  return next_run_.Add({{"bureau", text(bureau)}, {"task", text(task)}});
}
Metrics::Gauge& Metrics::deletes_held_back(std::string_view bureau, std::string_view dataset) {
  return deletes_held_back_.Add({{"bureau", text(bureau)}, {"dataset", text(dataset)}});
}
Metrics::Gauge& Metrics::differences(std::string_view bureau, std::string_view dataset) {
  return differences_.Add({{"bureau", text(bureau)}, {"dataset", text(dataset)}});
}

std::string Metrics::exposition() const {
  return prometheus::TextSerializer().Serialize(registry_.Collect());
}

}  // namespace sluice::observe
