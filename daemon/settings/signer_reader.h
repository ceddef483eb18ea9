// Reads by which certificates somebody is known: a subject, or a list where they changed.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "record/signers.h"
#include "settings/section.h"

namespace sluice::settings {

// One subject at all times; empty where there is none, or what is none has been complained of.
[[nodiscard]] std::string read_subject(Section& section, const std::string& key,
                                       const std::string& example);

// The value of `key`: one text, or a list of texts and of sections with `subject`, `issuer`, `from`
// and `until`. `example` is a subject as it is expected. What is wrong is complained of and left
// out; nothing is said of a key that is not there.
[[nodiscard]] std::vector<record::SignerName> read_signers(Section& section, const std::string& key,
                                                           const std::string& example);

// The same; complains where there is none.
[[nodiscard]] record::Signers required_signers(Section& section, const std::string& key,
                                               const std::string& example);

// One that both have; nothing: none.
[[nodiscard]] std::optional<std::string> shared_subject(const record::Signers& one,
                                                        const record::Signers& other);

}  // namespace sluice::settings
