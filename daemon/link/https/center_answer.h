// What a center's answers mean (docs/link.md).
#pragma once

#include <expected>
#include <optional>
#include <string>

#include "journal/ledger_place.h"
#include "link/https/https_connection.h"
#include "link/link.h"
#include "record/batch.h"

namespace sluice::link {

// Where the center stands with a stream. `place`: whose answer it is.
[[nodiscard]] Result<record::Sequence> read_standing(const HttpAnswer& answer,
                                                     const std::string& place);

// The same, with where the bureau's latest stream stands, which an earlier version does not tell:
// then this one is the latest, where the center has any of it.
[[nodiscard]] Result<journal::LedgerPlace> read_place(const HttpAnswer& answer,
                                                      const record::StreamId& stream,
                                                      const std::string& place);

// The receipt in it. Its signature is for the receiver to verify.
[[nodiscard]] Result<record::SignedReceipt> read_receipt(const HttpAnswer& answer,
                                                         const std::string& place);

// What the center signed of a batch that it does not take now; nothing: nothing.
[[nodiscard]] std::optional<record::SignedDeferral> read_deferral(const HttpAnswer& answer);

// What a good answer says, whatever it is.
[[nodiscard]] Result<std::string> read_body(HttpAnswer answer, const std::string& place);

// That an answer which is a good one to look at is none that this version knows.
[[nodiscard]] LinkFailure not_understood(const std::string& place, const std::string& what);

// Whether it says that the ledger has no receipt of that number.
[[nodiscard]] bool says_no_receipt(const HttpAnswer& answer);

}  // namespace sluice::link
