// The store's own tables in PostgreSQL: streams, ledger, archive. Every function runs within a
// transaction of the caller's.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "store/apply_once.h"
#include "store/checkpoint_step.h"
#include "store/postgresql/connection.h"
#include "store/stream_place.h"

namespace sluice::store::postgresql {

// Where a bureau's stream stands; the bureau stays locked until the transaction ends.
[[nodiscard]] Connection::Answer<std::optional<StreamPlace>> lock_stream(
    Connection& connection, const record::BureauId& bureau);

[[nodiscard]] Connection::Answer<std::optional<LedgerAnswer>> find_in_ledger(
    Connection& connection, const record::StreamId& stream, record::Sequence sequence);

[[nodiscard]] Connection::Answer<std::optional<std::int64_t>> first_held(
    Connection& connection, const record::BureauId& bureau, const record::DatasetId& dataset);
[[nodiscard]] Connection::Answer<std::vector<HeldDataset>> held_datasets(Connection& connection);
[[nodiscard]] Connection::Answer<std::optional<HeldBatch>> find_held(Connection& connection,
                                                                     const HeldPlace& place);

// Until the transaction ends who walks the ledger waits for it: of two batches that are applied at
// the same time, the one with the higher id may be committed first. Which id it drew can be seen by
// whoever does not wait.
[[nodiscard]] Connection::Answer<std::int64_t> draw_ledger_id(Connection& connection);
// The statements by which it does: the id is the last one's first column, and what is asked beside
// it (", expression …") its third, and so on.
[[nodiscard]] std::string drawing_sql(std::string_view beside = {});

[[nodiscard]] Connection::Answer<void> write_ledger(Connection& connection,
                                                    const LedgerEntry& entry,
                                                    const record::Batch& batch);

// The last id up to which every batch was either committed or given up. Waits for those under way,
// however long they take (a migration takes hours), and keeps no other batch waiting meanwhile.
[[nodiscard]] Connection::Answer<std::int64_t> settled_ledger_id(Connection& connection);
// The same as far as it can be said without waiting: it ends before the first id that is under way.
// `after`: what was settled before. A statement that comes after this sees what was committed.
[[nodiscard]] Connection::Answer<SettledIds> settled_without_waiting(Connection& connection,
                                                                     std::int64_t after);

// Of the dataset's last entry by then, be it a batch or a migration; 0: none.
[[nodiscard]] Connection::Answer<std::int64_t> ledger_id_at(Connection& connection,
                                                            const record::DatasetId& dataset,
                                                            record::Time as_of);
// Of the cluster, its timeline and the database: a copy that was recovered or promoted is on
// another timeline, a dump is in another cluster or database.
[[nodiscard]] Connection::Answer<std::string> incarnation_of(Connection& connection);
[[nodiscard]] Connection::Answer<record::ChainHead> head_of(Connection& connection,
                                                            const record::StreamId& stream);
[[nodiscard]] Connection::Answer<std::vector<record::StreamId>> known_streams(
    Connection& connection);
[[nodiscard]] Connection::Answer<Activity> activity_of(Connection& connection,
                                                       const record::DatasetId& dataset,
                                                       record::Time since,
                                                       std::chrono::milliseconds span);
// Its parameters: ids after, up to; then bureau and sequence, where they are said.
[[nodiscard]] std::string walk_sql(const Extent& extent);
[[nodiscard]] Connection::Answer<void> walk_ledger(
    Connection& connection, const Extent& extent, std::int64_t last,
    const std::function<bool(const LedgerEntry&, const record::Batch&)>& consume);

}  // namespace sluice::store::postgresql
