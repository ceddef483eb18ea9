#include "adapters/adapter.h"

namespace sluice::adapters {
namespace {

CollectionProblem problem_of(intake::IntakeProblem problem) {
  switch (problem) {
    case intake::IntakeProblem::columns_mismatch:
      return CollectionProblem::bad_columns;
    case intake::IntakeProblem::refused:
      return CollectionProblem::refused;
    case intake::IntakeProblem::backlog_full:
      return CollectionProblem::backlog_full;
    case intake::IntakeProblem::other_rows:
      return CollectionProblem::other_rows;
    case intake::IntakeProblem::journal_failed:
      break;
  }
  return CollectionProblem::journal_failed;
}

}  // namespace

CollectionFailure collection_failure(const intake::IntakeFailure& failure) {
  return {problem_of(failure.code), failure.place, failure.sentence};
}

}  // namespace sluice::adapters
