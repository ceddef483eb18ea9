// What every test of the stores' suite begins with: an empty store of its kind, a clock, a stream.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "conformance/store_batches.h"
#include "conformance/store_home.h"

namespace sluice::test {

class StoreSuite : public ::testing::TestWithParam<StoreKind> {
 protected:
  void SetUp() override {
    home_ = GetParam().make();
    store_ = home_->open(clock_);
  }

  void prepare(const record::Dataset& dataset) {
    const auto prepared = store_->prepare(dataset);
    ASSERT_TRUE(prepared) << record::to_string(prepared.error());
  }

  // Applies what must be applicable.
  record::Receipt apply(const record::Dataset& dataset, const std::vector<std::string>& lines) {
    return apply(dataset, stream_.batch(dataset, lines));
  }
  record::Receipt apply(const record::Dataset& dataset, const Sent& sent) {
    const auto receipt = test::apply(*store_, dataset, sent);
    if (!receipt) {
      ADD_FAILURE() << record::to_string(receipt.error());
      return {};
    }
    return receipt_of(*receipt);
  }
  store::StoreProblem refusal(const record::Dataset& dataset, const Sent& sent) {
    const auto receipt = test::apply(*store_, dataset, sent);
    EXPECT_FALSE(receipt);
    return receipt ? store::StoreProblem::failed : receipt.error().code;
  }

  std::vector<std::string> records(const record::Dataset& dataset,
                                   std::optional<record::Time> as_of = std::nullopt) {
    std::vector<std::string> lines;
    const auto read = store_->read(dataset.id, as_of, [&](const store::StoredRecord& record) {
      lines.emplace_back(record.columns);
      return true;
    });
    EXPECT_TRUE(read) << record::to_string(read.error());
    return lines;
  }

  std::unique_ptr<StoreHome> home_;
  StepClock clock_;
  std::unique_ptr<store::Store> store_;
  TestStream stream_{"park"};
};

inline std::string kind_name(const ::testing::TestParamInfo<StoreKind>& info) {
  return info.param.name;
}

inline record::RowOutcomes outcomes(std::uint64_t inserted, std::uint64_t updated,
                                    std::uint64_t unchanged, std::uint64_t deleted,
                                    std::uint64_t rejected) {
  return {{inserted}, {updated}, {unchanged}, {deleted}, {rejected}};
}

// Enterprises of the park: code, name, staff.
inline record::Dataset enterprises() {
  return DatasetBuilder("enterprise", "park")
      .field("code")
      .field("name")
      .field("staff", record::FieldType::integer)
      .build();
}

}  // namespace sluice::test

namespace sluice::record {
inline void PrintTo(const RowOutcomes& rows, std::ostream* out) {
  *out << "inserted " << rows.inserted.value << " updated " << rows.updated.value << " unchanged "
       << rows.unchanged.value << " deleted " << rows.deleted.value << " rejected "
       << rows.rejected.value;
}
}  // namespace sluice::record
