#include "record/deferral.h"

#include <boost/json.hpp>
#include <fmt/format.h>

#include "record/json_members.h"

namespace sluice::record {
namespace {

constexpr std::string_view deferral_format = "sluice-deferral/1";

}  // namespace

std::string to_json(const Deferral& deferral) {
  const boost::json::object object{
      {"format", deferral_format},
      {"bureau", deferral.stream.bureau.str()},
      {"epoch", deferral.stream.epoch.value},
      {"sequence", deferral.sequence.value},
      {"manifest", to_string(deferral.manifest)},
      {"problem", deferral.problem},
      {"sentence", deferral.sentence},
      {"at", to_string(deferral.at)},
  };
  return boost::json::serialize(object) + "\n";
}

std::expected<Deferral, Failure<DeferralProblem>> parse_deferral(std::string_view json) {
  JsonMembers members(json);
  Deferral deferral;
  if (members.text("format") != deferral_format) {
    members.complain("format", fmt::format("to be {}", deferral_format));
  }
  deferral.stream.bureau = BureauId(members.text("bureau"));
  if (!is_name(deferral.stream.bureau.str())) members.complain("bureau", "to be a name");
  deferral.stream.epoch = {members.number("epoch")};
  deferral.sequence = {members.number("sequence")};
  const auto manifest = parse_digest(members.text("manifest"));
  if (!manifest) members.complain("manifest", "to be a sha256 digest");
  deferral.manifest = manifest.value_or(Digest{});
  deferral.problem = members.text("problem");
  if (!is_name(deferral.problem)) members.complain("problem", "to be a name");
  deferral.sentence = members.text("sentence");
  const auto at = parse_time(members.text("at"));
  if (!at) members.complain("at", "to be a time");
  deferral.at = at.value_or(Time{});
  if (const auto problem = members.finish()) {
    return std::unexpected(
        Failure<DeferralProblem>{DeferralProblem::malformed, "deferral", *problem});
  }
  return deferral;
}

}  // namespace sluice::record
