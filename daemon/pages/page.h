// A page or an action of one, as a route: what is asked for, who may, and what answers.
#pragma once

#include <functional>
#include <string>
#include <vector>

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
  // One of these suffices, for the bureau that {bureau} of the path names; without one there, for
  // any bureau at all. None: everybody.
  std::vector<trust::PersonalRight> rights = {};
};

// Whose threads do it: what takes long has threads of its own, so that nobody else waits for it.
enum class Crew {
  pages,
  hashing,  // of passwords
  sheets,   // of some hundred drafts, each checked and kept; and all that is read by a process of
            // its own: there are as many of these at once as the crew has threads
};

struct Page {
  server::Method method = server::Method::get;  // `post` for what changes something
  std::string path;
  Access access;
  // Runs on a worker thread, and may block. What it throws is answered with 500.
  std::function<server::Response(const Visit&)> answer;
  bool takes_file = false;  // its form is multipart/form-data
  Crew crew = Crew::pages;
};

}  // namespace sluice::pages
