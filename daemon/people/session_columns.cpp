#include "people/session_columns.h"

#include <utility>

#include "record/try.h"

namespace sluice::people {
namespace {

record::Time session_time(std::int64_t milliseconds) {
  return record::Time(std::chrono::milliseconds(milliseconds));
}

std::unexpected<PeopleFailure> not_ours(std::string place) {
  return std::unexpected(
      PeopleFailure{PeopleProblem::failed, std::move(place),
                    "it holds what this version does not know: run the version that wrote it"});
}

}  // namespace

SessionColumns columns_of(const Session& session) {
  return {.id = record::to_string(session.id),
          .account = session.account.str(),
          .account_version = static_cast<std::int64_t>(session.account_version.value),
          .way = std::string(to_string(session.way)),
          .begun_ms = session.begun.time_since_epoch().count(),
          .last_seen_ms = session.last_seen.time_since_epoch().count()};
}

Result<std::optional<SignedIn>> signed_in_of(const SessionColumns& columns,
                                             const AccountColumns& account,
                                             const SessionLimits& limits, record::Time now) {
  const auto id = record::parse_digest(columns.id);
  const auto way = parse_sign_in_way(columns.way);
  if (!id || !way) return not_ours("a session of account " + columns.account);
  const Session session{.id = *id,
                        .account = AccountName(columns.account),
                        .account_version = {static_cast<std::uint64_t>(columns.account_version)},
                        .way = *way,
                        .begun = session_time(columns.begun_ms),
                        .last_seen = session_time(columns.last_seen_ms)};
  if (is_over(session, limits, now)) return std::nullopt;
  return SignedIn{SLUICE_TRY(account_of(account)), session};
}

Result<Secret> secret_of(std::string_view text) {
  auto secret = Secret::parse(text);
  if (!secret) return not_ours("the installation's secret");
  return *secret;
}

}  // namespace sluice::people
