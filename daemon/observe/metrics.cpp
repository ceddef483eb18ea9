#include "observe/metrics.h"

#include <prometheus/text_serializer.h>

namespace sluice::observe {

std::string Metrics::exposition() const {
  return prometheus::TextSerializer().Serialize(registry_.exposed.Collect());
}

}  // namespace sluice::observe
