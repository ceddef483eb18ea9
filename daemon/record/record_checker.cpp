#include "record/record_checker.h"

#include <algorithm>
#include <array>
#include <unordered_set>

#include <fmt/format.h>
#include <re2/re2.h>

#include "record/checks.h"
#include "record/copy_text.h"
#include "record/json_constraint.h"
#include "record/value_syntax.h"

namespace sluice::record {
namespace {

// Looks a view up without making a string of it.
struct TextHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const {
    return std::hash<std::string_view>{}(text);
  }
};

struct Bound {
  Rule rule;
  std::string limit;  // canonical
};

// Of a field that has a check.
Rule rule_of(Check check) {
  switch (check) {
    case Check::none:
      break;
    case Check::uscc:
      return "uscc";
    case Check::citizen_id:
      return "citizen-id";
    case Check::region_code:
      return "region-code";
  }
  return {};
}

bool has_order(FieldType type) {
  return type != FieldType::string && type != FieldType::boolean && type != FieldType::object &&
         type != FieldType::array && type != FieldType::duration;
}

// JSON texts pass here and are looked at by their JsonConstraint.
syntax::Canonical canonical(const Field& field, std::string_view text, std::string& buffer) {
  switch (field.type) {
    case FieldType::string:
      return syntax::formatted(text, field.format, buffer);
    case FieldType::number:
      return syntax::number(text, field, buffer);
    case FieldType::integer:
      return syntax::integer(text, field, buffer);
    case FieldType::boolean:
      return syntax::boolean(text, field);
    case FieldType::object:
    case FieldType::array:
      return text;
    case FieldType::date:
      return syntax::date(text);
    case FieldType::datetime:
      return syntax::datetime(text, buffer);
    case FieldType::time:
      return syntax::time(text, buffer);
    case FieldType::year:
      return syntax::year(text);
    case FieldType::yearmonth:
      return syntax::yearmonth(text);
    case FieldType::duration:
      return syntax::duration(text);
  }
  return std::nullopt;
}

std::string expected_of(const Field& field) {
  switch (field.type) {
    case FieldType::string:
      return field.format == StringFormat::binary ? "base64 text" : "text of the field's format";
    case FieldType::number:
      return fmt::format("a decimal number of at most {} digits on either side of the point",
                         syntax::max_number_digits);
    case FieldType::integer:
      return "a whole number of at most 64 bits";
    case FieldType::boolean:
      return "one of the field's trueValues or falseValues";
    case FieldType::object:
      return "a JSON object";
    case FieldType::array:
      return "a JSON array";
    case FieldType::date:
      return "a date such as 2026-11-23";
    case FieldType::datetime:
      return "a date and time with its offset from UTC, such as 2026-11-23T04:44:00+08:00";
    case FieldType::time:
      return "a time of day such as 04:44:00";
    case FieldType::year:
      return "a year of four digits";
    case FieldType::yearmonth:
      return "a month such as 2026-11";
    case FieldType::duration:
      return "an ISO 8601 duration such as P1DT12H";
  }
  return {};
}

}  // namespace

struct ColumnChecker::Compiled {
  Field field;
  Field canonical_field;  // the same, but written in the canonical way
  std::unique_ptr<re2::RE2> pattern;
  std::unordered_set<std::string, TextHash, std::equal_to<>> enumeration;
  std::optional<JsonConstraint> json;
  std::optional<Bound> minimum, maximum, exclusive_minimum, exclusive_maximum;
  bool plain_text = false;  // a string with nothing to check
  bool has_bounds = false;

  [[nodiscard]] std::optional<Violation> check_bounds(std::string_view text) const;
  [[nodiscard]] std::optional<Violation> check_length(std::string_view text) const;
  [[nodiscard]] std::optional<Violation> check_json(std::string_view text) const;
};

