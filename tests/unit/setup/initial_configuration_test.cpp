// Each kind of node begins with a configuration that the settings' own reader finds good, but for
// what is said to be filled in.
#include "setup/initial_configuration.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "settings/load.h"
#include "setup/initial_files.h"
#include "support/temporary_directory.h"

namespace sluice::setup::test {
namespace {

using record::BureauId;
using record::DatasetId;
using record::test::TemporaryDirectory;
using record::test::write_file;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

NewNode front_end() {
  return {.kind = NodeKind::front_end,
          .bureaus = {BureauId("local-tax")},
          .center_url = "https://center.example:8443"};
}
NewNode center() {
  return {.kind = NodeKind::center, .bureaus = {BureauId("local-tax"), BureauId("statistics")}};
}
NewNode all_in_one() {
  return {.kind = NodeKind::all_in_one, .bureaus = {BureauId("park")}};
}

// Written as `sluice init` writes it.
class Written {
 public:
  explicit Written(const NewNode& node) : configuration(made(node)) {
    auto files = InitialFiles::write(directory.path(), configuration.files, std::nullopt);
    if (!files) throw std::runtime_error(to_string(files.error()));
    files->keep();
  }
  // A file that a person or `sluice pki` puts there.
  void put(const std::string& name) const {
    std::filesystem::create_directories((directory / name).parent_path());
    write_file(directory / name, "");
  }
  // As `sluiced --check-config` tells them, but for the directory.
  [[nodiscard]] std::vector<std::string> complaints() const {
    const auto loaded = settings::load(directory.path());
    const std::string prefix = directory.path().string() + "/";
    std::vector<std::string> told;
    for (const auto& complaint : loaded ? loaded->node.identity.missing : loaded.error()) {
      std::string line = to_string(complaint);
      for (std::size_t at = line.find(prefix); at != std::string::npos; at = line.find(prefix))
        line.erase(at, prefix.size());
      told.push_back(line);
    }
    return told;
  }
  [[nodiscard]] settings::Settings settings() const {
    auto loaded = settings::load(directory.path());
    if (loaded) return std::move(*loaded);
    throw std::runtime_error(to_string(loaded.error().front()));
  }

  const TemporaryDirectory directory;
  const InitialConfiguration configuration;

