// The revocation lists that were in force on this node once. An authority takes a certificate off
// its list once that has ended; whoever judges a signature of before then must know of it still.
#pragma once

#include <expected>
#include <filesystem>
#include <utility>
#include <vector>

#include "record/failure.h"

namespace sluice::trust {

enum class SeenListProblem { not_kept };
using SeenListFailure = record::Failure<SeenListProblem>;

// A folder of DER files, each named by its digest. Several processes may keep lists in it at once.
class SeenLists {
 public:
  explicit SeenLists(std::filesystem::path directory) : directory_(std::move(directory)) {}

  // Keeps those of the PEM bundle `revocations` that one of the `authorities` (PEM) has signed, and
  // fsyncs. A list that says nothing which others of its authority do not say is let go of, the
  // newest excepted: so there are about as many as certificates' lifetimes have passed. Makes the
  // folder; the one above it must be there.
  [[nodiscard]] std::expected<void, SeenListFailure> keep(
      const std::filesystem::path& authorities, const std::filesystem::path& revocations) const;

  // In no order; nothing where there is no folder.
  [[nodiscard]] std::vector<std::filesystem::path> files() const;

 private:
  std::filesystem::path directory_;
};

}  // namespace sluice::trust