namespace {

using Failures = std::vector<SchemaFailure>;

// The same field, but written in the canonical way.
Field canonical_writing(Field field) {
  field.true_values = {"t"};
  field.false_values = {"f"};
  field.decimal_char = '.';
  field.group_char.clear();
  return field;
}

// A schema says its limits in canonical text, whatever decimalChar its source has; only the words
// of a boolean are the source's.
syntax::Canonical canonical_limit(const Field& field, std::string_view text, std::string& buffer) {
  if (field.type == FieldType::boolean) return syntax::boolean(text, field);
  return canonical(canonical_writing(field), text, buffer);
}

std::optional<Bound> compile_bound(const Field& field, Rule rule,
                                   const std::optional<std::string>& limit, Failures& failures) {
  if (!limit) return std::nullopt;
  std::string buffer;
  const auto text = has_order(field.type) ? canonical_limit(field, *limit, buffer) : std::nullopt;
  if (!text) {
    failures.push_back(
        {SchemaProblem::bad_bound, field.name,
         fmt::format("`{}` of a {} field must be {}", rule.text(), to_string(field.type),
                     has_order(field.type) ? expected_of(field) : "left out")});
    return std::nullopt;
  }
  return Bound{rule, std::string(*text)};
}

std::unique_ptr<re2::RE2> compile_pattern(const Field& field, Failures& failures) {
  if (!field.constraints.pattern) return nullptr;
  re2::RE2::Options options;
  options.set_log_errors(false);
  auto pattern = std::make_unique<re2::RE2>(*field.constraints.pattern, options);
  if (!pattern->ok()) {
    failures.push_back({SchemaProblem::bad_pattern, field.name,
                        fmt::format("`pattern` is not a regular expression that RE2 takes: {}",
                                    pattern->error())});
  }
  return pattern;
}

std::optional<JsonConstraint> compile_json(const Field& field, Failures& failures) {
  const bool is_json = field.type == FieldType::object || field.type == FieldType::array;
  if (!is_json) {
    if (field.constraints.json_schema) {
      failures.push_back({SchemaProblem::bad_json_schema, field.name,
                          "`jsonSchema` is for object and array fields"});
    }
    return std::nullopt;
  }
  auto json = JsonConstraint::compile(
      field.type == FieldType::object ? JsonConstraint::Kind::object : JsonConstraint::Kind::array,
      field.constraints.json_schema.value_or(""));
  if (!json) {
    failures.push_back({SchemaProblem::bad_json_schema, field.name,
                        fmt::format("`jsonSchema` can not be used: {}", json.error().sentence)});
    return std::nullopt;
  }
  return std::move(*json);
}

}  // namespace

std::optional<Violation> ColumnChecker::Compiled::check_bounds(std::string_view text) const {
  const auto violated = [&](const std::optional<Bound>& bound, auto&& is_wrong,
                            std::string_view expected) -> std::optional<Violation> {
    if (!bound || !is_wrong(syntax::compare(field.type, text, bound->limit))) return std::nullopt;
    return Violation{bound->rule, fmt::format("expected {} {}", expected, bound->limit)};
  };
  const auto less = [](std::strong_ordering order) { return order < 0; };
  const auto greater = [](std::strong_ordering order) { return order > 0; };
  const auto not_greater = [](std::strong_ordering order) { return order <= 0; };
  const auto not_less = [](std::strong_ordering order) { return order >= 0; };
  if (auto v = violated(minimum, less, "at least")) return v;
  if (auto v = violated(maximum, greater, "at most")) return v;
  if (auto v = violated(exclusive_minimum, not_greater, "more than")) return v;
  return violated(exclusive_maximum, not_less, "less than");
}

