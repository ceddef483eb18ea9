// The clerk's desk: the form of one task, to be keyed first or to be checked by a second person,
// and the parts of it that are made anew while one types.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "entry/code_table.h"
#include "entry/form.h"
#include "entry/keyed_value.h"
#include "pages/view/clerk_figures.h"
#include "pages/view/desk_field.h"
#include "pages/view/pages.h"
#include "pages/view/task_facts.h"
#include "record/time.h"

namespace sluice::pages {

// Of what is typed, on the server.
struct DraftState {
  enum class Kind {
    none,      // nothing was typed that is not saved
    kept,      // `at`
    lost,      // the task is not this person's any more, or past that: nothing is kept
    outdated,  // the task is another version now: nothing is kept before the page is loaded anew
  };
  Kind kind = Kind::none;
  std::optional<record::Time> at;
  std::string made_of;  // of a form that has it as kept; empty: what the form says stays
};

// The task changed while the person typed: what was typed stands in the form, and this beside it.
struct StaleForm {
  std::string by;  // the name for people; empty: the node
  std::optional<record::Time> at;
  struct Changed {
    std::string column;
    std::optional<std::string> now;  // as it is kept; nothing: this person may not see it
  };
  std::vector<Changed> changed;
};

// The form to put a task away, refused: what was typed is kept.
struct RefusedNote {
  std::string sentence;  // empty: the reason is missing
  std::string typed;
};

struct EntryView {
  std::string account;  // by which the browser keeps drafts apart
  TaskFacts task;
  std::uint64_t version = 0;  // of the task, as the form is made
  std::string made_of;        // what else it is made of (page_content.h)
  Round round = Round::first;
  entry::Form form;
  std::vector<DeskField> fields;                // by column; one that is left out is empty
  std::vector<entry::KeyingError> form_errors;  // of no field
  std::optional<StaleForm> stale;
  bool is_too_long = false;  // to be kept
  bool has_no_room = false;  // on the disk, and nothing was saved
  DraftState draft;
  std::string note;  // of who sent or handed it back; may be empty
  ClerkFigures figures;
  std::optional<RefusedNote> refused_note;
  // What was saved by the request before: the browser's own draft of it goes.
  std::optional<std::int64_t> saved_task;
};

// Why a reason is none, for the template `said`.
[[nodiscard]] Said note_refusal(const RefusedNote& refused, const Wording& words);
// For the templates `entry_stale` and `entry_draft`, of every page on which one types.
[[nodiscard]] std::optional<Values> stale_values(const std::optional<StaleForm>& stale,
                                                 const entry::Form& form, const Wording& words);
[[nodiscard]] Values draft_values(const DraftState& draft, const Wording& words);

// The paths, and what the form sends, stand in docs/pages.md.
[[nodiscard]] std::string entry_page(const Pages& pages, const Frame& frame, const EntryView& view);

// What is told of one field after a check: replaces what was told before. Empty where the form has
// no such field.
[[nodiscard]] std::string field_fragment(const Pages& pages, const Frame& frame,
                                         const entry::Form& form, const DeskField& field);
// What is known of these fields now, what stands in them, and what is told of that. The script puts
// it into fields that are still as they were sent.
[[nodiscard]] std::string known_fragment(const Pages& pages, const Frame& frame,
                                         const entry::Form& form,
                                         const std::vector<DeskField>& fields);
// The line about the draft.
[[nodiscard]] std::string draft_fragment(const Pages& pages, const Frame& frame,
                                         const DraftState& draft);
// What a code table has for what was typed, the best first.
[[nodiscard]] std::string codes_fragment(const Pages& pages, const Frame& frame,
                                         std::span<const entry::CodeEntry* const> found);

inline constexpr std::size_t longest_note = 500;  // characters of a reason
inline constexpr std::size_t most_codes = 12;     // offered at once

}  // namespace sluice::pages
