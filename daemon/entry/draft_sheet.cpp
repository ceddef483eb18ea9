#include "entry/draft_sheet.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include <fmt/format.h>

#include "record/record_checker.h"
#include "record/try.h"

namespace sluice::entry {
namespace {

namespace disk = adapters::disk;

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
constexpr std::string_view task_name = "sluice:task";
constexpr std::string_view version_name = "sluice:version";
constexpr std::string_view title_name = "sluice:title";
constexpr char text_mark = '\'';

// --- Writing

std::string cell_in_quotes(std::string_view cell) {
  std::string text = "\"";
  for (const char c : cell) {
    if (c == '"') text += '"';
    text += c;
  }
  return text + '"';
}

// Whether a spreadsheet could make anything but this text of it: it has ASCII, or a character of
// full width (U+FF00 to U+FFEF), which some take for the ASCII that it looks like.
bool is_at_risk(std::string_view text) {
  return std::ranges::any_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; }) ||
         text.find("\xEF\xBC") != std::string_view::npos ||
         text.find("\xEF\xBD") != std::string_view::npos ||
         text.find("\xEF\xBE") != std::string_view::npos ||
         text.find("\xEF\xBF") != std::string_view::npos;
}

std::string protected_text(std::string_view text) {
  if (!is_at_risk(text)) return std::string(text);
  return text_mark + std::string(text);
}

std::string header_cell(std::string_view label, std::string_view name) {
  // A label is the configuration's, and no formula may come from there either.
  const bool is_formula = !label.empty() && std::string_view("=+-@\t\r'").contains(label.front());
  return cell_in_quotes(fmt::format("{}{} [{}]", is_formula ? " " : "", label, name));
}

template <class Act>
void for_each_field_of(const Form& form, Act act) {
  for (const FormGroup& group : form.groups) {
    for (const FormField& field : group.fields)
      act(field);
  }
}

const Choice* choice_labelled(const FormField& field, std::string_view label) {
  const auto found = std::ranges::find(field.choices, label, &Choice::label);
  return found == field.choices.end() ? nullptr : &*found;
}

bool is_choice_value(const FormField& field, std::string_view text) {
  return std::ranges::find(field.choices, text, &Choice::value) != field.choices.end();
}

// The label of a choice, where it is understood as this choice again.
std::string shown_of(const FormField& field, const std::string& typed) {
  const auto found = std::ranges::find(field.choices, typed, &Choice::value);
  if (found == field.choices.end() || is_choice_value(field, found->label)) return typed;
  return choice_labelled(field, found->label) == &*found ? found->label : typed;
}

// --- Reading

std::string_view take_digits(std::string_view& text) {
  std::size_t count = 0;
  while (count < text.size() && text[count] >= '0' && text[count] <= '9')
    ++count;
  const std::string_view digits = text.substr(0, count);
  text.remove_prefix(count);
  return digits;
}

// 1.10108E+17: how spreadsheets write whole numbers of twelve digits and more.
bool is_shortened(std::string_view text) {
  constexpr int fewest_digits = 11;  // behind the first
  if (text.starts_with('-')) text.remove_prefix(1);
  if (take_digits(text).size() != 1) return false;
  if (text.starts_with('.')) {
    text.remove_prefix(1);
    if (take_digits(text).empty()) return false;
  }
  if (!text.starts_with('E') && !text.starts_with('e')) return false;
  text.remove_prefix(1);
  if (text.starts_with('+')) text.remove_prefix(1);
  const std::string_view digits = take_digits(text);
  int exponent = 0;
  const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), exponent);
  return text.empty() && !digits.empty() && (read.ec != std::errc() || exponent >= fewest_digits);
}

// 110108194912310000: a spreadsheet has 15 digits of a number, and writes zeros for the others.
bool is_cut(std::string_view text) {
  constexpr std::size_t kept_digits = 15;
  const std::string_view whole = text;
  const std::string_view digits = take_digits(text);
  return digits.size() > kept_digits && digits.size() == whole.size() &&
         digits.find_first_not_of('0', kept_digits) == std::string_view::npos;
}

// 2026/1/9 as 2026-01-09; nothing: it is no such day.
std::optional<std::string> day_of_spreadsheet(std::string_view text) {
  const std::string_view year = take_digits(text);
  if (year.size() != 4 || !text.starts_with('/')) return std::nullopt;
  text.remove_prefix(1);
  const std::string_view month = take_digits(text);
  if (month.empty() || month.size() > 2 || !text.starts_with('/')) return std::nullopt;
  text.remove_prefix(1);
  const std::string_view day = take_digits(text);
  if (day.empty() || day.size() > 2 || !text.empty()) return std::nullopt;
  return fmt::format("{}-{:0>2}-{:0>2}", year, month, day);
}

struct Column {
  std::size_t place = 0;
  const FormField* field = nullptr;  // null: one of ours
};

class SheetReader {
 public:
  SheetReader(const Form& form, bool is_utf8) : form_(form), is_utf8_(is_utf8) {}

