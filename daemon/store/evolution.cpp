#include "store/evolution.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "record/canonical_schema.h"
#include "record/digest.h"
#include "record/try.h"

namespace sluice::store {
namespace {

constexpr std::string_view reserved_prefix = "sluice_";

using Names = std::vector<std::string>;

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

using Conflicts = std::vector<std::string>;

// What the tables hold by a key, in a field or in a type that the schema does not have any more.
Conflicts lost_or_retyped(const record::TableSchema& stored, const record::TableSchema& schema) {
  Conflicts conflicts;
  if (stored.primary_key != schema.primary_key) {
    conflicts.push_back(
        fmt::format("the primary key is ({}), the store's tables have ({}); keep that one",
                    fmt::join(schema.primary_key, ", "), fmt::join(stored.primary_key, ", ")));
  }
  for (const record::Field& field : stored.fields) {
    const auto index = record::field_index(schema, field.name);
    if (!index) {
      conflicts.push_back(fmt::format(
          "the field {} was removed, and the store holds its values; keep it as an optional field",
          field.name));
      continue;
    }
    const record::FieldType type = schema.fields[*index].type;
    if (type != field.type) {
      conflicts.push_back(
          fmt::format("the field {} is of type {}, the store's tables have it as {}; keep the type "
                      "and add a field of the new type under another name",
                      field.name, to_string(type), to_string(field.type)));
    }
  }
  return conflicts;
}

// What the schema has more of, and asks of records that are there.
void add_new_demands(const record::TableSchema& stored, const record::TableSchema& schema,
                     Evolution& evolution, Conflicts& conflicts) {
  for (const record::Field& field : schema.fields) {
    const auto had = record::field_index(stored, field.name);
    const bool required = field.constraints.required;
    if (!had && required) {
      conflicts.push_back(
          fmt::format("the new field {} is required, and the records that the store holds do not "
                      "have it; make it optional",
                      field.name));
    } else if (!had) {
      evolution.added_fields.push_back(field.name);
    } else if (required && !stored.fields[*had].constraints.required) {
      evolution.newly_required.push_back(field.name);
    }
  }
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

bool names_any(const UniqueKey& key, const std::vector<std::string>& fields) {
  return std::ranges::any_of(key.fields, [&](const std::string& name) {
    return std::ranges::find(fields, name) != fields.end();
  });
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

Result<record::TableSchema> read_kept_schema(std::string_view canonical) {
  auto schema = record::parse_canonical_schema(canonical);
  if (schema) return std::move(*schema);
  return std::unexpected(StoreFailure{
      StoreProblem::failed, "the store's schemas",
      fmt::format("a schema that the store keeps can not be read ({}); was it written by a later "
                  "version, or changed by hand?",
                  schema.error().sentence)});
}

Result<Evolution> evolve(std::string_view stored_schema, const record::Dataset& dataset) {
  const record::TableSchema stored = SLUICE_TRY(read_kept_schema(stored_schema));
  const record::TableSchema& schema = dataset.schema;
  Conflicts conflicts = lost_or_retyped(stored, schema);
  Evolution evolution;
  add_new_demands(stored, schema, evolution, conflicts);
  if (!conflicts.empty()) {
    return std::unexpected(conflict(
        dataset, fmt::format("{}; or give the dataset a new version of its tables: `sluice dataset "
                             "migrate {}`, or publish the new form under a new dataset id",
                             fmt::join(conflicts, "; "), dataset.id.str())));
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
  std::set<std::string> names;
  if (const auto schema = record::parse_canonical_schema(stored_schema)) {
    for (const record::Field& field : schema->fields)
      names.insert(field.name);
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
    SLUICE_TRY(tables.refuse_former(dataset.id, canonical));
    const auto evolution = SLUICE_TRY(evolve(*kept, dataset));
    SLUICE_TRY(tables.evolve(dataset, evolution));
  } else if (auto made = tables.create(dataset); !made) {
    return made;
  }
  return tables.keep_schema(dataset, canonical);
}

Result<void> compare_schema(const record::Dataset& dataset, SchemaTables& tables) {
  SLUICE_TRY(check_storable(dataset));
  const auto kept = SLUICE_TRY(tables.kept_schema(dataset.id));
  const std::string canonical = canonical_json(dataset.schema);
  if (!kept || *kept == canonical) return {};
  SLUICE_TRY(tables.refuse_former(dataset.id, canonical));
  const auto evolution = SLUICE_TRY(evolve(*kept, dataset));
  return tables.check(dataset, evolution);
}

Result<std::vector<StoreFailure>> conflicts_of(
    const std::vector<const record::Dataset*>& datasets,
    const std::function<Result<void>(const record::Dataset&)>& compare) {
  std::vector<StoreFailure> conflicts;
  for (const record::Dataset* dataset : datasets) {
    auto compared = compare(*dataset);
    if (compared) continue;
    if (compared.error().code != StoreProblem::schema_conflict) {
      return std::unexpected(std::move(compared.error()));
    }
    conflicts.push_back(std::move(compared.error()));
  }
  return conflicts;
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
