// A bureau's records on one side, a central store on the other, and what a comparison finds.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "conformance/store_batches.h"
#include "reconciliation/comparison.h"
#include "reconciliation/store_digests.h"
#include "store/sqlite/sqlite_store.h"
#include "support/temporary_directory.h"

namespace sluice::reconciliation::test {

using record::Key;
using sluice::test::null;
using sluice::test::upsert;

inline record::Dataset enterprises() {
  return sluice::test::DatasetBuilder("enterprise", "park")
      .field("code")
      .field("staff", record::FieldType::integer)
      .build();
}

// The digest that a store makes of an enterprise.
inline record::RowDigest digest_of(const std::string& code, const std::string& staff) {
  record::RowDigester digester;
  digester.add(record::column_salt("code"), code);
  digester.add(record::column_salt("staff"), staff);
  return digester.digest();
}

struct Found {
  Kind kind;
  Key key;
  friend bool operator==(const Found&, const Found&) = default;
  friend std::ostream& operator<<(std::ostream& out, const Found& found) {
    return out << static_cast<int>(found.kind) << " " << found.key.front();
  }
};

class TwoSides {
 public:
  TwoSides() { EXPECT_TRUE(store->prepare(dataset)); }

  void center_has(const std::vector<std::pair<std::string, std::string>>& records) {
    std::vector<std::string> lines;
    for (const auto& [code, staff] : records)
      lines.push_back(upsert({code, staff}));
    EXPECT_TRUE(sluice::test::apply(*store, dataset, stream.batch(dataset, lines)));
  }
  void source_has(const std::vector<std::pair<std::string, std::string>>& records) {
    EXPECT_TRUE(source.begin());
    for (const auto& [code, staff] : records)
      put(code, SourceState::present, staff);
    EXPECT_TRUE(source.finish());
  }
  void put(const std::string& code, SourceState state, const std::string& staff = "") {
    EXPECT_TRUE(source.put({code}, state, digest_of(code, staff)));
  }

  std::vector<Found> compare(const Scope& scope = {}) {
    EXPECT_TRUE(differences.begin());
    StoreDigests central(*store, dataset);
    const auto done = reconciliation::compare(source, central, scope, differences);
    EXPECT_TRUE(done) << record::to_string(done.error());
    compared = *done;
    return found(differences);
  }
  static std::vector<Found> found(Differences& differences) {
    std::vector<Found> all;
    EXPECT_TRUE(differences.walk([&](const Difference& difference) {
      all.push_back({difference.kind, difference.key});
      return true;
    }));
    return all;
  }

  record::test::TemporaryDirectory directory;
  record::Dataset dataset = enterprises();
  record::KeyOrder order{dataset.schema};
  std::unique_ptr<store::Store> store = store::open_sqlite(directory.path() / "central.sqlite", [] {
                                          return record::Time{};
                                        }).value();
  sluice::test::TestStream stream{"park"};
  ScratchDatabase scratch = ScratchDatabase::create(directory.path() / "scratch").value();
  SourceDigests source = SourceDigests::open(scratch, order).value();
  Differences earlier = Differences::create(scratch, order, "earlier").value();
  Differences differences = Differences::create(scratch, order, "now").value();
  Compared compared;
};

}  // namespace sluice::reconciliation::test
