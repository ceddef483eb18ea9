// An audit log that goes with the test, a clock that it sets, and its lines.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sqlite/database.h"
#include "sqlite/format.h"
#include "support/temporary_directory.h"
#include "trust/audit_log.h"

namespace sluice::test {

class AuditDirectory {
 public:
  [[nodiscard]] const std::filesystem::path& root() const { return directory_.path(); }
  [[nodiscard]] std::filesystem::path path() const { return directory_ / "audit.sqlite"; }
  [[nodiscard]] trust::AuditLog open() {
    return trust::AuditLog::open(path(), [this] { return now_; }).value();
  }
  void set_date(int year, unsigned month, unsigned day) {
    now_ = std::chrono::sys_days(std::chrono::year(year) / std::chrono::month(month) /
                                 std::chrono::day(day));
  }
  [[nodiscard]] record::Time now() const { return now_; }
  void pass(std::chrono::milliseconds time) { now_ += time; }
  [[nodiscard]] std::vector<std::string> lines() const {
    std::vector<std::string> found;
    const auto read = trust::read_audit_log(path(), [&](std::string_view line) {
      found.emplace_back(line);
      return true;
    });
    return read ? found : std::vector<std::string>{to_string(read.error())};
  }
  // The number in the file (PRAGMA user_version).
  [[nodiscard]] std::int64_t format() const {
    auto database = sqlite::Database::open(path()).value();
    return sqlite::format_of(database).value();
  }
  // What somebody does to the file who is not us.
  void tamper(const std::string& sql) const {
    auto database = sqlite::Database::open(path()).value();
    const auto done = database.execute(sql);
    if (!done) throw std::runtime_error(done.error().message);
  }
  [[nodiscard]] trust::AuditReport verify() const {
    return trust::verify_audit_log(path()).value();
  }

 private:
  record::test::TemporaryDirectory directory_;
  record::Time now_ = std::chrono::sys_days(std::chrono::year(2026) / 11 / 23);
};

}  // namespace sluice::test
