#include "commands/user_certificate.h"

#include <cstdio>

#include <fmt/format.h>

#include "trust/person_certificate.h"

namespace sluice::commands {

std::expected<people::CertificateName, ExitStatus> read_certificate(const settings::Node& node,
                                                                    const std::string& file) {
  const settings::Pages pages = node.pages.value_or(settings::Pages{});
  const auto certificate =
      trust::read_person_certificate(file, pages.people_authorities, pages.people_revocations);
  if (!certificate) {
    return std::unexpected(fail(record::to_string(certificate.error()), ExitStatus::usage));
  }
  if (pages.people_authorities.empty()) {
    fmt::print(stderr,
               "the certificate was not checked: the pages of this node ask nobody for one "
               "(`pages.people_authorities` in node.yaml)\n");
  }
  return people::CertificateName{.issuer = certificate->issuer, .subject = certificate->subject};
}

}  // namespace sluice::commands
