// What stands around every page: whose node it is, where one may go, who one is.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "pages/view/texts.h"
#include "record/time.h"

namespace sluice::pages {

struct NavigationEntry {
  std::string name;  // of the texts "navigation.NAME": overview, quarantine, runs, reconciliation …
  std::string path;
  std::optional<std::uint64_t> count;  // what waits there for somebody; 0 is not shown
  bool is_current = false;
};

struct SignedIn {
  std::string display_name;
  std::string account;             // by which the browser keeps drafts apart
  std::vector<std::string> roles;  // as people::to_string says them
};

struct Notice {
  std::string name;  // of the texts "notice.NAME": saved, replayed, discarded …
  bool is_bad = false;
  std::string sentence;  // more, of the program; may be empty
};

struct Frame {
  Language language = Language::chinese;
  std::string node;  // its display name
  record::Time now{};
  std::string path;  // of this page with its query: the switch of language comes back to it
  std::string csrf_token;
  // Only those that the person may open; none on the sign-in page.
  std::vector<NavigationEntry> navigation;
  std::optional<SignedIn> person;
  std::optional<Notice> notice;
};

}  // namespace sluice::pages
