#include "reconciliation/schema_standing.h"

#include <algorithm>
#include <array>
#include <utility>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "record/older_schema.h"
#include "store/evolution.h"

namespace sluice::reconciliation {
namespace {

using SchemaState = SchemaStanding::State;

constexpr std::array<std::pair<SchemaState, std::string_view>, 4> standing_names = {{
    {SchemaState::same, "same"},
    {SchemaState::readable, "readable"},
    {SchemaState::newer, "newer"},
    {SchemaState::conflict, "conflict"},
}};

}  // namespace

SchemaStanding standing_of(const record::TableSchema& asked, const record::Dataset& known) {
  const std::string present = record::canonical_json(known.schema);
  if (record::canonical_json(asked) == present) return {SchemaState::same, ""};
  const auto unreadable = record::why_unreadable(asked, known.schema);
  if (!unreadable) return {SchemaState::readable, ""};
  record::Dataset wanted = known;
  wanted.schema = asked;
  const auto storable = store::check_storable(wanted);
  if (!storable) return {SchemaState::conflict, record::to_string(storable.error())};
  const auto evolution = store::evolve(present, wanted);
  if (!evolution) return {SchemaState::conflict, record::to_string(evolution.error())};
  return {SchemaState::newer, fmt::format("dataset {}: the center has an older schema of it: {}",
                                          known.id.str(), *unreadable)};
}

std::string to_json(const SchemaStanding& standing) {
  const auto* name = std::ranges::find(standing_names, standing.state,
                                       &decltype(standing_names)::value_type::first);
  boost::json::object object{{"state", std::string(name->second)}};
  if (!standing.reason.empty()) object["reason"] = standing.reason;
  return boost::json::serialize(object);
}

std::optional<SchemaStanding> parse_schema_standing(std::string_view json) {
  boost::system::error_code malformed;
  const boost::json::value value = boost::json::parse({json.data(), json.size()}, malformed);
  if (malformed || !value.is_object()) return std::nullopt;
  const auto text = [&](const char* name) {
    const auto* member = value.get_object().if_contains(name);
    const auto* found = member == nullptr ? nullptr : member->if_string();
    return found == nullptr ? std::string() : std::string(found->data(), found->size());
  };
  const auto* known = std::ranges::find(standing_names, text("state"),
                                        &decltype(standing_names)::value_type::second);
  if (known == standing_names.end()) return std::nullopt;
  return SchemaStanding{known->first, text("reason")};
}

}  // namespace sluice::reconciliation
