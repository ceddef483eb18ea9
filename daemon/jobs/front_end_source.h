// What a bureau's configuration says of a table of its exchange database, made ready to be read.
#pragma once

#include <expected>
#include <filesystem>
#include <string_view>

#include "adapters/adapter.h"
#include "adapters/front_end/source.h"
#include "exchange/catalogue.h"
#include "installation/installation.h"
#include "intake/delivery.h"
#include "record/table_schema.h"
#include "settings/settings.h"

namespace sluice::jobs {

// Of the journal's cursors.
inline constexpr std::string_view front_end_channel = "front-end";

// The same, with no folder: for who only looks. Reads the password's file, and makes nothing.
[[nodiscard]] adapters::Result<adapters::front_end::Source> front_end_look(
    const record::TableSchema& schema, const settings::Bureau& bureau,
    const settings::Publication& publication);

// Reads the password's file, and makes the folder for what captures keep.
[[nodiscard]] adapters::Result<adapters::front_end::Source> front_end_source(
    const installation::Installation& installation, const settings::Bureau& bureau,
    const settings::Publication& publication);

// What an intake of its rows is told; `known` and `publication` must outlive the intake.
[[nodiscard]] intake::SourceDelivery front_end_delivery(const exchange::KnownDataset& known,
                                                        const settings::Publication& publication,
                                                        intake::RecentRows recent = {});

}  // namespace sluice::jobs
