#include "installation/installation.h"

#include <algorithm>
#include <iterator>
#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "edges/postgresql/postgresql_kept_reports.h"
#include "edges/sqlite/sqlite_kept_reports.h"
#include "exchange/ledger_place.h"
#include "installation/identity_check.h"
#include "installation/schema_check.h"
#include "installation/store_memory.h"
#include "installation/system_clock.h"
#include "people/postgresql/postgresql_people.h"
#include "people/sqlite/sqlite_people.h"
#include "postgresql/access.h"
#include "record/try.h"
#include "settings/load.h"
#include "store/postgresql/postgresql_store.h"
#include "store/sqlite/sqlite_store.h"
#include "tasks/postgresql/postgresql_tasks.h"
#include "tasks/sqlite/sqlite_tasks.h"
#include "trust/seen_lists.h"

namespace sluice::installation {
namespace {

constexpr auto only_owner_and_group = std::filesystem::perms::owner_all |
                                      std::filesystem::perms::group_read |
                                      std::filesystem::perms::group_exec;

std::expected<void, std::string> make_directory(const std::filesystem::path& directory) {
  std::error_code error;
  if (std::filesystem::is_directory(directory, error)) return {};
  std::filesystem::create_directories(directory, error);
  if (!error) std::filesystem::permissions(directory, only_owner_and_group, error);
  if (error) {
    return std::unexpected(
        fmt::format("{}: can not be made: {}", directory.string(), error.message()));
  }
  return {};
}

template <class Code>
std::unexpected<Refusal> refused(const record::Failure<Code>& failure) {
  return std::unexpected(Refusal{{record::to_string(failure)}});
}

template <class Complaint>
std::vector<std::string> lines_of(const std::vector<Complaint>& complaints) {
  std::vector<std::string> lines;
  lines.reserve(complaints.size());
  for (const Complaint& complaint : complaints)
    lines.push_back(to_string(complaint));
  return lines;
}

std::shared_ptr<files::StateDisk> disk_of(const settings::Settings& settings) {
  return std::make_shared<files::StateDisk>(
      Paths(settings.node.state_directory).not_durable_mark(), settings.node.reserve,
      [state = settings.node.state_directory] { return files::space_of(state); });
}

sqlite::OnFailedSync told_of_failed_sync(const settings::Settings& settings,
                                         std::shared_ptr<files::StateDisk> disk) {
  if (!disk) disk = disk_of(settings);
  return [disk = std::move(disk)](const std::string& reason) { disk->distrust(reason); };
}

store::StoreFailure store_lost(const std::filesystem::path& file, std::string_view found) {
  return {store::StoreProblem::failed, file.string(),
          fmt::format("this node's store {}: restore its latest backup there, or, where there is "
                      "none, stop sluiced and say `sluice store accept-new`, after which all "
                      "sources are read again (docs/restore.md)",
                      found)};
}

// The one that is remembered, or the first; `lost` where it is another one, and nothing is made.
store::Result<std::unique_ptr<store::Store>> open_embedded(const std::filesystem::path& file,
                                                           const Installation& installation) {
  const StoreMemory memory(installation.paths.remembered());
  const auto remembered = SLUICE_TRY(memory.find());
  std::error_code missing;
  const auto bytes = std::filesystem::file_size(file, missing);
  if (remembered && missing) return std::unexpected(store_lost(file, "is gone"));
  if (remembered && bytes == 0) return std::unexpected(store_lost(file, "has 0 bytes"));
  const auto check = [&](std::uint32_t found) -> store::Result<void> {
    if (!remembered) return memory.replace(found);
    if (*remembered == found) return {};
    return std::unexpected(store_lost(file, "is another one than it was"));
  };
  return store::open_sqlite(file, system_now,
                            {.number = installation.settings.node.store_number,
                             .disk = installation.disk,
                             .check = check});
}

store::Result<std::unique_ptr<store::Store>> opened(const Installation& installation,
                                                    std::chrono::seconds patience) {
  const settings::Node& node = installation.settings.node;
  if (const auto* sqlite = std::get_if<settings::SqliteLocation>(&node.store.value())) {
    return open_embedded(sqlite->file, installation);
  }
  const auto& postgresql = std::get<settings::PostgresqlLocation>(*node.store);
  return store::open_postgresql({postgresql.connection, postgresql.password_file, patience},
                                system_now, node.store_number);
}

// Of a store in PostgreSQL, which may be away, and of another node's, who sends the batches asks.
journal::AskLedger embedded_ledger(const Installation& installation) {
  return [&installation](const record::StreamId& stream) -> std::optional<journal::LedgerPlace> {
    const auto& location = installation.settings.node.store;
    const auto* sqlite = location ? std::get_if<settings::SqliteLocation>(&*location) : nullptr;
    // Who looks makes none, nor takes another one for it.
    if (sqlite == nullptr || !std::filesystem::exists(sqlite->file)) return std::nullopt;
    auto store = installation.open_store();
    if (!store) return std::nullopt;
    auto place = exchange::place_in(**store, stream);
    if (!place) return std::nullopt;
    return *place;
  };
}

}  // namespace

Verdict check_configuration(const std::filesystem::path& configuration) {
  const auto settings = load_settings(configuration);
  if (!settings) return {.complaints = settings.error().lines, .warnings = {}};
  const auto catalogue = exchange::Catalogue::compile(settings->datasets);
  if (!catalogue) return {.complaints = lines_of(catalogue.error()), .warnings = {}};
  Verdict verdict{.complaints = lines_of(settings->node.identity.missing), .warnings = {}};
  IdentityFindings found = check_identity(settings->node, system_now());
  std::ranges::move(found.complaints, std::back_inserter(verdict.complaints));
  std::ranges::move(found.warnings, std::back_inserter(verdict.warnings));
  if (const auto mode = weak_sslmode_of_store(*settings)) {
    verdict.warnings.push_back(fmt::format(
        "`store.connection` leaves this machine with sslmode={}: anybody on the way can be the "
        "central store; leave sslmode out, and name the authority that its certificate is of in "
        "sslrootcert",
        *mode));
  }
  const auto conflicts = schema_conflicts(*settings);
  if (!conflicts) {
    verdict.warnings.push_back(
        fmt::format("the schemas were not compared with the central store, which can not be asked: "
                    "{}",
                    record::to_string(conflicts.error())));
    return verdict;
  }
  for (const store::StoreFailure& conflict : *conflicts)
    verdict.complaints.push_back(record::to_string(conflict));
  return verdict;
}

std::optional<std::string> weak_sslmode_of_store(const settings::Settings& settings) {
  if (!settings.node.store) return std::nullopt;
  const auto* server = std::get_if<settings::PostgresqlLocation>(&*settings.node.store);
  return server == nullptr ? std::nullopt : postgresql::weak_sslmode(server->connection);
}

journal::Result<journal::Journal> Installation::open_journal(const record::BureauId& bureau) const {
  auto journal = SLUICE_TRY(journal::Journal::open(
      paths.journal(bureau), bureau, settings.node.journal, *keyring, system_now,
      {.disk = disk, .marks = marks.get(), .retention = retention}));
  SLUICE_TRY(journal.compare(embedded_ledger(*this)));
  return journal;
}

journal::Result<bool> Installation::has_journal(const record::BureauId& bureau) const {
  if (std::filesystem::exists(paths.journal(bureau))) return true;
  const auto remembered = SLUICE_TRY(marks->find(bureau));
  return remembered.has_value();
}

store::Result<std::unique_ptr<store::Store>> Installation::open_store() const {
  return opened(*this, store::PostgresqlAccess{}.patience);
}

store::Result<std::unique_ptr<store::Store>> Installation::open_store_to_look_up() const {
  constexpr std::chrono::seconds soon{2};
  return opened(*this, soon);
}

std::optional<store::StoreFailure> Installation::why_not_this_store() const {
  const auto store = open_store_to_look_up();
  const auto streams = store ? (*store)->streams() : std::unexpected(store.error());
  if (streams || streams.error().code != store::StoreProblem::another_store) return std::nullopt;
  return streams.error();
}

std::optional<std::string> Installation::store_obstacle() const {
  if (auto why = disk->distrusted()) return "an fsync failed (" + *why + "): restart `sluiced`";
  // A server has a disk of its own.
  if (!std::holds_alternative<settings::SqliteLocation>(settings.node.store.value())) {
    return std::nullopt;
  }
  return disk->shortage();
}

store::Result<void> Installation::accept_store() const {
  const StoreMemory memory(paths.remembered());
  const auto& file = std::get<settings::SqliteLocation>(settings.node.store.value()).file;
  SLUICE_TRY(store::open_sqlite(
      file, system_now,
      {.number = settings.node.store_number, .disk = disk, .check = [&](std::uint32_t found) {
         return memory.replace(found);
       }}));
  return {};
}

std::expected<trust::AuditLog, trust::AuditFailure> Installation::open_audit_log() const {
  return installation::open_audit_log(settings, disk);
}

record::Signers Installation::own_signers() const {
  record::Signers own(settings.node.identity.earlier);
  own.add({.subject = keyring->current()->signer.subject()});
  return own;
}

std::map<record::BureauId, record::Signers> Installation::signatories() const {
  std::map<record::BureauId, record::Signers> signatories;
  for (const auto& [id, bureau] : settings.bureaus) {
    const settings::CarryingNode* carrier = settings.carrier(id);
    signatories.emplace(id, carrier == nullptr ? own_signers() : carrier->signers);
  }
  return signatories;
}

journal::DatasetOrigin Installation::origin(const record::DatasetId& dataset,
                                            record::Mode mode) const {
  const exchange::KnownDataset& known = *catalogue.find(dataset);
  return {dataset, known.schema, mode, known.carries_case_numbers};
}

std::expected<settings::Settings, Refusal> load_settings(
    const std::filesystem::path& configuration) {
  auto settings = settings::load(configuration);
  if (!settings) return std::unexpected(Refusal{lines_of(settings.error()), true});
  return std::move(*settings);
}

std::expected<record::Credentials, record::SignatureFailure> load_credentials(
    const settings::Identity& identity) {
  auto signer = SLUICE_TRY(record::Signer::load(identity.certificate, identity.key));
  auto verifier = SLUICE_TRY(record::Verifier::load(identity.authorities, identity.revocations));
  return record::Credentials{std::move(signer), std::move(verifier)};
}

std::expected<record::Credentials, record::SignatureFailure> load_credentials(
    const settings::Identity& identity, const Paths& paths) {
  auto signer = SLUICE_TRY(record::Signer::load(identity.certificate, identity.key));
  const trust::SeenLists seen(paths.seen_lists());
  if (!identity.revocations.empty()) {
    // A disk that is full keeps nobody from working by the lists that there are. The next reading
    // tries again, and finds what is still in the file.
    (void)seen.keep(identity.authorities, identity.revocations);
  }
  auto verifier =
      SLUICE_TRY(record::Verifier::load(identity.authorities, identity.revocations, seen.files()));
  return record::Credentials{std::move(signer), std::move(verifier)};
}

std::expected<void, std::string> make_directories(const Paths& paths) {
  for (const std::filesystem::path& directory : paths.directories()) {
    if (auto made = make_directory(directory); !made) return made;
  }
  return {};
}

std::expected<std::unique_ptr<Installation>, Refusal> load_installation(
    const std::filesystem::path& configuration) {
  auto settings = load_settings(configuration);
  if (!settings) return std::unexpected(std::move(settings.error()));
  auto catalogue = exchange::Catalogue::compile(settings->datasets);
  if (!catalogue) return std::unexpected(Refusal{lines_of(catalogue.error()), true});
  const Paths paths(settings->node.state_directory);
  if (std::filesystem::exists(paths.unfinished_restore())) {
    return std::unexpected(Refusal{{fmt::format(
        "{}: a restore began here and did not end, so what lies here is no state to go on from; "
        "empty the directory and say `sluice restore` again",
        settings->node.state_directory.string())}});
  }
  if (const auto& missing = settings->node.identity.missing; !missing.empty()) {
    return std::unexpected(Refusal{lines_of(missing), true});
  }
  if (auto made = make_directories(paths); !made) return std::unexpected(Refusal{{made.error()}});
  auto credentials = load_credentials(settings->node.identity, paths);
  if (!credentials) return refused(credentials.error());
  auto marks = journal::StreamMarks::open(paths.remembered());
  if (!marks) return refused(marks.error());
  auto disk = disk_of(*settings);
  auto retention = std::make_shared<journal::Retention>(settings->node.journal.retention_bytes);
  return std::make_unique<Installation>(
      Installation{std::move(*settings), std::move(*catalogue),
                   std::make_shared<record::Keyring>(std::move(*credentials)), paths,
                   std::move(disk), std::move(*marks), std::move(retention)});
}

std::expected<Successor, Refusal> load_successor(const std::filesystem::path& configuration,
                                                 const Installation& running) {
  auto settings = load_settings(configuration);
  if (!settings) return std::unexpected(std::move(settings.error()));
  settings::Changes changes = settings::changes_between(running.settings, *settings);
  if (auto why = settings::why_only_by_restart(running.settings, *settings)) {
    return std::unexpected(Refusal{{std::move(*why)}, true, std::move(changes.restart)});
  }
  settings::keep_until_restart(*settings, running.settings);
  auto catalogue = exchange::Catalogue::compile(settings->datasets);
  if (!catalogue) {
    return std::unexpected(Refusal{lines_of(catalogue.error()), true, std::move(changes.restart)});
  }
  return Successor{std::make_unique<Installation>(
                       Installation{std::move(*settings), std::move(*catalogue), running.keyring,
                                    running.paths, running.disk, running.marks, running.retention}),
                   std::move(changes)};
}

people::Result<std::unique_ptr<people::People>> open_people(
    const settings::Settings& settings, std::shared_ptr<files::StateDisk> disk) {
  const auto& store = settings.node.store.value();
  if (const auto* postgresql = std::get_if<settings::PostgresqlLocation>(&store)) {
    return people::open_postgresql({postgresql->connection, postgresql->password_file}, system_now);
  }
  return people::open_sqlite(Paths(settings.node.state_directory).people(), system_now,
                             told_of_failed_sync(settings, std::move(disk)));
}

tasks::Result<std::unique_ptr<tasks::Tasks>> open_tasks(const settings::Settings& settings) {
  return tasks_opener(settings)();
}

TasksOpener tasks_opener(const settings::Settings& settings,
                         std::shared_ptr<files::StateDisk> disk) {
  const auto& store = settings.node.store.value();
  if (const auto* postgresql = std::get_if<settings::PostgresqlLocation>(&store)) {
    return [connection = postgresql->connection, password_file = postgresql->password_file] {
      return tasks::open_postgresql({connection, password_file});
    };
  }
  return tasks::sqlite_opener(Paths(settings.node.state_directory).tasks(),
                              told_of_failed_sync(settings, std::move(disk)));
}

std::expected<trust::AuditLog, trust::AuditFailure> open_audit_log(
    const settings::Settings& settings, std::shared_ptr<files::StateDisk> disk) {
  return trust::AuditLog::open(Paths(settings.node.state_directory).audit_log(), system_now,
                               trust::AuditLog::default_retention,
                               told_of_failed_sync(settings, std::move(disk)));
}

edges::Result<std::unique_ptr<edges::KeptReports>> open_kept_reports(
    const settings::Settings& settings, std::shared_ptr<files::StateDisk> disk) {
  const auto& store = settings.node.store.value();
  if (const auto* postgresql = std::get_if<settings::PostgresqlLocation>(&store)) {
    return edges::open_postgresql({postgresql->connection, postgresql->password_file});
  }
  return edges::open_sqlite(Paths(settings.node.state_directory).edges(),
                            told_of_failed_sync(settings, std::move(disk)));
}

trust::Policy policy_of(const settings::Settings& settings) {
  std::set<trust::PublishGrant> publish;
  for (const auto& [id, bureau] : settings.bureaus) {
    if (settings.carrier(id) != nullptr) continue;  // its data begins on another node
    for (const settings::Publication& publication : bureau.publishes) {
      for (const record::Mode mode : publication.channels)
        publish.insert({id, publication.dataset, mode});
    }
  }
  trust::Policy::CarryGrants carry;
  for (const settings::CarryingNode& node : settings.node.nodes)
    carry.emplace(node.name, node.bureaus);
  return trust::Policy(std::move(publish), std::move(carry));
}

}  // namespace sluice::installation
