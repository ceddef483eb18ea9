#include "settings/mapping_reader.h"

#include <algorithm>
#include <array>
#include <initializer_list>

#include <fmt/format.h>

namespace sluice::settings {
namespace {

using record::FieldType;
namespace step = intake::step;

const std::array<std::string, 8> step_names = {
    "trim", "half-width", "upper-case", "amount", "currency", "date", "codes", "codes_file"};

constexpr const char* expected_step =
    "a step: trim, half-width, upper-case, amount, currency, {date: FORMAT}, {codes: {…}} or "
    "{codes_file: FILE.csv}";

bool is_one_of(FieldType type, std::initializer_list<FieldType> types) {
  return std::ranges::find(types, type) != types.end();
}

// Reads one field's steps; complains of those whose result the field could never hold.
class StepReader {
 public:
  StepReader(const CodeTableFiles& codes, const record::Field* field, Complaints& complaints)
      : codes_(codes), field_(field), complaints_(complaints) {}

  std::optional<intake::Step> read(const Value& value) {
    if (value.is_scalar()) return plain_step(value);
    if (!value.is_map() || value.members.size() != 1) {
      complaints_.add(
          value.place,
          value.is_map() ? fmt::format("{} keys", value.members.size()) : described(value),
          expected_step);
      return std::nullopt;
    }
    Section section(value, complaints_);
    std::optional<intake::Step> read;
    if (section.has("date")) {
      read = date_step(section);
    } else if (section.has("codes")) {
      read = code_step(section);
    } else if (section.has("codes_file")) {
      const std::string file = section.required_text("codes_file");
      if (!file.empty()) read = step::CodeTable{read_code_table(file, codes_, complaints_)};
    }
    section.finish();
    return read;
  }

 private:
  // Complains where the field's type is none of these.
  void expect_type(const Value& value, const std::string& name,
                   std::initializer_list<FieldType> types, const char* expected) {
    if (field_ == nullptr || is_one_of(field_->type, types)) return;
    complaints_.add(
        value.place,
        fmt::format("{} for a field of type {}", in_quotes(name), record::to_string(field_->type)),
        expected);
  }

  std::optional<intake::Step> plain_step(const Value& value) {
    const std::string& name = value.text;
    if (name == "trim") return step::Trim{};
    if (name == "half-width") return step::HalfWidth{};
    if (name == "upper-case") return step::UpperCase{};
    if (name == "amount") {
      expect_type(value, name, {FieldType::number, FieldType::integer, FieldType::string},
                  "a field of type number, integer or string");
      return step::Amount{};
    }
    if (name == "currency") {
      expect_type(value, name, {FieldType::string}, "a field of type string");
      return step::Currency{};
    }
    complaints_.add(value.place, in_quotes(name), expected_step, nearest(name, step_names));
    return std::nullopt;
  }

  // The format is strptime's; what comes out is a date, or with an hour in it a datetime.
  std::optional<intake::Step> date_step(Section& section) {
    static constexpr std::string_view known = "YmdHMSyjeIpTRFDzbBhaAnt%";
    const std::string format = section.required_text("date");
    if (format.empty()) return std::nullopt;
    bool has_year = false;
    bool has_hour = false;
    for (std::size_t at = 0; at < format.size(); ++at) {
      if (format[at] != '%') continue;
      const char c = ++at < format.size() ? format[at] : '\0';
      if (c == '\0' || known.find(c) == std::string_view::npos) {
        section.complain("date", in_quotes(format),
                         "conversions of strptime for numbers, names of months and offsets,");
        return std::nullopt;
      }
      has_year = has_year || c == 'Y' || c == 'y' || c == 'F' || c == 'D';
      has_hour = has_hour || c == 'H' || c == 'I' || c == 'T' || c == 'R';
    }
    if (!has_year) {
      section.complain("date", in_quotes(format), "a format with a year, such as %Y/%m/%d,");
    }
    const Value& value = *section.find("date");
    if (has_hour) {
      expect_type(value, format, {FieldType::datetime, FieldType::string},
                  "a field of type datetime: the format has an hour");
    } else {
      expect_type(value, format, {FieldType::date, FieldType::string},
                  "a field of type date: the format has no hour");
    }
    return step::DateFormat{format};
  }

  std::optional<intake::Step> code_step(Section& section) {
    const auto codes = section.section("codes");
    step::CodeTable table;
    for (const Member& member : section.find("codes")->members) {
      if (member.value.is_scalar()) {
        table.codes.emplace(member.key, member.value.text);
      } else {
        complaints_.add(member.key_place, described(member.value),
                        fmt::format("a text for the code {}", in_quotes(member.key)));
      }
    }
    return table;
  }

  const CodeTableFiles& codes_;
  const record::Field* field_;
  Complaints& complaints_;
};

const record::Field* find_field(const std::string& name, const record::TableSchema* schema,
                                Section& section) {
  if (schema == nullptr || name.empty()) return nullptr;
  const auto index = record::field_index(*schema, name);
  if (index) return &schema->fields[*index];
  std::vector<std::string> names;
  names.reserve(schema->fields.size());
  for (const record::Field& field : schema->fields)
    names.push_back(field.name);
  section.complain("field", in_quotes(name), "a field of the dataset's schema",
                   nearest(name, names));
  return nullptr;
}

intake::FieldMapping read_field_mapping(const Value& value, const CodeTableFiles& codes,
                                        const record::TableSchema* schema, Complaints& complaints) {
  intake::FieldMapping mapping;
  Section section(value, complaints);
  mapping.field = section.required_text("field");
  const record::Field* field = find_field(mapping.field, schema, section);
  mapping.from = section.text("from").value_or("");
  mapping.constant = section.text("constant");
  if (mapping.constant && !mapping.from.empty()) {
    section.complain("constant", "both `from` and `constant`", "one of them");
  }
  StepReader steps(codes, field, complaints);
  for (const Value& item : section.list("steps")) {
    if (auto read = steps.read(item)) mapping.steps.push_back(std::move(*read));
  }
  mapping.missing = section.texts("missing");
  section.finish();
  return mapping;
}

}  // namespace

intake::Mapping read_mapping(Section section, const CodeTableFiles& codes,
                             const record::TableSchema* schema) {
  intake::Mapping mapping;
  for (const Value& item : section.list("fields")) {
    auto field = read_field_mapping(item, codes, schema, section.complaints());
    if (std::ranges::find(mapping.fields, field.field, &intake::FieldMapping::field) !=
        mapping.fields.end()) {
      section.complaints().add(item.place, "a second mapping of " + in_quotes(field.field),
                               "each field once");
    }
    mapping.fields.push_back(std::move(field));
  }
  mapping.ignore = section.texts("ignore");
  for (const std::string& column : mapping.ignore) {
    if (column.empty() || std::ranges::find(mapping.fields, column, &intake::FieldMapping::from) ==
                              mapping.fields.end()) {
      continue;
    }
    section.complain("ignore", in_quotes(column) + ", which a field comes `from`",
                     "columns that no field needs");
  }
  section.finish();
  return mapping;
}

}  // namespace sluice::settings
