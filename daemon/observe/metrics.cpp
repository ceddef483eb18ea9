#include "observe/metrics.h"

#include <algorithm>

#include <prometheus/text_serializer.h>

namespace sluice::observe {
namespace {

prometheus::Labels labels_of(const prometheus::ClientMetric& metric) {
  prometheus::Labels labels;
  for (const prometheus::ClientMetric::Label& label : metric.label)
    labels.emplace(label.name, label.value);
  return labels;
}

}  // namespace

void MetricRegistry::hide(std::string_view name, const prometheus::Labels& labels) {
  const std::lock_guard lock(mutex);
  hidden[std::string(name)].insert(labels);
}

void MetricRegistry::show(std::string_view name, const prometheus::Labels& labels) {
  const std::lock_guard lock(mutex);
  const auto of_name = hidden.find(name);
  if (of_name != hidden.end()) of_name->second.erase(labels);
}

void Metrics::advance(Counter& counter, std::uint64_t total) {
  const double more = static_cast<double>(total) - counter.Value();
  if (more > 0) counter.Increment(more);
}

void Metrics::forget_bureau(std::string_view bureau) {
  const auto is_of_bureau = [&](const prometheus::ClientMetric::Label& label) {
    return label.name == "bureau" && label.value == bureau;
  };
  for (const prometheus::MetricFamily& family : registry_.exposed.Collect()) {
    for (const prometheus::ClientMetric& metric : family.metric) {
      if (std::ranges::any_of(metric.label, is_of_bureau)) {
        registry_.hide(family.name, labels_of(metric));
      }
    }
  }
}

std::string Metrics::exposition() const {
  std::vector<prometheus::MetricFamily> families = registry_.exposed.Collect();
  const std::lock_guard lock(registry_.mutex);
  for (prometheus::MetricFamily& family : families) {
    const auto hidden = registry_.hidden.find(family.name);
    if (hidden == registry_.hidden.end()) continue;
    std::erase_if(family.metric, [&](const prometheus::ClientMetric& metric) {
      return hidden->second.contains(labels_of(metric));
    });
  }
  return prometheus::TextSerializer().Serialize(families);
}

}  // namespace sluice::observe
