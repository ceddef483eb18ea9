// Drafts on a sheet: the page where a clerk gets one for the time without the network, and hands it
// in again; and what became of each of its rows.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "entry/draft_sheet.h"
#include "entry/form.h"
#include "entry/keyed_value.h"
#include "pages/view/listing.h"
#include "pages/view/pages.h"
#include "record/time.h"

namespace sluice::pages {

// What became of a row.
enum class RowOutcome {
  taken,       // it is the draft now, and nothing is wrong with it
  faulty,      // it is the draft now, and the form would not be taken like this
  conflict,    // the draft that is kept is newer than the sheet, and stays
  repeated,    // another row has the same number
  damaged,     // a spreadsheet spoilt a value
  unreadable,  // no row of the sheet
  unknown,     // no task of this number, bureau and dataset
  not_held,    // another has the task, or nobody
  moved_on,    // it is keyed, or with the supervisor
  changed,     // the draft is another by now than the one that was checked
  refused,     // by the queue, which says why
  saved,       // keyed: the second answer
};
// As the texts "sheet-row." have it.
[[nodiscard]] std::string_view to_string(RowOutcome outcome);

struct SheetRowView {
  std::uint64_t line = 0;  // of the file; 0: it came from no file
  std::int64_t task = 0;   // 0: none
  std::string version;     // of the draft, for who saves it afterwards
  std::string title;
  RowOutcome outcome = RowOutcome::taken;
  entry::SheetTexts typed;
  std::vector<entry::KeyingError> errors;   // of `faulty`
  std::vector<entry::DamagedCell> damaged;  // of `damaged`
  std::string sentence;                     // of `unreadable` and `refused`
};

struct SheetView {
  std::string bureau;
  std::string bureau_name;
  entry::Form form;
  std::vector<Choice> counts;  // of tasks on a sheet
  std::uint64_t held = 0;      // of this dataset, by the person; at most as many as fit a sheet
  record::Time until{};        // when what is put on a sheet now is anybody's again
  std::optional<entry::SheetFailure> refused;  // the whole file
  bool has_no_file = false;                    // the form came without one
  std::optional<std::vector<SheetRowView>> rows;
};

// Over the sheet's own columns, in the reader's language.
[[nodiscard]] entry::SheetLabels sheet_labels(const Pages& pages, const Frame& frame);

[[nodiscard]] std::string sheet_page(const Pages& pages, const Frame& frame, const SheetView& view);

}  // namespace sluice::pages
