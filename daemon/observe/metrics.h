// Every metric of the daemon, declared by name in this one place (docs/metrics.md: the names are
// API). Thread-safe. Looking a labelled metric up takes a lock and a map: on a hot path look it up
// once and keep the reference, which lives as long as the Metrics.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include <prometheus/counter.h>
#include <prometheus/family.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>

namespace sluice::observe {

class Metrics {
 private:
  prometheus::Registry registry_;

 public:
  using Counter = prometheus::Counter;
  using Gauge = prometheus::Gauge;
  using Histogram = prometheus::Histogram;

  Metrics();
  Metrics(const Metrics&) = delete;
  Metrics& operator=(const Metrics&) = delete;

  // Of the HTTP server. `listener` is "api" or "control".
  Counter& http_requests(std::string_view listener, unsigned status);
  Histogram& http_request_seconds(std::string_view listener);
  Counter& http_refused(std::string_view listener, std::string_view reason);
  Gauge& http_connections(std::string_view listener);
  Gauge& http_body_bytes();
  Counter& tls_refused(std::string_view reason);

  // Of the record's way.
  Counter& rows_collected(std::string_view bureau, std::string_view dataset, std::string_view mode);
  Counter& rows_quarantined(std::string_view bureau, std::string_view dataset,
                            std::string_view mode);
  Counter& batches_applied(std::string_view bureau, std::string_view outcome);
  Histogram& batch_apply_seconds();
  Gauge& journal_backlog_batches(std::string_view bureau);
  Gauge& journal_backlog_bytes(std::string_view bureau);
  Gauge& journal_backlog_oldest_seconds(std::string_view bureau);
  Gauge& quarantine_waiting(std::string_view bureau);
  Gauge& certificate_expiry_seconds(std::string_view subject);

  // Of scheduled runs.
  Counter& runs(std::string_view bureau, std::string_view task, std::string_view outcome);
  Histogram& run_seconds(std::string_view bureau, std::string_view task);
  Gauge& next_run(std::string_view bureau, std::string_view task);  // Unix time

  // That the last comparison of a dataset's two sides found.
  Gauge& differences(std::string_view bureau, std::string_view dataset);
  Gauge& deletes_held_back(std::string_view bureau, std::string_view dataset);

  // Prometheus' text format 0.0.4.
  [[nodiscard]] std::string exposition() const;
  static constexpr std::string_view content_type = "text/plain; version=0.0.4; charset=utf-8";

 private:
  prometheus::Family<Counter>& http_requests_;
  prometheus::Family<Histogram>& http_request_seconds_;
  prometheus::Family<Counter>& http_refused_;
  prometheus::Family<Gauge>& http_connections_;
  prometheus::Family<Gauge>& http_body_bytes_;
  prometheus::Family<Counter>& tls_refused_;
  prometheus::Family<Counter>& rows_collected_;
  prometheus::Family<Counter>& rows_quarantined_;
  prometheus::Family<Counter>& batches_applied_;
  prometheus::Family<Histogram>& batch_apply_seconds_;
  prometheus::Family<Gauge>& journal_backlog_batches_;
  prometheus::Family<Gauge>& journal_backlog_bytes_;
  prometheus::Family<Gauge>& journal_backlog_oldest_seconds_;
  prometheus::Family<Gauge>& quarantine_waiting_;
  prometheus::Family<Gauge>& certificate_expiry_seconds_;
  prometheus::Family<Counter>& runs_;
  prometheus::Family<Histogram>& run_seconds_;
  prometheus::Family<Gauge>& next_run_;
  prometheus::Family<Gauge>& differences_;
  prometheus::Family<Gauge>& deletes_held_back_;
};

}  // namespace sluice::observe
