// Drafts on a sheet: a CSV file with a row for each task, which a clerk without the network fills
// in with whatever spreadsheet is there, and hands in again. Spreadsheets change what they are
// given: what is written here they leave alone, and what they did to the rest is found when it is
// read.
//
// A cell that begins with an apostrophe is text, and the apostrophe is no part of it: no
// spreadsheet then takes it for a number, a date or a formula. Every value of ours with a character
// of ASCII or of full width in it is written so. Who types one in a spreadsheet has it taken off by
// that, with the same effect.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/disk/csv_parser.h"
#include "entry/form.h"
#include "record/failure.h"

namespace sluice::entry {

// What was typed, by column; a column without text is left out.
using SheetTexts = std::map<std::string, std::string>;

struct SheetDraft {
  std::uint64_t task = 0;
  std::string version;  // of the draft, as whoever writes the sheet tells it; a letter first
  std::string title;
  SheetTexts typed;
};

// What stands in the header over the three columns that are not the form's.
struct SheetLabels {
  std::string task;
  std::string version;
  std::string title;
};

// UTF-8 with a byte order mark, CR LF. The header has labels for people, and behind each, in
// brackets, the name by which the column is found again.
[[nodiscard]] std::string write_draft_sheet(const Form& form, const SheetLabels& labels,
                                            std::span<const SheetDraft> drafts);

// What a spreadsheet did to a value that can not be undone.
enum class Damage {
  rounded,   // 1.10108E+17, or a long number that ends in zeros: digits are gone
  replaced,  // a question mark in a file that is not UTF-8: what the encoding lacked
};
struct DamagedCell {
  std::string column;
  Damage damage = Damage::rounded;
};

struct SheetRow {
  std::uint64_t line = 0;  // of the file, from 1
  SheetDraft draft;        // without a title; a task of 0: its number can not be read
  std::vector<DamagedCell> damaged;
  std::string fault;  // why nothing of the row could be read; empty: it could
};

enum class SheetProblem {
  unreadable,      // no CSV, another encoding
  missing_column,  // one of the form's, or the first two
  unknown_column,
  double_column,
  too_many_rows,
};
struct SheetFailure {
  SheetProblem problem = SheetProblem::unreadable;
  std::string column;    // of the three about columns
  std::string sentence;  // of `unreadable`
};

constexpr std::size_t most_sheet_rows = 200;

// UTF-8, or GB 18030 where it is not that: Chinese spreadsheets save so. Rows without a cell that
// says anything are left out. What depends on the form is undone: the label of a choice is its
// value again, and 2026/1/9 in a field for a day is 2026-01-09.
[[nodiscard]] std::expected<std::vector<SheetRow>, SheetFailure> read_draft_sheet(
    std::string_view bytes, const Form& form, const adapters::disk::CsvParser& parser);

}  // namespace sluice::entry
