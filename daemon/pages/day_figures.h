// What a person has done since midnight, for the line beside every form. Counting a day anew takes
// the longer the more was done, and whoever keys sees a form for each record.
#pragma once

#include <map>
#include <mutex>

#include "tasks/tasks.h"

namespace sluice::pages {

// Thread-safe.
class DayFigures {
 public:
  struct Whose {
    tasks::AccountName account;
    record::BureauId bureau;
    friend auto operator<=>(const Whose&, const Whose&) = default;
  };

  // Counted by the queue at most once a minute for each person; meanwhile what is done here is
  // added. So what the person does at another center is seen a minute later.
  [[nodiscard]] tasks::Result<tasks::ClerkFigures> of(const Whose& whose, record::Time midnight,
                                                      record::Time now, tasks::Tasks& queue);

  // The person has just keyed, or checked, one more.
  void add_keyed(const Whose& whose, record::Time now) {
    add(whose, &tasks::ClerkFigures::keyed, now);
  }
  void add_checked(const Whose& whose, record::Time now) {
    add(whose, &tasks::ClerkFigures::checked, now);
  }
  // Has done something else that counts, or others have checked what the person had keyed.
  void count_anew(const Whose& whose);

 private:
  struct Counted {
    tasks::ClerkFigures figures;
    record::Time midnight{};
    record::Time at{};
    record::Time last{};  // when the person did something, as far as that is known
  };
  void add(const Whose& whose, std::uint64_t tasks::ClerkFigures::*what, record::Time now);

  std::mutex mutex_;
  std::map<Whose, Counted> counted_;  // guarded by mutex_
};

}  // namespace sluice::pages
