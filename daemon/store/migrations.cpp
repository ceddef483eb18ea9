#include "store/migrations.h"

#include <algorithm>

#include <fmt/format.h>

namespace sluice::store {
namespace {

std::string place_of_dataset(const record::DatasetId& dataset) {
  return "dataset " + dataset.str();
}

}  // namespace

std::vector<record::Digest> digests_of(std::string_view listed) {
  std::vector<record::Digest> digests;
  while (!listed.empty()) {
    const std::size_t end = std::min(listed.find(' '), listed.size());
    if (const auto digest = record::parse_digest(listed.substr(0, end))) digests.push_back(*digest);
    listed.remove_prefix(std::min(end + 1, listed.size()));
  }
  std::ranges::sort(digests);
  return digests;
}

record::DatasetId name_of_version(const record::DatasetId& dataset, Version version) {
  return record::DatasetId(fmt::format("{}@{}", dataset.str(), version.value));
}

StoreFailure being_migrated(const record::DatasetId& dataset) {
  return {StoreProblem::being_migrated, place_of_dataset(dataset),
          "its tables are being migrated (`sluice dataset migrate`), and none of its batches is "
          "applied until that is over; nobody has to do anything"};
}

StoreFailure migrated_meanwhile(const record::DatasetId& dataset, Version found) {
  return {StoreProblem::unknown_dataset, place_of_dataset(dataset),
          fmt::format("its tables are of version {} now, and this program has prepared those of "
                      "another; it looks for them anew",
                      found.value)};
}

StoreFailure before_version(const record::DatasetId& dataset, Version version,
                            record::Time began_at) {
  return {StoreProblem::another_version, place_of_dataset(dataset),
          fmt::format("at that moment it had another schema: version {} began at {} (`sluice "
                      "dataset show {}`); `sluice dataset read {} --version {}` reads what stood "
                      "before",
                      version.value, record::to_string(began_at), dataset.str(), dataset.str(),
                      version.value - 1)};
}

StoreFailure dropped_version(const MigrationEntry& ended_by) {
  return {StoreProblem::another_version, place_of_dataset(ended_by.dataset),
          fmt::format("the tables of version {} were dropped at {}; a backup of before has them",
                      ended_by.version.value - 1,
                      record::to_string(ended_by.dropped_at.value_or(record::Time{})))};
}

StoreFailure former_schema(const record::DatasetId& dataset, Version of, Version current) {
  return {StoreProblem::schema_conflict, place_of_dataset(dataset),
          fmt::format("this is a schema of version {}, and the store's tables were migrated to "
                      "version {} (`sluice dataset show {}`); put the schema of that version into "
                      "the configuration and say `sluice reload`; or migrate back to this one",
                      of.value, current.value, dataset.str())};
}

}  // namespace sluice::store
