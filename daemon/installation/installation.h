// What the daemon and the operator's command both stand on: the checked settings, the datasets
// compiled, the keys loaded, and where a node's files lie. Loaded as far as it is needed: who only
// asks the daemon does with the settings.
#pragma once

#include <expected>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "edges/kept_reports.h"
#include "exchange/catalogue.h"
#include "files/state_disk.h"
#include "installation/paths.h"
#include "journal/journal.h"
#include "journal/retention.h"
#include "journal/stream_marks.h"
#include "people/people.h"
#include "record/keyring.h"
#include "record/signers.h"
#include "settings/changes.h"
#include "settings/settings.h"
#include "store/store.h"
#include "tasks/tasks.h"
#include "trust/audit_log.h"
#include "trust/policy.h"

namespace sluice::installation {

struct Installation {
  settings::Settings settings;
  exchange::Catalogue catalogue;
  // Of all that is loaded in a process for one node; none of the shared is ever null.
  std::shared_ptr<record::Keyring> keyring;
  Paths paths;
  std::shared_ptr<files::StateDisk> disk;  // that of the state directory
  std::shared_ptr<journal::StreamMarks> marks;
  std::shared_ptr<journal::Retention> retention;  // of all journals here

  // As it was last, or new where the bureau never had one here; `lost` where it is not what was
  // remembered of it. It is compared with the embedded store's ledger, where there is one.
  [[nodiscard]] journal::Result<journal::Journal> open_journal(
      const record::BureauId& bureau) const;
  // Whether the bureau has one here, or had: who looks makes none.
  [[nodiscard]] journal::Result<bool> has_journal(const record::BureauId& bureau) const;
  // A store of its own for the caller; the settings have a `store` section. An embedded one that is
  // gone, or another one than was remembered, fails with what to do, and nothing is made.
  [[nodiscard]] store::Result<std::unique_ptr<store::Store>> open_store() const;
  // Takes the embedded store that lies there, or a new one, for this node's, whatever was
  // remembered.
  [[nodiscard]] store::Result<void> accept_store() const;
  // As open_store(), to look records up while a person waits: a server that does not answer is
  // given up soon.
  [[nodiscard]] store::Result<std::unique_ptr<store::Store>> open_store_to_look_up() const;
  // Why what answers there is not the store that the settings mean: waiting does not help. Nothing
  // where it is, or nobody answers.
  [[nodiscard]] std::optional<store::StoreFailure> why_not_this_store() const;
  // Why the central store is to take nothing now; nothing where it may.
  [[nodiscard]] std::optional<std::string> store_obstacle() const;
  // An fsync of it that fails is told to `disk`.
  [[nodiscard]] std::expected<trust::AuditLog, trust::AuditFailure> open_audit_log() const;
  // By whom this node's signatures are, and were.
  [[nodiscard]] record::Signers own_signers() const;
  // By whom each bureau's batches are: the node on which its data begins.
  [[nodiscard]] std::map<record::BureauId, record::Signers> signatories() const;
  [[nodiscard]] journal::DatasetOrigin origin(const record::DatasetId& dataset,
                                              record::Mode mode) const;
};

// What was wrong, a line each, ready to be printed.
struct Refusal {
  std::vector<std::string> lines;
  bool configuration = false;  // the files are at fault, not the machine
  // Of a node that runs, where the files could be read: what of them only a restart changes.
  std::optional<std::vector<std::string>> restart = std::nullopt;
};

// What is to be said of a configuration, a line each.
struct Verdict {
  std::vector<std::string> complaints;  // why it can not be used
  std::vector<std::string> warnings;    // of what should not stay so
};
// Reads its files, and asks the central store, where it is this node's, whether its tables can
// follow the schemas; makes nothing.
[[nodiscard]] Verdict check_configuration(const std::filesystem::path& configuration);

// The `sslmode` of a PostgreSQL off this machine that need not prove who it is.
[[nodiscard]] std::optional<std::string> weak_sslmode_of_store(const settings::Settings& settings);

// The checked settings alone: reads no key, makes no directory.
[[nodiscard]] std::expected<settings::Settings, Refusal> load_settings(
    const std::filesystem::path& configuration);

// What the node signs with, and whom it believes, read from its files: all of it, or none. The
// revocation lists are kept, and those that were kept before count too.
[[nodiscard]] std::expected<record::Credentials, record::SignatureFailure> load_credentials(
    const settings::Identity& identity, const Paths& paths);
// By the configuration's own files alone: for where there is no state yet. Writes nothing.
[[nodiscard]] std::expected<record::Credentials, record::SignatureFailure> load_credentials(
    const settings::Identity& identity);

// Those of the state that are not there yet; the failure says why one can not be made.
[[nodiscard]] std::expected<void, std::string> make_directories(const Paths& paths);

// Loads everything and makes the node's directories.
[[nodiscard]] std::expected<std::unique_ptr<Installation>, Refusal> load_installation(
    const std::filesystem::path& configuration);

// What a node that runs can go on by.
struct Successor {
  // By another configuration, with the keys, the disk and all else of the running one that is one
  // for the process; of settings that only a restart changes it has those of the running one.
  std::unique_ptr<Installation> installation;
  settings::Changes changes;  // against the running one
};
// Reads the configuration's files and nothing else.
[[nodiscard]] std::expected<Successor, Refusal> load_successor(
    const std::filesystem::path& configuration, const Installation& running);

// The people who may sign in, for a caller of its own; the settings have a `store` section. Makes
// nothing by itself. An fsync that fails is told to `disk`, or, where the caller has none, to the
// node's other processes by the mark in its state directory: so with what follows.
[[nodiscard]] people::Result<std::unique_ptr<people::People>> open_people(
    const settings::Settings& settings, std::shared_ptr<files::StateDisk> disk = nullptr);

// The tasks of manual entry, in the same way.
[[nodiscard]] tasks::Result<std::unique_ptr<tasks::Tasks>> open_tasks(
    const settings::Settings& settings);

// What opens them, for callers on several threads; it outlives the settings. Thread-safe.
using TasksOpener = std::function<tasks::Result<std::unique_ptr<tasks::Tasks>>()>;
[[nodiscard]] TasksOpener tasks_opener(const settings::Settings& settings,
                                       std::shared_ptr<files::StateDisk> disk = nullptr);

// The audit log, in the same way.
[[nodiscard]] std::expected<trust::AuditLog, trust::AuditFailure> open_audit_log(
    const settings::Settings& settings, std::shared_ptr<files::StateDisk> disk = nullptr);

// What edges last reported of their quarantines, in the same way.
[[nodiscard]] edges::Result<std::unique_ptr<edges::KeptReports>> open_kept_reports(
    const settings::Settings& settings, std::shared_ptr<files::StateDisk> disk = nullptr);

// Who may do what by these settings.
[[nodiscard]] trust::Policy policy_of(const settings::Settings& settings);

}  // namespace sluice::installation
