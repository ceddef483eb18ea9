// What another node asks or answers about digests: what is understood is written as it was read.
#include <cstdint>
#include <string_view>

#include "reconciliation/digest_question.h"
#include "record/key_order.h"
#include "tests/fuzz/record/demand.h"

namespace {

using namespace sluice;
using fuzz::demand;

record::KeyOrder order() {
  return record::KeyOrder(
      {.fields = {{.name = "text"}, {.name = "number", .type = record::FieldType::integer}},
       .primary_key = {"text", "number"}});
}

void try_key(const record::Key& key) {
  static const record::KeyOrder of = order();
  const auto encoded = of.encode(key);
  if (!encoded) return;
  demand(of.encode(of.decode(*encoded)) == encoded, "a key leads back to itself");
}

void try_question(std::string_view text) {
  const auto question = reconciliation::parse_question(text);
  if (!question) {
    demand(!question.error().sentence.empty(), "a refusal says why");
    return;
  }
  const auto again = reconciliation::parse_question(to_json(*question));
  demand(again.has_value() && again->bounds == question->bounds &&
             again->range.after == question->range.after &&
             again->range.up_to == question->range.up_to && again->schema == question->schema,
         "a question is read as it is written");
  for (const record::Key& bound : question->bounds.value_or(std::vector<record::Key>{}))
    try_key(bound);
}

void try_answer(std::string_view text) {
  if (const auto sums = reconciliation::parse_sums(text)) {
    demand(reconciliation::parse_sums(reconciliation::to_json(*sums)) == sums,
           "sums are read as they are written");
  }
  const auto listing = reconciliation::parse_listing(text);
  if (!listing) return;
  demand(listing->is_complete || !listing->records.empty(), "a part of a listing has an end");
  const auto again = reconciliation::parse_listing(reconciliation::to_json(*listing));
  demand(again && again->records == listing->records, "a listing is read as it is written");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  try_question(text);
  try_answer(text);
  return 0;
}
