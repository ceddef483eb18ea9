#include "people/sqlite/people_file.h"

#include <system_error>

#include <fmt/format.h>

#include "people/format.h"
#include "people/sqlite/ddl.h"
#include "record/try.h"
#include "sqlite/format.h"

namespace sluice::people {
namespace {

// Of a file of an earlier format; people_ddl makes the index on them.
constexpr const char* add_certificate_columns = R"sql(
  ALTER TABLE account ADD COLUMN certificate_issuer TEXT;
  ALTER TABLE account ADD COLUMN certificate_subject TEXT
    CHECK ((certificate_subject IS NULL) = (certificate_issuer IS NULL)))sql";

}  // namespace

PeopleFailure PeopleFile::failed(std::string sentence) const {
  return {PeopleProblem::failed, path_.string(), std::move(sentence)};
}

PeopleFailure PeopleFile::failure(const sqlite::Error& error) const {
  sqlite::tell_failed_sync(told_, path_, error);
  if (error.is_busy()) {
    return {PeopleProblem::unavailable, path_.string(),
            "another process does not let go of it: try again"};
  }
  if (error.is_disk_full()) {
    return {PeopleProblem::unavailable, path_.string(), "the disk is full: free space"};
  }
  if (error.is_out_of_files()) {
    return {PeopleProblem::unavailable, path_.string(),
            "too many files are open: try again, or raise the limit of sluiced"};
  }
  return failed(fmt::format("SQLite says: {}", error.message));
}

Result<bool> PeopleFile::has(int format) {
  if (format_ >= format) return true;
  if (!database_) {
    std::error_code error;
    const bool is_there = std::filesystem::exists(path_, error);
    if (error) return std::unexpected(failed("can not be read: " + error.message()));
    if (!is_there) return false;
    SLUICE_TRY(open());
  } else {
    SLUICE_TRY(read_format());  // another process may have brought it up
  }
  return format_ >= format;
}

Result<void> PeopleFile::open() {
  if (database_) return {};
  database_ = SLUICE_TRY(ours(sqlite::Database::open(path_)));
  auto checked = check_is_ours();
  if (!checked) {
    compiled_ = {};
    database_.reset();
    format_ = 0;
  }
  return checked;
}

Result<void> PeopleFile::read_format() {
  auto version = SLUICE_TRY(prepare("SELECT user_version FROM pragma_user_version"));
  SLUICE_TRY(ours(version.step()));
  const std::int64_t found = version.integer(0);
  if (auto why = sqlite::why_too_late(found, newest_format)) {
    return std::unexpected(failed(*std::move(why)));
  }
  format_ = static_cast<int>(found);
  return {};
}

Result<void> PeopleFile::check_is_ours() {
  SLUICE_TRY(read_format());
  if (format_ > 0) return {};
  // Of a file that another process is just making: it shows either nothing of it or all.
  auto tables =
      SLUICE_TRY(prepare("SELECT user_version = 0 AND (SELECT count(*) FROM "
                         "sqlite_master) > 0 FROM pragma_user_version"));
  SLUICE_TRY(ours(tables.step()));
  if (tables.integer(0) == 0) return {};
  return std::unexpected(failed("it is a database of something else"));
}

Result<void> PeopleFile::bring_to(int format) {
  // Under the lock: another may have been faster.
  if (format_ < format) SLUICE_TRY(read_format());
  if (format_ >= format) return {};
  if (format_ > 0 && format_ < format_with_certificates) {
    SLUICE_TRY(ours(database_->execute(add_certificate_columns)));
  }
  SLUICE_TRY(ours(database_->execute(people_ddl)));
  SLUICE_TRY(ours(database_->execute(fmt::format("PRAGMA user_version={}", newest_format))));
  format_ = newest_format;
  return {};
}

}  // namespace sluice::people
