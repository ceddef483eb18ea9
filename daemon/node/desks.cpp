#include "node/desks.h"

#include <utility>

#include "record/try.h"
#include "settings/channels.h"

namespace sluice::node {
namespace {

std::vector<entry::KeyedDataset> keyed_datasets(const settings::Bureau& bureau,
                                                const installation::Installation& installation,
                                                const entry::CodeTables& tables) {
  std::vector<entry::KeyedDataset> keyed;
  for (const settings::Publication& publication : bureau.publishes) {
    if (!settings::comes_by(publication, record::Mode::manual_entry)) continue;
    const exchange::KnownDataset& known = *installation.catalogue.find(publication.dataset);
    keyed.push_back({known.dataset, known.checker, publication.mapping, tables,
                     installation.origin(publication.dataset, record::Mode::manual_entry),
                     publication.max_row_bytes});
  }
  return keyed;
}

}  // namespace

std::expected<void, std::string> Desks::open(const std::vector<record::BureauId>& own,
                                             const Surroundings& surroundings) {
  const installation::Installation& installation = surroundings.installation;
  const entry::PinyinReadings readings;
  for (const auto& [name, entries] : installation.settings.code_tables)
    tables_.emplace(name, entry::CodeTable(entries, readings));
  for (const record::BureauId& id : own) {
    const auto keyed = keyed_datasets(installation.settings.bureaus.at(id), installation, tables_);
    if (keyed.empty()) continue;
    auto journal = installation.open_journal(id);
    if (!journal) return std::unexpected(record::to_string(journal.error()));
    auto desk = entry::Desk::make(
        keyed, std::move(*journal), installation.settings.node.journal,
        [&log = surroundings.log, bureau = id](const journal::JournalFailure& failure) {
          log.write<"batch-not-closed">(
              {{"bureau", bureau.str()}, {"reason", record::to_string(failure)}});
        },
        surroundings.running, surroundings.objection);
    if (!desk) return std::unexpected(desk.error().sentence);
    desks_.emplace(id, std::move(*desk));
  }
  return {};
}

}  // namespace sluice::node
