#include "store/stream_place.h"

#include <algorithm>

#include <fmt/format.h>

namespace sluice::store {

std::string place_of(const record::Manifest& manifest) {
  return fmt::format("bureau {}, epoch {}, batch {}", manifest.stream.bureau.str(),
                     manifest.stream.epoch.value, manifest.sequence.value);
}

Result<void> check_admitted(const AdmittedBatch& admitted) {
  const record::Manifest& manifest = admitted.manifest;
  const record::Dataset& dataset = admitted.dataset;
  if (manifest.dataset == dataset.id && manifest.stream.bureau == dataset.owner) return {};
  return std::unexpected(
      StoreFailure{StoreProblem::failed, place_of(manifest),
                   fmt::format("it is for dataset {}, expected dataset {} of bureau {}",
                               manifest.dataset.str(), dataset.id.str(), dataset.owner.str())});
}

StoreFailure not_a_range(const record::DatasetId& dataset) {
  return {StoreProblem::failed, "dataset " + dataset.str(),
          "the ends of the range are not values of its primary key"};
}

StoreFailure not_a_key(const record::DatasetId& dataset) {
  return {StoreProblem::failed, "dataset " + dataset.str(),
          "what was looked for is no key of the dataset: another count of fields, or values of "
          "another type"};
}

StoreFailure unknown_dataset(const record::DatasetId& dataset) {
  return {StoreProblem::unknown_dataset, "dataset " + dataset.str(),
          "its tables were not prepared; check that the node's settings name it"};
}

StoreFailure behind_held(const record::Manifest& manifest) {
  return {StoreProblem::behind_held, place_of(manifest),
          fmt::format("an earlier batch of its dataset {} is held, and is to be settled first",
                      manifest.dataset.str())};
}

StoreFailure not_held(const record::Manifest& manifest) {
  return {StoreProblem::failed, place_of(manifest),
          "the ledger does not have it, so it is not held, and nothing can settle it"};
}

std::optional<StoreFailure> refuse_other(const record::Manifest& manifest,
                                         const record::Digest& digest,
                                         std::string_view digest_in_ledger) {
  if (to_string(digest) == digest_in_ledger) return std::nullopt;
  return StoreFailure{
      StoreProblem::conflicting, place_of(manifest),
      fmt::format("another batch was applied under this number: digest {}, this one has {}; two "
                  "journals send as the same stream",
                  digest_in_ledger, to_string(digest))};
}

std::optional<StoreFailure> refuse_place(const record::Manifest& manifest,
                                         const std::optional<StreamPlace>& place) {
  const auto refuse = [&](StoreProblem problem, std::string sentence) {
    return StoreFailure{problem, place_of(manifest), std::move(sentence)};
  };
  if (place && manifest.stream.epoch < place->epoch) {
    return refuse(
        StoreProblem::out_of_order,
        fmt::format("its epoch is over: the bureau's stream goes on in epoch {}; find out "
                    "which node still sends from an old journal",
                    place->epoch.value));
  }
  const bool same_epoch = place && manifest.stream.epoch == place->epoch;
  const record::ChainHead head = same_epoch ? place->head : record::ChainHead{};
  if (manifest.sequence.value != head.sequence.value + 1) {
    return refuse(
        StoreProblem::out_of_order,
        fmt::format("expected batch {}; send the batches from there on", head.sequence.value + 1));
  }
  if (manifest.previous != head.manifest) {
    return refuse(
        StoreProblem::chain_broken,
        fmt::format("it follows a batch with digest {}, but {} is what was applied before "
                    "it; the journal it comes from was changed or mixed up",
                    to_string(manifest.previous), to_string(head.manifest)));
  }
  if (place && manifest.collected_at < place->sealed_at) {
    return refuse(
        StoreProblem::untimely,
        fmt::format("it was sealed at {}, before the last batch of its bureau (batch {} of epoch "
                    "{}), which was at {}, and a node seals none earlier than the one before; "
                    "either the clock of the node that sealed it was set back: set it right, stop "
                    "its sluiced and say `sluice journal new-epoch {}` there, which seals anew; or "
                    "somebody dates back with an old key",
                    record::to_string(manifest.collected_at), place->head.sequence.value,
                    place->epoch.value, record::to_string(place->sealed_at),
                    manifest.stream.bureau.str()));
  }
  return std::nullopt;
}

record::Time sealing_time(std::string_view manifest) {
  const auto parsed = record::parse_manifest(manifest);
  return parsed ? parsed->collected_at : record::Time{};
}

record::Time applied_after(const std::optional<StreamPlace>& place, record::Time now) {
  return place ? std::max(now, place->applied_at + std::chrono::milliseconds(1)) : now;
}

}  // namespace sluice::store
