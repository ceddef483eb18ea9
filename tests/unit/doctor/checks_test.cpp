// What is said of a new node, step by step, until there is nothing more to do.
#include "doctor/checks.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "setup/initial_configuration.h"
#include "setup/initial_files.h"
#include "unit/doctor/examined_node.h"

namespace sluice::doctor::test {
namespace {

using record::test::TemporaryDirectory;
using record::test::write_file;
using testing::AllOf;
using testing::HasSubstr;

class NewNode : public testing::Test {
 protected:
  [[nodiscard]] std::vector<Check> checks() const {
    return checks_of(Surroundings{.configuration = directory / "config",
                                  .clock = installation::system_now,
                                  .sync = ::fsync,
                                  .service_user = "nobody-has-this-name"});
  }
  Findings looked(const std::string& name) { return look(checks(), name); }
  void init() {
    auto made = setup::initial_configuration({.kind = setup::NodeKind::front_end,
                                              .bureaus = {record::BureauId("local-tax")},
                                              .center_url = "https://localhost:8443",
                                              .state = directory / "state"});
    ASSERT_TRUE(made);
    auto files = setup::InitialFiles::write(directory / "config", made->files, std::nullopt);
    ASSERT_TRUE(files);
    files->keep();
  }
  const TemporaryDirectory directory;
};

TEST_F(NewNode, WithoutAConfigurationIsToldHowToMakeOneAndNothingElse) {
  const auto all = checks();
  EXPECT_EQ(all.size(), 2U);
  const Findings findings = all.front().look();
  EXPECT_EQ(worst(findings), Verdict::wrong);
  EXPECT_THAT(told(findings), AllOf(HasSubstr("this machine has no node yet"),
                                    HasSubstr("init front-end --bureau")));
}

TEST_F(NewNode, WhoseConfigurationIsNoYamlIsToldFileAndLine) {
  std::filesystem::create_directory(directory / "config");
  write_file(directory / "config/node.yaml", "node: [\n");
  const Findings findings = looked("configuration");
  EXPECT_EQ(worst(findings), Verdict::wrong);
  EXPECT_THAT(told(findings), HasSubstr("node.yaml:"));
}

TEST_F(NewNode, IsToldWhatIsToBeFilledInByFileAndLine) {
  init();
  const Findings findings = looked("configuration");
  EXPECT_EQ(worst(findings), Verdict::wrong);
  EXPECT_THAT(told(findings), AllOf(HasSubstr("bureaus/local-tax.yaml:10"), HasSubstr("-> edit "),
                                    HasSubstr("password_file")));
}

TEST_F(NewNode, IsToldWhatMakesItsKeyThoughSomethingElseIsToBeFilledInYet) {
  init();
  const Findings findings = looked("identity-files");
  EXPECT_EQ(worst(findings), Verdict::wrong);
  EXPECT_THAT(told(findings), AllOf(HasSubstr("local-tax-front-end.key: the key: not there yet"),
                                    HasSubstr("pki request > local-tax-front-end.csr`")));
}

TEST_F(NewNode, WhoseConfigurationIsGoodIsWell) {
  init();
  std::filesystem::create_directory(directory / "config/secrets");
  write_file(directory / "config/secrets/local-tax.password", "geheim\n");
  const Findings findings = looked("configuration");
  EXPECT_EQ(worst(findings), Verdict::ok) << told(findings);
  EXPECT_THAT(told(findings), HasSubstr("node local-tax-front-end: 1 bureau and 1 dataset"));
}

TEST_F(NewNode, EachCheckHasAGroupAndNeedsOnlyWhatStandsBeforeIt) {
  init();
  std::filesystem::create_directory(directory / "config/secrets");
  write_file(directory / "config/secrets/local-tax.password", "geheim\n");
  std::vector<std::string> before;
  for (const Check& check : checks()) {
    EXPECT_FALSE(check.group.empty()) << check.name;
    for (const std::string& need : check.needs)
      EXPECT_THAT(before, testing::Contains(need)) << check.name;
    before.push_back(check.name);
  }
}

}  // namespace
}  // namespace sluice::doctor::test
