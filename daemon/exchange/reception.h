// The center's door: takes a batch from any link, believes nothing but its signature, has the store
// apply it, and answers with a signed receipt.
#pragma once

#include <chrono>
#include <cstddef>
#include <expected>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "exchange/catalogue.h"
#include "exchange/checkpoint_answer.h"
#include "exchange/dataset_versions.h"
#include "exchange/holding.h"
#include "exchange/known_versions.h"
#include "journal/ledger_place.h"
#include "reconciliation/digest_question.h"
#include "reconciliation/schema_standing.h"
#include "record/batch.h"
#include "record/deferral.h"
#include "record/keyring.h"
#include "record/receipt.h"
#include "record/signers.h"
#include "store/store.h"

namespace sluice::exchange {

enum class ReceptionProblem {
  unavailable,  // the store can not be reached, or was lost, or this node's certificate does not
                // hold: the same batch again, later
  not_trusted,  // the signature is not good, or its signer did not speak for this bureau then
  untimely,     // it says that it was sealed before its bureau's last batch, or in the future
  not_allowed,  // the dataset is unknown here, or its schema, or that can not be read any more, or
                // its tables can not follow the one that it has: it may be held, so that the
                // others go on
  being_migrated,  // its dataset's tables are: later, or it is held meanwhile
  out_of_order,    // the store waits for another one of its stream
  behind_held,     // an earlier one of its dataset is held, and can not be settled yet
  refused,         // the store will not take it: conflicting, schema conflict …
};
using ReceptionFailure = record::Failure<ReceptionProblem>;
template <class T>
using Result = std::expected<T, ReceptionFailure>;

// The name by which programs go: docs/link.md has them.
[[nodiscard]] std::string_view to_string(ReceptionProblem problem);

// What a store's failure is called here.
[[nodiscard]] ReceptionFailure reception_failure(const store::StoreFailure& failure);

// A batch that is not taken now, with the answer that says so to its sender.
struct Deferred {
  ReceptionFailure why;
  record::SignedDeferral answer;
};

// Not thread-safe: one owner, one thread; it has its own store connection.
class Reception {
 public:
  using Clock = std::function<record::Time()>;

  // Who may sign a bureau's batches, and might at which times.
  using Signatories = std::map<record::BureauId, record::Signers>;

  // Long enough for clocks that nothing sets, and short beside what a stolen key could be used for.
  static constexpr std::chrono::minutes usual_clock_tolerance{5};

  // What must outlive the reception.
  struct Surroundings {
    const Catalogue& catalogue;
    const record::Keyring& keyring;
    const Signatories& signatories;
    // Why nothing may be taken now; nothing where it may. Empty: it always may.
    std::function<std::optional<std::string>()> obstacle = {};
    // By how much the clock of who seals may be ahead of this node's.
    std::chrono::milliseconds clock_tolerance = usual_clock_tolerance;
    // When batches are held; null: never.
    Holding* holding = nullptr;
    // The newest checkpoint of the ledger, for receipts to tell; asked for each, so it asks nobody.
    // Empty: none is told.
    std::function<std::optional<record::Checkpoint>()> newest_checkpoint = {};
  };

  // How long the store took for a batch that it answered.
  using Applied = std::function<void(std::chrono::duration<double>)>;

  Reception(std::unique_ptr<store::Store> store, Surroundings surroundings, Clock clock,
            Applied applied = {});

  // Answers every batch that comes from who may speak for its bureau with something signed: the
  // receipt in the ledger, also of a batch that can never be taken as it is, or that it is not
  // taken now. To everybody else, and while this node's certificate does not hold, nothing is
  // signed, and nothing is entered.
  using Answer = std::variant<record::SignedReceipt, Deferred>;
  [[nodiscard]] Result<Answer> answer(const record::Batch& batch);
  // The signed answer to what is no batch, or is not the one that it was brought as: `said` but for
  // its time. The caller knows that it comes from who may speak for the stream. Nothing is entered;
  // while this node's certificate does not hold nothing is signed.
  [[nodiscard]] Result<record::SignedDeferral> defer(record::Deferral said) const;
  // The same as answer(), where it does not matter whether a refusal was signed.
  [[nodiscard]] Result<record::SignedReceipt> receive(const record::Batch& batch);

  // What came of a try to settle what is held.
  struct Settled {
    std::size_t batches = 0;
    bool is_all = true;  // there is no more that could be settled now
    // Of those whose first can not be: why not.
    std::map<std::pair<record::BureauId, record::DatasetId>, Obstacle> obstacles = {};
  };
  // Applies batches of the dataset that are held, in their order, at most so many; fails where the
  // first of them can not be applied as things are here.
  [[nodiscard]] Result<Settled> settle_held(const record::BureauId& bureau,
                                            const record::DatasetId& dataset, std::size_t most);
  // The same of all datasets, so many of each; who can not be settled keeps none from it.
  [[nodiscard]] Result<Settled> settle_held(std::size_t most);
  // What is held.
  [[nodiscard]] Result<std::vector<store::HeldDataset>> held();
  // Settles a batch that is held as rejected, for a reason that a person gives: its receipt.
  // Nothing: none is held there.
  [[nodiscard]] Result<std::optional<record::SignedReceipt>> release_held(
      const store::HeldPlace& place, const std::string& reason);

