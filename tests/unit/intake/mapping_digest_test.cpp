// Two mappings have one digest where they say the same, and only there.
#include "intake/mapping_digest.h"

#include <set>
#include <vector>

#include <gtest/gtest.h>

namespace sluice::intake::test {
namespace {

Mapping mapping_of(FieldMapping field) {
  return {.fields = {std::move(field)}, .ignore = {}};
}

TEST(MappingDigest, IsTheSameForTheSame) {
  const FieldMapping field{.field = "code", .from = "CODE", .steps = {step::Trim{}}};
  EXPECT_EQ(digest_of(mapping_of(field)), digest_of(mapping_of(field)));
}

TEST(MappingDigest, IsAnotherForWhateverIsSaidOtherwise) {
  const std::vector<Mapping> mappings{
      {},
      {.ignore = {"CODE"}},
      {.ignore = {"CO", "DE"}},
      mapping_of({.field = "code"}),
      mapping_of({.field = "code", .from = "CODE"}),
      mapping_of({.field = "codeC", .from = "ODE"}),
      mapping_of({.field = "code", .constant = ""}),
      mapping_of({.field = "code", .constant = "1"}),
      mapping_of({.field = "code", .missing = {"-"}}),
      mapping_of({.field = "code", .missing = {"-", "-"}}),
      mapping_of({.field = "code", .steps = {step::Trim{}}}),
      mapping_of({.field = "code", .steps = {step::HalfWidth{}}}),
      mapping_of({.field = "code", .steps = {step::UpperCase{}}}),
      mapping_of({.field = "code", .steps = {step::Amount{}}}),
      mapping_of({.field = "code", .steps = {step::Currency{}}}),
      mapping_of({.field = "code", .steps = {step::DateFormat{"%Y"}}}),
      mapping_of({.field = "code", .steps = {step::DateFormat{"%Y%m"}}}),
      mapping_of({.field = "code", .steps = {step::CodeTable{{{"1", "2"}}}}}),
      mapping_of({.field = "code", .steps = {step::CodeTable{{{"1", "3"}}}}}),
      mapping_of({.field = "code", .steps = {step::Trim{}, step::UpperCase{}}}),
      mapping_of({.field = "code", .steps = {step::UpperCase{}, step::Trim{}}}),
  };
  std::set<record::Digest> digests;
  for (const Mapping& mapping : mappings)
    digests.insert(digest_of(mapping));
  EXPECT_EQ(digests.size(), mappings.size());
}

}  // namespace
}  // namespace sluice::intake::test