std::optional<Violation> ColumnChecker::Compiled::check_length(std::string_view text) const {
  const auto& [min, max] = std::tie(field.constraints.min_length, field.constraints.max_length);
  if (!min && !max) return std::nullopt;
  // Bytes bound code points from above: most values need no counting.
  if (!min && text.size() <= *max) return std::nullopt;
  std::size_t length = 0;
  if (json) {
    static_cast<void>(json->check(text, length));
  } else if (field.format == StringFormat::binary) {
    length = text.size() / 4 * 3 - static_cast<std::size_t>(std::ranges::count(text, '='));
  } else {
    length = syntax::code_points(text);
  }
  if (min && length < *min) {
    return Violation{"minLength",
                     fmt::format("its length is {}, expected at least {}", length, *min)};
  }
  if (max && length > *max) {
    return Violation{"maxLength",
                     fmt::format("its length is {}, expected at most {}", length, *max)};
  }
  return std::nullopt;
}

std::optional<Violation> ColumnChecker::Compiled::check_json(std::string_view text) const {
  std::size_t members = 0;
  switch (json->check(text, members)) {
    case JsonConstraint::Verdict::good:
      return std::nullopt;
    case JsonConstraint::Verdict::not_of_the_kind:
      return Violation{"type", "expected " + expected_of(field)};
    case JsonConstraint::Verdict::against_the_schema:
      return Violation{"jsonSchema", "it is not as the field's jsonSchema says"};
  }
  return std::nullopt;
}

ColumnChecker::ColumnChecker(std::unique_ptr<Compiled> compiled) : compiled_(std::move(compiled)) {}
ColumnChecker::ColumnChecker(ColumnChecker&&) noexcept = default;
ColumnChecker& ColumnChecker::operator=(ColumnChecker&&) noexcept = default;
ColumnChecker::~ColumnChecker() = default;

bool ColumnChecker::required() const {
  return compiled_->field.constraints.required;
}
const Field& ColumnChecker::field() const {
  return compiled_->field;
}

std::expected<std::string_view, Violation> ColumnChecker::check(std::string_view text,
                                                                std::string& buffer) const {
  return check_as(compiled_->field, text, buffer);
}

std::expected<std::string_view, Violation> ColumnChecker::check_canonical(
    std::string_view text, std::string& buffer) const {
  return check_as(compiled_->canonical_field, text, buffer);
}

std::expected<std::string_view, Violation> ColumnChecker::check_as(const Field& writing,
                                                                   std::string_view text,
                                                                   std::string& buffer) const {
  const Compiled& column = *compiled_;
  if (column.plain_text) return text;
  const auto value = canonical(writing, text, buffer);
  if (!value) return std::unexpected(Violation{"type", "expected " + expected_of(column.field)});
  if (column.json) {
    if (auto violation = column.check_json(*value)) return std::unexpected(std::move(*violation));
  }
  if (auto violation = column.check_length(*value)) return std::unexpected(std::move(*violation));
  if (column.has_bounds) {
    if (auto violation = column.check_bounds(*value)) return std::unexpected(std::move(*violation));
  }
  if (column.pattern &&
      !re2::RE2::FullMatch(re2::StringPiece(value->data(), value->size()), *column.pattern)) {
    return std::unexpected(Violation{
        "pattern", fmt::format("it does not match the pattern {}", column.pattern->pattern())});
  }
  if (!column.enumeration.empty() && !column.enumeration.contains(*value)) {
    return std::unexpected(Violation{"enum", "it is not among the field's allowed values"});
  }
  if (auto sentence = failed_check(column.field.check, *value)) {
    return std::unexpected(Violation{rule_of(column.field.check), std::move(*sentence),
                                     find_fault(column.field.check, *value)});
  }
  return *value;
}

