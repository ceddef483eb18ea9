#include "pages/desk_steps.h"

#include <utility>

#include <fmt/format.h>

#include "pages/answer.h"
#include "pages/view/paths.h"
#include "pages/view/visible.h"

namespace sluice::pages {
namespace {

using server::Response;

constexpr std::size_t most_bytes_of_note = 2000;  // given back of one that is too long

// As the text keying.too-long says.
static_assert(tasks::longest_values == std::size_t{1} << 20);

}  // namespace

bool is_by_script(const Visit& visit) {
  return visit.request.header("x-csrf-token").has_value();
}

std::optional<RefusedNote> refusal_of_note(std::string_view note) {
  if (note.empty()) return RefusedNote{};
  const auto taken = tasks::check_note(note);
  if (taken) return std::nullopt;
  return RefusedNote{.sentence = taken.error().sentence,
                     .typed = std::string(beginning(note, most_bytes_of_note))};
}

DeskTold DeskSteps::stale(const Visit& visit, const HeldTask& held) const {
  const tasks::Task& task = held.task();
  const auto latest = held.queue->history(task.id, {task.version.value - 1}, 1);
  DeskTold told{.stale = StaleForm(), .refused_note = {}, .status = 412};
  if (!latest || latest->empty()) return told;
  told.stale->at = latest->front().at;
  if (latest->front().who) told.stale->by = bench_.name_of(visit, *latest->front().who);
  return told;
}

DeskTold DeskSteps::too_long() {
  return {.stale = {}, .refused_note = {}, .is_too_long = true, .status = 413};
}

DeskTold DeskSteps::no_room() {
  return {.stale = {}, .refused_note = {}, .has_no_room = true, .status = 503};
}

Response DeskSteps::refused(const Visit& visit, const tasks::TaskFailure& failure,
                            const Again& again) const {
  if (failure.code != tasks::TaskProblem::no_room) return bench_.refused(visit, failure);
  surroundings_.log.write<"page-failed">(
      {{"path", visit.request.path}, {"reason", record::to_string(failure)}});
  return again(no_room());
}

std::optional<DeskTold> DeskSteps::objection(const Visit& visit, const HeldTask& held,
                                             const KeyedTexts& draft) const {
  if (!held.is_current(visit)) return stale(visit, held);
  if (fits_a_task(draft)) return std::nullopt;
  return too_long();
}

Response DeskSteps::tell_draft(const Visit& visit, const DraftState& state, unsigned status) const {
  return document(visit.request, draft_fragment(pages_, entrance_.frame(visit, "entry"), state),
                  status);
}

Response DeskSteps::lost_draft(const Visit& visit) const {
  return tell_draft(visit, {DraftState::Kind::lost, std::nullopt, {}}, 409);
}

Response DeskSteps::keep_draft(const Visit& visit, const HeldTask& held, const KeyedTexts& draft,
                               std::string made_of, const Again& again) const {
  const bool is_script = is_by_script(visit);
  if (auto objected = objection(visit, held, draft)) {
    if (!is_script) return again(std::move(*objected));
    if (objected->is_too_long) return entrance_.problem(objected->status, visit.request.headers);
    return tell_draft(visit, {DraftState::Kind::outdated, std::nullopt, {}}, objected->status);
  }
  const record::Time now = surroundings_.clock();
  const auto kept = held.queue->apply(
      held.task().id,
      tasks::SaveDraft{
          .account = visit.account().name, .values = to_json(draft), .lease = Workbench::lease},
      now);
  if (!kept) {
    // The script keeps it in the browser.
    if (!is_script) return refused(visit, kept.error(), again);
    Response answer = bench_.refused(visit, kept.error());
    const bool is_lost = answer.status == 409;  // since it was looked at
    return is_lost ? lost_draft(visit) : answer;
  }
  if (is_script) {
    return tell_draft(visit, {DraftState::Kind::kept, now, std::move(made_of)}, 200);
  }
  return redirection(fmt::format("{}?done=draft-kept", entry_path_of(number_of(held.task().id))));
}

Response DeskSteps::put_away(const Visit& visit, const HeldTask& held, bool to_supervisor,
                             const Again& again) const {
  const std::string note(visit.form.value("note"));
  if (auto refused = refusal_of_note(note)) {
    return again({.stale = {}, .refused_note = std::move(refused), .status = 422});
  }
  const people::AccountName& account = visit.account().name;
  const tasks::Action action = to_supervisor ? tasks::Action(tasks::ReturnIt{account, note})
                                             : tasks::Action(tasks::HandBack{account, note});
  const auto task = held.queue->apply(held.task().id, action, surroundings_.clock());
  if (!task) return bench_.refused(visit, task.error());
  return redirection(
      fmt::format("{}?done={}", entry_path, to_supervisor ? "escalated" : "handed-back"));
}

Response DeskSteps::go_on(const Visit& visit, const HeldTask& held, std::string_view notice,
                          const std::optional<tasks::JournaledTask>& journaled) const {
  const tasks::Task& task = held.task();
  const auto next = held.queue->claim_next({.bureau = task.asked.bureau,
                                            .datasets = {},
                                            .account = visit.account().name,
                                            .states = {task.state},
                                            .lease = Workbench::lease},
                                           surroundings_.clock(), journaled);
  if (!next) return bench_.refused(visit, next.error());
  const std::uint64_t id = task.id.value;
  if (*next) {
    return redirection(
        fmt::format("{}?done={}&saved={}", entry_path_of(number_of((*next)->id)), notice, id));
  }
  return redirection(fmt::format("{}?done={}-last&saved={}", entry_path, notice, id));
}

}  // namespace sluice::pages
