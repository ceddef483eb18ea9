#include <array>
#include <cerrno>
#include <cstdint>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/xattr.h>

#include "unit/doctor/examined_node.h"

namespace sluice::doctor::test {
namespace {

using record::test::write_file;
using testing::AllOf;
using testing::HasSubstr;

class FileChecks : public testing::Test {
 protected:
  Findings looked(const std::string& name) { return look(file_checks(node.shared()), name); }
  void is_wrong(const std::string& name, const std::string& words, const std::string& remedy) {
    const Findings findings = looked(name);
    EXPECT_EQ(worst(findings), Verdict::wrong) << told(findings);
    EXPECT_THAT(told(findings), AllOf(HasSubstr(words), HasSubstr("-> "), HasSubstr(remedy)));
  }
  void is_well(const std::string& name) {
    const Findings findings = looked(name);
    EXPECT_EQ(worst(findings), Verdict::ok) << told(findings);
  }
  ExaminedNode node;
};

TEST_F(FileChecks, OfANodeThatWasMadeByTheProgramsAreWell) {
  write_file(node.surroundings.configuration / "node.yaml", "");
  for (const char* name : {"configuration-files", "secrets", "state-directory"})
    is_well(name);
}

TEST_F(FileChecks, AKeyThatEverybodyMayReadIsWrong) {
  ASSERT_EQ(::chmod(node.node().identity.key.c_str(), 0644), 0);
  is_wrong("secrets", "front-1.key: the key: mode 0644", "chmod 0600");
}

TEST_F(FileChecks, APasswordOfADatabaseIsASecretToo) {
  const auto file = node.directory / "password";
  write_file(file, "secret\n");
  ASSERT_EQ(::chmod(file.c_str(), 0640), 0);
  settings::Bureau bureau{.id = record::BureauId("local-tax")};
  bureau.front_end.emplace();
  bureau.front_end->database.password_file = file;
  node.surroundings.all->bureaus.emplace(bureau.id, bureau);
  is_well("secrets");
  ASSERT_EQ(::chmod(file.c_str(), 0604), 0);
  is_wrong("secrets", "the password of local-tax's exchange database: mode 0604", "chmod");
}

TEST_F(FileChecks, AKeyThatItsGroupMayChangeIsAWarning) {
  ASSERT_EQ(::chmod(node.node().identity.key.c_str(), 0660), 0);
  EXPECT_EQ(worst(looked("secrets")), Verdict::warning);
}

TEST_F(FileChecks, AConfigurationThatEverybodyMayChangeIsWrong) {
  const auto file = node.surroundings.configuration / "bureaus/park.yaml";
  write_file(file, "");
  ASSERT_EQ(::chmod(file.c_str(), 0666), 0);
  is_wrong("configuration-files", "park.yaml: mode 0666", "chmod o-w");
}

TEST_F(FileChecks, AStateThatOthersMayListIsWrong) {
  ASSERT_EQ(::chmod(node.node().state_directory.c_str(), 0755), 0);
  is_wrong("state-directory", "mode 0755: others may list", "chmod 0750");
}

TEST_F(FileChecks, AFileOfSomebodyElsesInTheStateIsWrong) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can give a file away";
  write_file(node.node().state_directory / "audit.sqlite", "");
  write_file(node.node().state_directory / "journals/park.journal", "");
  is_well("state-directory");
  ASSERT_EQ(::chown((node.node().state_directory / "journals/park.journal").c_str(), 65534, 65534),
            0);
  is_wrong("state-directory", "1 of its files is not root's: park.journal", "chown -R root:");
}

TEST_F(FileChecks, AKeyThatTheServiceMayNotReadIsWrong) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can give a file away";
  ASSERT_EQ(::chmod(node.node().identity.key.c_str(), 0600), 0);
  is_well("secrets");
  ASSERT_EQ(::chown(node.node().state_directory.c_str(), 65534, 65534), 0);
  is_wrong("secrets", "as which sluiced runs may not read it (owner root, mode 0600)", "chmod");
}

// As `setfacl -m u:nobody:r` writes it: a version, and entries of kind, rights and user.
TEST_F(FileChecks, WhetherTheServiceMayReadAKeyWithAnAccessListIsNotGuessed) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can give a file away";
  struct Entry {
    std::uint16_t kind;
    std::uint16_t rights;
    std::uint32_t user;
  };
  constexpr std::uint32_t none = 0xffffffff;
  const struct {
    std::uint32_t version = 2;
    std::array<Entry, 5> entries{
        {{0x01, 6, none}, {0x02, 4, 65534}, {0x04, 0, none}, {0x10, 4, none}, {0x20, 0, none}}};
  } list;
  if (::setxattr(node.node().identity.key.c_str(), "system.posix_acl_access", &list, sizeof list,
                 0) != 0) {
    ASSERT_EQ(errno, EOPNOTSUPP);
    GTEST_SKIP() << "this file system has no access lists";
  }
  is_well("secrets");
  ASSERT_EQ(::chown(node.node().state_directory.c_str(), 65534, 65534), 0);
  const Findings findings = looked("secrets");
  EXPECT_EQ(worst(findings), Verdict::warning) << told(findings);
  EXPECT_THAT(told(findings), AllOf(HasSubstr("it has an access list"), HasSubstr("runuser -u")));
}

TEST_F(FileChecks, AFileByWhichTheDiskIsTriedIsNoneOfTheState) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can give a file away";
  const auto probe = node.node().state_directory / "doctor-a1b2c3";
  write_file(probe, "");
  ASSERT_EQ(::chown(probe.c_str(), 65534, 65534), 0);
  is_well("state-directory");
}

TEST_F(FileChecks, AStateThatIsNotThereYetIsNoFault) {
  node.node().state_directory = node.directory / "none";
  EXPECT_EQ(worst(looked("state-directory")), Verdict::skipped);
  write_file(node.directory / "file", "");
  node.node().state_directory = node.directory / "file";
  is_wrong("state-directory", "it is no directory", "node.state_directory");
}

TEST_F(FileChecks, ADropFolderThatIsNotThereIsWrong) {
  settings::Bureau bureau{.id = record::BureauId("national-tax")};
  bureau.disk.emplace();
  bureau.disk->drop_folder = node.directory / "drop";
  node.surroundings.all->bureaus.emplace(bureau.id, bureau);
  is_wrong("drop-folders", "the drop folder of national-tax is not there", "mkdir");
  std::filesystem::create_directory(node.directory / "drop");
  is_well("drop-folders");
}

}  // namespace
}  // namespace sluice::doctor::test
