#include "record/receipt.h"

#include <iterator>
#include <optional>
#include <utility>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "record/format_name.h"
#include "record/json_members.h"

namespace sluice::record {
namespace {

constexpr std::string_view receipt_format = "sluice-receipt/2";
constexpr std::string_view earlier_format = "sluice-receipt/1";

std::string quoted_json(std::string_view text) {
  return boost::json::serialize(boost::json::string(text));
}

// By hand, since there may be millions of ranges: a row alone is its number, several are a pair.
void append_refused(std::string& json, const std::vector<RefusedRows>& refused) {
  auto out = std::back_inserter(json);
  json += '[';
  for (bool is_first = true; const RefusedRows& group : refused) {
    if (!std::exchange(is_first, false)) json += ',';
    fmt::format_to(out, R"({{"field":{},"rule":{},"sentence":{},"rows":[)",
                   quoted_json(group.field), quoted_json(group.rule), quoted_json(group.sentence));
    for (bool first = true; const RowRange& range : group.rows) {
      if (!std::exchange(first, false)) json += ',';
      if (range.first == range.last) {
        fmt::format_to(out, "{}", range.first);
      } else {
        fmt::format_to(out, "[{},{}]", range.first, range.last);
      }
    }
    json += "]}";
  }
  json += ']';
}

std::optional<std::uint64_t> row_number(simdjson::dom::element value) {
  std::uint64_t number = 0;
  if (value.get(number) != simdjson::SUCCESS || number == 0) return std::nullopt;
  if (number > std::uint64_t{1} << 62) return std::nullopt;
  return number;
}

std::optional<RowRange> range_in(simdjson::dom::element value) {
  if (const auto alone = row_number(value)) return RowRange{*alone, *alone};
  simdjson::dom::array pair;
  if (value.get(pair) != simdjson::SUCCESS || pair.size() != 2) return std::nullopt;
  const auto first = row_number(*pair.begin());
  const auto last = row_number(*++pair.begin());
  if (!first || !last || *first >= *last) return std::nullopt;
  return RowRange{*first, *last};
}

// Nothing: it is not as RefusedRows says.
std::optional<RefusedRows> refused_in(simdjson::dom::element value) {
  JsonMembers members(value);
  RefusedRows group{members.text("field"), members.text("rule"), members.text("sentence"), {}};
  for (const simdjson::dom::element& rows : members.array("rows")) {
    const auto range = range_in(rows);
    if (!range || (!group.rows.empty() && range->first <= group.rows.back().last + 1)) {
      return std::nullopt;
    }
    group.rows.push_back(*range);
  }
  if (members.finish() || group.rows.empty()) return std::nullopt;
  return group;
}

bool names_a_row_twice(const std::vector<RefusedRows>& refused) {
  std::uint64_t last = 0;
  for (const RefusedRange& refusal : by_row(refused)) {
    if (refusal.rows.first <= last) return true;
    last = refusal.rows.last;
  }
  return false;
}

void read_refused(JsonMembers& members, Receipt& receipt) {
  for (const simdjson::dom::element& value : members.array("refused")) {
    auto group = refused_in(value);
    if (!group) {
      return members.complain("refused", "to be groups of rows with a reason, in ranges");
    }
    receipt.refused.push_back(std::move(*group));
  }
  if (names_a_row_twice(receipt.refused)) members.complain("refused", "to name each row once");
  if (!names_all_refused(receipt)) {
    members.complain("refused", "to name as many rows as `rejected` counts");
  }
}

// Format 1 named rows one by one, and not all where they were many.
void read_rejected_rows(JsonMembers& members, Receipt& receipt) {
  RefusedRowsBuilder refused;
  std::uint64_t named = 0;
  for (const simdjson::dom::element& value : members.array("rejected_rows")) {
    JsonMembers row(value);
    refused.add({row.number("row"), row.text("field"), row.text("rule"), row.text("sentence")});
    if (row.finish()) return members.complain("rejected_rows", "to be rows");
    ++named;
  }
  receipt.refused = refused.take();
  const bool is_whole = receipt.refused.empty() || receipt.refused.front().rows.front().first > 0;
  if (!is_whole || count_of(receipt.refused).value != named || names_a_row_twice(receipt.refused)) {
    members.complain("rejected_rows", "to name rows from 1 on, each once");
  }
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
    case Outcome::held:
      return "held";
  }
  return "?";
}

std::optional<Outcome> parse_outcome(std::string_view text) {
  for (const Outcome outcome :
       {Outcome::accepted, Outcome::duplicate, Outcome::rejected, Outcome::held}) {
    if (to_string(outcome) == text) return outcome;
  }
  return std::nullopt;
}

std::string to_json(const Receipt& receipt) {
  const boost::json::object object{
      {"format", receipt_format},
      {"bureau", receipt.stream.bureau.str()},
      {"epoch", receipt.stream.epoch.value},
      {"sequence", receipt.sequence.value},
      {"dataset", receipt.dataset.str()},
      {"manifest", to_string(receipt.manifest)},
      {"outcome", to_string(receipt.outcome)},
      {"reason", receipt.reason},
      {"inserted", receipt.rows.inserted.value},
      {"updated", receipt.rows.updated.value},
      {"unchanged", receipt.rows.unchanged.value},
      {"deleted", receipt.rows.deleted.value},
      {"rejected", receipt.rows.rejected.value},
      {"at", to_string(receipt.at)},
  };
  std::string json = boost::json::serialize(object);
  json.pop_back();
  if (receipt.checkpoint) json += ",\"checkpoint\":" + to_json(*receipt.checkpoint);
  json += ",\"refused\":";
  append_refused(json, receipt.refused);
  return json + "}\n";
}

std::expected<Receipt, Failure<ReceiptProblem>> parse_receipt(std::string_view json) {
  JsonMembers members(json);
  Receipt receipt;
  const std::string format = members.text("format");
  if (is_later_format(format, receipt_format)) {
    return std::unexpected(Failure<ReceiptProblem>{
        ReceiptProblem::later_format, "receipt",
        fmt::format("it is of format {}, and this program reads up to {}: a later version made it, "
                    "and is needed to read it",
                    format, receipt_format)});
  }
  if (format != receipt_format && format != earlier_format) {
    members.complain("format", fmt::format("to be {} or {}", receipt_format, earlier_format));
  }
  receipt.stream.bureau = BureauId(members.text("bureau"));
  if (!is_name(receipt.stream.bureau.str())) members.complain("bureau", "to be a name");
  receipt.stream.epoch = {members.number("epoch")};
  receipt.sequence = {members.number("sequence")};
  if (receipt.sequence.value == 0) members.complain("sequence", "to be 1 or more");
  if (format != earlier_format) {
    receipt.dataset = DatasetId(members.text("dataset"));
    if (!is_name(receipt.dataset.str())) members.complain("dataset", "to be a name");
  }
  const auto manifest = parse_digest(members.text("manifest"));
  if (!manifest) members.complain("manifest", "to be a sha256 digest");
  receipt.manifest = manifest.value_or(Digest{});
  const auto outcome = parse_outcome(members.text("outcome"));
  if (!outcome) members.complain("outcome", "to be accepted, duplicate, rejected or held");
  receipt.outcome = outcome.value_or(Outcome::rejected);
  receipt.reason = members.text("reason");
  receipt.rows.inserted = {members.number("inserted")};
  receipt.rows.updated = {members.number("updated")};
  receipt.rows.unchanged = {members.number("unchanged")};
  receipt.rows.deleted = {members.number("deleted")};
  receipt.rows.rejected = {members.number("rejected")};
  if (format == earlier_format) {
    read_rejected_rows(members, receipt);
  } else {
    read_refused(members, receipt);
  }
  if (const auto checkpoint = members.if_there("checkpoint")) {
    receipt.checkpoint = checkpoint_in(*checkpoint);
    if (!receipt.checkpoint) members.complain("checkpoint", "to be one of a ledger");
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
