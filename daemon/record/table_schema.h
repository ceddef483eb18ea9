// What a dataset's records look like: a Frictionless Table Schema (v2) with Sluice's own
// properties, as plain values. settings/ reads it from schemas/*.json; record_checker.h compiles
// it. Which types and constraints are refused, and why, is said in docs/table-schema.md.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "record/digest.h"
#include "record/identifiers.h"

namespace sluice::record {

enum class FieldType {
  string,
  number,
  integer,
  boolean,
  object,
  array,
  date,
  datetime,
  time,
  year,
  yearmonth,
  duration
};

// The `format` of a string field; other types take only the default format here. Where a bureau
// writes dates or numbers in its own way, its mapping says so, not the schema.
enum class StringFormat { any, email, uri, uuid, binary };

// `sluice:check`: a rule of the field's own that no pattern can express.
enum class Check { none, uscc, citizen_id, region_code };

// `sluice:sensitivity`: who may be shown the field; routes and pages go by it.
enum class Sensitivity { open, internal, personal };

// `sluice:verify`: whether a second person looks at what was keyed, or keys it again unseen.
enum class Verify { none, sight, blind };

struct FieldReference {
  DatasetId dataset;
  std::string field;
  friend bool operator==(const FieldReference&, const FieldReference&) = default;
};

// How a field is keyed by hand. It says nothing about the data: what is not keyed has it too.
struct Keying {
  std::string group;                 // the heading that it stands under; empty: none
  std::optional<std::size_t> order;  // nothing: its place among the schema's fields, from 1
  Verify verify = Verify::none;
  std::string codes;  // file of its code table, relative to the schemas; empty: none
  // Whose value is offered, where a record that belongs to this one is known already.
  std::optional<FieldReference> prefill;
  friend bool operator==(const Keying&, const Keying&) = default;
};

struct Constraints {
  bool required = false;
  bool unique = false;
  std::optional<std::size_t>
      min_length;  // in code points for strings, bytes for binary, members else
  std::optional<std::size_t> max_length;
  std::optional<std::string> minimum;  // in the field's own canonical text
  std::optional<std::string> maximum;
  std::optional<std::string> exclusive_minimum;
  std::optional<std::string> exclusive_maximum;
  std::optional<std::string> pattern;      // RE2, matched against the whole value
  std::vector<std::string> enumeration;    // empty: no such constraint
  std::optional<std::string> json_schema;  // JSON text, for object and array fields
  friend bool operator==(const Constraints&, const Constraints&) = default;
};

struct Field {
  std::string name;
  FieldType type = FieldType::string;
  StringFormat format = StringFormat::any;
  std::string title;
  std::string description;
  Constraints constraints;
  std::vector<std::string> true_values = {"true", "True", "TRUE", "1"};
  std::vector<std::string> false_values = {"false", "False", "FALSE", "0"};
  char decimal_char = '.';
  std::string group_char;  // empty: none
  Check check = Check::none;
  Sensitivity sensitivity = Sensitivity::internal;
  bool carries_case_number = false;
  Keying keying;
  friend bool operator==(const Field&, const Field&) = default;
};

struct ForeignKey {
  std::vector<std::string> fields;
  DatasetId dataset;  // the referenced dataset; empty: this one
  std::vector<std::string> reference_fields;
  friend bool operator==(const ForeignKey&, const ForeignKey&) = default;
};

// How a source's columns must agree with the schema's fields (Table Schema v2, `fieldsMatch`).
enum class FieldsMatch { exact, equal, subset, superset, partial };

struct TableSchema {
  std::vector<Field> fields;
  std::vector<std::string> primary_key;  // never empty: settings refuses a dataset without one
  std::vector<std::vector<std::string>> unique_keys;
  std::vector<ForeignKey> foreign_keys;
  std::vector<std::string> missing_values = {""};
  FieldsMatch fields_match = FieldsMatch::exact;
  friend bool operator==(const TableSchema&, const TableSchema&) = default;
};

// A dataset: a kind of record, owned by exactly one bureau (一数一源).
struct Dataset {
  DatasetId id;
  BureauId owner;
  std::string title;
  TableSchema schema;
};

[[nodiscard]] std::optional<std::size_t> field_index(const TableSchema& schema,
                                                     std::string_view name);
// Positions of the primary key's fields, in key order.
[[nodiscard]] std::vector<std::size_t> key_columns(const TableSchema& schema);

// One JSON text for equal schemas, whatever file it came from; titles, descriptions and how a field
// is keyed are left out, since they change nothing about the data. Its SHA-256 goes into every
// manifest.
[[nodiscard]] std::string canonical_json(const TableSchema& schema);
[[nodiscard]] Digest schema_digest(const TableSchema& schema);

[[nodiscard]] std::string_view to_string(FieldType type);
[[nodiscard]] std::optional<FieldType> field_type(std::string_view name);
[[nodiscard]] std::string_view to_string(Check check);
[[nodiscard]] std::string_view to_string(Sensitivity sensitivity);
[[nodiscard]] std::string_view to_string(FieldsMatch match);
[[nodiscard]] std::string_view to_string(Verify verify);

}  // namespace sluice::record
