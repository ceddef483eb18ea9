#include "support/json_schema.h"

#include <fstream>
#include <iterator>
#include <stdexcept>

#include <boost/json.hpp>
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
#include <valijson/validation_results.hpp>
#include <valijson/validator.hpp>
#pragma GCC diagnostic pop

namespace sluice::test {

std::string complaints_by(const std::filesystem::path& schema, const std::string& document) {
  std::ifstream in(schema);
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  const boost::json::value described = boost::json::parse(text);
  const boost::json::value value = boost::json::parse(document);
  valijson::Schema compiled;
  valijson::SchemaParser parser;
  parser.populateSchema(valijson::adapters::BoostJsonAdapter(described), compiled);
  valijson::Validator validator;
  valijson::ValidationResults results;
  if (validator.validate(compiled, valijson::adapters::BoostJsonAdapter(value), &results))
    return "";
  std::string complaints;
  valijson::ValidationResults::Error error;
  while (results.popError(error)) {
    for (const std::string& place : error.context)
      complaints += place;
    complaints += ": " + error.description + "\n";
  }
  return complaints;
}

}  // namespace sluice::test
