#include "link/https/center_answer.h"

#include <algorithm>
#include <array>
#include <string_view>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "link/https/protocol.h"
#include "link/https/receipt_answer.h"
#include "record/try.h"

namespace sluice::link {
namespace {

constexpr std::string_view no_receipt = "urn:sluice:problem:no-receipt";

// Of RFC 9457, as far as it is there: an answer may also come from something on the way.
struct Problem {
  std::string type;
  std::string detail;
};

std::string text_member(const boost::json::object& object, std::string_view name) {
  const auto* value = object.if_contains(name);
  const auto* text = value == nullptr ? nullptr : value->if_string();
  return text == nullptr ? std::string() : std::string(text->data(), text->size());
}

// A whole number that is not negative; nothing where there is none.
std::optional<std::uint64_t> number_member(const boost::json::object& object,
                                           std::string_view name) {
  const auto* value = object.if_contains(name);
  const auto* number = value == nullptr ? nullptr : value->if_int64();
  if (number == nullptr || *number < 0) return std::nullopt;
  return static_cast<std::uint64_t>(*number);
}

// Nothing: it is another thing.
std::optional<boost::json::object> object_in(const HttpAnswer& answer) {
  boost::json::error_code malformed;
  boost::json::value value = boost::json::parse(answer.body, malformed);
  if (malformed || !value.is_object()) return std::nullopt;
  return std::move(value.as_object());
}

Problem problem_in(const HttpAnswer& answer) {
  const auto object = object_in(answer);
  if (!object) return {};
  return {text_member(*object, "type"), text_member(*object, "detail")};
}

// It passes by itself: the center is busy, starting, or its store is away.
bool passes(unsigned status) {
  constexpr std::array later = {408U, 425U, 429U};
  return status >= 500 || std::ranges::find(later, status) != later.end();
}

std::unexpected<LinkFailure> refusal(const HttpAnswer& answer, const std::string& place) {
  const Problem problem = problem_in(answer);
  return std::unexpected(LinkFailure{
      passes(answer.status) ? LinkProblem::unavailable : LinkProblem::refused, place,
      problem.detail.empty()
          ? fmt::format("it answered {} without saying why; is this address the center's?",
                        answer.status)
          : fmt::format("{} ({}, status {})", problem.detail, problem.type, answer.status)});
}

std::unexpected<LinkFailure> not_read(const HttpAnswer& answer, const std::string& place,
                                      const std::string& what) {
  const unsigned told = told_protocol(answer.protocol);
  if (told <= protocol_version) return std::unexpected(not_understood(place, what));
  return std::unexpected(LinkFailure{
      LinkProblem::refused, place,
      fmt::format("its answer is not understood: {}; the center speaks version {} of the protocol, "
                  "and this node up to {}: upgrade this node, what waits stays here until then",
                  what, told, protocol_version)});
}

}  // namespace

Result<record::Sequence> read_standing(const HttpAnswer& answer, const std::string& place) {
  const auto told = SLUICE_TRY(read_place(answer, {}, place));
  return told.head.sequence;
}

Result<journal::LedgerPlace> read_place(const HttpAnswer& answer, const record::StreamId& stream,
                                        const std::string& place) {
  if (answer.status != 200) return refusal(answer, place);
  const auto object = object_in(answer);
  const auto wrong = [&] { return not_read(answer, place, "expected where the stream stands"); };
  if (!object) return wrong();
  const auto sequence = number_member(*object, "sequence");
  const auto manifest = record::parse_digest(text_member(*object, "manifest"));
  if (!sequence || !manifest) return wrong();
  journal::LedgerPlace told{.head = {{*sequence}, *manifest},
                            .latest = *sequence > 0 ? stream.epoch : record::Epoch{},
                            .latest_sequence = {*sequence}};
  told.store = text_member(*object, "store");
  const auto* latest = object->if_contains("latest");
  if (latest == nullptr) return told;
  const auto* latest_object = latest->if_object();
  if (latest_object == nullptr) return wrong();
  const auto latest_epoch = number_member(*latest_object, "epoch");
  const auto latest_sequence = number_member(*latest_object, "sequence");
  if (!latest_epoch || !latest_sequence) return wrong();
  told.latest = {*latest_epoch};
  told.latest_sequence = {*latest_sequence};
  return told;
}

Result<record::SignedReceipt> read_receipt(const HttpAnswer& answer, const std::string& place) {
  if (answer.status != 200) return refusal(answer, place);
  auto receipt = parse_answer(answer.body);
  if (!receipt) return not_read(answer, place, receipt.error().sentence);
  return std::move(*receipt);
}

std::optional<record::SignedDeferral> read_deferral(const HttpAnswer& answer) {
  if (answer.status == 200) return std::nullopt;
  const auto object = object_in(answer);
  if (!object) return std::nullopt;
  auto signature = from_base64(text_member(*object, "signature"));
  record::SignedDeferral deferral{text_member(*object, "deferral"), std::string()};
  if (deferral.json.empty() || !signature) return std::nullopt;
  deferral.signature = std::move(*signature);
  return deferral;
}

Result<std::string> read_body(HttpAnswer answer, const std::string& place) {
  if (answer.status != 200) return refusal(answer, place);
  return std::move(answer.body);
}

LinkFailure not_understood(const std::string& place, const std::string& what) {
  return {LinkProblem::refused, place,
          fmt::format("its answer is not understood: {}; is this address the center's, and of this "
                      "version?",
                      what)};
}

bool says_no_receipt(const HttpAnswer& answer) {
  return answer.status == 404 && problem_in(answer).type == no_receipt;
}

}  // namespace sluice::link
