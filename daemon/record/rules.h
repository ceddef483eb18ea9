// Every rule that a row can break on its way, declared once: a word that programs go by, and that
// does not change once it is released. A Rule that does not stand here does not compile, and
// docs/reasons.md is made from this.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>

namespace sluice::record {

class RuleNames {
 public:
  constexpr RuleNames(std::initializer_list<std::string_view> names) : size_(names.size()) {
    std::ranges::copy(names, names_.begin());
  }
  [[nodiscard]] constexpr const std::string_view* begin() const { return names_.data(); }
  [[nodiscard]] constexpr const std::string_view* end() const { return names_.data() + size_; }

 private:
  std::array<std::string_view, 9> names_{};  // as many as any line below has
  std::size_t size_;
};

// `the_row` is for people, in Markdown: it may change. Pages of docs/ are named as `docs/PAGE.md`.
struct RuleDeclaration {
  RuleNames names;
  std::string_view the_row;  // … does this
};

// The rules that one part gives.
struct RuleGroup {
  std::string_view title;
  std::string_view given_by;  // a sentence, or some
  std::span<const RuleDeclaration> rules;
};

namespace declarations {

inline constexpr RuleDeclaration csv_files[] = {
    {{"ragged"}, "has more or fewer fields than the header"},
    {{"nul"}, "holds a NUL byte"},
    {{"encoding"}, "holds bytes that are no text in the declared encoding"},
    {{"quote"}, "has a quote within an unquoted field, or text behind a closing quote"},
    {{"escape"}, "ends with an escape that nothing follows"},
    {{"unterminated-quote"},
     "opens a quote that is not closed before the end of the file or within the row limit"},
    {{"carriage-return"}, "holds a carriage return outside quotes that no line feed follows"},
    {{"too-large"}, "is longer than `max_row_bytes`; only its first 4,096 bytes are kept"},
};

inline constexpr RuleDeclaration calls[] = {
    {{"syntax"}, "is not valid JSON; of NDJSON, its line"},
    {{"not-an-object"}, "is JSON, but no object"},
    {{"unknown-field"}, "has a member that is no field of the dataset"},
    {{"duplicate-field"}, "has a member twice, or as a CloudEvent an attribute"},
    {{"operation"}, "says another operation than `upsert` and `delete`"},
    {{"cloudevent"},
     "is no sound CloudEvent; the field is the attribute at fault, or `data`, which is the record"},
    {{"encoding", "nul"}, "has text that is not well-formed, or a NUL character in it"},
    {{"too-large"}, "is longer than `max_row_bytes`"},
};

inline constexpr RuleDeclaration exchange_databases[] = {
    {{"no-key"}, "has NULL in a column of its key"},
    {{"operation"}, "says of its operation none of the codes that the configuration names"},
    {{"duplicate-key"}, "has the key of another row of the table, which `key` said never repeats"},
    {{"out-of-range"},
     "has a time that is none between the years 0001 and 9999, as ODBC writes one"},
    {{"time-zone"},
     "has a moment that the database tells in its session's zone, which we do not set, without an "
     "offset"},
    {{"encoding", "nul"}, "has text that is not well-formed, or a NUL byte in it"},
    {{"too-large"},
     "is longer than `max_row_bytes`, or has a value longer than its column declares"},
};

inline constexpr RuleDeclaration forms[] = {
    {{"unknown-field"}, "has a value for what is no field of the form"},
    {{"duplicate-field"}, "has a field twice"},
    {{"encoding", "nul"}, "has text that is not well-formed, or a NUL character in it"},
    {{"too-large"}, "is longer than `max_row_bytes`"},
    {{"codes"}, "has a code that its field's code table (`sluice:codes`) does not have"},
    {{"unconfirmed"},
     "has a field to be confirmed by sight (`sluice:verify`), which the second person has neither "
     "confirmed nor keyed"},
};

inline constexpr RuleDeclaration any_source[] = {
    {{"required"}, "has no value in a field that needs one"},
    {{"type"}, "has a value that is not of the field's type or format"},
    {{"minLength", "maxLength", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum",
      "pattern", "enum", "jsonSchema"},
     "breaks that constraint"},
    {{"uscc", "citizen-id", "region-code"},
     "fails the field's check (GB 32100, GB 11643, GB/T 2260)"},
    {{"amount", "date", "codes"},
     "has a value that the mapping's step can not read; `amount` also stands for the step "
     "`currency`"},
    {{"source-time"}, "has a time at the source that is none"},
    {{"duplicate-key"},
     "has a primary key that an earlier row of this file had, with other content; of a call's rows "
     "with one key each is taken. An exact copy of the earlier row is no failure: it counts as "
     "unchanged"},
};

inline constexpr RuleDeclaration center[] = {
    {{"unique"}, "breaks a unique key of the dataset"},
    {{"store"}, "is refused by the database for another reason"},
    {{"batch"}, "came in a batch that the center refused whole: the sentence says why"},
    {{"format"}, "is not written as a batch's line must be"},
    {{"encoding"}, "has a line that is not valid UTF-8, or has a NUL byte in it"},
};

}  // namespace declarations

inline constexpr RuleGroup rule_groups[] = {
    {"Rows of CSV files",
     "Given by the disk mode before the schema is looked at. How CSV is read: docs/csv.md.",
     declarations::csv_files},
    {"Rows of calls", "Given by direct docking (docs/direct-api.md).", declarations::calls},
    {"Rows of exchange databases", "Given by the front-end mode (docs/front-end.md).",
     declarations::exchange_databases},
    {"Forms",
     "Given by manual entry, to the clerk and not to the quarantine (docs/table-schema.md).",
     declarations::forms},
    {"Rows of any source",
     "Given by the intake (docs/mapping.md) and, where a rule is the schema's, by the center "
     "again.",
     declarations::any_source},
    {"Rows that the center rejects", "They are named in the batch's receipt.",
     declarations::center},
};

[[nodiscard]] constexpr bool is_declared_rule(std::string_view name) {
  return std::ranges::any_of(rule_groups, [name](const RuleGroup& group) {
    return std::ranges::any_of(group.rules, [name](const RuleDeclaration& rule) {
      return std::ranges::find(rule.names, name) != rule.names.end();
    });
  });
}

// Not defined: its name is what the compiler says of a rule that is not declared above.
void there_is_no_such_rule();

// One of them, which the compiler has made sure of; empty where there is none.
class Rule {
 public:
  constexpr Rule() = default;
  consteval Rule(const char* name) : name_(name) {
    if (!is_declared_rule(name_)) there_is_no_such_rule();
  }

  [[nodiscard]] constexpr bool empty() const { return name_.empty(); }
  [[nodiscard]] std::string text() const { return std::string(name_); }
  constexpr operator std::string_view() const { return name_; }
  friend constexpr bool operator==(Rule rule, std::string_view name) { return rule.name_ == name; }

 private:
  std::string_view name_;
};

}  // namespace sluice::record
