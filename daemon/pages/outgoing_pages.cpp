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

constexpr unsigned unprocessable = 422;
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

// Nothing: it is one.
std::optional<RefusedNote> refusal_of(std::string_view note) {
  if (note.empty()) return RefusedNote{};
  const auto taken = tasks::check_note(note);
  if (taken) return std::nullopt;
  return RefusedNote{.sentence = taken.error().sentence,
                     .typed = std::string(beginning(note, most_bytes_kept))};
}

}  // namespace

std::vector<Page> OutgoingPages::routes() {
  using server::Method;
  const std::string desk = std::string(entry_path) + "/{task}";
  const auto page = [&](Method method, std::string path, auto answer) {
    return Page{
        .method = method, .path = std::move(path), .access = of_the_queue(), .answer = answer};
  };
  return {
      page(Method::get, desk, [this](const Visit& visit) { return show(visit); }),
      page(Method::post, desk + "/draft", [this](const Visit& visit) { return keep_draft(visit); }),
      page(Method::post, desk + "/confirm", [this](const Visit& visit) { return confirm(visit); }),
      page(Method::post, desk + "/decline", [this](const Visit& visit) { return decline(visit); }),
      page(Method::post, desk + "/hand-back",
           [this](const Visit& visit) { return put_away(visit, false); }),
      page(Method::post, desk + "/escalate",
           [this](const Visit& visit) { return put_away(visit, true); })};
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
                    .stale = told.stale,
                    .note = held.said_with(),
                    .decline_note = told.decline_note,
                    .refused_decline = told.refused_decline,
                    .refused_note = told.refused_note,
                    .saved_task = whole_number(visit.query.value("saved"))};
  if (held.keyed.draft) view.draft = {.kind = DraftState::Kind::kept, .at = held.keyed.draft_saved};
  const auto figures = held.queue->figures(task.asked.bureau, bench_.midnight(),
                                           surroundings_.clock(), visit.account().name);
  if (figures) view.figures = bench_.figures(visit, task.asked.bureau, *figures);
  return document(visit.request, outgoing_page(pages_, entrance_.frame(visit, "entry"), view),
                  told.status);
}

Response OutgoingPages::stale(const Visit& visit, const HeldTask& held, const KeyedTexts& draft) {
  return page_of(visit, held, draft, {.stale = bench_.latest_change(visit, held), .status = 412});
}

Response OutgoingPages::show(const Visit& visit) {
  const auto held = bench_.sit_down(visit);
  if (!held) return held.error();
  const auto noted =
      surroundings_.audit.append({"record-opened",
                                  {{"actor", account_actor(visit)},
                                   {"bureau", held->task().asked.bureau.str()},
                                   {"task", std::to_string(held->task().id.value)}}});
  if (!noted) return entrance_.failed(visit, record::to_string(noted.error()));
  return page_of(visit, *held, from_json(held->keyed.draft.value_or("")), {});
}

Response OutgoingPages::keep_draft(const Visit& visit) {
  const bool is_script = visit.request.header("x-csrf-token").has_value();
  const auto told = [&](const DraftState& state, unsigned status) {
    return document(visit.request, draft_fragment(pages_, entrance_.frame(visit, "entry"), state),
                    status);
  };
  const auto held = bench_.sit_down(visit);
  if (!held) {
    // Whoever lost the task is told so where the draft would stand.
    const bool is_lost = is_script && held.error().status == 303;
    return is_lost ? told({.kind = DraftState::Kind::lost, .at = std::nullopt}, 409) : held.error();
  }
  const KeyedTexts draft = ticks_and_receipt(visit.form);
  if (!held->is_current(visit)) {
    return is_script ? told({.kind = DraftState::Kind::outdated, .at = std::nullopt}, 412)
                     : stale(visit, *held, draft);
  }
  const record::Time now = surroundings_.clock();
  const auto kept = held->queue->apply(
      held->task().id,
      tasks::SaveDraft{
          .account = visit.account().name, .values = to_json(draft), .lease = Workbench::lease},
      now);
  if (!kept) return bench_.refused(visit, kept.error());
  if (is_script) return told({.kind = DraftState::Kind::kept, .at = now}, 200);
  return redirection(fmt::format("{}?done=draft-kept", entry_path_of(number_of(held->task().id))));
}

