#include "exchange/dataset_versions.h"

#include <algorithm>
#include <set>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "record/canonical_schema.h"
#include "record/migration.h"
#include "record/recast.h"
#include "record/try.h"

namespace sluice::exchange {
namespace {

std::expected<record::TableSchema, record::Flaw> kept_schema(const std::string& canonical) {
  auto schema = record::parse_canonical_schema(canonical);
  if (!schema) return std::unexpected(record::Flaw{record::to_string(schema.error())});
  return std::move(*schema);
}

// As the center signed them: the store's table of them is anybody's who may write in its database,
// and a replay that went by it could be misled.
std::vector<record::Digest> signed_schemas(const store::MigrationEntry& migration) {
  auto said = record::parse_migration(migration.statement.json);
  if (!said || !said->schemas) return {};
  return std::move(*said->schemas);
}

bool is_same(const std::optional<record::TableSchema>& one, const record::Digest& other) {
  return one && record::schema_digest(*one) == other;
}

struct LineStep {
  std::string_view line;
  std::expected<std::string_view, store::Unfit> operator()(record::LineTurner& turner) const {
    return turner.turn(line);
  }
  std::expected<std::string_view, store::Unfit> operator()(VersionConversion& conversion) const {
    return conversion.turn(line);
  }
};

}  // namespace

std::expected<std::string_view, store::Unfit> LineConversion::turn(std::string_view line) {
  std::string_view turned = line;
  for (auto& step : steps_)
    turned = SLUICE_TRY(std::visit(LineStep{turned}, step));
  return turned;
}

std::optional<std::string> LineConversion::why_no_deletes() const {
  for (const auto& step : steps_) {
    const auto* conversion = std::get_if<VersionConversion>(&step);
    if (conversion == nullptr) continue;
    if (auto why = conversion->why_no_deletes()) return why;
  }
  return std::nullopt;
}

std::expected<DatasetVersions, record::Flaw> DatasetVersions::read(
    std::vector<store::MigrationEntry> migrations, Present present) {
  DatasetVersions versions;
  versions.versions_.emplace_back();
  for (const store::MigrationEntry& migration : migrations) {
    versions.versions_.back().ended = SLUICE_TRY(kept_schema(migration.from_schema));
    versions.versions_.back().signed_schemas = signed_schemas(migration);
    versions.versions_.emplace_back().began = SLUICE_TRY(kept_schema(migration.to_schema));
  }
  versions.leave_to_the_first();
  versions.versions_.back().ended = std::move(present.schema);
  versions.present_schemas_ = std::move(present.schemas);
  versions.migrations_ = std::move(migrations);
  return versions;
}

// A statement names what the store's table had, and that is anybody's who may write in its
// database: what an older version had stays of that, whatever is stated of a later one.
void DatasetVersions::leave_to_the_first() {
  std::set<record::Digest> older;
  for (Ends& of : versions_) {
    std::erase_if(of.signed_schemas, [&](const auto& digest) { return older.contains(digest); });
    older.insert(of.signed_schemas.begin(), of.signed_schemas.end());
    for (const auto& end : {of.began, of.ended})
      if (end) older.insert(record::schema_digest(*end));
  }
}

const record::TableSchema* DatasetVersions::last_began_with() const {
  const auto& began = versions_.back().began;
  return began ? &*began : nullptr;
}

bool DatasetVersions::may_be_of_last(const record::TableSchema& schema) const {
  const auto& began = versions_.back().began;
  return !began || !record::why_unreadable(*began, schema);
}

std::expected<VersionConversion, record::Flaw> DatasetVersions::conversion_into(
    store::Version version) const {
  const store::Version ended{version.value - 1};
  return VersionConversion::read(migrations_[ended.value - 1], ended_with(ended),
                                 began_with(version));
}

// The last of them: what went back to a schema of before has it now.
std::optional<store::Version> DatasetVersions::known_to_have_had(const record::TableSchema& written,
                                                                 store::Version up_to) const {
  const record::Digest digest = record::schema_digest(written);
  for (store::Version version = up_to; version.value > 0; --version.value) {
    const Ends& of = ends(version);
    if (is_same(of.began, digest) || is_same(of.ended, digest)) return version;
    if (std::ranges::binary_search(of.signed_schemas, digest)) return version;
  }
  // What nobody has signed comes behind all that is: no replay knows of it.
  const bool is_of_present =
      up_to == last() && std::ranges::binary_search(present_schemas_, digest);
  return is_of_present ? std::optional(last()) : std::nullopt;
}

// A version's schema has all fields that it began with, and none but those that it ended with.
std::vector<store::Version> DatasetVersions::that_may_have_had(const record::TableSchema& written,
                                                               store::Version up_to) const {
  std::vector<store::Version> found;
  for (store::Version version{1}; version <= up_to; ++version.value) {
    const Ends& of = ends(version);
    if (of.began && record::why_unreadable(*of.began, written)) continue;
    if (of.ended && record::why_unreadable(written, *of.ended)) continue;
    found.push_back(version);
  }
  return found;
}

NotReadable DatasetVersions::of_no_version(const record::TableSchema& written) const {
  if (!may_be_of_last(written)) return {"none of the versions of its tables had that schema", true};
  const Ends& of = versions_.back();
  return {of.ended ? record::why_unreadable(written, *of.ended).value_or("") : "", false};
}

std::expected<LineConversion, NotReadable> DatasetVersions::to_present(
    const record::TableSchema& written) const {
  auto of = known_to_have_had(written, last());
  if (!of) {
    const auto possible = that_may_have_had(written, last());
    if (possible.empty()) return std::unexpected(of_no_version(written));
    if (possible.size() > 1) {
      std::vector<std::uint64_t> numbers;
      std::ranges::transform(possible, std::back_inserter(numbers), &store::Version::value);
      return std::unexpected(NotReadable{
          fmt::format(
              "nothing tells of which version its schema was: it fits {}, in which the same "
              "fields may mean different things",
              fmt::join(numbers, " and ")),
          true});
    }
    of = possible.front();
  }
  const auto& present = versions_.back().ended;
  return record::recast(conversion(written, {*of, last(), present ? &*present : nullptr}),
                        [&](const record::Flaw& flaw) {
                          return NotReadable{flaw.sentence, *of < last()};
                        });
}

// One that several versions may have had was taken only where it was the present one.
std::expected<DatasetVersions::Reading, NotReadable> DatasetVersions::as_applied(
    const record::TableSchema& written, store::Version in) const {
  auto of = known_to_have_had(written, in);
  if (!of) {
    const auto possible = that_may_have_had(written, in);
    if (possible.empty()) return std::unexpected(of_no_version(written));
    of = possible.back() == in ? in : possible.front();
  }
  // What a migration turns has the columns that its version ended with; else they do not matter.
  const Ends& target = ends(in);
  const record::TableSchema* columns = nullptr;
  if (in < last()) {
    columns = &*target.ended;
  } else {
    columns = *of == in ? &written : &*target.began;
  }
  auto turning = conversion(written, {*of, in, columns});
  if (!turning) return std::unexpected(NotReadable{turning.error().sentence, *of < in});
  return Reading{std::move(*turning), *columns};
}

std::expected<LineConversion, record::Flaw> DatasetVersions::conversion(
    const record::TableSchema& written, const Way& way) const {
  LineConversion made;
  const record::TableSchema* columns = &written;
  const auto take_columns = [&](const record::TableSchema& wanted) -> std::optional<record::Flaw> {
    if (auto why = record::why_unreadable(*columns, wanted)) return record::Flaw{std::move(*why)};
    if (*columns != wanted) made.steps_.emplace_back(record::LineTurner(*columns, wanted));
    columns = &wanted;
    return std::nullopt;
  };
  for (store::Version version = way.from; version < way.to;) {
    if (auto flaw = take_columns(ended_with(version))) return std::unexpected(std::move(*flaw));
    ++version.value;
    auto step = conversion_into(version);
    if (!step) {
      return std::unexpected(
          record::Flaw{fmt::format("the mapping to version {} can not be read here ({})",
                                   version.value, step.error().sentence)});
    }
    made.steps_.emplace_back(std::move(*step));
    columns = &began_with(version);
  }
  if (way.target != nullptr) {
    if (auto flaw = take_columns(*way.target)) return std::unexpected(std::move(*flaw));
  }
  return made;
}

}  // namespace sluice::exchange
