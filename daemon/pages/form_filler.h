// A form in its first round, filled in with what the central store knows already of the record that
// is keyed. Nothing that a person typed is touched.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "entry/form_checker.h"
#include "entry/prefill.h"
#include "pages/entrance.h"
#include "pages/keyed_texts.h"
#include "pages/known_records.h"
#include "pages/surroundings.h"
#include "pages/view/desk_field.h"
#include "pages/visit.h"
#include "tasks/tasks.h"

namespace sluice::pages {

// What stands in a field, and what a form must remember of it.
struct FilledText {
  std::string typed;
  // What was known when the page was made: a text that is still the same was not typed, and one
  // that is gone was taken away by the person. Empty: nothing was.
  std::string offered;
  friend bool operator==(const FilledText&, const FilledText&) = default;
};
// Of a field whose record was looked up; nothing: it is not known.
[[nodiscard]] FilledText filled_in(FilledText before, const std::optional<std::string>& known);

struct FilledForm {
  KeyedTexts draft;
  std::map<std::string, KnownValue> known;  // by column
  std::set<std::string> fillable;           // columns that may be filled in
  std::set<std::string> leading;            // columns whose texts decide what is looked up
};

// Thread-safe.
class FormFiller {
 public:
  // References must outlive it.
  FormFiller(const Surroundings& surroundings, const Entrance& entrance);

  // Writes an audit event for each record of which something is shown.
  [[nodiscard]] FilledForm fill(const Visit& visit, const tasks::Task& task,
                                const entry::FormChecker& checker, KeyedTexts draft);

 private:
  // Whether the auditor is told of what is to be shown.
  using Note = std::function<bool(const std::vector<entry::KnownText>&)>;
  void take_record(FilledForm& form, const entry::Prefill& prefill, const record::Dataset& dataset,
                   const std::optional<store::FoundRecord>& record, const Note& note);
  [[nodiscard]] const record::Dataset* dataset(const record::DatasetId& id) const;

  const Surroundings& surroundings_;
  const Entrance& entrance_;
  KnownRecords records_;
};

}  // namespace sluice::pages
