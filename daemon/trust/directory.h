// Who stands behind a certificate: a subject is exactly one bureau's or one node's, which it may
// have been for a time only, or by one authority's word.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <variant>

#include "record/identifiers.h"
#include "record/signers.h"
#include "trust/peer_certificate.h"

namespace sluice::trust {

// A value; safe to read from many threads.
class Directory {
 public:
  // Keys are subjects as RFC 2253 text, as `openssl x509 -subject -nameopt RFC2253,-esc_msb`
  // prints.
  using Holder = std::variant<record::BureauId, record::NodeId>;
  using Subjects = std::map<std::string, Holder, std::less<>>;
  struct Entry {
    record::SignerName name;
    Holder holder;
  };

  Directory() = default;
  // Known at any time, whoever certified them.
  explicit Directory(const Subjects& subjects) {
    for (const auto& [subject, holder] : subjects)
      add({{.subject = subject}, holder});
  }

  void add(Entry entry) {
    std::string subject = entry.name.subject;
    entries_.emplace(std::move(subject), std::move(entry));
  }

  // Null: nobody of ours at that moment. Lives as long as the directory.
  [[nodiscard]] const Entry* find(const PeerCertificate& certificate, record::Time at) const {
    const auto [first, last] = entries_.equal_range(certificate.subject);
    for (auto entry = first; entry != last; ++entry) {
      const record::SignerName& name = entry->second.name;
      if (name.is_of(certificate.subject, certificate.issuer) && name.spoke_at(at)) {
        return &entry->second;
      }
    }
    return nullptr;
  }

 private:
  std::multimap<std::string, Entry, std::less<>> entries_;
};

}  // namespace sluice::trust
