#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "adapters/disk/csv_collector.h"
#include "conformance/collector/collector_suite.h"

namespace sluice::adapters::conformance {
namespace {

constexpr std::string_view null_sequence = "\\N";

std::string csv_of(const Delivery& delivery) {
  std::string text;
  for (const std::string& column : delivery.columns)
    text += (text.empty() ? "" : ",") + column;
  for (const DeliveredRow& row : delivery.rows) {
    text += '\n';
    const std::size_t begin = text.size();
    for (const auto& value : row.values) {
      if (text.size() > begin) text += ',';
      if (!value) {
        text += null_sequence;
        continue;
      }
      text += '"';
      for (const char c : *value)
        text.append(c == '"' ? 2 : 1, c);
      text += '"';
    }
    if (row.is_malformed) text += ",one more";
  }
  return text + "\n";
}

class NoProgress final : public Progress {
 public:
  void advanced(std::uint64_t, std::uint64_t, std::uint64_t) override {}
};

class File final : public Instance {
 public:
  explicit File(const Delivery& delivery) {
    std::string name = std::filesystem::temp_directory_path() / "sluice-collector-XXXXXX";
    folder_ = ::mkdtemp(name.data());
    const std::filesystem::path path = folder_ / "delivery.csv";
    std::ofstream(path, std::ios::binary) << csv_of(delivery);
    disk::Format format;
    format.dialect.null_sequence = null_sequence;
    NoProgress progress;
    collector_.emplace(path, format, std::size_t{1} << 20,
                       disk::digest_file(path, progress).value());
  }
  ~File() override {
    std::error_code ignored;  // what is left over is the temporary folder's business
    std::filesystem::remove_all(folder_, ignored);
  }
  Collector& collector() override { return *collector_; }

 private:
  std::filesystem::path folder_;
  std::optional<disk::CsvCollector> collector_;
};

INSTANTIATE_TEST_SUITE_P(Disk, CollectorConformance,
                         testing::Values(Mode{"Csv",
                                              [](const Delivery& delivery) {
                                                return std::make_unique<File>(delivery);
                                              }}),
                         mode_name);

}  // namespace
}  // namespace sluice::adapters::conformance
