#include "exchange/reception.h"

#include <utility>

#include <fmt/format.h>

#include "exchange/ledger_place.h"
#include "reconciliation/store_digests.h"
#include "record/recast.h"
#include "record/try.h"

namespace sluice::exchange {
namespace {

std::string name_of(const record::Manifest& manifest) {
  return fmt::format("{} batch {}", manifest.stream.bureau.str(), manifest.sequence.value);
}

ReceptionFailure reception_failure(const store::StoreFailure& failure) {
  const auto problem = [&] {
    switch (failure.code) {
      case store::StoreProblem::unavailable:
        return ReceptionProblem::unavailable;
      case store::StoreProblem::out_of_order:
        return ReceptionProblem::out_of_order;
      case store::StoreProblem::untimely:
        return ReceptionProblem::untimely;
      default:
        return ReceptionProblem::refused;
    }
  };
  return {problem(), failure.place, failure.sentence};
}

}  // namespace

Reception::Reception(std::unique_ptr<store::Store> store, Surroundings surroundings, Clock clock,
                     Applied applied)
    : store_(std::move(store)),
      surroundings_(std::move(surroundings)),
      clock_(std::move(clock)),
      applied_(std::move(applied)) {}

Result<record::Manifest> Reception::admit(const record::Batch& batch,
                                          const record::Credentials& credentials) const {
  const record::Time now = clock_();
  // Nothing is taken up that could not be answered with a receipt.
  const record::CertificateFacts& own = credentials.signer.certificate();
  if (const auto why = record::why_not_signing(own, now)) {
    return std::unexpected(ReceptionFailure{ReceptionProblem::unavailable, own.subject, *why});
  }
  auto manifest = SLUICE_TRY(authenticate(batch, credentials.verifier, now));
  const KnownDataset* known = surroundings_.catalogue.find(manifest.dataset);
  const auto not_allowed = [&](std::string sentence) {
    return std::unexpected(
        ReceptionFailure{ReceptionProblem::not_allowed, name_of(manifest), std::move(sentence)});
  };
  if (known == nullptr) {
    return not_allowed(fmt::format("its dataset {} is not known here; put its schema back",
                                   manifest.dataset.str()));
  }
  if (known->dataset.owner != manifest.stream.bureau) {
    return not_allowed(fmt::format("its dataset {} is owned by {}", manifest.dataset.str(),
                                   known->dataset.owner.str()));
  }
  if (known->schema != manifest.schema) {
    return not_allowed(fmt::format(
        "it was made under another schema of {}; put that schema back until the journal "
        "is drained (`sluice status`), then change it",
        manifest.dataset.str()));
  }
  return manifest;
}

Result<record::Manifest> Reception::authenticate(const record::Batch& batch,
                                                 const record::Verifier& verifier,
                                                 record::Time now) const {
  auto verified = record::verify(batch, verifier, now);
  if (!verified) {
    return std::unexpected(ReceptionFailure{ReceptionProblem::not_trusted, verified.error().place,
                                            verified.error().sentence});
  }
  record::Manifest& manifest = verified->manifest;
  const record::Time sealed_at = manifest.collected_at;
  const auto signers = surroundings_.signatories.find(manifest.stream.bureau);
  const auto objection =
      (signers == surroundings_.signatories.end() ? record::Signers() : signers->second)
          .objection(verified->signatory, sealed_at);
  if (objection) {
    return std::unexpected(ReceptionFailure{
        ReceptionProblem::not_trusted, name_of(manifest),
        fmt::format("it was signed by {}, which is not the node that speaks for {} in this "
                    "exchange: {}; if it should be, name it at the center (`certificate_subject`, "
                    "docs/configuration.md)",
                    verified->signatory.subject, manifest.stream.bureau.str(), *objection)});
  }
  if (sealed_at - now > surroundings_.clock_tolerance) {
    return std::unexpected(ReceptionFailure{
        ReceptionProblem::untimely, name_of(manifest),
        fmt::format(
            "it was sealed at {}, and the center's clock says {}: at most {} s ahead may it be; if "
            "the clock of the node that sealed it was wrong, set it right, stop its sluiced, and "
            "say `sluice journal new-epoch {}` there, which seals anew; if the center's is, set "
            "that one right",
            record::to_string(sealed_at), record::to_string(now),
            std::chrono::ceil<std::chrono::seconds>(surroundings_.clock_tolerance).count(),
            manifest.stream.bureau.str())});
  }
  return std::move(manifest);
}

Result<void> Reception::prepare(const KnownDataset& known) {
  if (prepared_.contains(known.dataset.id)) return {};
  if (auto prepared = store_->prepare(known.dataset); !prepared) {
    return std::unexpected(reception_failure(prepared.error()));
  }
  prepared_.insert(known.dataset.id);
  return {};
}

record::SignedReceipt Reception::sign(const record::Batch& batch, const record::Manifest& manifest,
                                      record::Outcome outcome, const std::string& reason,
                                      const record::RowOutcomes& rows,
                                      const std::vector<record::RejectedRow>& rejected,
                                      record::Time applied_at, const record::Signer& signer) const {
  record::SignedReceipt receipt;
  receipt.json = record::to_json(record::Receipt{.stream = manifest.stream,
                                                 .sequence = manifest.sequence,
                                                 .manifest = record::sha256(batch.manifest),
                                                 .outcome = outcome,
                                                 .reason = reason,
                                                 .rows = rows,
                                                 .rejected_rows = rejected,
                                                 .at = applied_at});
  receipt.signature = signer.sign(receipt.json);
  return receipt;
}

std::optional<record::SignedReceipt> Reception::answered_before(const record::Batch& batch,
                                                                const ReceptionFailure& failure) {
  if (failure.code == ReceptionProblem::unavailable) return std::nullopt;
  const auto manifest = record::parse_manifest(batch.manifest);
  if (!manifest) return std::nullopt;
  const auto found = store_->receipt(manifest->stream, manifest->sequence);
  if (!found || !*found) return std::nullopt;
  const auto receipt = record::parse_receipt((*found)->json);
  if (!receipt || receipt->manifest != record::sha256(batch.manifest)) return std::nullopt;
  return **found;
}

Result<record::SignedReceipt> Reception::receive(const record::Batch& batch) {
  if (auto why = surroundings_.obstacle ? surroundings_.obstacle() : std::nullopt) {
    return std::unexpected(
        ReceptionFailure{ReceptionProblem::unavailable, "central store", std::move(*why)});
  }
  const auto credentials = surroundings_.keyring.current();
  const auto admitted = admit(batch, *credentials);
  if (!admitted) {
    if (auto known = answered_before(batch, admitted.error())) return std::move(*known);
    return std::unexpected(admitted.error());
  }
  const record::Manifest& manifest = *admitted;
  const KnownDataset& known = *surroundings_.catalogue.find(manifest.dataset);
  SLUICE_TRY(prepare(known));
  const auto begun = std::chrono::steady_clock::now();
  auto receipt = store_->apply(
      {.manifest = manifest, .batch = batch, .dataset = known.dataset, .checker = known.checker},
      [&](record::Outcome outcome, const std::string& reason, const record::RowOutcomes& rows,
          const std::vector<record::RejectedRow>& rejected, record::Time applied_at) {
        return sign(batch, manifest, outcome, reason, rows, rejected, applied_at,
                    credentials->signer);
      });
  if (!receipt) {
    // The tables may be gone with a database that was replaced: look again next time.
    if (receipt.error().code == store::StoreProblem::unknown_dataset) prepared_.clear();
    return std::unexpected(reception_failure(receipt.error()));
  }
  if (applied_) applied_(std::chrono::steady_clock::now() - begun);
  return std::move(*receipt);
}

Result<journal::LedgerPlace> Reception::place(const record::StreamId& stream) {
  return record::recast(place_in(*store_, stream), reception_failure);
}

Result<std::optional<record::SignedReceipt>> Reception::receipt(const record::StreamId& stream,
                                                                record::Sequence sequence) {
  auto found = store_->receipt(stream, sequence);
  if (!found) return std::unexpected(reception_failure(found.error()));
  return std::move(*found);
}

Result<std::string> Reception::digests(const KnownDataset& known,
                                       const reconciliation::DigestQuestion& question) {
  SLUICE_TRY(prepare(known));
  reconciliation::StoreDigests digests(*store_, known.dataset);
  const auto failed = [](const reconciliation::Failure& failure) {
    const bool passes = failure.code == reconciliation::Problem::unavailable;
    return std::unexpected(
        ReceptionFailure{passes ? ReceptionProblem::unavailable : ReceptionProblem::not_allowed,
                         failure.place, failure.sentence});
  };
  if (question.bounds) {
    const auto sums = digests.sums(question.range, *question.bounds);
    if (!sums) return failed(sums.error());
    return reconciliation::to_json(*sums);
  }
  const auto listing = digests.list(question.range);
  if (!listing) return failed(listing.error());
  return reconciliation::to_json(*listing);
}

}  // namespace sluice::exchange
