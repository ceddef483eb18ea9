#include <cerrno>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/doctor/examined_node.h"

namespace sluice::doctor::test {
namespace {

using record::test::write_file;
using testing::AllOf;
using testing::HasSubstr;

class DiskChecks : public testing::Test {
 protected:
  Findings looked(const std::string& name) { return look(disk_checks(node.shared()), name); }
  void is(Verdict verdict, const std::string& name, const std::string& words,
          const std::string& remedy) {
    const Findings findings = looked(name);
    EXPECT_EQ(worst(findings), verdict) << told(findings);
    EXPECT_THAT(told(findings), AllOf(HasSubstr(words), HasSubstr(remedy)));
  }
  [[nodiscard]] std::size_t files() const {
    const std::filesystem::directory_iterator all(node.surroundings.node.state_directory);
    return static_cast<std::size_t>(std::distance(begin(all), end(all)));
  }
  ExaminedNode node;
};

TEST_F(DiskChecks, OfADiskThatWorksAreWellAndLeaveNothingBehind) {
  node.node().reserve = 0;
  node.surroundings.sync = [](int) { return 0; };  // so that it is quick, whatever else is written
  const std::size_t before = files();
  is(Verdict::ok, "space", "are free", "");
  is(Verdict::ok, "inodes", "inodes", "");
  is(Verdict::ok, "fsync", "an fsync takes", "");
  EXPECT_EQ(files(), before);
}

TEST_F(DiskChecks, LessThanTheReserveIsWrong) {
  node.node().reserve = std::uint64_t{1} << 60;
  is(Verdict::wrong, "space", "nothing is taken in", "free space");
}

TEST_F(DiskChecks, NotMuchMoreThanTheReserveIsAWarning) {
  node.node().reserve = std::filesystem::space(node.node().state_directory).available * 3 / 4;
  is(Verdict::warning, "space", "are to stay free", "free space");
}

TEST_F(DiskChecks, AnFsyncThatFailsIsWrongAndTellsWhy) {
  node.surroundings.sync = [](int) {
    errno = EIO;
    return -1;
  };
  is(Verdict::wrong, "fsync", "an fsync fails: Input/output error", "dmesg");
}

TEST_F(DiskChecks, AnFsyncThatIsSlowIsAWarning) {
  node.surroundings.sync = [](int) {
    std::this_thread::sleep_for(std::chrono::milliseconds(120));
    return 0;
  };
  is(Verdict::warning, "fsync", "every acknowledgement waits for one", "faster disk");
}

TEST_F(DiskChecks, WhatAProcessOfTheNodeFoundOutIsToldWithoutAnotherTry) {
  write_file(node.node().state_directory / "not-durable", "park.journal: disk I/O error");
  node.surroundings.sync = [](int) -> int { throw std::runtime_error("it was tried"); };
  is(Verdict::wrong, "fsync", "nothing is acknowledged since: park.journal: disk I/O error",
     "restart sluiced");
}

TEST_F(DiskChecks, WithoutAStateThereIsNothingToLookAt) {
  node.node().state_directory = node.directory / "none";
  for (const char* name : {"space", "inodes", "fsync"})
    is(Verdict::skipped, name, "there is no state yet", "");
}

}  // namespace
}  // namespace sluice::doctor::test
