#include "record/receipt.h"

#include <boost/json.hpp>
#include <fmt/format.h>

#include "record/json_members.h"

namespace sluice::record {
namespace {

constexpr std::string_view receipt_format = "sluice-receipt/1";

std::optional<Outcome> outcome_of(std::string_view text) {
  for (const Outcome outcome : {Outcome::accepted, Outcome::duplicate, Outcome::rejected}) {
    if (to_string(outcome) == text) return outcome;
  }
  return std::nullopt;
}

boost::json::object to_value(const RejectedRow& row) {
  return {{"row", row.row}, {"field", row.field}, {"rule", row.rule}, {"sentence", row.sentence}};
}

}  // namespace

std::string_view to_string(Outcome outcome) {
  switch (outcome) {
    case Outcome::accepted:
      return "accepted";
    case Outcome::duplicate:
      return "duplicate";
    case Outcome::rejected:
      return "rejected";
  }
  return "?";
}

std::string to_json(const Receipt& receipt) {
  boost::json::array rejected_rows;
  for (const RejectedRow& row : receipt.rejected_rows)
    rejected_rows.push_back(to_value(row));
  const boost::json::object object{
      {"format", receipt_format},
      {"bureau", receipt.stream.bureau.str()},
      {"epoch", receipt.stream.epoch.value},
      {"sequence", receipt.sequence.value},
      {"manifest", to_string(receipt.manifest)},
      {"outcome", to_string(receipt.outcome)},
      {"reason", receipt.reason},
      {"inserted", receipt.rows.inserted.value},
      {"updated", receipt.rows.updated.value},
      {"unchanged", receipt.rows.unchanged.value},
      {"deleted", receipt.rows.deleted.value},
      {"rejected", receipt.rows.rejected.value},
      {"rejected_rows", rejected_rows},
      {"at", to_string(receipt.at)},
  };
  return boost::json::serialize(object) + "\n";
}

std::expected<Receipt, Failure<ReceiptProblem>> parse_receipt(std::string_view json) {
  JsonMembers members(json);
  Receipt receipt;
  if (members.text("format") != receipt_format) {
    members.complain("format", fmt::format("to be {}", receipt_format));
  }
  receipt.stream.bureau = BureauId(members.text("bureau"));
  if (!is_name(receipt.stream.bureau.str())) members.complain("bureau", "to be a name");
  receipt.stream.epoch = {members.number("epoch")};
  receipt.sequence = {members.number("sequence")};
  if (receipt.sequence.value == 0) members.complain("sequence", "to be 1 or more");
  const auto manifest = parse_digest(members.text("manifest"));
  if (!manifest) members.complain("manifest", "to be a sha256 digest");
  receipt.manifest = manifest.value_or(Digest{});
  const auto outcome = outcome_of(members.text("outcome"));
  if (!outcome) members.complain("outcome", "to be accepted, duplicate or rejected");
  receipt.outcome = outcome.value_or(Outcome::rejected);
  receipt.reason = members.text("reason");
  receipt.rows.inserted = {members.number("inserted")};
  receipt.rows.updated = {members.number("updated")};
  receipt.rows.unchanged = {members.number("unchanged")};
  receipt.rows.deleted = {members.number("deleted")};
  receipt.rows.rejected = {members.number("rejected")};
  for (const simdjson::dom::element& value : members.array("rejected_rows")) {
    JsonMembers row(value);
    receipt.rejected_rows.push_back(
        {row.number("row"), row.text("field"), row.text("rule"), row.text("sentence")});
    if (row.finish()) members.complain("rejected_rows", "to be rows");
  }
  const auto at = parse_time(members.text("at"));
  if (!at) members.complain("at", "to be a time");
  receipt.at = at.value_or(Time{});
  if (const auto problem = members.finish()) {
    return std::unexpected(Failure<ReceiptProblem>{ReceiptProblem::malformed, "receipt", *problem});
  }
  return receipt;
}

}  // namespace sluice::record
