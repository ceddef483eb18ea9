#include "pages/outgoing_pages.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "pages/answer.h"
#include "pages/delivered_fields.h"
#include "pages/view/paths.h"
#include "pages/view/visible.h"
#include "people/characters.h"

namespace sluice::pages {
namespace {

using server::Response;
using tasks::TaskState;

constexpr std::string_view tick_prefix = "tick.";
constexpr std::size_t most_bytes_kept = 2000;  // of a number or reason that is too long anyway

static_assert(longest_receipt == tasks::longest_receipt_number);

std::string tick_of(const std::string& field) {
  return std::string(tick_prefix) + field;
}

// By the names of the controls, as the script and the form send them.
KeyedTexts ticks_and_receipt(const Form& form) {
  KeyedTexts draft;
  for (const auto& [name, text] : form.fields()) {
    if (name.starts_with(tick_prefix) && text == "yes") draft[name] = text;
    if (name == "receipt") draft[name] = beginning(text, most_bytes_kept);
  }
  return draft;
}

// What is copied from another program often has blanks around it, Chinese ones among them.
std::string_view trimmed(std::string_view text) {
  constexpr std::array<std::string_view, 6> blanks = {" ", "\t", "\r", "\n", "\u00a0", "\u3000"};
  const auto is_cut = [&](std::string_view blank) {
    if (text.starts_with(blank)) return text.remove_prefix(blank.size()), true;
    if (text.ends_with(blank)) return text.remove_suffix(blank.size()), true;
    return false;
  };
  while (std::ranges::any_of(blanks, is_cut)) {
  }
  return text;
}

// Of the texts "receipt-error."; empty: it is right.
std::string receipt_error_of(std::string_view number) {
  if (number.empty()) return "missing";
  if (people::characters_of(number).value_or(0) > longest_receipt) return "too-long";
  return tasks::check_receipt_number(number) ? "" : "characters";
}

}  // namespace

std::vector<DeskPage> OutgoingPages::routes() {
  using server::Method;
  using Step = Response (OutgoingPages::*)(const Visit&, const HeldTask&);
  const auto at_desk = [this](Step step) {
    return [this, step](const Visit& visit, const HeldTask& held) {
      return (this->*step)(visit, held);
    };
  };
  return {{Method::get, "", at_desk(&OutgoingPages::show)},
          {Method::post, "/draft", at_desk(&OutgoingPages::keep_draft)},
          {Method::post, "/confirm", at_desk(&OutgoingPages::confirm)},
          {Method::post, "/decline", at_desk(&OutgoingPages::decline)},
          {Method::post, "/hand-back", at_desk(&OutgoingPages::hand_back)},
          {Method::post, "/escalate", at_desk(&OutgoingPages::escalate)}};
}

Response OutgoingPages::page_of(const Visit& visit, const HeldTask& held, const KeyedTexts& draft,
                                const Told& told) {
  const tasks::Task& task = held.task();
  auto fields = delivered_fields(held.keyed.delivered.value_or(""));
  if (!fields) return entrance_.failed(visit, fields.error().sentence);
  for (OutgoingField& field : *fields)
    field.is_ticked = draft.contains(tick_of(field.field));
  const auto receipt = draft.find("receipt");
  const bool is_removed = task.asked.outgoing->operation == record::Operation::remove;
  OutgoingView view{.account = visit.actor(),
                    .task = bench_.facts(visit, task),
                    .version = task.version.value,
                    .order = is_removed ? OutgoingView::Order::remove : OutgoingView::Order::put,
                    .delivery = task.asked.outgoing->delivery,
                    .agreement = held.keyed.agreement,
                    .fields = std::move(*fields),
                    .receipt = receipt == draft.end() ? std::string() : receipt->second,
                    .receipt_error = told.receipt_error,
                    .misses_ticks = told.misses_ticks,
                    .stale = told.any.stale,
                    .is_too_long = told.any.is_too_long,
                    .has_no_room = told.any.has_no_room,
                    .note = held.said_with(),
                    .decline_note = told.decline_note,
                    .refused_decline = told.refused_decline,
                    .refused_note = told.any.refused_note,
                    .saved_task = whole_number(visit.query.value("saved"))};
  if (held.keyed.draft) view.draft = {.kind = DraftState::Kind::kept, .at = held.keyed.draft_saved};
  if (const auto figures = bench_.figures_at_desk(visit, task.asked.bureau, *held.queue)) {
    view.figures = *figures;
  }
  return document(visit.request, outgoing_page(pages_, entrance_.frame(visit, "entry"), view),
                  told.any.status);
}

DeskSteps::Again OutgoingPages::again(const Visit& visit, const HeldTask& held,
                                      const KeyedTexts& draft) {
  return [this, &visit, &held, &draft](DeskTold told) {
    return page_of(visit, held, draft, {.any = std::move(told)});
  };
}

Response OutgoingPages::show(const Visit& visit, const HeldTask& held) {
  const auto noted = surroundings_.audit.append({"record-opened",
                                                 {{"actor", account_actor(visit)},
                                                  {"bureau", held.task().asked.bureau.str()},
                                                  {"task", std::to_string(held.task().id.value)}}});
  if (!noted) return entrance_.failed(visit, record::to_string(noted.error()));
  return page_of(visit, held, held.draft(), {});
}

Response OutgoingPages::keep_draft(const Visit& visit, const HeldTask& held) {
  const KeyedTexts draft = ticks_and_receipt(visit.form);
  return steps_.keep_draft(visit, held, draft, {}, again(visit, held, draft));
}

Response OutgoingPages::confirm(const Visit& visit, const HeldTask& held) {
  const KeyedTexts draft = ticks_and_receipt(visit.form);
  if (auto objected = steps_.objection(visit, held, draft)) {
    return page_of(visit, held, draft, {.any = std::move(*objected)});
  }
  const auto fields = delivered_fields(held.keyed.delivered.value_or(""));
  if (!fields) return entrance_.failed(visit, fields.error().sentence);
  const std::string_view number = trimmed(visit.form.value("receipt"));
  Told told;
  told.any.status = 422;
  told.receipt_error = receipt_error_of(number);
  told.misses_ticks = visit.form.value("all_the_same") != "yes" &&
                      std::ranges::any_of(*fields, [&](const OutgoingField& field) {
                        return !draft.contains(tick_of(field.field));
                      });
  if (told.misses_ticks || !told.receipt_error.empty()) return page_of(visit, held, draft, told);
  const auto task = held.queue->apply(held.task().id,
                                      tasks::ConfirmDelivery{.account = visit.account().name,
                                                             .receipt_number = std::string(number)},
                                      surroundings_.clock(), bench_.note_answer(visit));
  if (!task) return steps_.refused(visit, task.error(), again(visit, held, draft));
  return go_on(visit, held, *task);
}

Response OutgoingPages::decline(const Visit& visit, const HeldTask& held) {
  const KeyedTexts draft = held.draft();
  const std::string_view note = trimmed(visit.form.value("note"));
  Told told;
  if (!held.is_current(visit)) {
    told.any = steps_.stale(visit, held);
    told.decline_note = beginning(note, most_bytes_kept);
    return page_of(visit, held, draft, told);
  }
  told.any.status = 422;
  told.refused_decline = refusal_of_note(note);
  if (told.refused_decline) return page_of(visit, held, draft, told);
  const auto task = held.queue->apply(
      held.task().id,
      tasks::DeclineDelivery{.account = visit.account().name, .note = std::string(note)},
      surroundings_.clock(), bench_.note_answer(visit));
  if (!task) {
    return steps_.refused(visit, task.error(), [&](DeskTold why) {
      told.any = std::move(why);
      told.decline_note = beginning(note, most_bytes_kept);
      return page_of(visit, held, draft, told);
    });
  }
  return go_on(visit, held, *task);
}

Response OutgoingPages::hand_back(const Visit& visit, const HeldTask& held) {
  const KeyedTexts draft = held.draft();
  return steps_.put_away(visit, held, false, again(visit, held, draft));
}

Response OutgoingPages::escalate(const Visit& visit, const HeldTask& held) {
  const KeyedTexts draft = held.draft();
  return steps_.put_away(visit, held, true, again(visit, held, draft));
}

Response OutgoingPages::go_on(const Visit& visit, const HeldTask& held, const tasks::Task& task) {
  bench_.day().count_anew({visit.account().name, task.asked.bureau});
  return steps_.go_on(visit, held, task.state == TaskState::done ? "confirmed" : "declined");
}

}  // namespace sluice::pages
