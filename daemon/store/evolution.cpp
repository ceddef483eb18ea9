#include "store/evolution.h"

#include <algorithm>
#include <set>

#include <boost/json.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "record/digest.h"
#include "record/try.h"

namespace sluice::store {
namespace {

// PostgreSQL cuts longer names off without a word (NAMEDATALEN).
constexpr std::size_t max_name_bytes = 63;
constexpr std::string_view reserved_prefix = "sluice_";

using Names = std::vector<std::string>;

struct StoredField {
  std::string name;
  std::string type;
  bool required = false;
  bool unique = false;
};

struct StoredSchema {
  std::vector<StoredField> fields;
  Names primary_key;
  std::vector<Names> unique_keys;
};

std::string text(const boost::json::value& value) {
  return std::string(value.as_string());
}

Names names(const boost::json::value& list) {
  Names result;
  for (const auto& name : list.as_array())
    result.push_back(text(name));
  return result;
}

StoredSchema parse(std::string_view json) {
  const boost::json::value schema = boost::json::parse({json.data(), json.size()});
  StoredSchema stored;
  for (const auto& field : schema.at("fields").as_array()) {
    const auto& constraints = field.at("constraints").as_object();
    stored.fields.push_back({text(field.at("name")), text(field.at("type")),
                             constraints.contains("required"), constraints.contains("unique")});
  }
  stored.primary_key = names(schema.at("primaryKey"));
  for (const auto& key : schema.at("uniqueKeys").as_array()) {
    stored.unique_keys.push_back(names(key));
  }
  return stored;
}

// In order of index name, each once; the primary key has its own index.
std::vector<UniqueKey> named(const record::DatasetId& dataset, std::vector<Names> keys,
                             const Names& primary_key) {
  std::vector<UniqueKey> result;
  for (Names& fields : keys) {
    if (fields == primary_key) continue;
    const record::Digest digest =
        record::sha256(fmt::format("{}\t{}", dataset.str(), fmt::join(fields, "\t")));
    result.push_back(
        {fmt::format("unique_{}", to_string(digest).substr(7, 32)), std::move(fields)});
  }
  std::ranges::sort(result);
  const auto repeated = std::ranges::unique(result);
  result.erase(repeated.begin(), repeated.end());
  return result;
}

std::vector<UniqueKey> unique_keys(const record::DatasetId& dataset, const StoredSchema& schema) {
  std::vector<Names> keys = schema.unique_keys;
  for (const StoredField& field : schema.fields) {
    if (field.unique) keys.push_back({field.name});
  }
  return named(dataset, std::move(keys), schema.primary_key);
}

StoreFailure conflict(const record::Dataset& dataset, std::string sentence) {
  return {StoreProblem::schema_conflict, "dataset " + dataset.id.str(), std::move(sentence)};
}

std::string lower_ascii(std::string_view name) {
  std::string lower(name);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return lower;
}

}  // namespace

std::vector<UniqueKey> unique_keys(const record::DatasetId& dataset,
                                   const record::TableSchema& schema) {
  std::vector<Names> keys = schema.unique_keys;
  for (const record::Field& field : schema.fields) {
    if (field.constraints.unique) keys.push_back({field.name});
  }
  return named(dataset, std::move(keys), schema.primary_key);
}

Result<void> check_storable(const record::Dataset& dataset) {
  std::set<std::string> seen;
  for (const record::Field& field : dataset.schema.fields) {
    if (field.name.size() > max_name_bytes) {
      return std::unexpected(conflict(
          dataset, fmt::format("the field name {} has {} bytes, expected at most {}; shorten it",
                               field.name, field.name.size(), max_name_bytes)));
    }
    const std::string lower = lower_ascii(field.name);
    if (lower.starts_with(reserved_prefix)) {
      return std::unexpected(
          conflict(dataset, fmt::format("the field name {} begins with {}, which the store's own "
                                        "columns begin with; rename it",
                                        field.name, reserved_prefix)));
    }
    if (!seen.insert(lower).second) {
      return std::unexpected(
          conflict(dataset, fmt::format("two fields are named {} but for upper and lower case; "
                                        "rename one",
                                        field.name)));
    }
  }
  return {};
}

Result<Evolution> evolve(std::string_view stored_schema, const record::Dataset& dataset) {
  const StoredSchema stored = parse(stored_schema);
  const record::TableSchema& schema = dataset.schema;
  constexpr std::string_view new_dataset = "publish the new form under a new dataset id";
  const auto refuse = [&](std::string found, std::string_view remedy) {
    return std::unexpected(conflict(dataset, fmt::format("{}; {}", found, remedy)));
  };
  if (stored.primary_key != schema.primary_key) {
    return refuse(
        fmt::format("the primary key is ({}), the store's tables have ({})",
                    fmt::join(schema.primary_key, ", "), fmt::join(stored.primary_key, ", ")),
        new_dataset);
  }
  for (const StoredField& field : stored.fields) {
    const auto index = record::field_index(schema, field.name);
    if (!index) {
      return refuse(
          fmt::format("the field {} was removed, and the store holds its values", field.name),
          "keep it as an optional field, or publish the new form under a new dataset id");
    }
    const std::string_view type = to_string(schema.fields[*index].type);
    if (type != field.type) {
      return refuse(fmt::format("the field {} is of type {}, the store's tables have it as {}",
                                field.name, type, field.type),
                    "keep the type and add a field of the new type under another name, or publish "
                    "the new form under a new dataset id");
    }
  }
  Evolution evolution;
  for (const record::Field& field : schema.fields) {
    const auto had = std::ranges::find(stored.fields, field.name, &StoredField::name);
    const bool required = field.constraints.required;
    if (had == stored.fields.end()) {
      if (required) {
        return refuse(fmt::format("the new field {} is required, and the records that the store "
                                  "holds do not have it",
                                  field.name),
                      "make it optional");
      }
      evolution.added_fields.push_back(field.name);
    } else if (required && !had->required) {
      evolution.newly_required.push_back(field.name);
    }
  }
  const auto have = unique_keys(dataset.id, stored);
  const auto want = unique_keys(dataset.id, schema);
  std::ranges::set_difference(want, have, std::back_inserter(evolution.added_keys));
  std::ranges::set_difference(have, want, std::back_inserter(evolution.dropped_keys));
  return evolution;
}

// Somebody may have written in it who is not us.
Result<std::set<std::string>> kept_fields(std::string_view stored_schema,
                                          const record::DatasetId& dataset) {
  boost::system::error_code error;
  const auto schema = boost::json::parse({stored_schema.data(), stored_schema.size()}, error);
  const auto* object = error ? nullptr : schema.if_object();
  const auto* fields = object == nullptr ? nullptr : object->if_contains("fields");
  std::set<std::string> names;
  if (fields != nullptr && fields->is_array()) {
    for (const auto& field : fields->get_array()) {
      const auto* members = field.if_object();
      const auto* name = members == nullptr ? nullptr : members->if_contains("name");
      if (name != nullptr && name->is_string()) names.insert(text(*name));
    }
  }
  if (!names.empty()) return names;
  return std::unexpected(
      StoreFailure{StoreProblem::failed, "dataset " + dataset.str(),
                   "the schema that the store keeps of it can not be read: somebody wrote in the "
                   "table of datasets; put it back from a backup"});
}

Result<void> follow_schema(const record::Dataset& dataset, SchemaTables& tables) {
  SLUICE_TRY(check_storable(dataset));
  const std::string canonical = canonical_json(dataset.schema);
  const auto kept = SLUICE_TRY(tables.kept_schema(dataset.id));
  if (kept == canonical) return {};
  if (kept) {
    const auto evolution = SLUICE_TRY(evolve(*kept, dataset));
    SLUICE_TRY(tables.evolve(dataset, evolution));
  } else if (auto made = tables.create(dataset); !made) {
    return made;
  }
  return tables.keep_schema(dataset, canonical);
}

StoreFailure missing_values_conflict(const record::Dataset& dataset, std::string_view field) {
  return conflict(dataset, fmt::format("the field {} became required, and some records that the "
                                       "store holds do not have it; complete them first, or keep "
                                       "it optional",
                                       field));
}

StoreFailure duplicates_conflict(const record::Dataset& dataset, const UniqueKey& key) {
  return conflict(dataset, fmt::format("({}) became a unique key, and some records that the store "
                                       "holds share its values; correct them first, or leave the "
                                       "key out",
                                       fmt::join(key.fields, ", ")));
}

}  // namespace sluice::store
