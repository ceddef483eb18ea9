#include "record/json_constraint.h"

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

struct JsonConstraint::State {
  Kind kind = Kind::object;
  std::optional<valijson::Schema> schema;
};

JsonConstraint::JsonConstraint(std::unique_ptr<State> state) : state_(std::move(state)) {}
JsonConstraint::JsonConstraint(JsonConstraint&&) noexcept = default;
JsonConstraint& JsonConstraint::operator=(JsonConstraint&&) noexcept = default;
JsonConstraint::~JsonConstraint() = default;

std::expected<JsonConstraint, std::string> JsonConstraint::compile(Kind kind,
                                                                   std::string_view json_schema) {
  auto state = std::make_unique<State>();
  state->kind = kind;
  if (!json_schema.empty()) {
    boost::system::error_code error;
    const boost::json::value document =
        boost::json::parse({json_schema.data(), json_schema.size()}, error);
    if (error) return std::unexpected("it is not JSON: " + error.message());
    try {
      valijson::SchemaParser parser;
      parser.populateSchema(valijson::adapters::BoostJsonAdapter(document),
                            state->schema.emplace());
    } catch (const std::exception& problem) {
      return std::unexpected(std::string(problem.what()));
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
