// What a mapping says, as a digest: rows that one mapping made something of can be compared with
// those of another only where the two say the same.
#pragma once

#include "intake/mapping.h"
#include "record/digest.h"

namespace sluice::intake {

[[nodiscard]] record::Digest digest_of(const Mapping& mapping);

}  // namespace sluice::intake
