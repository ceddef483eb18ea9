#include "setup/initial_files.h"

#include <ranges>
#include <system_error>

#include <fmt/format.h>

#include "files/new_file.h"

namespace sluice::setup {
namespace {

constexpr mode_t folder_mode = 0750;
constexpr mode_t file_mode = 0640;
// Certificates and passwords have a place from the beginning on.
constexpr const char* folders[] = {"bureaus", "schemas", "tls", "secrets"};

using WritingFailure = record::Failure<WritingProblem>;

std::unexpected<WritingFailure> is_there(const std::filesystem::path& file) {
  return std::unexpected(WritingFailure{
      WritingProblem::exists, file.string(),
      "it is there already, and nothing is overwritten: nothing was made. Move it away first, or "
      "name another directory by --directory"});
}

std::unexpected<WritingFailure> not_made(const std::filesystem::path& file,
                                         const std::error_code& error) {
  if (error == std::errc::file_exists) return is_there(file);
  return std::unexpected(WritingFailure{
      WritingProblem::not_written, file.string(),
      fmt::format("can not be made: {}; nothing was made", files::to_sentence(error))});
}

}  // namespace

InitialFiles::~InitialFiles() {
  for (const std::filesystem::path& made : made_ | std::views::reverse) {
    std::error_code ignored;  // what is left says no more than that
    std::filesystem::remove_all(made, ignored);
  }
}

std::expected<InitialFiles, WritingFailure> InitialFiles::write(
    const std::filesystem::path& directory, const std::vector<NewFile>& files,
    std::optional<gid_t> readers) {
  InitialFiles made;
  std::error_code error;
  for (const NewFile& file : files) {
    if (std::filesystem::exists(directory / file.name, error))
      return is_there(directory / file.name);
  }
  std::vector<std::filesystem::path> wanted{directory};
  for (const char* folder : folders)
    wanted.push_back(directory / folder);
  for (const std::filesystem::path& folder : wanted) {
    if (std::filesystem::is_directory(folder, error)) continue;
    if (const auto done = files::create_folder(folder, {folder_mode, readers}); !done) {
      return not_made(folder, done.error());
    }
    made.add(folder);
  }
  for (const NewFile& file : files) {
    const std::filesystem::path path = directory / file.name;
    if (const auto done = files::create_file(path, file.text, {file_mode, readers}); !done) {
      return not_made(path, done.error());
    }
    made.add(path);
  }
  return made;
}

}  // namespace sluice::setup
