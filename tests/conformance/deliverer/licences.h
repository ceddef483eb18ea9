// The deliveries of these tests: licences with a key, a name, and whatever a test adds.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "adapters/deliverer.h"

namespace sluice::adapters::conformance {

using Values = std::vector<std::optional<std::string>>;

struct Licence {
  Values values;
  record::Operation operation = record::Operation::upsert;
};

inline record::DeliveryName delivery_name(std::uint64_t number) {
  return {record::SubscriptionId("park-licences"), {1790000000000}, {number}};
}

// Fields `number` (the key) and `name`.
inline record::Dataset licences() {
  record::TableSchema schema;
  schema.fields = {{.name = "number", .title = "执照号", .sensitivity = record::Sensitivity::open},
                   {.name = "name", .title = "企业名称"}};
  schema.primary_key = {"number"};
  return {.id = record::DatasetId("licence"),
          .owner = record::BureauId("industry-commerce"),
          .title = "营业执照",
          .schema = schema};
}

// Breaks off before the row `breaks_at`, counted from 0.
class ListedRows final : public DeliveryRows {
 public:
  explicit ListedRows(std::vector<Licence> rows, std::optional<std::size_t> breaks_at = {})
      : rows_(std::move(rows)), breaks_at_(breaks_at) {}

  DeliveryResult<std::optional<DeliveryRow>> next() override {
    if (next_ == breaks_at_) {
      return std::unexpected(DeliveryFailure{DeliveryProblem::unreadable, "row", "broken off"});
    }
    if (next_ == rows_.size()) return std::nullopt;
    const Licence& row = rows_[next_++];
    values_.assign(row.values.begin(), row.values.end());
    return DeliveryRow{row.operation, values_};
  }

 private:
  std::vector<Licence> rows_;
  std::optional<std::size_t> breaks_at_;
  std::size_t next_ = 0;
  std::vector<std::optional<std::string_view>> values_;
};

// With the digest of what it has.
inline Delivery delivery_of(const record::DeliveryName& name, const std::vector<Licence>& rows,
                            const record::Dataset& dataset = licences()) {
  std::string lines;
  for (const Licence& row : rows) {
    record::begin_line(lines, row.operation, std::nullopt);
    for (const auto& value : row.values) {
      lines += '\t';
      value ? record::append_escaped(lines, *value) : record::append_null(lines);
    }
    lines += '\n';
  }
  return {.name = name,
          .agreement = "海数协〔2026〕1号",
          .dataset = dataset,
          .rows = {rows.size()},
          .content = record::sha256(lines),
          .cut = record::parse_time("2026-11-23T04:44:00.000Z").value()};
}

inline DeliveryResult<void> deliver(Deliverer& deliverer, const record::DeliveryName& name,
                                    const std::vector<Licence>& rows,
                                    const record::Dataset& dataset = licences()) {
  ListedRows listed(rows);
  return deliverer.deliver(delivery_of(name, rows, dataset), listed);
}

}  // namespace sluice::adapters::conformance
