#include "exchange/catalogue.h"

#include <gtest/gtest.h>

#include "support/center_builder.h"

namespace sluice::exchange::test {
namespace {

TEST(Catalogue, KnowsADatasetWithItsDigestAndChecker) {
  record::Dataset dataset = approvals();
  dataset.schema.fields[1].carries_case_number = true;
  const Catalogue catalogue = catalogue_of(dataset);
  const KnownDataset* known = catalogue.find(dataset.id);
  ASSERT_NE(known, nullptr);
  EXPECT_EQ(known->schema, record::schema_digest(dataset.schema));
  EXPECT_EQ(known->checker.columns().size(), 2U);
  EXPECT_TRUE(known->carries_case_numbers);
  EXPECT_FALSE(catalogue_of(approvals()).find(dataset.id)->carries_case_numbers);
}

TEST(Catalogue, DoesNotKnowOtherDatasets) {
  EXPECT_EQ(catalogue_of(approvals()).find(record::DatasetId("licence")), nullptr);
}

TEST(Catalogue, TellsEverySchemaThatDoesNotCompile) {
  std::map<record::DatasetId, record::Dataset> datasets;
  for (const char* id : {"one", "two"}) {
    record::Dataset dataset = approvals();
    dataset.id = record::DatasetId(id);
    dataset.schema.fields[1].constraints.pattern = "(";
    datasets.emplace(dataset.id, dataset);
  }
  const auto catalogue = Catalogue::compile(datasets);
  ASSERT_FALSE(catalogue);
  EXPECT_EQ(catalogue.error().size(), 2U);
}

}  // namespace
}  // namespace sluice::exchange::test
