#include "trust/list_dates.h"

#include <memory>
#include <system_error>

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include "record/openssl_handle.h"

namespace sluice::trust {
namespace {

namespace openssl = record::openssl;

using ReadList = std::unique_ptr<X509_CRL, openssl::Free<X509_CRL_free>>;

ListDates dates_of(const X509_CRL* list) {
  ListDates dates{.issuer = openssl::name_text(X509_CRL_get_issuer(list)),
                  .issued = openssl::time_of(X509_CRL_get0_lastUpdate(list)),
                  .ends = std::nullopt};
  if (const ASN1_TIME* next = X509_CRL_get0_nextUpdate(list)) dates.ends = openssl::time_of(next);
  return dates;
}

std::vector<ListDates> dates_in(const std::filesystem::path& bundle) {
  std::map<std::string, ListDates> newest;
  const openssl::Bio file(BIO_new_file(bundle.c_str(), "r"));
  while (file) {
    const ReadList list(PEM_read_bio_X509_CRL(file.get(), nullptr, nullptr, nullptr));
    if (!list) break;
    ListDates dates = dates_of(list.get());
    const auto [known, is_new] = newest.emplace(dates.issuer, dates);
    if (!is_new && known->second.issued < dates.issued) known->second = std::move(dates);
  }
  ERR_clear_error();
  std::vector<ListDates> all;
  for (auto& [issuer, dates] : newest)
    all.push_back(std::move(dates));
  return all;
}

}  // namespace

std::vector<ListDates> KnownLists::in(const std::filesystem::path& revocations) {
  std::error_code error;
  const auto written = std::filesystem::last_write_time(revocations, error);
  if (error) return {};
  const auto size = std::filesystem::file_size(revocations, error);
  if (error) return {};
  const Version version{written, size};
  const std::lock_guard lock(mutex_);
  const auto known = read_.find(revocations);
  if (known != read_.end() && known->second.version == version) return known->second.lists;
  auto lists = dates_in(revocations);
  read_.insert_or_assign(revocations, Read{version, lists});
  return lists;
}

}  // namespace sluice::trust
