#include "link/https/receipt_answer.h"

#include <optional>

#include <boost/json.hpp>
#include <openssl/evp.h>

#include "record/json_members.h"

namespace sluice::link {

std::string to_base64(std::string_view bytes) {
  std::string text(4 * ((bytes.size() + 2) / 3) + 1, '\0');  // with the closing NUL
  const int size = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                                   reinterpret_cast<const unsigned char*>(bytes.data()),
                                   static_cast<int>(bytes.size()));
  text.resize(static_cast<std::size_t>(size));
  return text;
}

std::optional<std::string> from_base64(std::string_view text) {
  if (text.size() % 4 != 0) return std::nullopt;
  std::string bytes(text.size() / 4 * 3, '\0');
  const int size = EVP_DecodeBlock(reinterpret_cast<unsigned char*>(bytes.data()),
                                   reinterpret_cast<const unsigned char*>(text.data()),
                                   static_cast<int>(text.size()));
  if (size < 0) return std::nullopt;
  // The padding was decoded as zeros.
  const std::size_t padding = text.ends_with("==") ? 2 : text.ends_with('=') ? 1 : 0;
  bytes.resize(static_cast<std::size_t>(size) - padding);
  return bytes;
}

std::string to_answer(const record::SignedReceipt& receipt) {
  const boost::json::object object{{"receipt", receipt.json},
                                   {"signature", to_base64(receipt.signature)}};
  return boost::json::serialize(object) + "\n";
}

std::expected<record::SignedReceipt, record::Flaw> parse_answer(std::string_view json) {
  record::JsonMembers members(json);
  record::SignedReceipt receipt;
  receipt.json = members.text("receipt");
  const auto signature = from_base64(members.text("signature"));
  if (!signature) members.complain("signature", "to be base64");
  if (const auto problem = members.finish()) return std::unexpected(record::Flaw{*problem});
  receipt.signature = *signature;
  return receipt;
}

}  // namespace sluice::link
