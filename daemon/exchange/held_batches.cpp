// How batches of a dataset that can not be taken are held, and how they are settled: in their
// order, before anything that comes later.
#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "exchange/reception.h"
#include "record/recast.h"
#include "record/try.h"

namespace sluice::exchange {
namespace {

// By a batch that comes behind them; the others are settled by who looks after them.
constexpr std::size_t settled_in_passing = 16;

bool is_for_the_datasets_sake(ReceptionProblem problem) {
  return problem == ReceptionProblem::not_allowed || problem == ReceptionProblem::being_migrated;
}

// A migration ends, whatever comes of it.
bool passes(ReceptionProblem problem) {
  return problem == ReceptionProblem::being_migrated;
}

}  // namespace

Result<record::SignedReceipt> Reception::take_or_hold(const record::Batch& batch,
                                                      const record::Manifest& manifest,
                                                      const record::Signer& signer) {
  auto taken = take(batch, manifest, signer);
  Holding* const holding = surroundings_.holding;
  if (holding == nullptr) return taken;
  const record::Digest digest = record::sha256(batch.manifest);
  if (taken) {
    holding->entered(manifest, digest);
    return taken;
  }
  if (taken.error().code == ReceptionProblem::behind_held) {
    const auto settled = settle_held(manifest.stream.bureau, manifest.dataset, settled_in_passing);
    if (settled && settled->is_all) return take(batch, manifest, signer);
    return hold(batch, manifest, signer, {record::to_string(taken.error())});
  }
  if (!is_for_the_datasets_sake(taken.error().code)) return taken;
  if (!holding->is_due(manifest, digest, clock_())) return taken;
  return hold(batch, manifest, signer, {taken.error().sentence, passes(taken.error().code)});
}

Result<record::SignedReceipt> Reception::hold(const record::Batch& batch,
                                              const record::Manifest& manifest,
                                              const record::Signer& signer, const Obstacle& why) {
  auto entered = record::recast(
      store_->hold({manifest, batch, why.reason}, receipt_maker(batch, manifest, signer)),
      reception_failure);
  if (!entered) return entered;
  surroundings_.holding->entered(manifest, record::sha256(batch.manifest));
  // One that comes again may have its last receipt already.
  const auto receipt = record::parse_receipt(entered->json);
  if (receipt && receipt->outcome == record::Outcome::held) {
    surroundings_.holding->held(manifest, why);
  }
  return entered;
}

Result<record::SignedReceipt> Reception::settle(const store::HeldBatch& held) {
  if (auto why = obstacle()) {
    return std::unexpected(
        ReceptionFailure{ReceptionProblem::unavailable, "central store", std::move(*why)});
  }
  const auto credentials = surroundings_.keyring.current();
  SLUICE_TRY(check_certificate(credentials->signer));
  // It lay in the archive meanwhile, where somebody might have changed it.
  const auto verified = record::verify_kept(held.batch, credentials->verifier);
  if (!verified) {
    return std::unexpected(ReceptionFailure{ReceptionProblem::not_trusted, verified.error().place,
                                            verified.error().sentence});
  }
  const record::Manifest& manifest = verified->manifest;
  const store::ReceiptMaker make_receipt = receipt_maker(held.batch, manifest, credentials->signer);
  if (const auto why = final_objection(manifest)) {
    return record::recast(store_->reject({manifest, held.batch, *why, held.id}, make_receipt),
                          reception_failure);
  }
  Reading reading = SLUICE_TRY(known_dataset(manifest));
  return apply(reading, {manifest, held.batch, held.id}, make_receipt);
}

Result<Reception::Settled> Reception::settle_held(const record::BureauId& bureau,
                                                  const record::DatasetId& dataset,
                                                  std::size_t most) {
  Settled settled;
  Holding* const holding = surroundings_.holding;
  while (true) {
    auto held = store_->find_held(store::FirstOfDataset{bureau, dataset});
    if (!held) return std::unexpected(reception_failure(held.error()));
    if (!*held) {
      if (holding != nullptr) holding->ended(bureau, dataset);
      return settled;
    }
    if (settled.batches == most) break;
    SLUICE_TRY(settle(**held));
    ++settled.batches;
    if (holding != nullptr) holding->settled(bureau, dataset);
  }
  settled.is_all = false;
  return settled;
}

Result<Reception::Settled> Reception::settle_held(std::size_t most) {
  Settled all;
  Holding* const holding = surroundings_.holding;
  // First what is known, then what there is: what is held meanwhile is in both.
  auto gone = holding == nullptr ? decltype(holding->known()){} : holding->known();
  const auto datasets = SLUICE_TRY(held());
  for (const store::HeldDataset& of : datasets) {
    std::erase(gone, std::pair(of.bureau, of.dataset));
    if (holding != nullptr) holding->found(of.bureau, of.dataset);
    const auto settled = settle_held(of.bureau, of.dataset, most);
    if (!settled) {  // a later look tries again
      all.obstacles.try_emplace(
          {of.bureau, of.dataset},
          Obstacle{record::to_string(settled.error()), passes(settled.error().code)});
      continue;
    }
    all.batches += settled->batches;
    all.is_all = all.is_all && settled->is_all;
  }
  // Released by a command, or settled by another center.
  for (const auto& [bureau, dataset] : gone)
    holding->ended(bureau, dataset);
  return all;
}

Result<std::vector<store::HeldDataset>> Reception::held() {
  return record::recast(store_->held(), reception_failure);
}

Result<std::optional<record::SignedReceipt>> Reception::release_held(const store::HeldPlace& place,
                                                                     const std::string& reason) {
  const auto credentials = surroundings_.keyring.current();
  SLUICE_TRY(check_certificate(credentials->signer));
  while (true) {
    const auto found = store_->find_held(place);
    if (!found) return std::unexpected(reception_failure(found.error()));
    if (!*found) return std::nullopt;
    const store::HeldBatch& held = **found;
    const auto manifest = record::parse_manifest(held.batch.manifest);
    if (!manifest) {
      return std::unexpected(ReceptionFailure{ReceptionProblem::refused,
                                              fmt::format("ledger entry {}", held.id),
                                              record::to_string(manifest.error())});
    }
    auto released = store_->reject({*manifest, held.batch, reason, held.id},
                                   receipt_maker(held.batch, *manifest, credentials->signer));
    if (!released) return std::unexpected(reception_failure(released.error()));
    const auto receipt = record::parse_receipt(released->json);
    if (receipt && receipt->outcome == record::Outcome::rejected) return std::move(*released);
    // It was settled since it was found, and is held no more.
  }
}

}  // namespace sluice::exchange
