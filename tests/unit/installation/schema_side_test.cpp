#include "installation/schema_side.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sluice::installation::test {
namespace {

using record::DatasetId;
using testing::ElementsAre;
using testing::IsEmpty;

record::Dataset dataset(const std::string& id) {
  return {.id = DatasetId(id),
          .owner = record::BureauId("park"),
          .schema = {.fields = {{.name = "code", .constraints = {.required = true}}},
                     .primary_key = {"code"}}};
}

class SchemaObjectionTest : public testing::Test {
 protected:
  // Answers as the test says, and notes what it was asked.
  class Side final : public SchemaSide {
   public:
    explicit Side(SchemaObjectionTest& test) : test_(test) {}
    std::expected<std::optional<std::string>, record::Flaw> conflict(
        const exchange::KnownDataset& known, const std::stop_token&) override {
      test_.asked.push_back(known.dataset.id.str());
      if (test_.is_away) return std::unexpected(record::Flaw{"it does not answer"});
      if (known.dataset.id == DatasetId("permit")) return "a field is gone";
      return std::nullopt;
    }

   private:
    SchemaObjectionTest& test_;
  };

  exchange::Catalogue catalogue =
      exchange::Catalogue::compile(
          {{DatasetId("approval"), dataset("approval")}, {DatasetId("permit"), dataset("permit")}})
          .value();
  std::vector<std::string> asked;
  bool is_away = false;
  bool is_closed = false;
  int opened = 0;
  SchemaObjection objection =
      asked_once(catalogue, [this]() -> std::expected<std::unique_ptr<SchemaSide>, record::Flaw> {
        ++opened;
        if (is_closed) return std::unexpected(record::Flaw{"no certificate"});
        return std::make_unique<Side>(*this);
      });
};

TEST_F(SchemaObjectionTest, IsAskedOnceOfEachDatasetOverOneSide) {
  EXPECT_EQ(objection(DatasetId("unknown")), std::nullopt);
  EXPECT_EQ(opened, 0) << "nothing was to be asked";
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(objection(DatasetId("permit")), "a field is gone");
    EXPECT_EQ(objection(DatasetId("approval")), std::nullopt);
  }
  EXPECT_EQ(opened, 1);
  EXPECT_THAT(asked, ElementsAre("permit", "approval"));
}

TEST_F(SchemaObjectionTest, WhoDoesNotAnswerIsNotAskedAgainAndRefusesNothing) {
  is_away = true;
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(objection(DatasetId("permit")), std::nullopt);
    EXPECT_EQ(objection(DatasetId("approval")), std::nullopt);
  }
  EXPECT_THAT(asked, ElementsAre("permit"));
}

TEST_F(SchemaObjectionTest, SideThatCanNotBeOpenedIsNotOpenedAgain) {
  is_closed = true;
  for (int i = 0; i < 3; ++i)
    EXPECT_EQ(objection(DatasetId("permit")), std::nullopt);
  EXPECT_EQ(opened, 1);
  EXPECT_THAT(asked, IsEmpty());
}

}  // namespace
}  // namespace sluice::installation::test
