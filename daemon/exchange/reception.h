// The center's door: takes a batch from any link, believes nothing but its signature, has the store
// apply it, and answers with a signed receipt.
#pragma once

#include <chrono>
#include <expected>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>

#include "exchange/catalogue.h"
#include "journal/ledger_place.h"
#include "reconciliation/digest_question.h"
#include "record/batch.h"
#include "record/keyring.h"
#include "record/receipt.h"
#include "store/store.h"

namespace sluice::exchange {

enum class ReceptionProblem {
  unavailable,   // the store can not be reached, or was lost, or this node's certificate does not
                 // hold: the same batch again, later
  not_trusted,   // the signature is not good, or its signer may not speak for this bureau
  not_allowed,   // the dataset is unknown here, is another bureau's, or has another schema
  out_of_order,  // the store waits for another one of its stream
  refused,       // the store will not take it: conflicting, schema conflict …
};
using ReceptionFailure = record::Failure<ReceptionProblem>;
template <class T>
using Result = std::expected<T, ReceptionFailure>;

// Not thread-safe: one owner, one thread; it has its own store connection.
class Reception {
 public:
  using Clock = std::function<record::Time()>;

  // The certificate subjects that may sign a bureau's batches.
  using Signatories = std::map<record::BureauId, std::set<std::string>>;

  // What must outlive the reception.
  struct Surroundings {
    const Catalogue& catalogue;
    const record::Keyring& keyring;
    const Signatories& signatories;
    // Why nothing may be taken now; nothing where it may. Empty: it always may.
    std::function<std::optional<std::string>()> obstacle = {};
  };
  // How long the store took for a batch that it answered.
  using Applied = std::function<void(std::chrono::duration<double>)>;

  Reception(std::unique_ptr<store::Store> store, Surroundings surroundings, Clock clock,
            Applied applied = {});

  [[nodiscard]] Result<record::SignedReceipt> receive(const record::Batch& batch);

  // Where a stream stands, and its bureau's latest.
  [[nodiscard]] Result<journal::LedgerPlace> place(const record::StreamId& stream);
  // What a batch was answered; nothing: the ledger has no such batch.
  [[nodiscard]] Result<std::optional<record::SignedReceipt>> receipt(const record::StreamId& stream,
                                                                     record::Sequence sequence);

  // What the store holds of a dataset, as far as somebody who compares it asks: JSON
  // (reconciliation/digest_question.h).
  [[nodiscard]] Result<std::string> digests(const KnownDataset& known,
                                            const reconciliation::DigestQuestion& question);

 private:
  [[nodiscard]] Result<record::Manifest> admit(const record::Batch& batch,
                                               const record::Credentials& credentials) const;
  [[nodiscard]] Result<void> prepare(const KnownDataset& known);
  [[nodiscard]] record::SignedReceipt sign(const record::Batch& batch,
                                           const record::Manifest& manifest,
                                           record::Outcome outcome, const std::string& reason,
                                           const record::RowOutcomes& rows,
                                           const std::vector<record::RejectedRow>& rejected,
                                           const record::Signer& signer) const;

  std::unique_ptr<store::Store> store_;
  Surroundings surroundings_;
  Clock clock_;
  Applied applied_;
  std::set<record::DatasetId> prepared_;
};

}  // namespace sluice::exchange
