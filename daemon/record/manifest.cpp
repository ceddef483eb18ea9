#include "record/manifest.h"

#include <array>
#include <optional>

#include <fmt/format.h>

#include "record/format_name.h"
#include "record/json_members.h"

namespace sluice::record {
namespace {

constexpr std::string_view manifest_format = "sluice-batch/1";
constexpr std::array modes = {Mode::direct, Mode::front_end, Mode::disk, Mode::manual_entry};

constexpr std::array epoch_reasons = {EpochReason::lost_journal, EpochReason::older_journal,
                                      EpochReason::center_restored, EpochReason::by_operator};

std::optional<EpochReason> epoch_reason_of(std::string_view text) {
  for (const EpochReason reason : epoch_reasons) {
    if (to_string(reason) == text) return reason;
  }
  return std::nullopt;
}

std::string follows_json(const std::optional<Predecessor>& follows) {
  if (!follows) return {};
  return fmt::format(
      ",\n  \"follows\": {{\"epoch\": {}, \"sequence\": {}, \"numbered\": {}, \"lost\": {}, "
      "\"reason\": \"{}\"}}",
      follows->epoch.value, follows->sequence.value, follows->numbered.value, follows->lost,
      to_string(follows->reason));
}

std::optional<Predecessor> read_follows(JsonMembers& members, const Manifest& manifest) {
  const auto value = members.if_there("follows");
  if (!value) return std::nullopt;
  JsonMembers said(*value);
  Predecessor follows{.epoch = {said.number("epoch")},
                      .sequence = {said.number("sequence")},
                      .numbered = {said.number("numbered")},
                      .lost = said.number("lost")};
  const auto reason = epoch_reason_of(said.text("reason"));
  follows.reason = reason.value_or(EpochReason::by_operator);
  const bool holds = reason && !said.finish() && manifest.sequence.value == 1 &&
                     follows.epoch < manifest.stream.epoch &&
                     follows.sequence <= follows.numbered &&
                     follows.lost <= follows.numbered.value - follows.sequence.value;
  if (!holds) {
    members.complain(
        "follows", "to be in an epoch's first batch only, and to tell where an earlier one ended");
  }
  return follows;
}

std::optional<Mode> mode_of(std::string_view text) {
  for (const Mode mode : modes) {
    if (to_string(mode) == text) return mode;
  }
  return std::nullopt;
}

}  // namespace

std::string_view to_string(Mode mode) {
  switch (mode) {
    case Mode::direct:
      return "direct";
    case Mode::front_end:
      return "front-end";
    case Mode::disk:
      return "disk";
    case Mode::manual_entry:
      return "manual-entry";
  }
  return "?";
}

std::string_view to_string(EpochReason reason) {
  switch (reason) {
    case EpochReason::lost_journal:
      return "lost-journal";
    case EpochReason::older_journal:
      return "older-journal";
    case EpochReason::center_restored:
      return "center-restored";
    case EpochReason::by_operator:
      return "operator";
  }
  return "?";
}

std::string to_json(const Manifest& manifest) {
  // One member a line: a person reads this with `tar -xO`.
  return fmt::format(
      "{{\n"
      "  \"format\": \"{}\",\n"
      "  \"bureau\": \"{}\",\n"
      "  \"epoch\": {},\n"
      "  \"sequence\": {},\n"
      "  \"dataset\": \"{}\",\n"
      "  \"schema\": \"{}\",\n"
      "  \"mode\": \"{}\",\n"
      "  \"upserts\": {},\n"
      "  \"deletes\": {},\n"
      "  \"payload\": \"{}\",\n"
      "  \"payload_bytes\": {},\n"
      "  \"payload_raw_bytes\": {},\n"
      "  \"previous\": \"{}\",\n"
      "  \"collected_at\": \"{}\",\n"
      "  \"carries_case_numbers\": {}{}\n"
      "}}\n",
      manifest_format, manifest.stream.bureau.str(), manifest.stream.epoch.value,
      manifest.sequence.value, manifest.dataset.str(), to_string(manifest.schema),
      to_string(manifest.mode), manifest.upserts.value, manifest.deletes.value,
      to_string(manifest.payload), manifest.payload_bytes.value, manifest.payload_raw_bytes.value,
      to_string(manifest.previous), to_string(manifest.collected_at), manifest.carries_case_numbers,
      follows_json(manifest.follows));
}

std::expected<Manifest, ManifestFailure> parse_manifest(std::string_view json) {
  JsonMembers members(json);
  const auto failure = [](ManifestProblem problem, std::string sentence) {
    return std::unexpected(ManifestFailure{problem, "manifest.json", std::move(sentence)});
  };
  const std::string format = members.text("format");
  if (is_later_format(format, manifest_format)) {
    return failure(ManifestProblem::unsupported_format,
                   fmt::format("it is of format {}, and this program reads up to {}: a later "
                               "version made it, and is needed to read it",
                               format, manifest_format));
  }
  if (format != manifest_format) {
    members.complain("format", fmt::format("to be {}", manifest_format));
  }
  const auto name = [&](std::string_view member) {
    std::string text = members.text(member);
    if (!is_name(text)) members.complain(member, "to be a name");
    return text;
  };
  const auto digest = [&](std::string_view member) {
    const auto parsed = parse_digest(members.text(member));
    if (!parsed) members.complain(member, "to be a sha256 digest");
    return parsed.value_or(Digest{});
  };
  Manifest manifest;
  manifest.stream.bureau = BureauId(name("bureau"));
  manifest.stream.epoch = {members.number("epoch")};
  manifest.sequence = {members.number("sequence")};
  if (manifest.sequence.value == 0) members.complain("sequence", "to be 1 or more");
  manifest.dataset = DatasetId(name("dataset"));
  manifest.schema = digest("schema");
  const auto mode = mode_of(members.text("mode"));
  if (!mode) members.complain("mode", "to be one of the four modes");
  manifest.mode = mode.value_or(Mode::direct);
  manifest.upserts = {members.number("upserts")};
  manifest.deletes = {members.number("deletes")};
  manifest.payload = digest("payload");
  manifest.payload_bytes = {members.number("payload_bytes")};
  manifest.payload_raw_bytes = {members.number("payload_raw_bytes")};
  manifest.previous = digest("previous");
  const auto collected_at = parse_time(members.text("collected_at"));
  if (!collected_at) members.complain("collected_at", "to be a time");
  manifest.collected_at = collected_at.value_or(Time{});
  manifest.carries_case_numbers = members.boolean("carries_case_numbers");
  manifest.follows = read_follows(members, manifest);
  if (const auto problem = members.finish()) return failure(ManifestProblem::malformed, *problem);
  return manifest;
}

}  // namespace sluice::record
