// A file of the configuration as a helper may see it: each value on a line with its place, so that
// a message with file and line can be followed, and without what is nobody's business.
#pragma once

#include <expected>
#include <filesystem>
#include <string>

namespace sluice::bundle {

enum class ConfigurationFile {
  settings,  // node.yaml, bureaus/*.yaml
  schema,    // schemas/*.json
};

// "12:3  publishes[0].dataset = register", a line each. Comments are not told. The values of
// connections without credentials; what stands for values of records (constants, codes, examples),
// and what no setting is called, as `(removed)`; so what stands for a file with a secret where no
// such file is. `file` and what it names are relative to the directory. The error says, without a
// word of the file, why it could not be read: then nothing of it is to be told.
[[nodiscard]] std::expected<std::string, std::string> told_configuration(
    const std::filesystem::path& directory, const std::string& file, ConfigurationFile kind);

}  // namespace sluice::bundle