Response OutgoingPages::confirm(const Visit& visit) {
  const auto held = bench_.sit_down(visit);
  if (!held) return held.error();
  const KeyedTexts draft = ticks_and_receipt(visit.form);
  if (!held->is_current(visit)) return stale(visit, *held, draft);
  const auto fields = delivered_fields(held->keyed.delivered.value_or(""));
  if (!fields) return entrance_.failed(visit, fields.error().sentence);
  const std::string_view number = trimmed(visit.form.value("receipt"));
  Told told{.receipt_error = receipt_error_of(number), .status = unprocessable};
  told.misses_ticks = visit.form.value("all_the_same") != "yes" &&
                      std::ranges::any_of(*fields, [&](const OutgoingField& field) {
                        return !draft.contains(tick_of(field.field));
                      });
  if (told.misses_ticks || !told.receipt_error.empty()) return page_of(visit, *held, draft, told);
  const auto task =
      held->queue->apply(held->task().id,
                         tasks::ConfirmDelivery{.account = visit.account().name,
                                                .receipt_number = std::string(number)},
                         surroundings_.clock());
  if (!task) return bench_.refused(visit, task.error());
  return go_on(visit, *held, *task);
}

Response OutgoingPages::decline(const Visit& visit) {
  const auto held = bench_.sit_down(visit);
  if (!held) return held.error();
  const KeyedTexts draft = from_json(held->keyed.draft.value_or(""));
  const std::string_view note = trimmed(visit.form.value("note"));
  Told told{.refused_decline = refusal_of(note), .status = unprocessable};
  if (!held->is_current(visit)) {
    return page_of(visit, *held, draft,
                   {.stale = bench_.latest_change(visit, *held),
                    .decline_note = std::string(beginning(note, most_bytes_kept)),
                    .status = 412});
  }
  if (told.refused_decline) return page_of(visit, *held, draft, told);
  const auto task = held->queue->apply(
      held->task().id,
      tasks::DeclineDelivery{.account = visit.account().name, .note = std::string(note)},
      surroundings_.clock());
  if (!task) return bench_.refused(visit, task.error());
  return go_on(visit, *held, *task);
}

Response OutgoingPages::put_away(const Visit& visit, bool to_supervisor) {
  const auto held = bench_.sit_down(visit);
  if (!held) return held.error();
  const auto refused = refusal_of(visit.form.value("note"));
  if (!refused) return bench_.put_away(visit, *held, to_supervisor);
  return page_of(visit, *held, from_json(held->keyed.draft.value_or("")),
                 {.refused_note = refused, .status = unprocessable});
}

Response OutgoingPages::go_on(const Visit& visit, const HeldTask& held, const tasks::Task& task) {
  if (auto failed = bench_.note_answer(visit, task)) return std::move(*failed);
  const auto next = held.queue->claim_next({.bureau = task.asked.bureau,
                                            .datasets = {},
                                            .account = visit.account().name,
                                            .states = {TaskState::open},
                                            .lease = Workbench::lease},
                                           surroundings_.clock());
  if (!next) return bench_.refused(visit, next.error());
  const std::string notice = task.state == TaskState::done ? "confirmed" : "declined";
  const std::uint64_t id = task.id.value;
  if (*next) {
    return redirection(
        fmt::format("{}?done={}&saved={}", entry_path_of(number_of((*next)->id)), notice, id));
  }
  return redirection(fmt::format("{}?done={}-last&saved={}", entry_path, notice, id));
}

}  // namespace sluice::pages
