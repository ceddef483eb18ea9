#include "record/json_constraint.h"

#include <algorithm>
#include <array>
#include <optional>

#include <boost/json.hpp>
// Without it valijson aborts on a schema that it does not understand.
#define VALIJSON_USE_EXCEPTIONS 1
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wall"
#pragma GCC diagnostic ignored "-Wextra"
#pragma GCC diagnostic ignored "-Wconversion"
#pragma GCC diagnostic ignored "-Wsign-conversion"
#pragma GCC diagnostic ignored "-Wshadow"
#pragma GCC diagnostic ignored "-Wold-style-cast"
#include <valijson/adapters/boost_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validator.hpp>
#pragma GCC diagnostic pop

namespace sluice::record {

namespace {

// valijson matches these with std::regex, which recurses by character: a long value would exhaust
// the stack. Below the second list's keywords, names are the schema author's own.
constexpr std::array<std::string_view, 3> refused_keywords = {"pattern", "patternProperties",
                                                              "format"};
constexpr std::array<std::string_view, 4> maps_of_schemas = {"properties", "definitions", "$defs",
                                                             "dependencies"};

bool uses_refused_keyword(const boost::json::value& value, bool names_are_keywords = true) {
  if (const auto* array = value.if_array()) {
    return std::ranges::any_of(*array, [](const auto& item) { return uses_refused_keyword(item); });
  }
  const auto* object = value.if_object();
  if (object == nullptr) return false;
  return std::ranges::any_of(*object, [&](const auto& member) {
    const std::string_view name(member.key().data(), member.key().size());
    if (names_are_keywords && std::ranges::find(refused_keywords, name) != refused_keywords.end())
      return true;
    const bool is_map =
        names_are_keywords && std::ranges::find(maps_of_schemas, name) != maps_of_schemas.end();
    return uses_refused_keyword(member.value(), !is_map);
  });
}

}  // namespace

struct JsonConstraint::State {
  Kind kind = Kind::object;
  std::optional<valijson::Schema> schema;
};

JsonConstraint::JsonConstraint(std::unique_ptr<State> state) : state_(std::move(state)) {}
JsonConstraint::JsonConstraint(JsonConstraint&&) noexcept = default;
JsonConstraint& JsonConstraint::operator=(JsonConstraint&&) noexcept = default;
JsonConstraint::~JsonConstraint() = default;

std::expected<JsonConstraint, Flaw> JsonConstraint::compile(Kind kind,
                                                            std::string_view json_schema) {
  auto state = std::make_unique<State>();
  state->kind = kind;
  if (!json_schema.empty()) {
    boost::system::error_code error;
    const boost::json::value document =
        boost::json::parse({json_schema.data(), json_schema.size()}, error);
    if (error) return std::unexpected(Flaw{"it is not JSON: " + error.message()});
    if (uses_refused_keyword(document)) {
      return std::unexpected(
          Flaw{"`pattern`, `patternProperties` and `format` are not taken inside it; use `enum`, "
               "lengths "
               "and bounds, or make the value a field of its own"});
    }
    try {
      valijson::SchemaParser parser;
      parser.populateSchema(valijson::adapters::BoostJsonAdapter(document),
                            state->schema.emplace());
    } catch (const std::exception& problem) {
      return std::unexpected(Flaw{std::string(problem.what())});
    }
  }
  return JsonConstraint(std::move(state));
}

JsonConstraint::Verdict JsonConstraint::check(std::string_view text, std::size_t& members) const {
  boost::system::error_code error;
  const boost::json::value value = boost::json::parse({text.data(), text.size()}, error);
  if (error || (state_->kind == Kind::object ? !value.is_object() : !value.is_array())) {
    return Verdict::not_of_the_kind;
  }
  members = value.is_object() ? value.get_object().size() : value.get_array().size();
  if (!state_->schema) return Verdict::good;
  valijson::Validator validator;
  return validator.validate(*state_->schema, valijson::adapters::BoostJsonAdapter(value), nullptr)
             ? Verdict::good
             : Verdict::against_the_schema;
}

}  // namespace sluice::record
