#include "people/postgresql/connection.h"

#include "people/format.h"
#include "people/postgresql/ddl.h"
#include "record/recast.h"

namespace sluice::people {

Connection::Connection(postgresql::Access access)
    : pqxx_(std::move(access), {.matter = "people",
                                .format_table = "people_format",
                                .newest_format = newest_format,
                                .ddl = people_ddl}) {}

PeopleFailure Connection::ours(const postgresql::ConnectionFailure& failure) {
  const bool may_pass = failure.code == postgresql::ConnectionProblem::unavailable;
  return {may_pass ? PeopleProblem::unavailable : PeopleProblem::failed, failure.place,
          failure.sentence};
}

Result<bool> Connection::has(int format, pqxx::transaction_base& transaction) {
  return record::recast(pqxx_.has(format, transaction), ours);
}

Result<void> Connection::bring_to(int format, pqxx::work& transaction) {
  return record::recast(pqxx_.bring_to(format, transaction), ours);
}

}  // namespace sluice::people
