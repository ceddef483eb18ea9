// How often a password may be guessed, in a way that can not be turned against the person whose it
// is: who fails waits, and nobody else does.
//
// An attempt with a good device token (device_token.h) is counted by that device. One without is
// counted by account and address, and by address over all accounts. What is counted lies in the
// memory of this node.
#pragma once

#include <expected>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

#include "people/account.h"
#include "people/failure_counts.h"
#include "record/time.h"

namespace sluice::people {

struct Origin {
  AccountName account;                // empty where what was typed is no name
  std::string address;                // as counted_address() says it
  std::optional<std::string> device;  // of a token that is good for this account
};

// The figures are in docs/people.md.
constexpr int failures_allowed_a_person = 5;  // of one device, or at one address for one account
constexpr int failures_allowed_an_address = 30;
constexpr int most_under_way_at_once = 2;            // of one device, or of one address
constexpr std::size_t most_counts_a_table = 10'000;  // 2 MB or so each

// Thread-safe.
class SignInLimits {
 public:
  // An attempt that is under way until this goes. It counts as a failure from its beginning, so
  // that many at once are no way around. Of one that goes without having been told how it ended
  // nothing is known: it was no attempt. Not longer than its limits.
  class Admission {
   public:
    Admission(Admission&& other) noexcept;
    Admission& operator=(Admission&&) = delete;
    ~Admission();
    // At most one of these, once.
    void failed() { is_decided_ = true; }
    // The person's failures are forgotten. Those of the address are not, or whoever has one account
    // would have as many guesses as he likes at the others.
    void succeeded();

   private:
    friend class SignInLimits;
    Admission(SignInLimits& limits, Origin origin) : limits_(&limits), origin_(std::move(origin)) {}
    SignInLimits* limits_;
    Origin origin_;
    bool is_decided_ = false;
  };

  struct Denial {
    std::optional<record::Time> waits_until;  // none: too many are under way from there
  };

  [[nodiscard]] std::expected<Admission, Denial> admit(const Origin& origin, record::Time now);

 private:
  [[nodiscard]] std::optional<record::Time> waits_until(const Origin& origin,
                                                        record::Time now) const;
  void take_back(const Origin& origin);
  void end(const Origin& origin);

  std::mutex mutex_;
  std::map<std::string, int> under_way_;
  // A table each, so that who fills one pushes nobody out of another: only who has signed in before
  // comes into that of devices.
  FailureCounts of_devices_{failures_allowed_a_person, most_counts_a_table};
  FailureCounts of_accounts_{failures_allowed_a_person, most_counts_a_table};
  FailureCounts of_addresses_{failures_allowed_an_address, most_counts_a_table};
};

}  // namespace sluice::people
