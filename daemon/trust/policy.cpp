#include "trust/policy.h"

namespace sluice::trust {

bool Policy::may_publish(const Caller& caller, const record::DatasetId& dataset,
                         record::Mode mode) const {
  const auto* bureau = std::get_if<record::BureauId>(&caller);
  return bureau != nullptr && publish_.contains({*bureau, dataset, mode});
}

bool Policy::may_carry(const Caller& caller, const record::BureauId& bureau) const {
  const auto* node = std::get_if<record::NodeId>(&caller);
  if (node == nullptr) return false;
  const auto granted = carry_.find(*node);
  return granted != carry_.end() && granted->second.contains(bureau);
}

bool Policy::may_operate(const Caller& caller) const {
  return std::holds_alternative<Operator>(caller);
}

}  // namespace sluice::trust