 private:
  static InitialConfiguration made(const NewNode& node) {
    auto configuration = initial_configuration(node);
    if (!configuration) throw std::runtime_error(configuration.error().sentence);
    return std::move(*configuration);
  }
};

std::string missing(const std::string& place, const std::string& file, const std::string& key) {
  return "node.yaml:" + place + ": found `" + file +
         "`, where there is no file, expected an existing file for `" + key +
         "`: docs/pki.md says how to make it";
}

TEST(InitialConfiguration, OfAllInOneLacksNothingButItsCertificate) {
  const Written written(all_in_one());
  EXPECT_THAT(written.configuration.to_fill_in, IsEmpty());
  EXPECT_THAT(written.complaints(),
              ElementsAre(missing("15:16", "tls/center.pem", "certificate"),
                          missing("16:8", "tls/center.key", "key"),
                          missing("17:16", "authority/ca.pem", "authorities"),
                          missing("18:16", "authority/crl.pem", "revocations")));
  for (const char* file :
       {"tls/center.pem", "tls/center.key", "authority/ca.pem", "authority/crl.pem"}) {
    written.put(file);
  }
  EXPECT_THAT(written.complaints(), IsEmpty());
  const settings::Settings settings = written.settings();
  EXPECT_EQ(settings.node.identity.subject, "CN=center,O=Sluice");
  EXPECT_EQ(settings.node.state_directory, "/var/lib/sluice");
  EXPECT_EQ(settings.node.control_socket, "/run/sluice/control.socket");
  EXPECT_TRUE(settings.datasets.contains(DatasetId("park-register")));
}

TEST(InitialConfiguration, OfAFrontEndAsksForItsDatabaseByNameAndLine) {
  const Written written(front_end());
  std::vector<std::string> places;
  for (const FillIn& fill_in : written.configuration.to_fill_in)
    places.push_back(fill_in.file.string() + ":" + std::to_string(fill_in.line) + ": " +
                     fill_in.what.substr(0, fill_in.what.find_first_of(":;,")));
  EXPECT_THAT(places, ElementsAre("bureaus/local-tax.yaml:9: where the exchange database is",
                                  "bureaus/local-tax.yaml:10: a file whose first line is the "
                                  "password",
                                  "bureaus/local-tax.yaml:18: the table or view",
                                  "bureaus/local-tax.yaml:20: the column that grows with every "
                                  "change"));
  const auto complaints = written.complaints();
  ASSERT_THAT(complaints, SizeIs(5)) << "its four files, and the password's";
  EXPECT_THAT(complaints.at(0), HasSubstr("node.yaml:16:16: found `tls/local-tax-front-end.pem`"));
  EXPECT_THAT(complaints.at(4), HasSubstr("bureaus/local-tax.yaml:10:20: found "
                                          "`secrets/local-tax.password`, where there is no file"));
}

TEST(InitialConfiguration, OfAFrontEndIsGoodOnceItsFilesAreThere) {
  const Written written(front_end());
  for (const char* file : {"tls/local-tax-front-end.pem", "tls/local-tax-front-end.key",
                           "tls/ca.pem", "tls/crl.pem", "secrets/local-tax.password"}) {
    written.put(file);
  }
  EXPECT_THAT(written.complaints(), IsEmpty());
  const settings::Settings settings = written.settings();
  EXPECT_EQ(settings.node.uplink->addresses.at(0).host, "center.example");
  EXPECT_EQ(settings.node.uplink->center_signers, record::Signers{"CN=center,O=Sluice"});
}

TEST(InitialConfiguration, OfACenterKnowsTheFrontEndsAsTheyBeginThemselves) {
  const settings::Settings center_settings = Written(center()).settings();
  ASSERT_THAT(center_settings.node.nodes, SizeIs(2));
  const settings::CarryingNode& known = center_settings.node.nodes.at(0);
  const InitialConfiguration front = initial_configuration(front_end()).value();
  EXPECT_EQ(known.name, front.node);
  EXPECT_EQ(known.signers, record::Signers{front.subject});
  const Written written(front_end());
  written.put("secrets/local-tax.password");
  const settings::Settings front_settings = written.settings();
  const DatasetId dataset("local-tax-register");
  EXPECT_EQ(record::schema_digest(center_settings.datasets.at(dataset).schema),
            record::schema_digest(front_settings.datasets.at(dataset).schema));
  EXPECT_EQ(front_settings.node.uplink->center_signers,
            record::Signers{center_settings.node.identity.subject});
}

TEST(InitialConfiguration, OfACenterWithoutABureauIsGoodToo) {
  NewNode node = center();
  node.bureaus.clear();
  EXPECT_THAT(Written(node).settings().node.nodes, IsEmpty());
}

TEST(InitialConfiguration, MayHaveAnyOrganizationAndAnyDirectoryThatAFileCanSay) {
  NewNode node = front_end();
  node.organization = "海淀区: \"政务\" #1 'a'";
  EXPECT_FALSE(initial_configuration(node)) << "a subject would need escapes";
  node.organization = "海淀区 政务: 'a' -";
  node.state = "/srv/a \"b\": c #d\\e";
  const Written written(node);
  written.put("secrets/local-tax.password");
  const settings::Settings settings = written.settings();
  EXPECT_EQ(settings.node.identity.subject, "CN=local-tax-front-end,O=" + node.organization);
  EXPECT_EQ(settings.node.state_directory, node.state);
  EXPECT_EQ(settings.node.control_socket, node.state / "control.socket");
}

TEST(InitialConfiguration, IsRefusedForNamesThatAreNone) {
  const auto said_of = [](const NewNode& node) {
    const auto configuration = initial_configuration(node);
    return configuration ? std::string("nothing") : configuration.error().sentence;
  };
  NewNode node = front_end();
  node.bureaus = {BureauId("../etc")};
  EXPECT_THAT(said_of(node), HasSubstr("--bureau: found `../etc`"));
  node.bureaus = {BureauId(std::string(60, 'a'))};
  EXPECT_THAT(said_of(node), HasSubstr("--bureau: found `aaa"));
  node.bureaus = {BureauId("park"), BureauId("park")};
  EXPECT_THAT(said_of(node), HasSubstr("--bureau: found one twice"));
  node = front_end();
  node.center_url = "center:8443";
  EXPECT_THAT(said_of(node), HasSubstr("--center: found `center:8443`, expected https://"));
  node = front_end();
  node.state = "relative";
  EXPECT_THAT(said_of(node), HasSubstr("--state: found `relative`"));
}

TEST(InitialConfiguration, HasNoWordOfATemplateLeft) {
  for (const NewNode& node : {front_end(), center(), all_in_one()}) {
    const InitialConfiguration configuration = initial_configuration(node).value();
    for (const NewFile& file : configuration.files) {
      std::string text = file.text;
      const std::string every = "\"@every";  // YAML's own
      if (const auto at = text.find(every); at != std::string::npos) text.erase(at, every.size());
      EXPECT_EQ(text.find('@'), std::string::npos) << file.name << "\n" << text;
    }
  }
}

TEST(InitialConfiguration, HasNoBureauThatIsCalledAsANodeIsOrAsYamlReadsOtherwise) {
  for (const char* name : {"center", "local-tax-front-end", "null", "true", "no", "~"}) {
    for (NewNode node : {front_end(), center(), all_in_one()}) {
      node.bureaus.at(0) = BureauId(name);
      const auto refused = initial_configuration(node);
      ASSERT_FALSE(refused) << name;
      EXPECT_THAT(refused.error().sentence, HasSubstr("--bureau: found `" + std::string(name)));
    }
  }
}

TEST(InitialConfiguration, TakesAPlaceWithASlashAtItsEndForTheSame) {
  EXPECT_EQ(plain_place("/var/lib/sluice/"), packaged_state);
  EXPECT_EQ(plain_place("/var/lib/./sluice//"), packaged_state);
  EXPECT_EQ(plain_place("/"), "/");
  EXPECT_EQ(plain_place("state/"), std::filesystem::current_path() / "state");
}

}  // namespace
}  // namespace sluice::setup::test
