// When something of a bureau runs: a section `schedule`.
#pragma once

#include "schedule/schedule.h"
#include "settings/section.h"

namespace sluice::settings {

[[nodiscard]] schedule::Schedule read_schedule(Section section);

// A name of the IANA time zone database under `key`; complains of any other.
void read_time_zone(Section& section, const char* key, std::string& zone);

}  // namespace sluice::settings
