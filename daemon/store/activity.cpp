#include "store/activity.h"

#include <algorithm>

#include "record/manifest.h"

namespace sluice::store {

Activity::Newest newest_of(record::Time applied_at, std::string_view manifest) {
  const auto read = record::parse_manifest(manifest);
  if (!read) return {applied_at, std::nullopt};
  const auto took = applied_at - read->collected_at;
  return {applied_at, std::max<std::chrono::milliseconds>(took, std::chrono::milliseconds(0))};
}

}  // namespace sluice::store
