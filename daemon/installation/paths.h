// Where a node keeps what is its own, below its state directory; the examples are of one that is
// /var/lib/sluice. What captures keep in their folder is theirs to name (adapters/front_end), and
// the embedded store's file is a setting.
#pragma once

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "record/identifiers.h"

namespace sluice::installation {

// A value; makes nothing.
class Paths {
 public:
  using Path = std::filesystem::path;

  explicit Paths(Path state) : state_(std::move(state)) {}

  // /var/lib/sluice/journals/local-tax.journal
  [[nodiscard]] Path journal(const record::BureauId& bureau) const {
    return journals() / (bureau.str() + ".journal");
  }
  // /var/lib/sluice/remembered.sqlite: what is remembered of journals and store beside them
  [[nodiscard]] Path remembered() const { return state_ / "remembered.sqlite"; }
  // /var/lib/sluice/audit.sqlite
  [[nodiscard]] Path audit_log() const { return state_ / "audit.sqlite"; }
  // /var/lib/sluice/revocations: the revocation lists that were in force here once
  [[nodiscard]] Path seen_lists() const { return state_ / "revocations"; }
  // /var/lib/sluice/not-durable: an fsync has failed, and why; there until a start went well.
  [[nodiscard]] Path not_durable_mark() const { return state_ / "not-durable"; }
  // /var/lib/sluice/sluiced.lock: held by the one daemon, whose process id stands in it
  [[nodiscard]] Path daemon_lock() const { return state_ / "sluiced.lock"; }
  // /var/lib/sluice/restore-unfinished: a restore has begun and not ended.
  [[nodiscard]] Path unfinished_restore() const { return state_ / "restore-unfinished"; }
  // /var/lib/sluice/people.sqlite: the people who may sign in, of a node with the embedded store
  [[nodiscard]] Path people() const { return state_ / "people.sqlite"; }
  // /var/lib/sluice/tasks.sqlite: the tasks of manual entry, of a node with the embedded store
  [[nodiscard]] Path tasks() const { return state_ / "tasks.sqlite"; }
  // /var/lib/sluice/edges.sqlite: what edges reported, of a center with the embedded store
  [[nodiscard]] Path edges() const { return state_ / "edges.sqlite"; }
  // /var/lib/sluice/captures/local-tax: what the captures of its tables keep from run to run.
  [[nodiscard]] Path captures(const record::BureauId& bureau) const {
    return state_ / "captures" / bureau.str();
  }
  // /var/lib/sluice/captures/local-tax/payment.compared: what the last comparison has read.
  [[nodiscard]] Path compared(const record::BureauId& bureau,
                              const record::DatasetId& dataset) const {
    return captures(bureau) / (dataset.str() + ".compared");
  }
  // /var/lib/sluice/reconciliation.sqlite: what comparisons found.
  [[nodiscard]] Path reconciliation_reports() const { return state_ / "reconciliation.sqlite"; }
  // /var/lib/sluice/jobs.sqlite: how the runs of jobs ended, and what is paused.
  [[nodiscard]] Path run_history() const { return state_ / "jobs.sqlite"; }

  // /var/lib/sluice/scratch: for temporary files, and for locks.
  [[nodiscard]] Path scratch() const { return state_ / "scratch"; }
  // /var/lib/sluice/scratch/national-tax.import.lock: one import of a bureau at a time.
  [[nodiscard]] Path import_lock(const record::BureauId& bureau) const {
    return scratch() / (bureau.str() + ".import.lock");
  }
  // /var/lib/sluice/scratch/local-tax.collect.lock: who reads or writes the cursors of a bureau's
  // tables holds it.
  [[nodiscard]] Path collect_lock(const record::BureauId& bureau) const {
    return scratch() / (bureau.str() + ".collect.lock");
  }
  // /var/lib/sluice/scratch/payment.reconcile.lock: one comparison of a dataset at a time.
  [[nodiscard]] Path reconcile_lock(const record::DatasetId& dataset) const {
    return scratch() / (dataset.str() + ".reconcile.lock");
  }
  // /var/lib/sluice/scratch/payment.reconciliation: what a comparison that is under way has read.
  [[nodiscard]] Path reconciliation(const record::DatasetId& dataset) const {
    return scratch() / (dataset.str() + ".reconciliation");
  }

  // /var/lib/sluice/scratch/audit.replay: what a replay of the archive works out.
  [[nodiscard]] Path replay() const { return scratch() / "audit.replay"; }

  // Those that must be there before anything else is written, the outer ones first.
  [[nodiscard]] std::vector<Path> directories() const { return {state_, journals(), scratch()}; }

 private:
  [[nodiscard]] Path journals() const { return state_ / "journals"; }

  Path state_;
};

}  // namespace sluice::installation