std::expected<RecordChecker, std::vector<SchemaFailure>> RecordChecker::compile(
    const TableSchema& schema) {
  RecordChecker checker;
  Failures failures;
  for (const Field& field : schema.fields) {
    auto compiled = std::make_unique<ColumnChecker::Compiled>();
    compiled->field = field;
    compiled->canonical_field = canonical_writing(field);
    compiled->pattern = compile_pattern(field, failures);
    compiled->json = compile_json(field, failures);
    const Constraints& limits = field.constraints;
    compiled->minimum = compile_bound(field, "minimum", limits.minimum, failures);
    compiled->maximum = compile_bound(field, "maximum", limits.maximum, failures);
    compiled->exclusive_minimum =
        compile_bound(field, "exclusiveMinimum", limits.exclusive_minimum, failures);
    compiled->exclusive_maximum =
        compile_bound(field, "exclusiveMaximum", limits.exclusive_maximum, failures);
    compiled->has_bounds = compiled->minimum || compiled->maximum || compiled->exclusive_minimum ||
                           compiled->exclusive_maximum;
    for (const std::string& value : limits.enumeration) {
      std::string buffer;
      const auto text = canonical_limit(field, value, buffer);
      if (!text) {
        failures.push_back({SchemaProblem::bad_bound, field.name,
                            fmt::format("every `enum` value must be {}", expected_of(field))});
        break;
      }
      compiled->enumeration.emplace(*text);
    }
    compiled->plain_text = field.type == FieldType::string && field.format == StringFormat::any &&
                           field.check == Check::none && !compiled->pattern &&
                           limits.enumeration.empty() && !limits.min_length && !limits.max_length;
    checker.columns_.push_back(ColumnChecker(std::move(compiled)));
  }
  for (const std::string& name : schema.primary_key) {
    const auto column = field_index(schema, name);
    if (column) {
      checker.key_.push_back(*column);
    } else {
      failures.push_back({SchemaProblem::unknown_field, name, "`primaryKey` names no field"});
    }
  }
  checker.missing_ = schema.missing_values;
  if (!failures.empty()) return std::unexpected(std::move(failures));
  return checker;
}

bool RecordChecker::is_missing(std::string_view text) const {
  return std::ranges::find(missing_, text) != missing_.end();
}

std::optional<RecordChecker::LineViolation> RecordChecker::check_line(std::string_view line,
                                                                      std::string& buffer) const {
  // On the stack: this runs for every row that reaches the center.
  constexpr std::size_t usual_columns = 64;
  std::array<std::string_view, usual_columns> on_stack;
  std::vector<std::string_view> on_heap;
  const std::size_t count = leading_columns + columns_.size();
  if (count > usual_columns) on_heap.resize(count);
  const std::span<std::string_view> columns =
      count > usual_columns ? std::span(on_heap) : std::span(on_stack).first(count);
  const auto broken = [](std::string sentence) {
    return LineViolation{"", {"format", std::move(sentence)}};
  };
  if (!split_line(line, columns)) {
    return broken(fmt::format("expected {} tab-separated columns", count));
  }
  if (!is_valid_utf8(line) || line.find('\0') != std::string_view::npos) {
    return LineViolation{"", {"encoding", "expected UTF-8 without NUL bytes"}};
  }
  const bool removes = columns[0] == "D";
  if (!removes && columns[0] != "U") return broken("expected U or D in the first column");
  if (!is_null(columns[1]) && syntax::datetime(columns[1], buffer) != columns[1]) {
    return broken("expected a UTC time or \\N in the second column");
  }
  std::string unescaped;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    const std::string_view escaped = columns[leading_columns + i];
    const ColumnChecker& column = columns_[i];
    const bool in_key = std::ranges::find(key_, i) != key_.end();
    if (is_null(escaped)) {
      if (in_key || (column.required() && !removes)) {
        return LineViolation{column.field().name, {"required", "expected a value, found none"}};
      }
      continue;
    }
    if (removes && !in_key) {
      return LineViolation{column.field().name,
                           {"format", "a delete carries nothing but the primary key"}};
    }
    const auto text = unescape(escaped, unescaped);
    if (!text) return LineViolation{column.field().name, {"format", "it is not escaped rightly"}};
    const auto checked = column.check_canonical(*text, buffer);
    if (!checked) return LineViolation{column.field().name, checked.error()};
    if (*checked != *text) {
      return LineViolation{column.field().name, {"format", "it is not in its canonical form"}};
    }
  }
  return std::nullopt;
}

}  // namespace sluice::record
