#include "pages/view/task_view.h"

#include <algorithm>

#include "pages/view/entry_view.h"
#include "pages/view/paths.h"

namespace sluice::pages {
namespace {

using Form = RefusedTaskForm::Form;

// As a field for a moment has it, to the minute.
std::string typed_moment(const std::optional<record::Time>& moment, const Wording& words) {
  if (!moment) return {};
  std::string typed = words.whole(*moment).substr(0, 16);
  std::ranges::replace(typed, ' ', 'T');
  return typed;
}

// A form's error, and the reason that was typed into it.
void put_refusal(Values& values, const std::string& name, const TaskView& view, Form form,
                 const Wording& words) {
  const bool is_refused = view.refused && view.refused->form == form;
  Said error;
  if (is_refused) error = note_refusal({.sentence = view.refused->sentence, .typed = {}}, words);
  values.said(name + "_error", error)
      .verbatim(name + "_note", is_refused ? view.refused->note : std::string());
}

std::optional<Values> order_values(const TaskView& view, const Wording& words) {
  const std::string& state = view.task.state;
  const bool is_over = state == "done" || state == "declined" || state == "ready" ||
                       (view.task.is_outgoing && state == "cancelled");
  if (!view.may_supervise || is_over) return std::nullopt;
  const bool is_workable = state == "open" || state == "keyed" || state == "differs";
  const std::string path = task_path_of(view.task.id);
  Values values;
  values.when("is_workable", is_workable)
      .when("may_cancel", state != "cancelled" && !view.task.is_outgoing)
      .when("may_reopen", !is_workable)
      .when("may_decline", view.task.is_outgoing)
      .text("reassign_path", path + "/reassign")
      .text("change_path", path + "/change")
      .text("cancel_path", path + "/cancel")
      .text("reopen_path", path + "/reopen")
      .text("decline_path", path + "/decline")
      .list("people", choice_values(view.people, "", words))
      .text("priority_typed", std::to_string(view.task.priority))
      .text("due_typed", typed_moment(view.task.due, words))
      .text("longest_note", std::to_string(longest_note));
  put_refusal(values, "reassign", view, Form::reassign, words);
  put_refusal(values, "change", view, Form::change, words);
  put_refusal(values, "cancel", view, Form::cancel, words);
  put_refusal(values, "reopen", view, Form::reopen, words);
  put_refusal(values, "decline", view, Form::decline, words);
  return values;
}

// Who claims or changes a task writes no note, nor does the journal's door: the program does.
Said note_of(const TaskEvent& event) {
  const bool is_by_program =
      event.what == "claimed" || event.what == "changed" || event.what == "refused";
  return is_by_program ? Said{{}, event.note} : Said{event.note, {}};
}

Said reason_of(const TaskView& view) {
  const auto event =
      std::ranges::find(view.history.rbegin(), view.history.rend(), view.reason, &TaskEvent::note);
  return event == view.history.rend() ? Said{view.reason, {}} : note_of(*event);
}

Values event_values(const TaskEvent& event, const Wording& words) {
  return Values()
      .part("at", words.at(event.at))
      .text("who", if_any(event.who))
      .text("what", words.word("happening.", event.what))
      .said("note", note_of(event));
}

}  // namespace

std::string task_page(const Pages& pages, const Frame& frame, const TaskView& view) {
  const Wording words = pages.wording(frame);
  Values values = task_values(view.task, words);
  values.text("up_path", entry_path)
      .text("entry_script", pages.assets().path_of("entry.js"))
      .verbatim("account", frame.person ? frame.person->account : std::string())
      .text("version", std::to_string(view.version))
      .part("created", words.at(view.created))
      .text("created_by", if_any(view.created_by))
      .text("origin", words.word("task-origin.", view.origin))
      .text("origin_text", if_any(view.origin_text))
      .text("kept_for", if_any(view.kept_for))
      .said("reason", reason_of(view))
      .text("receipt_number", if_any(view.receipt_number))
      .text("batch", view.batch ? std::optional(words.number(*view.batch)) : std::nullopt)
      .when("may_work", view.may_work)
      .when("has_history", !view.history.empty())
      .list("history",
            each(view.history, [&](const TaskEvent& event) { return event_values(event, words); }))
      .part("orders", order_values(view, words));
  return pages.document("task", frame,
                        words.text("task.title", {{"id", std::to_string(view.task.id)}}), values);
}

}  // namespace sluice::pages
