// Two keyings of one record that differ, side by side: the reviewer takes one of them field by
// field, keys what neither has, or sends the record back.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "entry/comparison.h"
#include "entry/form.h"
#include "entry/keyed_value.h"
#include "pages/view/clerk_figures.h"
#include "pages/view/entry_view.h"
#include "pages/view/pages.h"
#include "pages/view/task_facts.h"
#include "record/time.h"

namespace sluice::pages {

struct Keyer {
  std::string name;  // for people
  record::Time at{};
};

// One of the two values of a field.
struct KeyedSide {
  std::string typed;
  std::optional<entry::Understood> understood;
  std::optional<entry::KeyingError> error;
};

enum class Pick { none, first, second, other };

struct ReviewField {
  entry::ComparedField compared;
  KeyedSide first;
  KeyedSide second;
  Pick pick = Pick::none;
  KeyedSide other;               // a third value, as the reviewer types it
  bool is_pick_missing = false;  // the form was sent without one
};

struct ReviewView {
  std::string account;
  TaskFacts task;
  std::uint64_t version = 0;
  std::string made_of;  // what else it is made of (page_content.h)
  entry::Form form;
  Keyer first;
  Keyer second;
  // Those that differ or were not confirmed, then those that are equal, and of the fields that
  // nobody verifies what was keyed (Agreement::equal).
  std::vector<ReviewField> fields;
  std::vector<entry::KeyingError> form_errors;
  std::optional<StaleForm> stale;
  bool is_too_long = false;  // to be kept
  bool has_no_room = false;  // on the disk, and nothing was saved
  DraftState draft;
  std::string note_typed;  // what is said to who is to key it again
  std::optional<RefusedNote> refused_note;
  std::optional<std::int64_t> saved_task;
};

[[nodiscard]] std::string review_page(const Pages& pages, const Frame& frame,
                                      const ReviewView& view);

}  // namespace sluice::pages
