#include "pages/form_filler.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "pages/answer.h"

namespace sluice::pages {

FilledText filled_in(FilledText before, const std::optional<std::string>& known) {
  const bool is_as_offered = before.typed == before.offered;  // or both are empty
  // What was taken away was that of another record.
  const bool is_free = before.typed.empty() && known && *known != before.offered;
  if (is_as_offered || is_free) return {known.value_or(""), known.value_or("")};
  // Typed by hand although it is known: it stays when another record is looked up.
  if (known && before.typed == *known) return before;
  return {std::move(before.typed), known.value_or("")};
}

FormFiller::FormFiller(const Surroundings& surroundings, const Entrance& entrance)
    : surroundings_(surroundings),
      entrance_(entrance),
      records_(surroundings.open_store, surroundings.clock, surroundings.log) {}

const record::Dataset* FormFiller::dataset(const record::DatasetId& id) const {
  const auto* const known = surroundings_.installation.catalogue.find(id);
  return known == nullptr ? nullptr : &known->dataset;
}

FilledForm FormFiller::fill(const Visit& visit, const tasks::Task& task,
                            const entry::FormChecker& checker, KeyedTexts draft) {
  const entry::Prefill prefill(checker,
                               [this](const record::DatasetId& id) { return dataset(id); });
  FilledForm form{.draft = std::move(draft), .known = {}, .fillable = {}, .leading = {}};
  for (const entry::FormGroup& group : checker.form().groups) {
    for (const entry::FormField& field : group.fields) {
      if (prefill.fills(field.column)) form.fillable.insert(field.column);
      if (prefill.leads(field.column)) form.leading.insert(field.column);
    }
  }
  if (form.fillable.empty()) return form;
  const auto typed = keyed_form(first_keying(checker.form(), form.draft));
  for (const entry::WantedRecord& wanted : prefill.wanted(typed)) {
    const record::Dataset& from = *dataset(wanted.dataset);
    const KnownRecords::Answer answer =
        records_.find({task.id.value, visit.actor()}, from, wanted.key);
    if (!answer.is_told) continue;
    take_record(form, prefill, from, answer.record, [&](const auto& known) {
      std::vector<std::string> fields;
      for (const entry::KnownText& text : known)
        fields.push_back(checker.form().find(text.column)->field);
      return surroundings_.audit
          .append({"known-values-shown",
                   {{"actor", account_actor(visit)},
                    {"bureau", task.asked.bureau.str()},
                    {"task", std::to_string(task.id.value)},
                    {"dataset", from.id.str()},
                    {"record", entrance_.record_mark(visit, from.id, wanted.key)},
                    {"fields", fmt::format("{}", fmt::join(fields, ", "))}}})
          .has_value();
    });
  }
  return form;
}

void FormFiller::take_record(FilledForm& form, const entry::Prefill& prefill,
                             const record::Dataset& dataset,
                             const std::optional<store::FoundRecord>& record, const Note& note) {
  std::vector<entry::KnownText> known;
  if (record) known = prefill.known(dataset.id, record->values);
  if (!known.empty() && !note(known)) return;
  for (const std::string& column : prefill.filled_from(dataset.id)) {
    const auto found = std::ranges::find(known, column, &entry::KnownText::column);
    std::optional<std::string> text;
    if (found != known.end()) text = found->typed;
    auto filled = filled_in({typed_in(form.draft, column), offered_in(form.draft, column)}, text);
    put_typed(form.draft, column, std::move(filled.typed));
    put_offered(form.draft, column, std::move(filled.offered));
    if (!text) continue;
    form.known.emplace(
        column, KnownValue{.value = *text,
                           .source = dataset.title.empty() ? dataset.id.str() : dataset.title,
                           .at = record->applied_at});
  }
}

}  // namespace sluice::pages
