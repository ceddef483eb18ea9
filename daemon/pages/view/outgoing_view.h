// The desk of an outgoing task: a record that is delivered to a bureau, in the order of that
// bureau's own screen. A clerk carries it over field by field, and says with which number the other
// system took it, or why it is not taken.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "pages/view/clerk_figures.h"
#include "pages/view/entry_view.h"
#include "pages/view/pages.h"
#include "pages/view/task_facts.h"
#include "record/table_schema.h"

namespace sluice::pages {

struct OutgoingField {
  std::string field;  // its name, by which the tick is sent
  std::string label;
  std::string group;  // neighbours of one group stand under its title; empty: none
  // As it was delivered, UTF-8. It is shown as visible() has it, and copied as it is. Empty: none.
  std::string value;
  record::Sensitivity sensitivity = record::Sensitivity::internal;
  bool is_ticked = false;  // the clerk has it in the other system
};

struct OutgoingView {
  std::string account;  // by which the browser keeps drafts apart
  TaskFacts task;
  std::uint64_t version = 0;  // of the task, as the form is made
  enum class Order { put, remove };
  Order order = Order::put;  // what the other system is to do with the record
  std::string delivery;      // its name
  std::string agreement;     // its number; may be empty
  std::vector<OutgoingField> fields;
  std::string receipt;        // the other system's number, as it was typed
  std::string receipt_error;  // of the texts "receipt-error."; empty: nothing is wrong
  // It was confirmed with fields that are not ticked, and not all the same.
  bool misses_ticks = false;
  std::optional<StaleForm> stale;
  bool is_too_long = false;  // to be kept
  bool has_no_room = false;  // on the disk, and nothing was saved
  DraftState draft;
  std::string note;  // of who handed it back; may be empty
  ClerkFigures figures;
  std::string decline_note;  // why it is not taken, as it was typed
  std::optional<RefusedNote> refused_decline;
  std::optional<RefusedNote> refused_note;  // of the form that puts it away
  // What was answered by the request before: the browser's own draft of it goes.
  std::optional<std::int64_t> saved_task;
};

// The paths, and what the forms send, stand in docs/pages.md.
[[nodiscard]] std::string outgoing_page(const Pages& pages, const Frame& frame,
                                        const OutgoingView& view);

inline constexpr std::size_t longest_receipt = 100;  // characters

}  // namespace sluice::pages
