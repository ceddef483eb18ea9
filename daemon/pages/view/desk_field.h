// One field of a form that a person keys: what stands in it, what is known and what is wrong.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "entry/form.h"
#include "entry/keyed_value.h"
#include "pages/view/template.h"
#include "pages/view/wording.h"
#include "record/time.h"

namespace sluice::pages {

// Who keys: one field is shown otherwise to the second person.
enum class Round {
  first,
  second,  // checks: keys blind fields anew, confirms those by sight, and only reads the others
};

// What the central store says already.
struct KnownValue {
  std::string value;
  std::string source;  // for people: the dataset's title
  std::optional<record::Time> at;
};

struct DeskField {
  std::string column;
  std::string typed;                            // or what is offered: a known value
  std::optional<entry::Understood> understood;  // of `typed`; of a field only read, of `first`
  std::optional<entry::KeyingError> error;
  std::optional<KnownValue> known;
  bool may_be_known = false;  // once the key of a record elsewhere is typed
  bool leads = false;         // what is typed decides which record that is
  std::string offered;        // what the form sends back of it (FilledText)
  std::string previous;  // of the person's record before, which the ditto key takes; may be empty
  // In the second round, as it was keyed first. Of a blind field it is not shown, whoever sets it.
  std::string first;
  bool is_confirmed = false;  // of a field by sight
};

// Where the field stands in its form, from 1: its ids in the page are made of it. 0: not there.
[[nodiscard]] std::size_t place_of(const entry::Form& form, std::string_view column);

// For the template `entry_field`.
[[nodiscard]] Values desk_field_values(const entry::FormField& field, const DeskField& content,
                                       std::size_t place, Round round, const Wording& words);
// For the template `entry_known`, which `entry_field` has in it.
void put_known(Values& values, const DeskField& content, const Wording& words);
// Whether it was neither confirmed nor typed: what is to be corrected is the tick.
[[nodiscard]] bool is_unconfirmed(const DeskField& content);
// For the template `entry_told`, which `entry_field` has in it.
[[nodiscard]] Values told_values(const entry::FormField& field, const DeskField& content,
                                 const Wording& words);

}  // namespace sluice::pages
