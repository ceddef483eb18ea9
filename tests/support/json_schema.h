// Whether a JSON document is as a JSON Schema file says.
#pragma once

#include <filesystem>
#include <string>

namespace sluice::test {

// What is wrong with it, a line each with its place; empty: nothing.
[[nodiscard]] std::string complaints_by(const std::filesystem::path& schema,
                                        const std::string& document);

}  // namespace sluice::test
