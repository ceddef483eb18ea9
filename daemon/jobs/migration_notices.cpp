#include "jobs/migration_notices.h"

#include <utility>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace sluice::jobs {
namespace {

constexpr std::chrono::minutes between_notices{1};

std::string text_of(const store::TableUser& user) {
  if (user.process == 0) return "a prepared transaction (pg_prepared_xacts)";
  std::string text =
      fmt::format("{} (process {}",
                  user.program.empty() ? "a nameless program" : user.program.c_str(), user.process);
  if (!user.user.empty()) text += ", user " + user.user;
  if (user.since) text += ", since " + record::to_string(*user.since);
  return text + ")";
}

std::string text_of(const std::vector<store::TableUser>& users) {
  if (users.empty()) return "others, who are gone by now";
  std::vector<std::string> texts;
  for (const store::TableUser& user : users)
    texts.push_back(text_of(user));
  return fmt::format("{}", fmt::join(texts, ", "));
}

}  // namespace

MigrationNotices::MigrationNotices(std::optional<std::chrono::seconds> limit, Tell tell)
    : limit_(limit), tell_(std::move(tell)) {}

bool MigrationNotices::goes_on(const store::MigrationWait& wait) {
  const std::string users = text_of(wait.in_the_way);
  if (limit_ && wait.waited >= *limit_) {
    tell_("what has its tables open: " + users);
    return false;
  }
  if (!told_) {
    tell_(fmt::format(
        "all its records are in the new tables, and these take the old ones' names once nobody has "
        "those open; in the way: {}. It is tried every few seconds, and who comes meanwhile is let "
        "through; batches of the dataset wait or are held, and checkpoints and audits wait. Ctrl-C "
        "leaves all as it was",
        users));
  } else if (wait.waited - *told_ >= between_notices) {
    tell_(fmt::format("waiting for {} min; in the way: {}",
                      std::chrono::duration_cast<std::chrono::minutes>(wait.waited).count(),
                      users));
  } else {
    return true;
  }
  told_ = wait.waited;
  return true;
}

}  // namespace sluice::jobs
