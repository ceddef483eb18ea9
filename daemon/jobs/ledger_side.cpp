#include "jobs/ledger_side.h"

#include <utility>

#include <fmt/format.h>

#include "exchange/ledger_place.h"
#include "installation/system_clock.h"
#include "jobs/flaw_of.h"
#include "link/https/ledger_call.h"
#include "record/try.h"
#include "record/verified_receipt.h"

namespace sluice::jobs {

std::expected<std::unique_ptr<LedgerSide>, record::Flaw> LedgerSide::open(
    const installation::Installation& installation) {
  auto center = SLUICE_TRY(CenterReach::open(installation));
  return std::unique_ptr<LedgerSide>(new LedgerSide(installation, std::move(center)));
}

std::expected<journal::LedgerPlace, record::Flaw> LedgerSide::place(
    const record::StreamId& stream) {
  store::Store* const store = center_->store();
  return store != nullptr ? flawed(exchange::place_in(*store, stream))
                          : flawed(link::ask_place(center_->caller(), stream));
}

std::expected<std::optional<record::SignedReceipt>, record::Flaw> LedgerSide::receipt(
    const record::StreamId& stream, record::Sequence sequence) {
  store::Store* const store = center_->store();
  const auto found =
      SLUICE_TRY(store != nullptr ? flawed(store->receipt(stream, sequence))
                                  : flawed(link::ask_receipt(center_->caller(), stream, sequence)));
  if (found) SLUICE_TRY(check(*found));
  return found;
}

std::expected<void, record::Flaw> LedgerSide::check(const record::SignedReceipt& receipt) const {
  const auto credentials = installation_.keyring->current();
  const auto verified = SLUICE_TRY(
      flawed(record::verify(receipt, credentials->verifier, installation::system_now())));
  const auto objection =
      center_signers(installation_).objection(verified.signatory, verified.receipt.at);
  if (!objection) return {};
  return std::unexpected(
      record::Flaw{fmt::format("a receipt was signed by {}, which is not the center: {}",
                               verified.signatory.subject, *objection)});
}

}  // namespace sluice::jobs
