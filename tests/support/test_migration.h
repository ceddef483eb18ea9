// Lets a dataset's tables begin their next version, each record turned as the test says.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "record/record_checker.h"
#include "store/migrations.h"

namespace sluice::test {

// From the values of an old record the new one's columns, as COPY text.
using RecordTurner = std::function<std::string(std::span<const std::optional<std::string_view>>)>;

// How it waits at its last step.
struct TestWaiting {
  store::MigrationPatience patience = [](const store::MigrationWait&) { return true; };
  store::MigrationTurns turns = {};
};

// `dataset`: with the new schema; its signature is none.
inline store::Result<store::MigrationReport> migrate_tables(
    store::Store& store, const record::Dataset& dataset, const RecordTurner& turn,
    store::MigrationOrder::Purpose purpose = store::MigrationOrder::Purpose::migrate,
    const TestWaiting& waiting = {}) {
  const auto from = store.migrations().current(dataset.id).value().value();
  const auto checker = record::RecordChecker::compile(dataset.schema).value();
  const std::string mapping = R"({"fields":[],"ignore":[]})";
  std::string line;
  const store::RecordConverter convert =
      [&](std::span<const std::optional<std::string_view>> values)
      -> std::expected<std::string_view, store::Unfit> { return line = turn(values); };
  return store.migrations().migrate(
      {.dataset = dataset,
       .checker = checker,
       .from = from,
       .mapping = mapping,
       .convert = convert,
       .purpose = purpose,
       .patience = waiting.patience,
       .turns = waiting.turns},
      [](const record::Migration& migration) {
        return record::SignedMigration{record::to_json(migration), "signature"};
      });
}

}  // namespace sluice::test
