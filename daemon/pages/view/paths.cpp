#include "pages/view/paths.h"

#include <fmt/format.h>

namespace sluice::pages {

std::string percent_encoded(std::string_view text) {
  constexpr std::string_view unreserved =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
  std::string encoded;
  for (const char byte : text) {
    if (unreserved.contains(byte)) {
      encoded += byte;
    } else {
      encoded += fmt::format("%{:02X}", static_cast<unsigned char>(byte));
    }
  }
  return encoded;
}

std::string quarantine_path_of(std::string_view bureau) {
  return fmt::format("{}/{}", quarantine_path, percent_encoded(bureau));
}

std::string quarantine_path_of(std::string_view bureau, std::int64_t entry) {
  return fmt::format("{}/{}", quarantine_path_of(bureau), entry);
}

std::string runs_path_of(std::string_view bureau) {
  return fmt::format("{}/{}", runs_path, percent_encoded(bureau));
}

std::string reconciliation_path_of(std::string_view bureau, std::string_view dataset) {
  return fmt::format("{}/{}/{}", reconciliation_path, percent_encoded(bureau),
                     percent_encoded(dataset));
}

std::string entry_path_of(std::int64_t task) {
  return fmt::format("{}/{}", entry_path, task);
}

std::string task_path_of(std::int64_t task) {
  return fmt::format("{}/{}", tasks_path, task);
}

std::string paper_path_of(std::string_view bureau, std::string_view dataset) {
  return fmt::format("{}/paper/{}/{}", entry_path, percent_encoded(bureau),
                     percent_encoded(dataset));
}

std::string sheet_path_of(std::string_view bureau, std::string_view dataset) {
  return fmt::format("{}?bureau={}&dataset={}", sheet_path, percent_encoded(bureau),
                     percent_encoded(dataset));
}

}  // namespace sluice::pages
