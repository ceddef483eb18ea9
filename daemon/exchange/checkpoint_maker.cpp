#include "exchange/checkpoint_maker.h"

#include <exception>
#include <utility>

#include "record/try.h"
#include "record/unforeseen.h"

namespace sluice::exchange {

CheckpointMaker::CheckpointMaker(Surroundings surroundings, Events events,
                                 std::shared_ptr<NewestCheckpoint> newest)
    : surroundings_(std::move(surroundings)),
      events_(std::move(events)),
      newest_(std::move(newest)),
      worked_at_(surroundings_.steady()) {}

bool CheckpointMaker::step() {
  if (const auto why = surroundings_.obstacle()) {
    fail(*why);
    return false;
  }
  try {
    return make_or_tell();
  } catch (const std::exception& error) {  // which is not to end the daemon
    fail(record::unforeseen(error));
    return false;
  }
}

bool CheckpointMaker::make_or_tell() {
  const auto step = make();
  if (!step) {
    fail(record::to_string(step.error()));
    return false;
  }
  const bool stands = step->is_held_up && step->newest == newest_->get();
  take(*step);
  if (stands) {
    fail(
        "an entry of the ledger is under way, a migration of a dataset or a batch that takes long, "
        "and what was entered behind it is covered once that is over");
    return false;
  }
  worked_at_ = surroundings_.steady();
  is_late_ = false;
  return step->is_more;
}

store::Result<store::CheckpointStep> CheckpointMaker::make() {
  if (!store_) store_ = SLUICE_TRY(surroundings_.open());
  return store_->checkpoints().make();
}

void CheckpointMaker::take(const store::CheckpointStep& step) {
  const auto before = newest_->get();
  newest_->set(step.newest);
  if (step.begun) events_.begun(*step.begun);
  if (step.is_made) events_.made();
  if (!before || step.begun) return;
  const auto& now = step.newest;
  const bool is_another_line = now && now->line != before->line;
  // Other centers may have made some meanwhile, which only grow.
  const bool is_gone =
      !now || now->number < before->number || (now->number == before->number && now != before);
  if (is_gone && !is_another_line) events_.gone(*before);
}

void CheckpointMaker::fail(const std::string& reason) {
  if (is_late_ || surroundings_.steady() - worked_at_ < late_after) return;
  is_late_ = true;
  events_.late(reason);
}

}  // namespace sluice::exchange
