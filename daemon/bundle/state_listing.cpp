#include "bundle/state_listing.h"

#include <array>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <iterator>
#include <set>
#include <system_error>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "record/time.h"

namespace sluice::bundle {
namespace {

constexpr std::size_t most_files = 5000;
// Of an SQLite file: https://www.sqlite.org/fileformat.html#the_database_header
constexpr std::size_t header_bytes = 100;
constexpr std::string_view header_text = "SQLite format 3";
constexpr std::size_t user_version_at = 60;
constexpr std::size_t application_id_at = 68;

std::uint32_t number_at(const std::array<char, header_bytes>& header, std::size_t at) {
  std::uint32_t number = 0;
  for (std::size_t i = 0; i < 4; ++i)
    number = number << 8U | static_cast<unsigned char>(header[at + i]);
  return number;
}

// Empty where it is no SQLite file, or can not be read.
std::string format_of(const std::filesystem::path& file) {
  std::array<char, header_bytes> header{};
  std::ifstream in(file, std::ios::binary);
  if (!in.read(header.data(), header.size())) return "";
  if (std::string_view(header.data(), header_text.size()) != header_text) return "";
  return fmt::format("  application {:08x} format {}", number_at(header, application_id_at),
                     number_at(header, user_version_at));
}

std::string line_of_file(const std::filesystem::path& file, const std::string& name) {
  struct stat status {};
  if (::lstat(file.c_str(), &status) != 0) {
    return fmt::format("?  {}: {}\n", name, std::strerror(errno));
  }
  const bool is_file = S_ISREG(status.st_mode);
  const bool is_closed =
      S_ISDIR(status.st_mode) && ::faccessat(AT_FDCWD, file.c_str(), R_OK | X_OK, AT_EACCESS) != 0;
  const record::Time changed{std::chrono::seconds(status.st_mtim.tv_sec)};
  return fmt::format("{}{:04o} {}:{} {:>14} {}  {}{}\n", S_ISDIR(status.st_mode) ? 'd' : '-',
                     status.st_mode & 07777U, status.st_uid, status.st_gid,
                     static_cast<std::uint64_t>(status.st_size), record::to_string(changed), name,
                     is_file     ? format_of(file)
                     : is_closed ? "  (this user may not enter it: what is in it is not told)"
                                 : "");
}

}  // namespace

std::string state_listing(const std::filesystem::path& directory) {
  namespace fs = std::filesystem;
  std::set<fs::path> names;
  std::size_t left_out = 0;
  std::error_code error;
  constexpr auto go_on = fs::directory_options::skip_permission_denied;
  for (fs::recursive_directory_iterator each(directory, go_on, error), end; !error && each != end;
       each.increment(error)) {
    names.insert(each->path().lexically_relative(directory));
    if (names.size() <= most_files) continue;
    names.erase(std::prev(names.end()));
    ++left_out;
  }
  std::string listing;
  if (error) listing += fmt::format("not all of it can be listed: {}\n", error.message());
  listing += line_of_file(directory, ".");
  for (const fs::path& name : names)
    listing += line_of_file(directory / name, name.string());
  if (left_out > 0) listing += fmt::format("and {} more\n", left_out);
  return listing;
}

}  // namespace sluice::bundle
