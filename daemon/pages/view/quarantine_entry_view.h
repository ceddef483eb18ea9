// One refused row: why, what it says, and the three things that a person can do with it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "pages/view/pages.h"
#include "pages/view/quarantine_view.h"
#include "record/manifest.h"
#include "record/time.h"

namespace sluice::pages {

// What became of an entry.
struct Settled {
  std::string by;
  std::optional<record::Time> at;
  std::string reason;                     // of a discarded one
  std::optional<std::uint64_t> sequence;  // of the batch that a replayed one went into
};

// A form that was sent and not carried out: what was typed is kept.
struct RefusedForm {
  enum class Form { replay, discard };
  Form form = Form::replay;
  std::string sentence;  // why; of a reason that is missing it may be empty
  std::string typed;     // the corrected row, or the reason
};

struct QuarantineEntryView {
  std::string bureau;
  std::string bureau_name;
  std::int64_t id = 0;
  EntryState state = EntryState::waiting;
  record::Time at{};
  std::string dataset;
  record::Mode mode = record::Mode::direct;
  std::string source;
  std::uint64_t place = 0;
  std::string field;
  std::string rule;
  std::string sentence;
  std::string columns;               // as journal::QuarantinedRow has them
  std::string original;              // the first 256 KiB are enough
  std::uint64_t original_bytes = 0;  // of all of it
  std::optional<char> delimiter;     // of CSV, where it is known
  bool is_of_center = false;         // the center refused it
  bool may_settle = false;           // replay and discard
  std::optional<Settled> settled;
  std::optional<RefusedForm> refused;
};

// Forms go by POST to the entry's path and "/replay" (`how`: "corrected" with `corrected` and
// `line_break`, "lf" or "crlf", to which the lines' ends are to be put back; or "as-it-was"), and
// "/discard" (`reason`). "/original" is the link to the bytes.
[[nodiscard]] std::string quarantine_entry_page(const Pages& pages, const Frame& frame,
                                                const QuarantineEntryView& view);

// Of the texts "remedy.": what to do about rows that a rule refused.
[[nodiscard]] std::string_view remedy_of(std::string_view rule);

// Longer rows are corrected in a file, with the command.
inline constexpr std::size_t longest_typed_row = 64 * 1024;  // bytes
inline constexpr std::size_t longest_discard_reason = 500;   // characters

}  // namespace sluice::pages
