// How the subject of a certificate is written. Tools write one and the same in several ways, and
// here it is compared as a text: so another notation would be the name of nobody.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace sluice::settings {

// The same name as RFC 2253 writes it, where `subject` is in a notation that is known and another:
// `/O=Haidian/CN=park`, `O = Haidian, CN = park`, `CN=park, O=Haidian`. Nothing where it is none of
// these.
[[nodiscard]] std::optional<std::string> in_rfc_2253(std::string_view subject);

}  // namespace sluice::settings
