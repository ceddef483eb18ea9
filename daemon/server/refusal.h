// Why a request was not served, and what is answered. Shared by the guard, the limits and the
// router, so that every refusal has one name in answers, metrics and logs.
#pragma once

#include <string>
#include <string_view>

#include "server/request.h"

namespace sluice::server {

enum class Refusal {
  bare_line_feed,
  bare_carriage_return,
  control_character,
  obsolete_folding,
  malformed_request_line,
  malformed_field,
  malformed_target,
  unsafe_path,
  target_form,
  method_unknown,
  version_unsupported,
  head_too_large,
  too_many_fields,
  host_missing,
  host_repeated,
  host_malformed,
  transfer_encoding_unsupported,
  transfer_encoding_with_length,
  transfer_encoding_before_1_1,
  length_repeated,
  length_malformed,
  upgrade_unsupported,
  expectation_unsupported,
  chunk_malformed,
  chunk_extension,
  trailer,
  body_too_large,
  body_memory_exhausted,
  head_timeout,
  body_timeout,
  too_many_connections,
  not_found,
  method_not_allowed,
  content_type_unsupported,
  content_encoding_unsupported,
  unknown_certificate,
  handler_failed,
};
inline constexpr std::size_t refusal_count = static_cast<std::size_t>(Refusal::handler_failed) + 1;

struct RefusalText {
  unsigned status;
  std::string_view name;    // stable: in problem+json, metrics and logs
  std::string_view detail;  // for who sent it
};
[[nodiscard]] const RefusalText& text_of(Refusal refusal);

// An answer of RFC 9457: `type` is "urn:sluice:problem:" and the name.
[[nodiscard]] Response problem(unsigned status, std::string_view name, std::string_view detail);
[[nodiscard]] Response problem(Refusal refusal);

[[nodiscard]] std::string_view reason_phrase(unsigned status);

}  // namespace sluice::server
