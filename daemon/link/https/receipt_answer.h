// The form in which a receipt comes back over HTTPS (docs/link.md): one JSON object, `receipt` with
// the exact text that was signed, `signature` with the CMS signature's DER in base64.
#pragma once

#include <expected>
#include <optional>
#include <string>
#include <string_view>

#include "record/failure.h"
#include "record/receipt.h"

namespace sluice::link {

// Of what is signed, in every answer.
[[nodiscard]] std::string to_base64(std::string_view bytes);
[[nodiscard]] std::optional<std::string> from_base64(std::string_view text);
// Which store a receipt is of.
inline constexpr std::string_view store_header = "Sluice-Store";

[[nodiscard]] std::string to_answer(const record::SignedReceipt& receipt);
// Strict about its form; whether the receipt is good is for who asked for it to verify. The error
// says what was wrong.
[[nodiscard]] std::expected<record::SignedReceipt, record::Flaw> parse_answer(
    std::string_view json);

}  // namespace sluice::link
