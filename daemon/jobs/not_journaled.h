// What keeps rows from being made durable, told as the failure of the import or collection that
// brings them.
#pragma once

#include <string>
#include <utility>

#include "adapters/adapter.h"
#include "journal/journal.h"
#include "record/recast.h"

namespace sluice::jobs {

[[nodiscard]] inline adapters::CollectionFailure not_journaled(std::string place,
                                                               std::string sentence) {
  return {adapters::CollectionProblem::journal_failed, std::move(place), std::move(sentence)};
}

// What a journal answered.
template <class T>
[[nodiscard]] adapters::Result<T> of_journal(journal::Result<T> result) {
  return record::recast(std::move(result), [](const journal::JournalFailure& failure) {
    return not_journaled(failure.place, failure.sentence);
  });
}

}  // namespace sluice::jobs
