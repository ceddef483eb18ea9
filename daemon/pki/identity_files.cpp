#include "pki/identity_files.h"

#include "pki/private_key.h"
#include "pki/written.h"
#include "record/try.h"

namespace sluice::pki {

Result<void> certify_here(const Authority& authority, const std::string& subject, Purpose purpose,
                          const std::vector<std::string>& hosts, const IdentityFiles& files,
                          const files::Access& access, record::Time now) {
  const auto key = new_key();
  const std::string asked = SLUICE_TRY(make_request(key.get(), subject, hosts));
  const CertificateRequest request = SLUICE_TRY(read_request(asked, subject));
  const Certified certified = SLUICE_TRY(
      authority.certify(request, purpose, hosts, Authority::Lifetimes{}.certificate, now));
  SLUICE_TRY(write_key(files.key, key.get(), access));
  auto done = written(files.certificate,
                      files::create_file(files.certificate, certified.certificate, access));
  if (!done) {
    std::error_code ignored;  // why the certificate is not there is what is told
    std::filesystem::remove(files.key, ignored);
  }
  return done;
}

}  // namespace sluice::pki
