// An audit log's directory that goes with the test, a clock that it sets, and its bytes.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <vector>

#include "trust/audit_log.h"

namespace sluice::test {

class AuditDirectory {
 public:
  AuditDirectory() {
    std::string name = (std::filesystem::temp_directory_path() / "sluice-audit-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary directory");
    root_ = name;
  }
  ~AuditDirectory() {
    std::error_code ignored;
    std::filesystem::remove_all(root_, ignored);
  }
  AuditDirectory(const AuditDirectory&) = delete;
  AuditDirectory& operator=(const AuditDirectory&) = delete;

  [[nodiscard]] const std::filesystem::path& root() const { return root_; }
  [[nodiscard]] std::filesystem::path path() const { return root_ / "audit"; }
  [[nodiscard]] std::filesystem::path file(const std::string& month) const {
    return path() / ("audit-" + month + ".jsonl");
  }
  [[nodiscard]] trust::AuditLog open() {
    return trust::AuditLog::open(path(), [this] { return now_; }).value();
  }
  void set_date(int year, unsigned month, unsigned day) {
    now_ = std::chrono::sys_days(std::chrono::year(year) / std::chrono::month(month) /
                                 std::chrono::day(day));
  }
  [[nodiscard]] std::vector<std::string> lines(const std::string& month) const {
    std::ifstream in(file(month));
    std::vector<std::string> found;
    for (std::string line; std::getline(in, line);)
      found.push_back(line);
    return found;
  }
  void write(const std::string& month, const std::string& bytes) const {
    std::ofstream(file(month), std::ios::binary | std::ios::trunc) << bytes;
  }
  void append(const std::string& month, const std::string& bytes) const {
    std::ofstream(file(month), std::ios::binary | std::ios::app) << bytes;
  }
  [[nodiscard]] std::string bytes(const std::string& month) const {
    std::ifstream in(file(month), std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  [[nodiscard]] trust::AuditReport verify() const {
    return trust::verify_audit_log(path()).value();
  }

 private:
  std::filesystem::path root_;
  record::Time now_ = std::chrono::sys_days(std::chrono::year(2026) / 11 / 23);
};

}  // namespace sluice::test