  std::expected<void, SheetFailure> bind(const disk::CsvTable& table) {
    std::vector<std::string> names = {std::string(task_name), std::string(version_name),
                                      std::string(title_name)};
    for_each_field_of(form_, [&](const FormField& field) { names.push_back(field.column); });
    std::map<std::string, std::size_t> places;
    for (std::size_t i = 0; i < table.columns.size(); ++i) {
      const std::string name = name_in(table.columns[i], names);
      if (name.empty()) {
        if (table.columns[i].empty() && is_empty_column(table, i)) continue;
        return failure(SheetProblem::unknown_column, table.columns[i]);
      }
      if (!places.emplace(name, i).second) return failure(SheetProblem::double_column, name);
    }
    for (const std::string& name : names) {
      if (!places.contains(name) && name != title_name) {
        return failure(SheetProblem::missing_column, name);
      }
    }
    task_ = places.at(std::string(task_name));
    version_ = places.at(std::string(version_name));
    for_each_field_of(form_, [&](const FormField& field) {
      columns_.push_back({places.at(field.column), &field});
    });
    return {};
  }

  [[nodiscard]] SheetRow read(const disk::CsvTableRow& row) const {
    SheetRow read{.line = row.line, .draft = {}, .damaged = {}, .fault = row.fault};
    if (!row.fault.empty()) return read;
    std::string_view number = plain(row.cells[task_]);
    const std::string_view digits = take_digits(number);
    std::uint64_t task = 0;
    const auto parsed = std::from_chars(digits.data(), digits.data() + digits.size(), task);
    if (parsed.ec == std::errc() && number.empty()) read.draft.task = task;
    read.draft.version = plain(row.cells[version_]);
    for (const Column& column : columns_)
      read_cell(row.cells[column.place], *column.field, read);
    return read;
  }

 private:
  static std::unexpected<SheetFailure> failure(SheetProblem problem, std::string column) {
    return std::unexpected(
        SheetFailure{.problem = problem, .column = std::move(column), .sentence = {}});
  }

  // The longest of the names that stands in brackets at the cell's end, or is all of it.
  static std::string name_in(std::string_view cell, const std::vector<std::string>& names) {
    std::string best;
    for (const std::string& name : names) {
      const bool is_named = cell == name || cell.ends_with(fmt::format("[{}]", name));
      if (is_named && name.size() > best.size()) best = name;
    }
    return best;
  }

  static bool is_empty_column(const disk::CsvTable& table, std::size_t place) {
    return std::ranges::all_of(table.rows, [&](const disk::CsvTableRow& row) {
      return row.cells.empty() || row.cells[place].empty();
    });
  }

  static std::string_view plain(std::string_view cell) {
    if (cell.starts_with(text_mark)) cell.remove_prefix(1);
    return cell;
  }

  void read_cell(const std::string& cell, const FormField& field, SheetRow& row) const {
    const bool is_text = cell.starts_with(text_mark);
    std::string typed(plain(cell));
    std::erase(typed, '\r');
    if (!is_utf8_ && typed.contains('?')) {
      row.damaged.push_back({field.column, Damage::replaced});
      return;
    }
    if (!is_text && (is_shortened(typed) || is_cut(typed))) {
      row.damaged.push_back({field.column, Damage::rounded});
      return;
    }
    if (field.control == Control::date) {
      if (auto day = day_of_spreadsheet(typed)) typed = std::move(*day);
    }
    if (!is_choice_value(field, typed)) {
      if (const Choice* choice = choice_labelled(field, typed)) typed = choice->value;
    }
    if (!typed.empty()) row.draft.typed[field.column] = std::move(typed);
  }

  const Form& form_;
  bool is_utf8_;
  std::size_t task_ = 0;
  std::size_t version_ = 0;
  std::vector<Column> columns_;
};

}  // namespace

std::string write_draft_sheet(const Form& form, const SheetLabels& labels,
                              std::span<const SheetDraft> drafts) {
  std::string sheet(byte_order_mark);
  sheet += header_cell(labels.task, task_name) + ',' + header_cell(labels.version, version_name) +
           ',' + header_cell(labels.title, title_name);
  for_each_field_of(form, [&](const FormField& field) {
    sheet += ',' + header_cell(field.label + (field.required ? " *" : ""), field.column);
  });
  sheet += "\r\n";
  for (const SheetDraft& draft : drafts) {
    sheet += fmt::format("{},{},{}", draft.task, cell_in_quotes(draft.version),
                         draft.title.empty() ? "" : cell_in_quotes(protected_text(draft.title)));
    for_each_field_of(form, [&](const FormField& field) {
      const auto typed = draft.typed.find(field.column);
      sheet += ',';
      if (typed == draft.typed.end() || typed->second.empty()) return;
      sheet += cell_in_quotes(protected_text(shown_of(field, typed->second)));
    });
    sheet += "\r\n";
  }
  return sheet;
}

std::expected<std::vector<SheetRow>, SheetFailure> read_draft_sheet(std::string_view bytes,
                                                                    const Form& form,
                                                                    const disk::CsvParser& parser) {
  const bool is_utf8 = record::is_valid_utf8(bytes);
  const disk::Format format{.dialect = {},
                            .encoding = is_utf8 ? disk::Encoding::utf_8 : disk::Encoding::gb18030};
  const auto table = parser.table({.bytes = bytes, .format = format, .most_rows = most_sheet_rows});
  if (!table) {
    const bool is_long = table.error().code == adapters::CollectionProblem::too_large;
    return std::unexpected(
        SheetFailure{.problem = is_long ? SheetProblem::too_many_rows : SheetProblem::unreadable,
                     .column = {},
                     .sentence = table.error().sentence});
  }
  SheetReader reader(form, is_utf8);
  SLUICE_TRY(reader.bind(*table));
  std::vector<SheetRow> rows;
  rows.reserve(table->rows.size());
  for (const disk::CsvTableRow& row : table->rows)
    rows.push_back(reader.read(row));
  return rows;
}

}  // namespace sluice::entry
