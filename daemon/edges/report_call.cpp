#include "edges/report_call.h"

#include <chrono>
#include <utility>

#include <fmt/format.h>

#include "link/https/center_answer.h"
#include "record/try.h"

namespace sluice::edges {
namespace {

// The center writes one row.
constexpr std::chrono::seconds longest_silence{30};

// The path is not there, or there it reads as a stream's, which takes no PUT.
bool is_of_older_center(unsigned status) {
  return status == 404 || status == 405;
}

}  // namespace

link::Result<Reception> bring_report(link::HttpsCaller& caller, const record::BureauId& bureau,
                                     const std::string& report, const std::stop_token& stop) {
  const std::string target = fmt::format("/v1/streams/{}/quarantine", bureau.str());
  auto reply = SLUICE_TRY(caller.call(
      {.method = "PUT", .target = target, .content_type = "application/json", .body = report},
      longest_silence, stop));
  if (is_of_older_center(reply.answer.status)) return Reception::unwanted;
  SLUICE_TRY(link::read_body(std::move(reply.answer), reply.place));
  return Reception::taken;
}

}  // namespace sluice::edges
