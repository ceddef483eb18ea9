// A page or an action of one, as a route: what is asked for, who may, and what answers.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "pages/visit.h"
#include "server/request.h"
#include "trust/policy.h"

namespace sluice::pages {

// For whom it is.
struct Access {
  enum class Person {
    anybody,    // also who has not signed in
    signed_in,  // also who must change the password first
    settled,    // who has nothing of that kind left to do
  };
  Person person = Person::settled;
  // For the bureau that {bureau} of the path names; without one there, for any bureau at all.
  std::optional<trust::PersonalRight> right = std::nullopt;
};

struct Page {
  server::Method method = server::Method::get;  // `post` for what changes something
  std::string path;
  Access access;
  // Runs on a worker thread, and may block. What it throws is answered with 500.
  std::function<server::Response(const Visit&)> answer;
  bool hashes_passwords = false;  // those have threads of their own, so that nobody waits for them
};

}  // namespace sluice::pages
