#include "jobs/repair.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include <fmt/format.h>

#include "adapters/front_end/whole_table.h"
#include "jobs/front_end_intake.h"
#include "jobs/front_end_source.h"
#include "reconciliation/repair_door.h"

namespace sluice::jobs {
namespace {

using adapters::front_end::WholeTable;
using Done = std::expected<void, ReconcileFailure>;

std::unexpected<ReconcileFailure> failed(const intake::IntakeFailure& failure) {
  return std::unexpected(reconcile_failure(adapters::collection_failure(failure)));
}

// Whether a value may stand in the source as it does in the record.
bool is_written_alike(const intake::Step& step) {
  return std::holds_alternative<intake::step::Trim>(step) ||
         std::holds_alternative<intake::step::HalfWidth>(step) ||
         std::holds_alternative<intake::step::UpperCase>(step);
}

// Of a record's key, what its row has in the source's key columns; nothing where that can not be
// told from the record.
class SourceKeys {
 public:
  SourceKeys(const record::TableSchema& schema, const intake::Mapping& mapping) {
    for (std::size_t i = 0; i < schema.primary_key.size(); ++i) {
      const auto mapped =
          std::ranges::find(mapping.fields, schema.primary_key[i], &intake::FieldMapping::field);
      if (mapped == mapping.fields.end()) {
        from_.push_back(i);
      } else if (!mapped->constant) {
        from_.push_back(i);
        can_be_told_ = can_be_told_ && std::ranges::all_of(mapped->steps, is_written_alike);
      }
    }
  }

  [[nodiscard]] std::vector<std::vector<std::string>> of(
      const std::vector<record::Key>& keys) const {
    std::vector<std::vector<std::string>> all;
    if (!can_be_told_) return all;
    for (const record::Key& key : keys) {
      std::vector<std::string>& values = all.emplace_back();
      for (const std::size_t i : from_)
        values.push_back(key[i]);
    }
    return all;
  }

 private:
  std::vector<std::size_t> from_;  // positions in the primary key
  bool can_be_told_ = true;
};

// What the source does not have, when it has just been looked at.
class Deletions {
 public:
  Deletions(WholeTable& table, SourceKeys keys, reconciliation::RepairDoor& door,
            adapters::Progress& progress)
      : table_(table), keys_(std::move(keys)), door_(door), progress_(progress) {}

  Done send() {
    while (true) {
      const auto gone = door_.next_gone();
      if (!gone) return failed(gone.error());
      if (gone->empty()) return {};
      const auto values = keys_.of(*gone);
      if (auto looked = table_.look_up(values, door_, progress_); !looked) {
        return std::unexpected(reconcile_failure(looked.error()));
      }
      if (door_.unknown() > 0) return refuse();
      if (auto removed = door_.remove(*gone); !removed) return failed(removed.error());
    }
  }

 private:
  [[nodiscard]] Done refuse() const {
    return std::unexpected(ReconcileFailure{
        ReconcileProblem::refused, "",
        fmt::format("{} rows have come into the source of which not even the key passes the "
                    "schema, so that nobody knows whether they are among the records that only "
                    "the central store has: what was missing or different is sent, nothing is "
                    "deleted; correct them first",
                    door_.unknown())});
  }

  WholeTable& table_;
  SourceKeys keys_;
  reconciliation::RepairDoor& door_;
  adapters::Progress& progress_;
};

}  // namespace

std::expected<Repair, ReconcileFailure> send_repair(const installation::Installation& installation,
                                                    const ReconcileRequest& request,
                                                    const ReconcileEvents& events,
                                                    reconciliation::Differences& differences) {
  const settings::Publication& publication = request.publication;
  const exchange::KnownDataset& known = *installation.catalogue.find(publication.dataset);
  auto source = front_end_source(installation, request.bureau, publication);
  if (!source) return std::unexpected(reconcile_failure(source.error()));
  const auto opened = FrontEndIntake::open(installation, request.bureau, publication, events.room);
  if (!opened) return std::unexpected(reconcile_failure(opened.error()));
  intake::ChangeIntake& intake = (*opened)->intake();
  const reconciliation::Conversion conversion{known.dataset, known.checker, publication.mapping};
  reconciliation::RepairDoor door(conversion, differences, intake);
  WholeTable table(std::move(*source));
  if (auto sent = table.collect(door, events.reading); !sent) {
    return std::unexpected(reconcile_failure(sent.error()));
  }
  const Done deleted =
      Deletions(table, SourceKeys(known.dataset.schema, publication.mapping), door, events.reading)
          .send();
  // What the source has goes on its way whatever became of the rest.
  auto done = intake.checkpoint(intake.position());
  if (done) done = intake.settle();
  if (!done) return failed(done.error());
  if (!deleted) return std::unexpected(deleted.error());
  return Repair{intake.counts().upserts, intake.counts().deletes, {}};
}

}  // namespace sluice::jobs
