#include "link/https/ledger_call.h"

#include <chrono>

#include <fmt/format.h>

#include "link/https/center_answer.h"
#include "record/try.h"

namespace sluice::link {
namespace {

// The center reads a few rows.
constexpr std::chrono::seconds longest_silence{30};

std::string path_of(const record::StreamId& stream) {
  return fmt::format("/v1/streams/{}/{}", stream.bureau.str(), stream.epoch.value);
}

}  // namespace

std::string batch_path(const record::StreamId& stream, record::Sequence sequence) {
  return fmt::format("{}/batches/{}", path_of(stream), sequence.value);
}

HttpRequest place_question(const record::StreamId& stream) {
  return {.method = "GET", .target = path_of(stream)};
}

Result<journal::LedgerPlace> ask_place(HttpsCaller& caller, const record::StreamId& stream) {
  const auto reply = SLUICE_TRY(caller.call(place_question(stream), longest_silence));
  return read_place(reply.answer, stream, reply.place);
}

HttpRequest receipt_question(const record::StreamId& stream, record::Sequence sequence) {
  return {.method = "GET", .target = batch_path(stream, sequence) + "/receipt"};
}

Result<std::optional<record::SignedReceipt>> read_any_receipt(const HttpAnswer& answer,
                                                              const std::string& place) {
  if (says_no_receipt(answer)) return std::nullopt;
  return SLUICE_TRY(read_receipt(answer, place));
}

Result<std::optional<record::SignedReceipt>> ask_receipt(HttpsCaller& caller,
                                                         const record::StreamId& stream,
                                                         record::Sequence sequence) {
  const auto reply = SLUICE_TRY(caller.call(receipt_question(stream, sequence), longest_silence));
  return read_any_receipt(reply.answer, reply.place);
}

}  // namespace sluice::link
