// A certificate's subject from the text by which the configuration knows it. What `openssl req
// -subj` takes is written the other way round, and a subject that differs in its order is another
// one: so text is read here, and what was made of it is compared with it.
#pragma once

#include <memory>
#include <string>

#include "pki/failure.h"
#include "record/openssl_handle.h"

namespace sluice::pki {

using SubjectName = std::unique_ptr<X509_NAME, record::openssl::Free<X509_NAME_free>>;

// RFC 2253 text, such as CN=front-1,O=Haidian. `place` is told where it is not such a text.
[[nodiscard]] Result<SubjectName> parse_subject(const std::string& text, const std::string& place);

// The same but for its first attribute, which is CN=`common_name`.
[[nodiscard]] std::string beside(const std::string& subject, const std::string& common_name);

}  // namespace sluice::pki
