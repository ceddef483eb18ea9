// A whole table that is read again and again: where the database can say what has changed only that
// is read, and what is remembered and what is read are together the table.
#include <algorithm>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "adapters/front_end/whole_table.h"
#include "conformance/front_end/bureau_system.h"
#include "conformance/front_end/telling_door.h"

namespace sluice::adapters::front_end::conformance {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

// By stretch, the rows that were handed over for it.
class Remembering : public TableMemory {
 public:
  struct Known {
    StretchSum sum;
    std::vector<std::string> rows;
  };

  std::expected<std::vector<StretchSum>, CollectionFailure> recall(
      const std::optional<record::Digest>& columns) override {
    if (!columns || columns_ != columns) known_.clear();
    columns_ = columns;
    next_.clear();
    looked_at_ = 0;
    told_.rows.clear();
    std::vector<StretchSum> sums;
    for (const Known& each : known_)
      sums.push_back(each.sum);
    return sums;
  }
  void forget(StretchRange stretches) override {
    keep_until(stretches.first);
    looked_at_ = stretches.end;
    handed_over_ = told_.rows.size();
  }
  void remember(const StretchSum& stretch) override {
    const auto from = told_.rows.begin() + static_cast<std::ptrdiff_t>(handed_over_);
    next_.push_back({stretch, {from, told_.rows.end()}});
    handed_over_ = told_.rows.size();
  }

  TellingDoor& door() { return told_; }
  // All rows, and begins the next reading.
  std::vector<std::string> finish() {
    keep_until(known_.size());
    known_ = std::move(next_);
    handed_over_ = 0;
    std::vector<std::string> all;
    for (const Known& each : known_)
      all.insert(all.end(), each.rows.begin(), each.rows.end());
    return all;
  }

 private:
  void keep_until(std::size_t end) {
    for (; looked_at_ < end; ++looked_at_)
      next_.push_back(known_[looked_at_]);
  }
  TellingDoor told_;
  std::size_t handed_over_ = 0;
  std::optional<record::Digest> columns_;
  std::vector<Known> known_;
  std::vector<Known> next_;
  std::size_t looked_at_ = 0;
};

class TableMemoryConformance : public testing::TestWithParam<Product> {
 protected:
  TableMemoryConformance() {
    bureau.execute("CREATE TABLE levy (code VARCHAR(20) NOT NULL PRIMARY KEY, amount INTEGER)");
    for (int i = 100; i < 150; ++i)
      bureau.execute(fmt::format("INSERT INTO levy VALUES ('K{}', {})", i, i));
  }

  // The rows that were read; what is known afterwards must be the table.
  std::vector<std::string> read() {
    WholeTable table({.access = bureau.home().access(),
                      .exchange = {.table = {.name = "levy"}},
                      .dataset = record::DatasetId("levy"),
                      .fields = fields,
                      .key = {"code"},
                      .page_rows = 5});
    NoProgress progress;
    const auto done = table.collect(memory.door(), memory, progress);
    EXPECT_TRUE(done) << record::to_string(done.error());
    std::vector<std::string> rows = memory.door().rows;
    const std::vector<std::string> known = memory.finish();
    TellingDoor all;
    EXPECT_TRUE(table.collect(all, progress));
    EXPECT_EQ(tells_what_has_changed() ? known : rows, all.rows);
    return rows;
  }
  // Every row, where the database can not say which.
  std::vector<std::string> read_changed() {
    auto rows = read();
    if (tells_what_has_changed()) return rows;
    return {};
  }
  bool tells_what_has_changed() const { return GetParam() == Product::postgresql; }

  BureauSystem bureau{GetParam(), Way::snapshot};
  std::vector<std::string> fields = {"code", "amount"};
  Remembering memory;
};

TEST_P(TableMemoryConformance, OfATableThatIsWhatItWasNothingIsRead) {
  EXPECT_EQ(read().size(), 50U);
  EXPECT_THAT(read_changed(), IsEmpty());
  EXPECT_THAT(read_changed(), IsEmpty());
}

TEST_P(TableMemoryConformance, OnlyTheStretchesThatHaveChangedAreRead) {
  read();
  bureau.execute("UPDATE levy SET amount = 0 WHERE code IN ('K112', 'K119', 'K149')");
  bureau.execute("DELETE FROM levy WHERE code IN ('K130', 'K131', 'K132', 'K133', 'K134')");
  const auto rows = read_changed();
  if (!tells_what_has_changed()) return;
  EXPECT_THAT(rows, ElementsAre("K110 110", "K111 111", "K112 0", "K113 113", "K114 114",
                                "K115 115", "K116 116", "K117 117", "K118 118", "K119 0",
                                "K145 145", "K146 146", "K147 147", "K148 148", "K149 0"));
  EXPECT_THAT(read_changed(), IsEmpty());
}

TEST_P(TableMemoryConformance, WhatIsNewInFrontBehindAndBetweenIsFound) {
  read();
  bureau.execute("INSERT INTO levy VALUES ('A', 1), ('K104x', 2), ('K1251', 3), ('Z', 4)");
  read();
  EXPECT_THAT(read_changed(), IsEmpty());
  bureau.execute("DELETE FROM levy WHERE code < 'K140'");
  read();
  EXPECT_THAT(read_changed(), IsEmpty());
  bureau.execute("DELETE FROM levy");
  EXPECT_THAT(read(), IsEmpty());
  bureau.execute("INSERT INTO levy VALUES ('A', 1)");
  EXPECT_THAT(read(), ElementsAre("A 1"));
}

TEST_P(TableMemoryConformance, WithOtherColumnsAllIsReadOnceMore) {
  read();
  bureau.execute("ALTER TABLE levy ADD note VARCHAR(10)");
  fields.emplace_back("note");
  EXPECT_EQ(read().size(), 50U);
  EXPECT_THAT(read_changed(), IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(Every, TableMemoryConformance, testing::ValuesIn(products),
                         [](const testing::TestParamInfo<Product>& product) {
                           return to_string(product.param);
                         });

}  // namespace
}  // namespace sluice::adapters::front_end::conformance
