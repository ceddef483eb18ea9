#include "entry/keyed_record_sink.h"

#include <utility>

namespace sluice::entry {
namespace {

using Result = std::expected<SavedRecord, SaveFailure>;

std::unexpected<SaveFailure> failed(const journal::JournalFailure& failure) {
  const bool full = failure.code == journal::JournalProblem::backlog_full ||
                    failure.code == journal::JournalProblem::no_room;
  return std::unexpected(SaveFailure{full ? SaveProblem::backlog_full : SaveProblem::not_durable,
                                     failure.place, failure.sentence});
}

Result earlier(const DraftId& draft, const journal::KeptCursor& kept, const CheckedRecord& record) {
  if (kept.value == record::to_string(record.fingerprint())) {
    return SavedRecord{kept.placement, false};
  }
  return std::unexpected(
      SaveFailure{SaveProblem::conflicting, draft.str(),
                  "this draft was saved before with other content, and that is what was taken; key "
                  "the record anew"});
}

}  // namespace

struct KeyedRecordSink::State : std::enable_shared_from_this<State> {
  struct Save {
    CheckedRecord record;
    Saved saved;
  };

  State(journal::GroupCommit& owner, RunningDrafts& drafts) : commit(owner), running(drafts) {}

  // A save looks for the cursor first, and two that looked at the same time would both find none.
  void save(const DraftId& draft, Save next) {
    running.begin(draft, [self = shared_from_this(), draft, next = std::move(next)]() mutable {
      self->look_up(draft, std::move(next));
    });
  }

  void look_up(const DraftId& draft, Save next) {
    commit.find(std::string(draft_channel), draft.str(),
                [self = shared_from_this(), draft, next = std::move(next)](auto kept) mutable {
                  if (!kept) {
                    self->finish(draft, std::move(next.saved), failed(kept.error()));
                  } else if (*kept) {
                    Result result = earlier(draft, **kept, next.record);
                    self->finish(draft, std::move(next.saved), std::move(result));
                  } else {
                    self->submit(draft, std::move(next));
                  }
                });
  }

  void submit(const DraftId& draft, Save next) {
    journal::Submission submission = next.record.submission();
    submission.cursors.push_back({.channel = std::string(draft_channel),
                                  .key = draft.str(),
                                  .value = record::to_string(next.record.fingerprint()),
                                  .keep = journal::Cursor::Keep::for_ever});
    commit.submit(std::move(submission), [self = shared_from_this(), draft,
                                          saved = std::move(next.saved)](auto placement) mutable {
      self->finish(draft, std::move(saved),
                   placement ? Result(SavedRecord{*placement, true}) : failed(placement.error()));
    });
  }

  void finish(const DraftId& draft, Saved saved, Result result) {
    running.end(draft);
    saved(std::move(result));
  }

  journal::GroupCommit& commit;
  RunningDrafts& running;
};

KeyedRecordSink::KeyedRecordSink(journal::GroupCommit& commit, RunningDrafts& running)
    : state_(std::make_shared<State>(commit, running)) {}

KeyedRecordSink::~KeyedRecordSink() = default;

void KeyedRecordSink::save(DraftId draft, CheckedRecord record, Saved saved) {
  state_->save(draft, {std::move(record), std::move(saved)});
}

}  // namespace sluice::entry
