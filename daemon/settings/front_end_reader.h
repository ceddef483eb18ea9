// The parts of a bureau's file that are about its exchange database (front-end docking).
#pragma once

#include <filesystem>

#include "adapters/front_end/exchange_table.h"
#include "adapters/front_end/odbc/exchange_database.h"
#include "settings/section.h"

namespace sluice::settings {

// `channels.front-end`; `base`: what relative paths are relative to.
[[nodiscard]] adapters::front_end::ExchangeDatabase read_exchange_database(
    Section& section, const std::filesystem::path& base);

// `front-end` of a publication; `database` is the bureau's.
[[nodiscard]] adapters::front_end::ExchangeTable read_exchange_table(
    Section section, const adapters::front_end::ExchangeDatabase& database);

}  // namespace sluice::settings
