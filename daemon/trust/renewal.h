// Certificates, keys and revocation lists are replaced while a node works: files that it has read
// are read again when they have changed, and what they hold is put into use, or the old stays.
#pragma once

#include <chrono>
#include <cstdint>
#include <expected>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "record/certificate_facts.h"
#include "trust/tls_context.h"

namespace sluice::trust {

// What a file system says of a file that was replaced or repaired.
struct FileMark {
  std::uint64_t inode = 0;  // 0: there is none
  std::uint64_t size = 0;
  std::uint64_t mode = 0;
  std::chrono::nanoseconds modified{};
  friend bool operator==(const FileMark&, const FileMark&) = default;
};
[[nodiscard]] FileMark mark_of(const std::filesystem::path& file);

// One owner, one thread. Who asks says what time it is, by a clock that nobody sets.
class Renewal {
 public:
  using Moment = std::chrono::steady_clock::time_point;
  // Reads all files and puts what they hold into use, or fails and has changed nothing.
  using Renew = std::function<std::expected<record::CertificateFacts, TlsFailure>()>;
  // Files that belong together: a key, its certificate, who is believed.
  struct Kept {
    std::string name;
    std::vector<std::filesystem::path> files;
    Renew renew;
  };
  struct Listener {
    std::function<void(const std::string& name, const record::CertificateFacts&)> renewed;
    // The old stays in use; it is tried again at each look.
    std::function<void(const std::string& name, const TlsFailure&)> failed;
  };

  // A key and its certificate are replaced one after the other: for so long it is no error that
  // they do not match.
  static constexpr std::chrono::seconds patience{60};

  // The files count as read just now.
  Renewal(std::vector<Kept> kept, Listener listener);

  // Renews what has changed since it was read, and what could not be renewed.
  void look(Moment now);
  // The same without patience: somebody has said that it is complete. Each is tried whatever became
  // of the others: a file of one must not keep what is revoked in another from counting. What has
  // not changed is not read: connections end when certificates are renewed.
  void renew_changed(Moment now);

 private:
  struct State {
    Kept kept;
    std::vector<FileMark> read;       // as of the last attempt
    std::optional<Moment> failing{};  // since when
    bool is_told = false;             // that it fails
  };
  void attempt(State& state, std::vector<FileMark> marks, Moment now,
               std::chrono::seconds patience_left);

  std::vector<State> states_;
  Listener listener_;
};

}  // namespace sluice::trust
