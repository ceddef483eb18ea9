// A failure of whatever kind as the sentence that a job tells its operator: several folders' seams
// meet in a job, and nobody above it acts on their codes.
#pragma once

#include <expected>
#include <utility>

#include "record/failure.h"
#include "record/recast.h"

namespace sluice::jobs {

template <class T, class Code>
[[nodiscard]] std::expected<T, record::Flaw> flawed(
    std::expected<T, record::Failure<Code>> result) {
  return record::recast(std::move(result), [](const record::Failure<Code>& failure) {
    return record::Flaw{record::to_string(failure)};
  });
}

}  // namespace sluice::jobs