  // Which store it is.
  [[nodiscard]] Result<std::string> incarnation();
  // Where a stream stands, and its bureau's latest.
  [[nodiscard]] Result<journal::LedgerPlace> place(const record::StreamId& stream);
  // What a batch was answered; nothing: the ledger has no such batch.
  [[nodiscard]] Result<std::optional<record::SignedReceipt>> receipt(const record::StreamId& stream,
                                                                     record::Sequence sequence);

  // What the store has of a line of checkpoints.
  [[nodiscard]] Result<LineAnswer> checkpoints(const std::string& line,
                                               std::span<const std::uint64_t> numbers);

  // What the store holds of a dataset, as far as somebody who compares it asks: JSON
  // (reconciliation/digest_question.h).
  [[nodiscard]] Result<std::string> digests(const KnownDataset& known,
                                            const reconciliation::DigestQuestion& question);

  // What would become of batches under that schema of a dataset, for who asks before anything is
  // acknowledged: by the configuration, by what the tables are, and by what they were.
  [[nodiscard]] Result<reconciliation::SchemaStanding> standing(const KnownDataset& known,
                                                                const record::TableSchema& asked);

 private:
  // Nothing is taken up that could not be answered with something signed.
  [[nodiscard]] Result<void> check_certificate(const record::Signer& signer) const;
  [[nodiscard]] record::SignedDeferral sign(record::Deferral said,
                                            const record::Signer& signer) const;
  [[nodiscard]] Result<record::Manifest> admit(const record::Batch& batch,
                                               const record::Credentials& credentials) const;
  // Whether its signature is good, and of who spoke for the bureau when it was sealed.
  [[nodiscard]] Result<record::Manifest> authenticate(const record::Batch& batch,
                                                      const record::Verifier& verifier,
                                                      record::Time now) const;
  // That it is not of the future.
  [[nodiscard]] Result<void> check_time(const record::Manifest& manifest) const;
  // What it was answered when it came first: what would be refused now, a certificate having been
  // revoked since, is in the ledger all the same.
  [[nodiscard]] std::optional<record::SignedReceipt> answered_before(
      const record::Batch& batch, const ReceptionFailure& failure);
  [[nodiscard]] Result<record::SignedReceipt> take(const record::Batch& batch,
                                                   const record::Manifest& manifest,
                                                   const record::Signer& signer);
  // The same, where a batch that is not taken now may be held.
  [[nodiscard]] Result<record::SignedReceipt> take_or_hold(const record::Batch& batch,
                                                           const record::Manifest& manifest,
                                                           const record::Signer& signer);
  [[nodiscard]] Result<record::SignedReceipt> hold(const record::Batch& batch,
                                                   const record::Manifest& manifest,
                                                   const record::Signer& signer,
                                                   const Obstacle& why);
  // A batch that is held is applied, or rejected where it can never be taken.
  [[nodiscard]] Result<record::SignedReceipt> settle(const store::HeldBatch& held);
  // The dataset of a batch, and how its lines are turned, where they were made under another
  // schema.
  struct Turning {
    LineConversion conversion;
    store::Version version;  // of the dataset's tables, for which it is
  };
  struct Reading {
    const KnownDataset* known = nullptr;
    std::optional<Turning> turning;
  };
  // Or why the batch is not taken as things are here.
  [[nodiscard]] Result<Reading> known_dataset(const record::Manifest& manifest);
  // The same, of any batch under a schema that the store has.
  [[nodiscard]] Result<std::optional<std::string>> why_unread(const KnownDataset& known,
                                                              const record::Digest& schema);
  // What becomes of rows that are to go into the dataset's tables.
  struct Taken {
    const record::Manifest& manifest;
    const record::Batch& batch;
    std::int64_t settles = 0;  // as of an admitted one
  };
  [[nodiscard]] Result<record::SignedReceipt> apply(Reading& reading, const Taken& taken,
                                                    const store::ReceiptMaker& make_receipt);
  [[nodiscard]] Result<void> check_version(const KnownDataset& known, store::Version version);
  [[nodiscard]] store::ReceiptMaker receipt_maker(const record::Batch& batch,
                                                  const record::Manifest& manifest,
                                                  const record::Signer& signer) const;
  [[nodiscard]] std::optional<record::Checkpoint> newest_checkpoint() const;
  // Why the store takes nothing now.
  [[nodiscard]] std::optional<std::string> obstacle() const;
  // Why it can never be taken as it is.
  [[nodiscard]] std::optional<std::string> final_objection(const record::Manifest& manifest) const;
  [[nodiscard]] Result<void> prepare(const KnownDataset& known);
  [[nodiscard]] record::SignedReceipt sign(const record::Batch& batch,
                                           const record::Manifest& manifest,
                                           record::Outcome outcome, const std::string& reason,
                                           const record::RowOutcomes& rows,
                                           const std::vector<record::RefusedRows>& refused,
                                           record::Time at, const record::Signer& signer) const;

  std::unique_ptr<store::Store> store_;
  KnownVersions versions_{*store_};
  Surroundings surroundings_;
  Clock clock_;
  Applied applied_;
  std::set<record::DatasetId> prepared_;
};

}  // namespace sluice::exchange
