#include "pages/desk_pages.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "pages/answer.h"
#include "pages/view/paths.h"

namespace sluice::pages {
namespace {

using server::Response;
using tasks::TaskState;

DeskTold unprocessable() {
  return {.stale = {}, .refused_note = {}, .status = 422};
}

// What a browser sends of a long text has CR LF at each line's end.
KeyedTexts typed_draft(const Form& form) {
  KeyedTexts draft = draft_of(form);
  for (auto& [name, text] : draft)
    std::erase(text, '\r');
  return draft;
}

DeskField desk_field(const entry::FormChecker& checker, const entry::FormField& field,
                     std::string typed) {
  DeskField content{.column = field.column, .typed = std::move(typed)};
  if (content.typed.empty()) return content;
  auto value = checker.check_field(field.column, content.typed);
  if (value) {
    content.understood = std::move(value->understood);
  } else {
    content.error = std::move(value.error());
  }
  return content;
}

KeyedSide side_of(const entry::FormChecker& checker, const entry::FormField& field,
                  std::string typed) {
  DeskField content = desk_field(checker, field, std::move(typed));
  return {.typed = std::move(content.typed),
          .understood = std::move(content.understood),
          .error = std::move(content.error)};
}

// With what is known of it, and what the form must remember of that.
DeskField filled_field(const entry::FormChecker& checker, const entry::FormField& field,
                       const FilledForm& form) {
  DeskField content = desk_field(checker, field, typed_in(form.draft, field.column));
  if (const auto known = form.known.find(field.column); known != form.known.end()) {
    content.known = known->second;
  }
  content.may_be_known = form.fillable.contains(field.column);
  content.leads = form.leading.contains(field.column);
  content.offered = offered_in(form.draft, field.column);
  return content;
}

std::string text_of(const KeyedTexts& texts, const std::string& column) {
  const auto found = texts.find(column);
  return found == texts.end() ? std::string() : found->second;
}

Pick pick_of(std::string_view choice) {
  if (choice == "first") return Pick::first;
  if (choice == "second") return Pick::second;
  if (choice == "other") return Pick::other;
  return Pick::none;
}

// A field by sight that was neither confirmed nor typed: the second person has not looked at it.
std::vector<entry::KeyingError> unconfirmed(const entry::Form& form, const KeyedTexts& draft,
                                            const KeyedTexts& first) {
  std::vector<entry::KeyingError> errors;
  for (const entry::FormGroup& group : form.groups) {
    for (const entry::FormField& field : group.fields) {
      if (field.verify != record::Verify::sight || text_of(first, field.column).empty()) continue;
      if (is_confirmed(draft, field.column) || !typed_in(draft, field.column).empty()) continue;
      errors.push_back(
          {.column = field.column, .field = field.field, .rule = "unconfirmed", .sentence = {}});
    }
  }
  return errors;
}

std::vector<std::string> columns_of(const std::vector<entry::ComparedField>& compared) {
  std::vector<std::string> columns;
  for (const entry::ComparedField& field : compared)
    columns.push_back(field.column);
  return columns;
}

Response fragment(const Visit& visit, std::string html) {
  return document(visit.request, std::move(html));
}

}  // namespace

std::vector<DeskPage> DeskPages::routes() {
  using server::Method;
  using Step = Response (DeskPages::*)(const Visit&, OpenDesk&);
  const auto at_desk = [this](Step step) {
    return [this, step](const Visit& visit, HeldTask held) {
      const entry::FormChecker* const checker = bench_.checker(held.task());
      if (checker == nullptr) return task_taken(held.task());
      OpenDesk desk{{std::move(held)}, *checker};
      return (this->*step)(visit, desk);
    };
  };
  return {{Method::get, "", at_desk(&DeskPages::show)},
          {Method::post, "/check", at_desk(&DeskPages::check)},
          {Method::post, "/known", at_desk(&DeskPages::tell_known)},
          {Method::post, "/draft", at_desk(&DeskPages::keep_draft)},
          {Method::post, "/save", at_desk(&DeskPages::save)},
          {Method::post, "/settle", at_desk(&DeskPages::settle)},
          {Method::post, "/send-back", at_desk(&DeskPages::send_back)},
          {Method::post, "/hand-back", at_desk(&DeskPages::hand_back)},
          {Method::post, "/escalate", at_desk(&DeskPages::escalate)}};
}

EntryView DeskPages::entry_view_of(const Visit& visit, OpenDesk& desk, const KeyedTexts& draft,
                                   const Told& told) {
  const tasks::Task& task = desk.task();
  const KeyedTexts first = desk.round() == Round::second ? desk.first() : KeyedTexts();
  const KeyedTexts previous =
      desk.round() == Round::first
          ? bench_.previous(visit, task.asked.bureau, task.asked.dataset, *desk.queue)
          : KeyedTexts();
  // Who checks keys from the paper, and is told nothing else.
  const FilledForm filled =
      desk.round() == Round::first
          ? filler_.fill(visit, task, desk.checker, draft)
          : FilledForm{.draft = draft, .known = {}, .fillable = {}, .leading = {}};
  EntryView view{.account = visit.actor(),
                 .task = bench_.facts(visit, task),
                 .version = task.version.value,
                 .made_of = digest_of(content_of(desk, desk.draft())),
                 .round = desk.round(),
                 .form = desk.form(),
                 .stale = told.any.stale,
                 .is_too_long = told.any.is_too_long,
                 .has_no_room = told.any.has_no_room,
                 .refused_note = told.any.refused_note};
  for (const entry::FormGroup& group : view.form.groups) {
    for (const entry::FormField& field : group.fields) {
      DeskField content = filled_field(desk.checker, field, filled);
      content.is_confirmed = is_confirmed(draft, field.column);
      if (field.verify != record::Verify::blind) content.first = text_of(first, field.column);
      if (desk.round() == Round::first) content.previous = text_of(previous, field.column);
      // What was wrong with an empty field is not, once it is filled in.
      const bool is_as_sent = content.typed == typed_in(draft, field.column);
      const auto wrong = std::ranges::find(told.errors, field.column, &entry::KeyingError::column);
      if (wrong != told.errors.end() && is_as_sent) content.error = *wrong;
      view.fields.push_back(std::move(content));
    }
  }
  std::ranges::copy_if(told.errors, std::back_inserter(view.form_errors),
                       [](const auto& error) { return error.column.empty(); });
  if (desk.keyed.draft) view.draft = {DraftState::Kind::kept, desk.keyed.draft_saved, {}};
  if (const auto figures = bench_.figures_at_desk(visit, task.asked.bureau, *desk.queue)) {
    view.figures = *figures;
  }
  view.note = desk.said_with();
  view.saved_task = whole_number(visit.query.value("saved"));
  return view;
}

ReviewView DeskPages::review_view_of(const Visit& visit, const OpenDesk& desk,
                                     const KeyedTexts& draft, const Told& told) {
  const tasks::Task& task = desk.task();
  const KeyedTexts first = desk.first();
  const KeyedTexts second = desk.second();
  const auto keyer = [&](const std::optional<tasks::Keying>& keying) {
    return keying ? Keyer{bench_.name_of(visit, keying->by), keying->at} : Keyer{};
  };
  ReviewView view{.account = visit.actor(),
                  .task = bench_.facts(visit, task),
                  .version = task.version.value,
                  .made_of = digest_of(content_of(desk, desk.draft())),
                  .form = desk.form(),
                  .first = keyer(task.first),
                  .second = keyer(task.second),
                  .stale = told.any.stale,
                  .is_too_long = told.any.is_too_long,
                  .has_no_room = told.any.has_no_room};
  const auto compared =
      entry::compare(view.form, values_of(desk.checker, first), values_of(desk.checker, second));
  for (const entry::FormGroup& group : view.form.groups) {
    for (const entry::FormField& field : group.fields) {
      const auto found = std::ranges::find(compared, field.column, &entry::ComparedField::column);
      ReviewField row{.compared = found == compared.end()
                                      ? entry::ComparedField{.column = field.column}
                                      : *found,
                      .first = side_of(desk.checker, field, text_of(first, field.column)),
                      .second = side_of(desk.checker, field, text_of(second, field.column)),
                      .pick = pick_of(choice_in(draft, field.column)),
                      .other = side_of(desk.checker, field, typed_in(draft, field.column))};
      const auto wrong = std::ranges::find(told.errors, field.column, &entry::KeyingError::column);
      if (wrong != told.errors.end()) row.other.error = *wrong;
      row.is_pick_missing = told.misses_choice && row.pick == Pick::none &&
                            row.compared.agreement != entry::Agreement::equal;
      view.fields.push_back(std::move(row));
    }
  }
  std::ranges::stable_sort(view.fields, {}, [](const ReviewField& row) {
    return row.compared.agreement == entry::Agreement::equal;
  });
  std::ranges::copy_if(told.errors, std::back_inserter(view.form_errors),
                       [](const auto& error) { return error.column.empty(); });
  if (desk.keyed.draft) view.draft = {DraftState::Kind::kept, desk.keyed.draft_saved, {}};
  view.refused_note = told.any.refused_note;
  view.note_typed = view.refused_note ? view.refused_note->typed : text_of(draft, "note");
  view.saved_task = whole_number(visit.query.value("saved"));
  return view;
}

Response DeskPages::page_of(const Visit& visit, OpenDesk& desk, const KeyedTexts& draft,
                            Told told) {
  if (auto& stale = told.any.stale) {
    stale->changed = changes_since(visit.form.value("made_of"), desk, draft);
  }
  const Frame frame = entrance_.frame(visit, "entry");
  std::string html = desk.is_review()
                         ? review_page(pages_, frame, review_view_of(visit, desk, draft, told))
                         : entry_page(pages_, frame, entry_view_of(visit, desk, draft, told));
  return document(visit.request, std::move(html), told.any.status);
}

DeskSteps::Again DeskPages::again(const Visit& visit, OpenDesk& desk, const KeyedTexts& draft) {
  return [this, &visit, &desk, &draft](DeskTold told) {
    return page_of(visit, desk, draft, {.any = std::move(told)});
  };
}

Response DeskPages::show(const Visit& visit, OpenDesk& desk) {
  const auto first = values_of(desk.checker, desk.first());
  std::string mark =
      entrance_.record_mark(visit, desk.task().asked.dataset, desk.checker.key_of(first));
  const auto noted = surroundings_.audit.append({"record-opened",
                                                 {{"actor", account_actor(visit)},
                                                  {"bureau", desk.task().asked.bureau.str()},
                                                  {"task", std::to_string(desk.task().id.value)},
                                                  {"record", std::move(mark)}}});
  if (!noted) return entrance_.failed(visit, record::to_string(noted.error()));
  const KeyedTexts draft = desk.draft();
  return page_of(visit, desk, draft, {});
}

Response DeskPages::check(const Visit& visit, OpenDesk& desk) {
  const entry::FormField* const field = desk.form().find(visit.form.value("column"));
  if (field == nullptr) return entrance_.missing(visit);
  const DeskField content =
      desk_field(desk.checker, *field, std::string(visit.form.value("value")));
  return fragment(visit,
                  field_fragment(pages_, entrance_.frame(visit, "entry"), desk.form(), content));
}

Response DeskPages::tell_known(const Visit& visit, OpenDesk& desk) {
  if (desk.is_review() || desk.round() == Round::second) return fragment(visit, {});
  const FilledForm filled = filler_.fill(visit, desk.task(), desk.checker, typed_draft(visit.form));
  std::vector<DeskField> fields;
  for (const std::string& column : filled.fillable)
    fields.push_back(filled_field(desk.checker, *desk.form().find(column), filled));
  return fragment(visit,
                  known_fragment(pages_, entrance_.frame(visit, "entry"), desk.form(), fields));
}

Response DeskPages::keep_draft(const Visit& visit, OpenDesk& desk) {
  const KeyedTexts draft = typed_draft(visit.form);
  return steps_.keep_draft(visit, desk, draft, digest_of(content_of(desk, draft)),
                           again(visit, desk, draft));
}

Response DeskPages::save(const Visit& visit, OpenDesk& desk) {
  const KeyedTexts draft = typed_draft(visit.form);
  if (auto objected = steps_.objection(visit, desk, draft)) {
    return page_of(visit, desk, draft, {.any = std::move(*objected)});
  }
  if (desk.is_review()) return entrance_.missing(visit);
  if (desk.round() == Round::second) return save_check(visit, desk, draft);
  const auto keyed = bench_.key_first(visit, desk.task(), desk.checker,
                                      first_keying(desk.form(), draft), *desk.queue);
  if (keyed) return steps_.go_on(visit, desk, "keyed", keyed->journaled);
  if (keyed.error().has_no_room) {
    return page_of(visit, desk, draft, {.any = DeskSteps::no_room()});
  }
  if (keyed.error().answer) return *keyed.error().answer;
  return page_of(visit, desk, draft, {.any = unprocessable(), .errors = keyed.error().errors});
}

Response DeskPages::save_check(const Visit& visit, OpenDesk& desk, const KeyedTexts& draft) {
  const KeyedTexts first = desk.first();
  const KeyedTexts texts = second_keying(desk.form(), draft, first);
  // Of the first person's values most are not in the draft.
  if (!fits_a_task(texts)) return page_of(visit, desk, draft, {.any = DeskSteps::too_long()});
  Told told{.any = unprocessable()};
  told.errors = unconfirmed(desk.form(), draft, first);
  const auto checked = desk.checker.check(keyed_form(texts));
  if (!checked) std::ranges::copy(checked.error(), std::back_inserter(told.errors));
  if (!told.errors.empty()) return page_of(visit, desk, draft, std::move(told));
  const auto compared =
      entry::compare(desk.form(), values_of(desk.checker, first), checked->values());
  const auto differences = std::ranges::count_if(compared, [](const entry::ComparedField& field) {
    return field.agreement == entry::Agreement::different;
  });
  const SavedStep saved{.step = "keyed",
                        .checker = desk.checker,
                        .values = checked->values(),
                        .columns = columns_of(compared)};
  const auto task =
      desk.queue->apply(desk.task().id,
                        tasks::FinishCheck{.account = visit.account().name,
                                           .values = to_json(texts),
                                           .fields = compared.size(),
                                           .differences = static_cast<std::uint64_t>(differences)},
                        surroundings_.clock(), bench_.note_step(visit, desk.task(), saved));
  if (!task) return steps_.refused(visit, task.error(), again(visit, desk, draft));
  bench_.day().add_checked({visit.account().name, task->asked.bureau}, task->second->at);
  bench_.day().count_anew({task->first->by, task->asked.bureau});
  // What they agree on is journaled as the first has typed it.
  return conclude(visit, desk, *task, desk.checker.check(keyed_form(first)), saved.step);
}

Response DeskPages::settle(const Visit& visit, OpenDesk& desk) {
  const KeyedTexts draft = typed_draft(visit.form);
  if (auto objected = steps_.objection(visit, desk, draft)) {
    return page_of(visit, desk, draft, {.any = std::move(*objected)});
  }
  if (!desk.is_review()) return entrance_.missing(visit);
  const KeyedTexts first = desk.first();
  const KeyedTexts second = desk.second();
  auto compared =
      entry::compare(desk.form(), values_of(desk.checker, first), values_of(desk.checker, second));
  Told told{.any = unprocessable()};
  told.misses_choice = std::ranges::any_of(compared, [&](const entry::ComparedField& field) {
    return field.agreement == entry::Agreement::different &&
           pick_of(choice_in(draft, field.column)) == Pick::none;
  });
  const KeyedTexts texts = settlement(desk.form(), draft, first, second);
  if (!fits_a_task(texts)) return page_of(visit, desk, draft, {.any = DeskSteps::too_long()});
  auto checked = desk.checker.check(keyed_form(texts));
  if (!checked) told.errors = checked.error();
  if (told.misses_choice || !checked) return page_of(visit, desk, draft, std::move(told));
  std::erase_if(compared, [](const entry::ComparedField& field) {
    return field.agreement != entry::Agreement::different;
  });
  const SavedStep saved{.step = "settled",
                        .checker = desk.checker,
                        .values = checked->values(),
                        .columns = columns_of(compared)};
  const auto task = desk.queue->apply(
      desk.task().id,
      tasks::Settle{.account = visit.account().name, .values = to_json(texts), .note = {}},
      surroundings_.clock(), bench_.note_step(visit, desk.task(), saved));
  if (!task) return steps_.refused(visit, task.error(), again(visit, desk, draft));
  bench_.day().count_anew({visit.account().name, task->asked.bureau});
  return conclude(visit, desk, *task, std::move(checked), saved.step);
}

Response DeskPages::send_back(const Visit& visit, OpenDesk& desk) {
  // What was picked so far is not sent along.
  KeyedTexts draft = desk.draft();
  const std::string note(visit.form.value("note"));
  draft["note"] = note;
  if (auto objected = steps_.objection(visit, desk, draft)) {
    return page_of(visit, desk, draft, {.any = std::move(*objected)});
  }
  if (!desk.is_review()) return entrance_.missing(visit);
  if (auto refused = refusal_of_note(note)) {
    Told told{.any = unprocessable()};
    told.any.refused_note = std::move(refused);
    return page_of(visit, desk, draft, std::move(told));
  }
  using To = tasks::SendBack::To;
  const To to = visit.form.value("to") == "first" ? To::first : To::second;
  const auto task = desk.queue->apply(
      desk.task().id, tasks::SendBack{.account = visit.account().name, .to = to, .note = note},
      surroundings_.clock());
  if (!task) return steps_.refused(visit, task.error(), again(visit, desk, draft));
  return redirection(fmt::format("{}?done=sent-back", entry_path));
}

Response DeskPages::hand_back(const Visit& visit, OpenDesk& desk) {
  const KeyedTexts draft = desk.draft();
  return steps_.put_away(visit, desk, false, again(visit, desk, draft));
}

Response DeskPages::escalate(const Visit& visit, OpenDesk& desk) {
  const KeyedTexts draft = desk.draft();
  return steps_.put_away(visit, desk, true, again(visit, desk, draft));
}

Response DeskPages::conclude(const Visit& visit, OpenDesk& desk, const tasks::Task& task,
                             Workbench::Checked record, std::string_view notice) {
  const auto saved = bench_.conclude(visit, task, std::move(record), *desk.queue);
  if (!saved) return saved.error();
  return steps_.go_on(visit, desk, notice, saved->journaled);
}

}  // namespace sluice::pages
