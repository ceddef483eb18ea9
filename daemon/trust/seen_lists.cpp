#include "trust/seen_lists.h"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <fstream>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <system_error>

#include <fmt/format.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <unistd.h>

#include "files/sync.h"
#include "record/digest.h"
#include "record/openssl_handle.h"
#include "record/try.h"

namespace sluice::trust {
namespace {

namespace openssl = record::openssl;

template <class T>
using Seen = std::expected<T, SeenListFailure>;

using RevocationList = std::unique_ptr<X509_CRL, openssl::Free<X509_CRL_free>>;

std::unexpected<SeenListFailure> list_not_kept(const std::filesystem::path& file,
                                               std::string_view why) {
  return std::unexpected(SeenListFailure{
      SeenListProblem::not_kept, file.string(),
      fmt::format("a revocation list can not be kept: {}; it counts for as long as the file with "
                  "the lists has what it says",
                  why)});
}

openssl::Bio reading(const std::filesystem::path& file) {
  return openssl::Bio(BIO_new_file(file.c_str(), "r"));
}

std::vector<openssl::Certificate> authorities_in(const std::filesystem::path& bundle) {
  std::vector<openssl::Certificate> certificates;
  const auto file = reading(bundle);
  while (file) {
    openssl::Certificate next(PEM_read_bio_X509(file.get(), nullptr, nullptr, nullptr));
    if (!next) break;
    certificates.push_back(std::move(next));
  }
  ERR_clear_error();
  return certificates;
}

std::vector<RevocationList> lists_in(const std::filesystem::path& bundle) {
  std::vector<RevocationList> lists;
  const auto file = reading(bundle);
  while (file) {
    RevocationList next(PEM_read_bio_X509_CRL(file.get(), nullptr, nullptr, nullptr));
    if (!next) break;
    lists.push_back(std::move(next));
  }
  ERR_clear_error();
  return lists;
}

std::string der_of(const X509_CRL* list) {
  unsigned char* der = nullptr;
  const int size = i2d_X509_CRL(list, &der);
  std::string bytes(reinterpret_cast<const char*>(der), size < 0 ? 0U : std::size_t(size));
  OPENSSL_free(der);
  return bytes;
}

// The position of the authority that signed it; the authorities' count where none did.
std::size_t authority_of(X509_CRL* list, const std::vector<openssl::Certificate>& authorities) {
  const auto signed_it = [&](const openssl::Certificate& authority) {
    return X509_NAME_cmp(X509_get_subject_name(authority.get()), X509_CRL_get_issuer(list)) == 0 &&
           X509_CRL_verify(list, X509_get0_pubkey(authority.get())) == 1;
  };
  const auto found = std::ranges::find_if(authorities, signed_it);
  ERR_clear_error();
  return static_cast<std::size_t>(found - authorities.begin());
}

// A list that lies in the folder.
struct KeptList {
  std::filesystem::path file;
  std::chrono::sys_seconds issued_at{};
  std::set<std::string> entries;  // the whole of each: number, date and reason
};

std::set<std::string> entries_of(X509_CRL* list) {
  std::set<std::string> entries;
  STACK_OF(X509_REVOKED)* const revoked = X509_CRL_get_REVOKED(list);
  for (int i = 0; i < sk_X509_REVOKED_num(revoked); ++i) {
    unsigned char* der = nullptr;
    const int size = i2d_X509_REVOKED(sk_X509_REVOKED_value(revoked, i), &der);
    if (size > 0) entries.emplace(reinterpret_cast<const char*>(der), std::size_t(size));
    OPENSSL_free(der);
  }
  return entries;
}

// Of one authority. Whether what `one` says stands in the others too.
bool is_said_by_others(const KeptList& one, const std::vector<KeptList>& all) {
  return std::ranges::all_of(one.entries, [&](const std::string& entry) {
    return std::ranges::any_of(all, [&](const KeptList& other) {
      return other.file != one.file && other.entries.contains(entry);
    });
  });
}

// The oldest first, since what it says is the likeliest to stand nowhere else.
void let_go_of_needless(std::vector<KeptList> lists) {
  std::ranges::sort(lists, {}, &KeptList::issued_at);
  for (std::size_t i = 0; i + 1 < lists.size();) {
    if (!is_said_by_others(lists[i], lists)) {
      ++i;
      continue;
    }
    // Another process may have done so already; one that stays does no harm.
    std::error_code ignored;
    std::filesystem::remove(lists[i].file, ignored);
    lists.erase(lists.begin() + static_cast<std::ptrdiff_t>(i));
  }
}

Seen<void> write_durably(const std::filesystem::path& file, const std::string& bytes) {
  const std::filesystem::path draft =
      file.string() + fmt::format(".{}.new", static_cast<long>(::getpid()));
  {
    std::ofstream out(draft, std::ios::binary | std::ios::trunc);
    out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    if (!out.flush()) return list_not_kept(draft, std::generic_category().message(errno));
  }
  std::error_code error;
  if (!files::sync(draft)) {
    error = std::error_code(errno, std::generic_category());
  } else {
    std::filesystem::rename(draft, file, error);
  }
  if (error) return list_not_kept(file, error.message());
  if (!files::sync(file.parent_path())) {
    return list_not_kept(file, std::generic_category().message(errno));
  }
  return {};
}

Seen<void> make_folder(const std::filesystem::path& directory) {
  using std::filesystem::perms;
  std::error_code error;
  if (std::filesystem::is_directory(directory, error)) return {};
  std::filesystem::create_directory(directory, error);
  if (!error) {
    std::filesystem::permissions(directory,
                                 perms::owner_all | perms::group_read | perms::group_exec, error);
  }
  if (error) return list_not_kept(directory, error.message());
  return {};
}

}  // namespace

std::vector<std::filesystem::path> SeenLists::files() const {
  std::vector<std::filesystem::path> found;
  std::error_code none;
  for (const auto& entry : std::filesystem::directory_iterator(directory_, none)) {
    if (entry.path().extension() == ".crl") found.push_back(entry.path());
  }
  return found;
}

Seen<void> SeenLists::keep(const std::filesystem::path& authorities,
                           const std::filesystem::path& revocations) const {
  const auto known = authorities_in(authorities);
  bool is_any_new = false;
  for (const RevocationList& list : lists_in(revocations)) {
    if (authority_of(list.get(), known) == known.size()) continue;
    const std::string der = der_of(list.get());
    const std::string digest = record::to_string(record::sha256(der));
    // "sha256:" is no part of a file's name.
    const auto file = directory_ / (digest.substr(digest.find(':') + 1) + ".crl");
    std::error_code error;
    if (std::filesystem::exists(file, error)) continue;
    SLUICE_TRY(make_folder(directory_));
    SLUICE_TRY(write_durably(file, der));
    is_any_new = true;
  }
  if (!is_any_new) return {};
  std::map<std::size_t, std::vector<KeptList>> by_authority;
  for (const std::filesystem::path& file : files()) {
    const openssl::Bio in = reading(file);
    const RevocationList list(in ? d2i_X509_CRL_bio(in.get(), nullptr) : nullptr);
    if (!list) continue;  // whoever loads it says so
    const std::size_t authority = authority_of(list.get(), known);
    if (authority == known.size()) continue;
    by_authority[authority].push_back(
        {file, openssl::time_of(X509_CRL_get0_lastUpdate(list.get())), entries_of(list.get())});
  }
  for (auto& [authority, lists] : by_authority)
    let_go_of_needless(std::move(lists));
  return {};
}

}  // namespace sluice::trust
