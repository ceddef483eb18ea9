#include "exchange/reception.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "exchange/ledger_place.h"
#include "reconciliation/store_digests.h"
#include "record/recast.h"
#include "record/try.h"
#include "store/migrations.h"

namespace sluice::exchange {
namespace {

std::string name_of(const record::Manifest& manifest) {
  return fmt::format("{} batch {}", manifest.stream.bureau.str(), manifest.sequence.value);
}

std::string of_before(const store::MigrationEntry& last, std::string_view why) {
  return fmt::format(
      "it was made under a schema of {0} from before its tables were migrated to version {1} "
      "(ledger entry {2}), and can not be turned into what they are now: {3}; put the present "
      "schemas/{0}.json on the node that it comes from and say `sluice reload` there; what that "
      "node made under the old one is to be sent again by its source",
      last.dataset.str(), last.version.value, last.id, why);
}

std::string of_another(const record::DatasetId& dataset, std::string_view why) {
  return fmt::format(
      "it was made under another schema of {0} than the center has now, and can not be read "
      "under that: {1}; if the bureau's node has the newer schemas/{0}.json, put that one here "
      "too, else put back what is missing; then say `sluice reload`",
      dataset.str(), why);
}

// Or why they can not be.
std::expected<LineConversion, std::string> conversion_of(const record::Manifest& manifest,
                                                         const record::TableSchema& written,
                                                         const DatasetVersions& versions) {
  auto conversion = versions.to_present(written);
  if (!conversion) {
    const NotReadable& flaw = conversion.error();
    return std::unexpected(flaw.of_before ? of_before(versions.migrations().back(), flaw.why)
                                          : of_another(manifest.dataset, flaw.why));
  }
  if (manifest.deletes.value == 0) return std::move(*conversion);
  const auto why = conversion->why_no_deletes();
  if (!why) return std::move(*conversion);
  return std::unexpected(
      of_before(versions.migrations().back(), "it deletes records, and " + *why));
}

}  // namespace

ReceptionFailure reception_failure(const store::StoreFailure& failure) {
  const auto problem = [&] {
    switch (failure.code) {
      case store::StoreProblem::unavailable:
        return ReceptionProblem::unavailable;
      case store::StoreProblem::out_of_order:
        return ReceptionProblem::out_of_order;
      case store::StoreProblem::untimely:
        return ReceptionProblem::untimely;
      case store::StoreProblem::behind_held:
        return ReceptionProblem::behind_held;
      case store::StoreProblem::being_migrated:
        return ReceptionProblem::being_migrated;
      case store::StoreProblem::schema_conflict:
        return ReceptionProblem::not_allowed;
      default:
        return ReceptionProblem::refused;
    }
  };
  return {problem(), failure.place, failure.sentence};
}

std::string_view to_string(ReceptionProblem problem) {
  switch (problem) {
    case ReceptionProblem::unavailable:
      return "unavailable";
    case ReceptionProblem::not_trusted:
      return "not-trusted";
    case ReceptionProblem::untimely:
      return "untimely";
    case ReceptionProblem::not_allowed:
    case ReceptionProblem::behind_held:
      return "not-allowed";
    case ReceptionProblem::being_migrated:
      return "being-migrated";
    case ReceptionProblem::out_of_order:
      return "out-of-order";
    case ReceptionProblem::refused:
      return "refused";
  }
  return "refused";
}

Reception::Reception(std::unique_ptr<store::Store> store, Surroundings surroundings, Clock clock,
                     Applied applied)
    : store_(std::move(store)),
      surroundings_(std::move(surroundings)),
      clock_(std::move(clock)),
      applied_(std::move(applied)) {}

Result<record::Manifest> Reception::admit(const record::Batch& batch,
                                          const record::Credentials& credentials) const {
  SLUICE_TRY(check_certificate(credentials.signer));
  return authenticate(batch, credentials.verifier, clock_());
}

Result<void> Reception::check_certificate(const record::Signer& signer) const {
  const record::CertificateFacts& own = signer.certificate();
  const auto why = record::why_not_signing(own, clock_());
  if (!why) return {};
  return std::unexpected(ReceptionFailure{ReceptionProblem::unavailable, own.subject, *why});
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
  const auto signers = surroundings_.signatories.find(manifest.stream.bureau);
  const auto objection =
      (signers == surroundings_.signatories.end() ? record::Signers() : signers->second)
          .objection(verified->signatory, manifest.collected_at);
  if (objection) {
    return std::unexpected(ReceptionFailure{
        ReceptionProblem::not_trusted, name_of(manifest),
        fmt::format("it was signed by {}, which is not the node that speaks for {} in this "
                    "exchange: {}; if it should be, name it at the center (`certificate_subject`, "
                    "docs/configuration.md)",
                    verified->signatory.subject, manifest.stream.bureau.str(), *objection)});
  }
  return std::move(manifest);
}

Result<void> Reception::check_time(const record::Manifest& manifest) const {
  const record::Time now = clock_();
  const record::Time sealed_at = manifest.collected_at;
  if (sealed_at - now <= surroundings_.clock_tolerance) return {};
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

std::optional<std::string> Reception::final_objection(const record::Manifest& manifest) const {
  const KnownDataset* known = surroundings_.catalogue.find(manifest.dataset);
  if (known != nullptr && known->dataset.owner != manifest.stream.bureau) {
    return fmt::format("its dataset {} is owned by {}, and {} can not send it",
                       manifest.dataset.str(), known->dataset.owner.str(),
                       manifest.stream.bureau.str());
  }
  const std::uint64_t rows = manifest.upserts.value + manifest.deletes.value;
  if (rows > record::most_batch_rows) {
    return fmt::format("it has {} changes, a batch has at most {}", rows, record::most_batch_rows);
  }
  return std::nullopt;
}

Result<Reception::Reading> Reception::known_dataset(const record::Manifest& manifest) {
  const KnownDataset* known = surroundings_.catalogue.find(manifest.dataset);
  const auto not_allowed = [&](std::string sentence) {
    return std::unexpected(
        ReceptionFailure{ReceptionProblem::not_allowed, name_of(manifest), std::move(sentence)});
  };
  if (known == nullptr) {
    return not_allowed(fmt::format("its dataset {} is not known here; put its schema back",
                                   manifest.dataset.str()));
  }
  if (known->schema == manifest.schema) return Reading{known, std::nullopt};
  auto written = store_->schema(manifest.schema);
  if (!written) return std::unexpected(reception_failure(written.error()));
  if (!*written) {
    return not_allowed(fmt::format(
        "it was made under a schema of {0} that the center has never had ({1}): if the bureau's "
        "node has a newer schemas/{0}.json, put that one here too and say `sluice reload`; if it "
        "is an older one that was never used here, put it here first, and the present one after "
        "that",
        manifest.dataset.str(), record::to_string(manifest.schema)));
  }
  const auto versions = versions_.of(known->dataset);
  if (!versions) return std::unexpected(reception_failure(versions.error()));
  auto conversion = conversion_of(manifest, **written, **versions);
  if (!conversion) return not_allowed(std::move(conversion.error()));
  return Reading{known, Turning{std::move(*conversion), (*versions)->last()}};
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
                                      const std::vector<record::RefusedRows>& refused,
                                      record::Time at, const record::Signer& signer) const {
  record::SignedReceipt receipt;
  receipt.json = record::to_json(record::Receipt{.stream = manifest.stream,
                                                 .sequence = manifest.sequence,
                                                 .dataset = manifest.dataset,
                                                 .manifest = record::sha256(batch.manifest),
                                                 .outcome = outcome,
                                                 .reason = reason,
                                                 .rows = rows,
                                                 .refused = refused,
                                                 .at = at,
                                                 .checkpoint = newest_checkpoint()});
  receipt.signature = signer.sign(receipt.json);
  return receipt;
}

std::optional<record::Checkpoint> Reception::newest_checkpoint() const {
  return surroundings_.newest_checkpoint ? surroundings_.newest_checkpoint() : std::nullopt;
}

std::optional<std::string> Reception::obstacle() const {
  return surroundings_.obstacle ? surroundings_.obstacle() : std::nullopt;
}

std::optional<record::SignedReceipt> Reception::answered_before(const record::Batch& batch,
                                                                const ReceptionFailure& failure) {
  if (failure.code == ReceptionProblem::unavailable || obstacle()) return std::nullopt;
  const auto manifest = record::parse_manifest(batch.manifest);
  if (!manifest) return std::nullopt;
  const auto found = store_->receipt(manifest->stream, manifest->sequence);
  if (!found || !*found) return std::nullopt;
  const auto receipt = record::parse_receipt((*found)->json);
  if (!receipt || receipt->manifest != record::sha256(batch.manifest)) return std::nullopt;
  return **found;
}

Result<record::SignedReceipt> Reception::take(const record::Batch& batch,
                                              const record::Manifest& manifest,
                                              const record::Signer& signer) {
  if (auto why = obstacle()) {
    return std::unexpected(
        ReceptionFailure{ReceptionProblem::unavailable, "central store", std::move(*why)});
  }
  const store::ReceiptMaker make_receipt = receipt_maker(batch, manifest, signer);
  SLUICE_TRY(check_time(manifest));
  if (const auto why = final_objection(manifest)) {
    return record::recast(store_->reject({manifest, batch, *why}, make_receipt), reception_failure);
  }
  Reading reading = SLUICE_TRY(known_dataset(manifest));
  return apply(reading, {manifest, batch}, make_receipt);
}

store::ReceiptMaker Reception::receipt_maker(const record::Batch& batch,
                                             const record::Manifest& manifest,
                                             const record::Signer& signer) const {
  return [this, &batch, &manifest, &signer](
             record::Outcome outcome, const std::string& reason, const record::RowOutcomes& rows,
             const std::vector<record::RefusedRows>& refused, record::Time at) {
    return sign(batch, manifest, outcome, reason, rows, refused, at, signer);
  };
}

// What is turned is turned for one version, and what was prepared is of one, which the store holds
// to: they are to be the same.
Result<void> Reception::check_version(const KnownDataset& known, store::Version version) {
  const auto current = store_->migrations().current(known.dataset.id);
  if (!current) return std::unexpected(reception_failure(current.error()));
  if (!*current || (*current)->number == version) return {};
  return std::unexpected(
      reception_failure(store::migrated_meanwhile(known.dataset.id, (*current)->number)));
}

Result<record::SignedReceipt> Reception::apply(Reading& reading, const Taken& taken,
                                               const store::ReceiptMaker& make_receipt) {
  const KnownDataset& known = *reading.known;
  SLUICE_TRY(prepare(known));
  store::AdmittedBatch admitted{.manifest = taken.manifest,
                                .batch = taken.batch,
                                .dataset = known.dataset,
                                .checker = known.checker,
                                .settles = taken.settles};
  store::LineConverter turn;
  if (reading.turning) {
    SLUICE_TRY(check_version(known, reading.turning->version));
    turn = [&conversion = reading.turning->conversion](std::string_view line) {
      return conversion.turn(line);
    };
    admitted.turn = &turn;
  }
  const auto begun = std::chrono::steady_clock::now();
  auto receipt = store_->apply(admitted, make_receipt);
  if (!receipt) {
    const store::StoreFailure& failure = receipt.error();
    if (failure.code == store::StoreProblem::corrupt) {
      return record::recast(
          store_->reject({admitted.manifest, admitted.batch, failure.sentence, admitted.settles},
                         make_receipt),
          reception_failure);
    }
    // The tables may be gone with a database that was replaced: look again next time.
    if (failure.code == store::StoreProblem::unknown_dataset) prepared_.clear();
    return std::unexpected(reception_failure(failure));
  }
  if (applied_) applied_(std::chrono::steady_clock::now() - begun);
  return std::move(*receipt);
}

Result<Reception::Answer> Reception::answer(const record::Batch& batch) {
  const auto credentials = surroundings_.keyring.current();
  const auto admitted = admit(batch, *credentials);
  if (!admitted) {
    if (auto known = answered_before(batch, admitted.error())) return Answer(std::move(*known));
    return std::unexpected(admitted.error());
  }
  const record::Manifest& manifest = *admitted;
  auto receipt = take_or_hold(batch, manifest, credentials->signer);
  if (receipt) return Answer(std::move(*receipt));
  if (auto known = answered_before(batch, receipt.error())) return Answer(std::move(*known));
  auto deferral = sign({.stream = manifest.stream,
                        .sequence = manifest.sequence,
                        .manifest = record::sha256(batch.manifest),
                        .problem = std::string(to_string(receipt.error().code)),
                        .sentence = record::to_string(receipt.error())},
                       credentials->signer);
  return Answer(Deferred{std::move(receipt.error()), std::move(deferral)});
}

record::SignedDeferral Reception::sign(record::Deferral said, const record::Signer& signer) const {
  said.at = clock_();
  record::SignedDeferral deferral{record::to_json(said), ""};
  deferral.signature = signer.sign(deferral.json);
  return deferral;
}

Result<record::SignedDeferral> Reception::defer(record::Deferral said) const {
  const auto credentials = surroundings_.keyring.current();
  SLUICE_TRY(check_certificate(credentials->signer));
  return sign(std::move(said), credentials->signer);
}

Result<record::SignedReceipt> Reception::receive(const record::Batch& batch) {
  auto answered = SLUICE_TRY(answer(batch));
  if (auto* deferred = std::get_if<Deferred>(&answered)) {
    return std::unexpected(std::move(deferred->why));
  }
  return std::get<record::SignedReceipt>(std::move(answered));
}

Result<std::string> Reception::incarnation() {
  return record::recast(store_->incarnation(), reception_failure);
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

Result<LineAnswer> Reception::checkpoints(const std::string& line,
                                          std::span<const std::uint64_t> numbers) {
  return record::recast(answer_of(*store_, line, numbers), reception_failure);
}

Result<std::string> Reception::digests(const KnownDataset& known,
                                       const reconciliation::DigestQuestion& question) {
  SLUICE_TRY(prepare(known));
  reconciliation::StoreDigests digests(*store_, known.dataset);
  const auto failed = [this](const reconciliation::Failure& failure) {
    const bool passes = failure.code == reconciliation::Problem::unavailable;
    // The tables may be others by now: look again next time.
    if (!passes) prepared_.clear();
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

Result<std::optional<std::string>> Reception::why_unread(const KnownDataset& known,
                                                         const record::Digest& schema) {
  record::Manifest manifest;
  manifest.stream.bureau = known.dataset.owner;
  manifest.dataset = known.dataset.id;
  manifest.schema = schema;
  const auto reading = known_dataset(manifest);
  if (reading) return std::nullopt;
  if (reading.error().code != ReceptionProblem::not_allowed) {
    return std::unexpected(reading.error());
  }
  return reading.error().sentence;
}

Result<reconciliation::SchemaStanding> Reception::standing(const KnownDataset& known,
                                                           const record::TableSchema& asked) {
  using State = reconciliation::SchemaStanding::State;
  auto standing = reconciliation::standing_of(asked, known.dataset);
  if (standing.state == State::conflict) return standing;
  // Until they follow it, nothing of the dataset is applied, whatever it was made under.
  const auto compared = store_->compare(known.dataset);
  if (!compared && compared.error().code == store::StoreProblem::schema_conflict) {
    return reconciliation::SchemaStanding{State::conflict, record::to_string(compared.error())};
  }
  if (!compared) return std::unexpected(reception_failure(compared.error()));
  if (standing.state != State::readable) return standing;
  const record::Digest schema = record::schema_digest(asked);
  const auto kept = store_->schema(schema);
  if (!kept) return std::unexpected(reception_failure(kept.error()));
  if (!*kept) return standing;
  if (const auto why = SLUICE_TRY(why_unread(known, schema))) {
    standing = {State::conflict, fmt::format("dataset {}: of a batch under this schema it would be "
                                             "said: {}",
                                             known.dataset.id.str(), *why)};
  }
  return standing;
}

}  // namespace sluice::exchange
