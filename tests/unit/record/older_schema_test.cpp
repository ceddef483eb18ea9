#include "record/older_schema.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sluice::record {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

TableSchema schema_of(std::vector<Field> fields) {
  TableSchema schema{.fields = std::move(fields), .primary_key = {"code"}};
  return schema;
}
const Field code_field{.name = "code"};
const Field name_field{.name = "name"};
const Field staff_field{.name = "staff", .type = FieldType::integer};
const Field phone_field{.name = "phone"};

TEST(OlderSchema, FieldsAddedSinceConstraintsOrderAndUniqueKeysAreNotInTheWay) {
  const TableSchema written = schema_of({code_field, name_field, staff_field});
  EXPECT_EQ(why_unreadable(written, written), std::nullopt);
  EXPECT_EQ(why_unreadable(written, schema_of({phone_field, staff_field, code_field, name_field})),
            std::nullopt);
  TableSchema stricter = written;
  stricter.fields[1].constraints = {.required = true, .max_length = 3};
  stricter.unique_keys = {{"name"}};
  EXPECT_EQ(why_unreadable(written, stricter), std::nullopt);
  EXPECT_EQ(why_unreadable(stricter, written), std::nullopt);
}

TEST(OlderSchema, AllThatIsInTheWayIsNamed) {
  TableSchema present = schema_of({code_field, {.name = "staff"}});
  EXPECT_THAT(why_unreadable(schema_of({code_field, name_field, staff_field}), present).value(),
              AllOf(HasSubstr("has a field name, the present one has not"),
                    HasSubstr("staff is of type integer, the present one's of type string")));
  present = schema_of({code_field, name_field});
  present.primary_key = {"code", "name"};
  EXPECT_THAT(why_unreadable(schema_of({code_field, name_field}), present).value(),
              HasSubstr("primary key is (code), the present one (code, name)"));
}

TEST(OlderSchema, LineGetsThePresentOrderAndNoValueWhereItHasNoField) {
  LineTurner turner(schema_of({code_field, name_field, staff_field}),
                    schema_of({phone_field, staff_field, code_field, name_field}));
  EXPECT_EQ(turner.turn("U\t\\N\ta\tAl\\tpha\t7"), "U\t\\N\t\\N\t7\ta\tAl\\tpha");
  EXPECT_EQ(turner.turn("D\t2026-01-01T00:00:00Z\ta\t\\N\t\\N"),
            "D\t2026-01-01T00:00:00Z\t\\N\t\\N\ta\t\\N");
}

TEST(OlderSchema, LineThatHasNotItsColumnsBecomesNone) {
  LineTurner turner(schema_of({code_field, name_field}),
                    schema_of({code_field, name_field, phone_field}));
  // As many as the present schema has: it is none of those all the same.
  EXPECT_EQ(turner.turn("U\t\\N\ta\tAlpha\t12"), "");
  EXPECT_EQ(turner.turn("U\t\\N\ta"), "");
  EXPECT_EQ(turner.turn("U\t\\N\ta\tAlpha"), "U\t\\N\ta\tAlpha\t\\N");
}

}  // namespace
}  // namespace sluice::record
