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
  std::unique_ptr<LedgerSide> side(new LedgerSide(installation));
  const settings::Node& node = installation.settings.node;
  if (!node.uplink) {
    side->store_ = SLUICE_TRY(flawed(installation.open_store()));
    return side;
  }
  side->identity_ = SLUICE_TRY(
      flawed(link::UplinkIdentity::load({node.identity.certificate, node.identity.key,
                                         node.identity.authorities, node.identity.revocations})));
  side->caller_.emplace(*node.uplink, *side->identity_, side->bandwidth_);
  return side;
}

std::expected<journal::LedgerPlace, record::Flaw> LedgerSide::place(
    const record::StreamId& stream) {
  if (store_) return flawed(exchange::place_in(*store_, stream));
  return flawed(link::ask_place(*caller_, stream));
}

std::expected<std::optional<record::SignedReceipt>, record::Flaw> LedgerSide::receipt(
    const record::StreamId& stream, record::Sequence sequence) {
  const auto found = SLUICE_TRY(store_ ? flawed(store_->receipt(stream, sequence))
                                       : flawed(link::ask_receipt(*caller_, stream, sequence)));
  if (found) SLUICE_TRY(check(*found));
  return found;
}

std::expected<void, record::Flaw> LedgerSide::check(const record::SignedReceipt& receipt) const {
  const auto& uplink = installation_.settings.node.uplink;
  const auto credentials = installation_.keyring->current();
  const auto verified = SLUICE_TRY(
      flawed(record::verify(receipt, credentials->verifier, installation::system_now())));
  const record::Signers center = uplink ? uplink->center_signers : installation_.own_signers();
  const auto objection = center.objection(verified.signatory, verified.receipt.at);
  if (!objection) return {};
  return std::unexpected(
      record::Flaw{fmt::format("a receipt was signed by {}, which is not the center: {}",
                               verified.signatory.subject, *objection)});
}

}  // namespace sluice::jobs
