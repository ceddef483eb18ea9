// What is found of a bureau's exchange database by who connects to it: in a process of its own,
// since vendors' drivers hang and crash. Writes nothing there, not even to try whether it could.
#pragma once

#include <filesystem>
#include <functional>

#include "doctor/finding.h"
#include "record/time.h"
#include "settings/settings.h"

namespace sluice::doctor {

// `bureau` has a channel `front-end` on this node. `configuration` is for what is to be edited.
[[nodiscard]] Findings look_at_database(const std::filesystem::path& configuration,
                                        const settings::Settings& settings,
                                        const settings::Bureau& bureau,
                                        const std::function<record::Time()>& clock);

// "bureaus/local-tax.yaml:10": where a key stands, as a person looks for it; the file alone where
// it is not found.
[[nodiscard]] std::string place_of_key(const std::filesystem::path& file, const std::string& key);

}  // namespace sluice::doctor
