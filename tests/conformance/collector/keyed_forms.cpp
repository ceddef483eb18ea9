#include "adapters/manual_entry/form_collector.h"
#include "conformance/collector/collector_suite.h"

namespace sluice::adapters::conformance {
namespace {

using manual_entry::FormCollector;
using manual_entry::KeyedForm;

// Malformed is one with a field that no form of the dataset has.
std::vector<KeyedForm> forms_of(const Delivery& delivery) {
  std::vector<KeyedForm> forms;
  for (const DeliveredRow& row : delivery.rows) {
    KeyedForm& form = forms.emplace_back();
    for (std::size_t i = 0; i < row.values.size(); ++i) {
      if (row.values[i]) form.fields.push_back({delivery.columns[i], *row.values[i]});
    }
    if (row.is_malformed) form.fields.push_back({"no such field", "1"});
  }
  return forms;
}

class Stack final : public Instance {
 public:
  explicit Stack(const Delivery& delivery)
      : columns_(delivery.columns), forms_(forms_of(delivery)) {}
  Collector& collector() override { return collector_; }

 private:
  std::vector<std::string> columns_;
  std::vector<KeyedForm> forms_;
  FormCollector collector_{forms_, columns_, std::uint64_t{1} << 20};
};

INSTANTIATE_TEST_SUITE_P(ManualEntry, CollectorConformance,
                         testing::Values(Mode{"Forms",
                                              [](const Delivery& delivery) {
                                                return std::make_unique<Stack>(delivery);
                                              }}),
                         mode_name);

}  // namespace
}  // namespace sluice::adapters::conformance
