// Who is certified: an authority signs only for those whom the configuration names.
#pragma once

#include <expected>
#include <string>

#include "pki/authority.h"
#include "record/failure.h"
#include "record/time.h"
#include "settings/settings.h"

namespace sluice::commands {

struct CertifiedSubject {
  std::string who;  // "bureau local-tax", for people
  pki::Purpose purpose = pki::Purpose::caller;
  bool is_this_node = false;
};

// Whose certificate has this subject, by an authority of the name `issuer`, at `now`. The flaw says
// which subjects there are.
[[nodiscard]] std::expected<CertifiedSubject, record::Flaw> find_subject(
    const settings::Settings& settings, const std::string& subject, const std::string& issuer,
    record::Time now);

}  // namespace sluice::commands
