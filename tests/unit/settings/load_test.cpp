#include "settings/load.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "configuration.h"

namespace sluice::settings::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

TEST(Load, GivesWhatAValidDirectorySays) {
  const Settings settings = Configuration().settings();
  EXPECT_THAT(settings.bureaus, SizeIs(1));
  EXPECT_THAT(settings.datasets, SizeIs(1));
}

TEST(Load, TellsAllComplaintsOfAllFilesInOrder) {
  Configuration configuration;
  configuration.with("node.yaml", "address: 127.0.0.1", "prot: 1\n  port: x")
      .with("schemas/approval.json", "\"date\"", "\"dat\"")
      .with("bureaus/park.yaml", "[direct, disk]", "[disk, dirct]")
      .write("bureaus/bad.yaml", "a: [\n")
      .write("schemas/bad.json", "{,}");
  EXPECT_THAT(
      configuration.complaints(),
      ElementsAre(HasSubstr("node.yaml:10:3: found `prot`"), HasSubstr("node.yaml:11:9: found `x`"),
                  HasSubstr("schemas/approval.json:6:37: found `dat`"),
                  HasSubstr("schemas/bad.json:1:2: found a syntax error"),
                  HasSubstr("bureaus/bad.yaml:2:1: found a syntax error"),
                  HasSubstr("bureaus/park.yaml:10:22: found `dirct`")));
}

TEST(Load, ReadsTheOtherFilesEvenIfTheNodesOwnCanNotBeRead) {
  Configuration configuration;
  configuration.remove("node.yaml").with("bureaus/park.yaml", "name:", "nane:");
  EXPECT_THAT(
      configuration.complaints(),
      ElementsAre("node.yaml: found no file of this name, expected a readable file (`sluice "
                  "init` writes that of a new node)",
                  HasSubstr("bureaus/park.yaml:1:1: found no `name`"),
                  HasSubstr("bureaus/park.yaml:2:1: found `nane`")));
}

TEST(Load, FindsSchemasAndBureausWhereTheNodesFileSaysThatTheyAre) {
  Configuration configuration;
  configuration
      .with("node.yaml", "  name: center\n", "  name: center\n  schemas: s\n  bureaus: b\n")
      .remove("schemas")
      .remove("bureaus")
      .write("s/approval.json", Configuration::approval)
      .write("b/park.yaml", Configuration::park);
  EXPECT_THAT(configuration.complaints(), IsEmpty());
  configuration.remove("s").remove("b");
  EXPECT_THAT(
      configuration.complaints(),
      ElementsAre("s: found no directory of this name, expected one, though it may be empty",
                  "b: found no directory of this name, expected one, though it may be empty"));
}

TEST(Load, PassesOverWhatEditorsNeedAndComplainsOfAnEndingThatIsNotRead) {
  Configuration configuration;
  configuration.write("schemas/node.schema.json", "{}").write("bureaus/.park.yaml.swp", "x");
  EXPECT_THAT(configuration.complaints(), IsEmpty());
  configuration.write("bureaus/quality.yml", "bureau: quality\n");
  EXPECT_THAT(
      configuration.complaints(),
      ElementsAre("bureaus/quality.yml: found the ending `.yml`, expected the ending `.yaml`"));
}

TEST(Load, RefusesFilesThatAreTooLargeOrNoFiles) {
  Configuration configuration;
  configuration.write("schemas/large.json", std::string((1 << 20) + 1, ' '))
      .write("bureaus/folder.yaml/x", "");
  ASSERT_EQ(mkfifo((configuration.path() / "bureaus/pipe.yaml").c_str(), 0600), 0);
  EXPECT_THAT(
      configuration.complaints(),
      ElementsAre("schemas/large.json: found a larger file, expected at most 1024 KiB",
                  "bureaus/folder.yaml: found what is no regular file, expected a readable file",
                  "bureaus/pipe.yaml: found what is no regular file, expected a readable file"));
}

TEST(Load, RefusesTwoBureausWithOneCertificateOrOneDropFolder) {
  Configuration configuration;
  configuration.write("bureaus/quality.yaml",
                      "bureau: quality\nname: 质监局\ncertificate_subject: CN=park\n"
                      "channels: {disk: {drop_folder: drop/../drop/park}}\n");
  const std::string folder = "`" + (configuration.path() / "drop/park").string();
  EXPECT_THAT(
      configuration.complaints(),
      ElementsAre(HasSubstr("bureaus/park.yaml:3:22: found `CN=park`, expected a subject of this "
                            "bureau's own, `quality` has this one, for `certificate_subject`"),
                  HasSubstr("as `drop_folder`, expected a folder of this bureau's own; "
                            "`quality` has this one"),
                  HasSubstr("bureaus/quality.yaml:3:22: found `CN=park`"),
                  HasSubstr("bureaus/quality.yaml:4:11: found ")));
}

TEST(Load, RefusesAnApiThatNobodyCanCall) {
  Configuration configuration;
  configuration.with("node.yaml", "listen:\n  address: 127.0.0.1\n", "");
  EXPECT_THAT(
      configuration.complaints(),
      ElementsAre("bureaus/park.yaml:5:3: found the channel `direct`, expected a section `listen` "
                  "in node.yaml, without which nobody can call"));
}

TEST(Load, CreatesNothing) {
  Configuration configuration;
  (void)configuration.settings();
  EXPECT_FALSE(std::filesystem::exists(configuration.path() / "state"));
  EXPECT_FALSE(std::filesystem::exists(configuration.path() / "drop"));
}

}  // namespace
}  // namespace sluice::settings::test
