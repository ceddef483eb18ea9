// Lines that were made under an earlier schema of a dataset, with the columns of the present one:
// only the store knows how. It is opened for the first of them, and once for all.
#pragma once

#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "exchange/catalogue.h"
#include "exchange/known_versions.h"
#include "installation/installation.h"
#include "record/failure.h"
#include "store/store.h"

namespace sluice::jobs {

// Of one installation. One owner, one thread.
class EarlierLines {
 public:
  // Or why not, with what to do.
  [[nodiscard]] std::expected<std::string, record::Flaw> turn(
      const installation::Installation& installation, const exchange::KnownDataset& known,
      const record::Digest& written, std::string_view line);

 private:
  [[nodiscard]] std::expected<void, record::Flaw> open(
      const installation::Installation& installation);

  std::unique_ptr<store::Store> store_;
  std::optional<exchange::KnownVersions> versions_;
};

}  // namespace sluice::jobs
