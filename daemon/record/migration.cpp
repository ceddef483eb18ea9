#include "record/migration.h"

#include <charconv>
#include <utility>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "record/json_members.h"

namespace sluice::record {
namespace {

constexpr std::string_view migration_format = "sluice-migration/2";
// Says nothing of schemas between the first and the last of a version.
constexpr std::string_view migration_format_1 = "sluice-migration/1";

// Ids pass 2^53, which many readers of JSON can not tell from its neighbours.
std::int64_t ledger_id_in(JsonMembers& members) {
  const std::string digits = members.text("ledger_id");
  std::int64_t id = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), id);
  if (error != std::errc() || end != digits.data() + digits.size() || id <= 0) {
    members.complain("ledger_id", "to be a ledger id in digits");
  }
  return id;
}

Digest digest_in(JsonMembers& members, std::string_view name) {
  const auto digest = parse_digest(members.text(name));
  if (!digest) members.complain(name, "to be a sha256 digest");
  return digest.value_or(Digest{});
}

std::vector<Digest> digests_in(JsonMembers& members, std::string_view name) {
  std::vector<Digest> digests;
  for (const auto& element : members.array(name)) {
    std::string_view text;
    const bool is_text = element.get(text) == simdjson::SUCCESS;
    const auto digest = is_text ? parse_digest(text) : std::nullopt;
    const bool ascends = digest && (digests.empty() || digests.back() < *digest);
    if (!ascends) members.complain(name, "to be sha256 digests that ascend");
    if (digest) digests.push_back(*digest);
  }
  return digests;
}

}  // namespace

std::string to_json(const Migration& migration) {
  boost::json::object object{
      {"format", migration.schemas ? migration_format : migration_format_1},
      {"ledger_id", fmt::to_string(migration.ledger_id)},
      {"dataset", migration.dataset.str()},
      {"version", migration.version.value},
      {"from", to_string(migration.from)},
      {"to", to_string(migration.to)},
      {"mapping", to_string(migration.mapping)},
      {"records", migration.records.value},
      {"at", to_string(migration.at)},
  };
  if (migration.schemas) {
    boost::json::array schemas;
    for (const Digest& digest : *migration.schemas)
      schemas.emplace_back(to_string(digest));
    object["schemas"] = std::move(schemas);
  }
  return boost::json::serialize(object) + "\n";
}

std::expected<Migration, Failure<MigrationProblem>> parse_migration(std::string_view json) {
  JsonMembers members(json);
  Migration migration;
  const std::string format = members.text("format");
  if (format != migration_format && format != migration_format_1) {
    members.complain("format", fmt::format("to be {} or {}", migration_format, migration_format_1));
  }
  migration.ledger_id = ledger_id_in(members);
  migration.dataset = DatasetId(members.text("dataset"));
  if (!is_name(migration.dataset.str())) members.complain("dataset", "to be a name");
  migration.version = {members.number("version")};
  if (migration.version.value < 2) members.complain("version", "to be 2 or more");
  migration.from = digest_in(members, "from");
  migration.to = digest_in(members, "to");
  migration.mapping = digest_in(members, "mapping");
  migration.records = {members.number("records")};
  const auto at = parse_time(members.text("at"));
  if (!at) members.complain("at", "to be a time");
  migration.at = at.value_or(Time{});
  if (format == migration_format) migration.schemas = digests_in(members, "schemas");
  if (const auto problem = members.finish()) {
    return std::unexpected(
        Failure<MigrationProblem>{MigrationProblem::malformed, "migration", *problem});
  }
  return migration;
}

std::expected<VerifiedMigration, SignatureFailure> verify_kept(const SignedMigration& kept,
                                                               const Verifier& verifier) {
  auto migration = parse_migration(kept.json);
  if (!migration) {
    return std::unexpected(SignatureFailure{SignatureProblem::unreadable, migration.error().place,
                                            migration.error().sentence});
  }
  auto signatory = verifier.verify(kept.json, kept.signature, Judgement::of_kept(migration->at));
  if (!signatory) return std::unexpected(std::move(signatory.error()));
  return VerifiedMigration{std::move(*migration), std::move(*signatory)};
}

}  // namespace sluice::record
