#include "backup/state_files.h"

#include <algorithm>

#include <gtest/gtest.h>

namespace sluice::backup {
namespace {

settings::Settings all_in_one() {
  settings::Settings settings;
  settings.node.state_directory = "/state";
  settings.node.store = settings::SqliteLocation{"/elsewhere/store.sqlite"};
  for (const char* id : {"park", "tax"})
    settings.bureaus.emplace(record::BureauId(id), settings::Bureau{});
  return settings;
}

TEST(StateFilesTest, WhoRefersToAJournalIsCopiedBeforeItAndTheAuditLogLast) {
  const auto files = state_files(all_in_one());
  const auto place = [&](const char* name) {
    return std::ranges::find(files, std::string(name), &StateFile::name) - files.begin();
  };
  for (const char* journal : {"journals/park.journal", "journals/tax.journal"}) {
    EXPECT_LT(place("central.sqlite"), place(journal));
    EXPECT_LT(place("tasks.sqlite"), place(journal));
    EXPECT_LT(place(journal), place("audit.sqlite"));
  }
  EXPECT_EQ(files.back().name, "audit.sqlite");
}

TEST(StateFilesTest, WhatARestoredNodeMustNotGoOnFromIsNotAmongThem) {
  for (const StateFile& file : state_files(all_in_one())) {
    EXPECT_NE(file.file, "/state/remembered.sqlite");
    EXPECT_EQ(place_of(file.name, all_in_one()), file.file);
  }
  EXPECT_EQ(place_of("central.sqlite", all_in_one()), "/elsewhere/store.sqlite");
  EXPECT_EQ(place_of("journals/other.journal", all_in_one()), "");
}

}  // namespace
}  // namespace sluice::backup
