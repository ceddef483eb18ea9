// A session: a person who has signed in goes from page to page without giving the password again.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "people/account.h"
#include "record/digest.h"
#include "record/time.h"

namespace sluice::people {

// What a browser shows to be let in again: 32 random bytes, as 43 characters of base64url. A
// secret, as PasswordHash is one: whoever has it is the person. Only its digest is kept.
class SessionToken {
 public:
  [[nodiscard]] static SessionToken random();
  // As a browser sends it; nothing where it is none of ours.
  [[nodiscard]] static std::optional<SessionToken> parse(std::string_view text);
  [[nodiscard]] const std::string& secret() const { return text_; }
  [[nodiscard]] record::Digest digest() const;
  friend bool operator==(const SessionToken&, const SessionToken&) = default;

 private:
  explicit SessionToken(std::string text) : text_(std::move(text)) {}
  std::string text_;
};

enum class SignInWay { password, certificate };
[[nodiscard]] std::string_view to_string(SignInWay way);
[[nodiscard]] std::optional<SignInWay> parse_sign_in_way(std::string_view text);

struct Session {
  record::Digest id;  // the token's digest: no secret, and no way back to the token
  AccountName account;
  AccountVersion account_version;  // any change of the account ends its sessions
  SignInWay way = SignInWay::password;
  record::Time begun{};
  record::Time last_seen{};  // to a minute
  friend bool operator==(const Session&, const Session&) = default;
};

// The same at every center that shares the sessions: who begins one removes what is over by these.
struct SessionLimits {
  std::chrono::seconds idle = std::chrono::minutes(30);    // since it was last seen
  std::chrono::seconds lifetime = std::chrono::hours(12);  // since it was begun
};

// The oldest goes when another one begins.
constexpr std::size_t most_sessions_an_account = 20;

[[nodiscard]] bool is_over(const Session& session, const SessionLimits& limits, record::Time now);

// Whether it was last seen a minute ago or longer, so that not every page that is looked at writes.
[[nodiscard]] bool is_worth_a_touch(const Session& session, record::Time now);

// Who shows a token that is good.
struct SignedIn {
  Account account;
  Session session;
};

struct BegunSession {
  SessionToken token;  // is given once
  Session session;
};

}  // namespace sluice::people
