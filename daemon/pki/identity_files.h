// A key and its certificate in one step, where the authority lies on the same machine: for trying
// out, where nobody carries a request anywhere.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "pki/authority.h"

namespace sluice::pki {

struct IdentityFiles {
  std::filesystem::path certificate;
  std::filesystem::path key;
};

// Makes both files, which must not be there yet; on a failure neither stays.
[[nodiscard]] Result<void> certify_here(const Authority& authority, const std::string& subject,
                                        Purpose purpose, const std::vector<std::string>& hosts,
                                        const IdentityFiles& files, const files::Access& access,
                                        record::Time now);

}  // namespace sluice::pki
