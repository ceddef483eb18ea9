// What a center answers a node that asks whether batches under its schema of a dataset could be
// taken (docs/link.md), so that the node knows before it acknowledges anything.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "record/table_schema.h"

namespace sluice::reconciliation {

struct SchemaStanding {
  enum class State {
    same,      // it is the center's own
    readable,  // they are taken
    newer,     // they wait until the center has the schema, too, which its tables can follow
    conflict,  // they could never be taken
  };
  State state = State::same;
  std::string reason;  // of the last two: what differs, and what to do
  friend bool operator==(const SchemaStanding&, const SchemaStanding&) = default;
};

// `known`: the dataset as the center has it.
[[nodiscard]] SchemaStanding standing_of(const record::TableSchema& asked,
                                         const record::Dataset& known);

[[nodiscard]] std::string to_json(const SchemaStanding& standing);
[[nodiscard]] std::optional<SchemaStanding> parse_schema_standing(std::string_view json);

}  // namespace sluice::reconciliation
