#include <algorithm>
#include <stdexcept>

#include <boost/algorithm/hex.hpp>
#include <fmt/format.h>

#include "adapters/front_end/front_end_collector.h"
#include "conformance/collector/collector_suite.h"
#include "support/temporary_directory.h"

namespace sluice::adapters::conformance {
namespace {

// Rows are handed over in the order of the key, so the first column numbers them.
constexpr std::string_view number = "n";

// Takes whatever it is told.
class OpenSettlement final : public intake::Settlement {
 public:
  using Answer = std::expected<void, intake::IntakeFailure>;
  [[nodiscard]] const std::string& position() const override { return position_; }
  [[nodiscard]] bool is_due() const override { return false; }
  [[nodiscard]] Answer checkpoint(std::string position) override {
    position_ = std::move(position);
    return {};
  }
  [[nodiscard]] Answer settle() override { return {}; }
  [[nodiscard]] std::optional<record::RowDigest> key_of(const intake::SourceRow&) override {
    return std::nullopt;
  }
  [[nodiscard]] std::span<const intake::RefusedRow> refused() const override { return {}; }

 private:
  std::string position_;
};

// By its bytes: the driver manager garbles a statement with characters beyond the first plane.
std::string literal(const std::optional<std::string>& value) {
  return value ? fmt::format("CAST(x'{}' AS TEXT)", boost::algorithm::hex(*value)) : "NULL";
}

// A table of an SQLite file, over the real driver. Malformed is a text that is no UTF-8.
class Table final : public Instance {
 public:
  explicit Table(const Delivery& delivery) {
    const front_end::odbc::Access access{
        .connection = fmt::format("Driver={}/libsqlite3odbc.so;Database={}", SLUICE_ODBC_DRIVERS,
                                  (directory_ / "exchange.sqlite").string()),
        .writes = true};
    fill(access, delivery);
    front_end::Source source{.access = access,
                             .exchange = {.table = {.name = "deliveries"}},
                             .dataset = record::DatasetId("deliveries"),
                             .fields = {std::string(number)},
                             .key = {std::string(number)},
                             .folder = directory_.path(),
                             .page_rows = 300};
    source.fields.insert(source.fields.end(), delivery.columns.begin(), delivery.columns.end());
    collector_.emplace(std::move(source), settlement_);
  }
  Collector& collector() override { return *collector_; }

 private:
  static void fill(const front_end::odbc::Access& access, const Delivery& delivery) {
    auto connection = front_end::odbc::Connection::open(access).value();
    const auto execute = [&](const std::string& sql) {
      if (const auto done = connection.execute(sql, {}); !done) {
        throw std::runtime_error(sql + ": " + to_string(done.error()));
      }
    };
    std::string columns;
    for (const std::string& column : delivery.columns)
      columns += fmt::format(", {} TEXT", column);
    execute(fmt::format("CREATE TABLE deliveries ({} INTEGER PRIMARY KEY{})", number, columns));
    constexpr std::size_t rows_at_once = 500;
    for (std::size_t first = 0; first < delivery.rows.size(); first += rows_at_once) {
      std::string rows;
      for (std::size_t i = first; i < std::min(first + rows_at_once, delivery.rows.size()); ++i) {
        rows += fmt::format("{}({}", i > first ? ", " : "", i + 1);
        for (const auto& value : delivery.rows[i].values)
          rows += ", " + literal(delivery.rows[i].is_malformed ? "\xff" : value);
        rows += ')';
      }
      execute("INSERT INTO deliveries VALUES " + rows);
    }
  }

  record::test::TemporaryDirectory directory_;
  OpenSettlement settlement_;
  std::optional<front_end::FrontEndCollector> collector_;
};

INSTANTIATE_TEST_SUITE_P(FrontEnd, CollectorConformance,
                         testing::Values(Mode{"Table",
                                              [](const Delivery& delivery) {
                                                return std::make_unique<Table>(delivery);
                                              }}),
                         mode_name);

}  // namespace
}  // namespace sluice::adapters::conformance
