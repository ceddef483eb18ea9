// What the daemon and the operator's command both stand on: the checked settings, the datasets
// compiled, the keys loaded, and where a node's files lie.
#pragma once

#include <expected>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "exchange/catalogue.h"
#include "journal/journal.h"
#include "record/signature.h"
#include "settings/settings.h"
#include "store/store.h"

namespace sluice::foundation {

struct Foundation {
  settings::Settings settings;
  exchange::Catalogue catalogue;
  record::Signer signer;
  record::Verifier verifier;

  [[nodiscard]] std::filesystem::path journal_file(const record::BureauId& bureau) const;
  [[nodiscard]] std::filesystem::path audit_directory() const;
  // For what the front-end captures of a bureau keep beside its journal.
  [[nodiscard]] std::filesystem::path capture_directory(const record::BureauId& bureau) const;
  // For temporary files and locks.
  [[nodiscard]] std::filesystem::path scratch_directory() const;

  [[nodiscard]] std::expected<journal::Journal, journal::JournalFailure> open_journal(
      const record::BureauId& bureau) const;
  // A store of its own for the caller; the settings have a `store` section.
  [[nodiscard]] std::expected<std::unique_ptr<store::Store>, store::StoreFailure> open_store()
      const;
  // The other node that brings this bureau's batches here; null where they begin on this node.
  [[nodiscard]] const settings::CarryingNode* carrier(const record::BureauId& bureau) const;
  [[nodiscard]] journal::DatasetOrigin origin(const record::DatasetId& dataset,
                                              record::Mode mode) const;
};

// What was wrong, a line each, ready to be printed.
struct Refusal {
  std::vector<std::string> lines;
  bool configuration = false;  // the files are at fault, not the machine
};

// What is wrong with a configuration, a line each; touches nothing but its files.
[[nodiscard]] std::vector<std::string> check_configuration(
    const std::filesystem::path& configuration);

// Loads everything and makes the node's directories.
[[nodiscard]] std::expected<std::unique_ptr<Foundation>, Refusal> lay_foundation(
    const std::filesystem::path& configuration);

}  // namespace sluice::foundation
