// What an edge asks its center's ledger beside sending batches (docs/link.md): where it stands with
// a bureau, and what a batch was answered.
#pragma once

#include <optional>
#include <string>

#include "journal/ledger_place.h"
#include "link/https/https_caller.h"
#include "link/link.h"
#include "record/receipt.h"

namespace sluice::link {

[[nodiscard]] std::string batch_path(const record::StreamId& stream, record::Sequence sequence);

// What asks where the ledger stands; `read_place` understands the answer.
[[nodiscard]] HttpRequest place_question(const record::StreamId& stream);
[[nodiscard]] Result<journal::LedgerPlace> ask_place(HttpsCaller& caller,
                                                     const record::StreamId& stream);

// The same of what a batch was answered.
[[nodiscard]] HttpRequest receipt_question(const record::StreamId& stream,
                                           record::Sequence sequence);
// Nothing: the ledger has no such batch. Its signature is for the caller to verify.
[[nodiscard]] Result<std::optional<record::SignedReceipt>> read_any_receipt(
    const HttpAnswer& answer, const std::string& place);
[[nodiscard]] Result<std::optional<record::SignedReceipt>> ask_receipt(
    HttpsCaller& caller, const record::StreamId& stream, record::Sequence sequence);

}  // namespace sluice::link
