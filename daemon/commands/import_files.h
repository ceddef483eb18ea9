// Which files the paths of an import stand for, and what lies beside them that is not loaded: who
// brings a folder is told of all that is in it.
#pragma once

#include <expected>
#include <filesystem>
#include <string>
#include <vector>

namespace sluice::commands {

struct PassedOverFile {
  std::filesystem::path path;
  std::string reason;
};

struct ImportFiles {
  std::vector<std::filesystem::path> files;
  std::vector<PassedOverFile> passed_over;
};

// A folder stands for the CSV files in it, in the order of their names; anything else for itself.
// The error is a sentence: the folder can not be listed.
[[nodiscard]] std::expected<ImportFiles, std::string> files_of(const std::filesystem::path& path);

// What a file is called in messages and in the quarantine: as it was given, or, where it lies below
// `below`, by its path from there. Never the base name alone where more was given: files of one
// name come out of many folders.
[[nodiscard]] std::string name_of(const std::filesystem::path& file,
                                  const std::filesystem::path& below);

}  // namespace sluice::commands
