// By which channels a dataset of a bureau comes.
#pragma once

#include <algorithm>

#include "record/manifest.h"
#include "settings/settings.h"

namespace sluice::settings {

[[nodiscard]] inline bool comes_by(const Publication& publication, record::Mode mode) {
  return std::ranges::find(publication.channels, mode) != publication.channels.end();
}

}  // namespace sluice::settings
