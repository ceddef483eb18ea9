// The sessions in the file of people.
#pragma once

#include "people/sessions.h"
#include "people/sqlite/people_file.h"

namespace sluice::people {

class SqliteSessions final : public Sessions {
 public:
  // `file` must outlive this.
  explicit SqliteSessions(PeopleFile& file) : file_(file) {}

  Result<BegunSession> begin(const Account& account, SignInWay way, const SessionLimits& limits,
                             record::Time now) override;
  Result<std::optional<SignedIn>> find(const SessionToken& token, const SessionLimits& limits,
                                       record::Time now) override;
  Result<void> touch(const SessionToken& token, record::Time now) override;
  Result<void> end(const SessionToken& token) override;
  Result<void> end_all(const AccountName& account) override;

 private:
  // Deletes those whose column is `value`, if there are sessions at all.
  Result<void> remove(std::string_view column, const std::string& value);

  PeopleFile& file_;
};

}  // namespace sluice::people
