#include "adapters/direct/call_collector.h"
#include "adapters/direct/json_scanner.h"
#include "conformance/collector/collector_suite.h"

namespace sluice::adapters::conformance {
namespace {

std::string record_of(const Delivery& delivery, const DeliveredRow& row) {
  std::string json = "{";
  for (std::size_t i = 0; i < row.values.size(); ++i) {
    if (i > 0) json += ',';
    direct::append_json_string(json, delivery.columns[i]);
    json += ':';
    if (row.values[i]) {
      direct::append_json_string(json, *row.values[i]);
    } else {
      json += "null";
    }
  }
  if (row.is_malformed) json += R"(,"no such field":1)";
  return json + "}";
}

std::string array_of(const Delivery& delivery) {
  std::string json = "[";
  for (const DeliveredRow& row : delivery.rows)
    json += (json.size() > 1 ? ",\n" : "") + record_of(delivery, row);
  return json + "]";
}

std::string lines_of(const Delivery& delivery) {
  std::string lines;
  for (const DeliveredRow& row : delivery.rows)
    lines += record_of(delivery, row) + "\n";
  return lines;
}

class Body final : public Instance {
 public:
  Body(direct::MediaType type, std::string body, const std::vector<std::string>& columns)
      : body_(std::move(body)), call_{type, body_, {}}, members_(columns) {}
  Collector& collector() override { return collector_; }

 private:
  std::string body_;
  direct::Call call_;
  direct::MemberTable members_;
  direct::RowBuffers buffers_;
  direct::CallCollector collector_{call_, members_, std::uint64_t{1} << 20, buffers_};
};

INSTANTIATE_TEST_SUITE_P(Direct, CollectorConformance,
                         testing::Values(Mode{"JsonArray",
                                              [](const Delivery& delivery) {
                                                return std::make_unique<Body>(
                                                    direct::MediaType::json, array_of(delivery),
                                                    delivery.columns);
                                              }},
                                         Mode{"JsonLines",
                                              [](const Delivery& delivery) {
                                                return std::make_unique<Body>(
                                                    direct::MediaType::ndjson, lines_of(delivery),
                                                    delivery.columns);
                                              }}),
                         mode_name);

}  // namespace
}  // namespace sluice::adapters::conformance
