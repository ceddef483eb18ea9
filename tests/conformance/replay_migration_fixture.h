// A dataset that is migrated, as tests of a replay have it: its forms, what is in it before and
// after, and what is done to the ledger.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "conformance/replay_fixture.h"
#include "exchange/known_versions.h"
#include "exchange/migration_audit.h"

namespace sluice::test {

inline record::Dataset original_form() {
  return DatasetBuilder("enterprise", "park")
      .field("code")
      .field("name")
      .field("staff")
      .field("fax")
      .build();
}

// The same with a field more.
inline record::Dataset grown_form() {
  return DatasetBuilder("enterprise", "park")
      .field("code")
      .field("phone")
      .field("name")
      .field("staff")
      .field("fax")
      .build();
}

// Another key, in which numbers are ordered as such, another name, another type, a field less.
inline record::Dataset renewed_form() {
  return DatasetBuilder("enterprise", "park")
      .field("phone")
      .field("district")
      .field("code", record::FieldType::integer)
      .field("title")
      .field("staff", record::FieldType::integer)
      .key({"district", "code"})
      .build();
}
inline constexpr auto to_renewed_form =
    R"({"fields":[{"field":"district","constant":"haidian"},{"field":"title","from":"name"}],"ignore":["fax"]})";

// And once more another name, and another text in it.
inline record::Dataset third_form() {
  return DatasetBuilder("enterprise", "park")
      .field("district")
      .field("code", record::FieldType::integer)
      .field("label")
      .field("staff", record::FieldType::integer)
      .key({"district", "code"})
      .build();
}
inline constexpr auto to_third_form =
    R"({"fields":[{"field":"label","from":"title","steps":["upper-case"]}],"ignore":["phone"]})";

class ReplayMigrationTest : public ReplaySuite {
 protected:
  void SetUp() override {
    ReplaySuite::SetUp();
    lookups_ = home_->open(clock_);
    schema_of_ = [this](const record::Digest& digest) { return lookups_->schema(digest); };
    know(renewed_form());
  }
  void know(const record::Dataset& dataset) {
    catalogue_ = exchange::Catalogue::compile({{dataset.id, dataset}}).value();
  }

  // 1 to 3 in the ledger.
  void fill_first() {
    prepare(original_form());
    apply(original_form(),
          {upsert({"10", "Ten", "1", "f"}), upsert({"9", "Ni\tne", "2", null}),
           upsert({"8", "Eight", "3", null}), upsert({"11", "Eleven", null, null})});
    apply(original_form(),
          {upsert({"9", "Ni\tne", "22", null}, "2026-01-01T00:00:00.25Z"), remove({"8"}, 4)});
    prepare(grown_form());
    apply(grown_form(), {upsert({"10", "12", "Ten", "1", "f"})});
  }
  // Entry 4 is the migration.
  void fill() {
    fill_first();
    EXPECT_EQ(migrate(renewed_form(), to_renewed_form).id, 4);
    apply(renewed_form(), {upsert({null, "haidian", "9", "Ni\tne", "23"}),
                           upsert({null, "chaoyang", "10", "Other", "5"})});
    apply(renewed_form(), {remove({null, "haidian", "10"}, 5)});
  }
  // A batch that was made under an older form, as a center applies it.
  record::Receipt apply_late(const record::Dataset& written, const record::Dataset& present,
                             const std::vector<std::string>& lines) {
    const Sent sent = stream_.batch(written, lines);
    exchange::KnownVersions known(*store_);
    auto conversion = known.of(present).value()->to_present(written.schema);
    if (!conversion) {
      ADD_FAILURE() << conversion.error().why;
      return {};
    }
    const store::LineConverter turn = [&](std::string_view line) { return conversion->turn(line); };
    const auto checker = checker_of(present);
    const auto receipt = store_->apply({.manifest = sent.manifest,
                                        .batch = sent.batch,
                                        .dataset = present,
                                        .checker = checker,
                                        .turn = &turn},
                                       receipt_maker(sent.manifest, sent.batch));
    if (!receipt) ADD_FAILURE() << record::to_string(receipt.error());
    return receipt ? receipt_of(*receipt) : record::Receipt{};
  }
  // From here on the receipt of that entry refuses a row and names none, as those of format 1 did.
  void make_doubtful(std::int64_t entry, std::uint64_t number) {
    const std::string receipt = fmt::format(
        R"({{"format":"sluice-receipt/1","bureau":"park","epoch":1000,"sequence":{},)"
        R"("manifest":"sha256:{}","outcome":"accepted","reason":"","inserted":0,"updated":1,)"
        R"("unchanged":0,"deleted":0,"rejected":1,"rejected_rows":[],)"
        R"("at":"2026-11-23T00:00:00.000Z"}})",
        number, std::string(64, '0'));
    tamper(fmt::format("UPDATE {} SET receipt = '{}' WHERE id = {}", home_->own_table("ledger"),
                       receipt, entry));
  }
  static std::vector<std::string> in_doubt(const exchange::ReplayReport& report) {
    std::vector<std::string> texts;
    for (const exchange::RecordInDoubt& each : report.in_doubt)
      texts.push_back(fmt::format("{} {}", each.dataset.str(), fmt::join(each.key, "/")));
    EXPECT_EQ(report.count_in_doubt(), texts.size());
    return texts;
  }
  std::string migrations() { return home_->own_table("migration"); }
  // Signed with another mapping, as far as a replay looks.
  void set_mapping(store::MigrationEntry entry, const std::string& mapping) {
    entry.mapping = mapping;
    home_->change(fmt::format("UPDATE {} SET mapping = '{}', statement = '{}' WHERE id = {}",
                              migrations(), mapping, record::to_json(exchange::stated(entry)),
                              entry.id));
  }

  std::unique_ptr<store::Store> lookups_;
};

}  // namespace sluice::test
