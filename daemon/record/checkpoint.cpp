#include "record/checkpoint.h"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "record/json_members.h"

namespace sluice::record {

bool is_checkpoint_line(std::string_view text) {
  return text.size() == 16 && std::ranges::all_of(text, [](char digit) {
           return (digit >= '0' && digit <= '9') || (digit >= 'a' && digit <= 'f');
         });
}

std::string to_json(const Checkpoint& checkpoint) {
  return fmt::format(R"({{"line":"{}","number":{},"ledger":"{}","digest":"{}"}})", checkpoint.line,
                     checkpoint.number, checkpoint.ledger, to_string(checkpoint.digest));
}

std::optional<Checkpoint> checkpoint_in(simdjson::dom::element value) {
  JsonMembers members(value);
  Checkpoint checkpoint{.line = members.text("line"), .number = members.number("number")};
  const std::string ledger = members.text("ledger");
  const auto digest = parse_digest(members.text("digest"));
  if (members.finish() || !digest) return std::nullopt;
  checkpoint.digest = *digest;
  const char* const end = ledger.data() + ledger.size();
  const auto [stopped, error] = std::from_chars(ledger.data(), end, checkpoint.ledger);
  const bool is_id = error == std::errc() && stopped == end && checkpoint.ledger > 0;
  if (!is_id || checkpoint.number == 0 || !is_checkpoint_line(checkpoint.line)) {
    return std::nullopt;
  }
  return checkpoint;
}

}  // namespace sluice::record
