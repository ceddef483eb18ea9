// What is delivered as the worked example loads as it is.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "configuration.h"

namespace sluice::settings::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

const std::filesystem::path source_directory = SLUICE_SOURCE_DIR;

// config/ and schemas/ side by side, as they are installed, with files for the node's identity.
class Installed {
 public:
  Installed() {
    const auto options = std::filesystem::copy_options::recursive |
                         std::filesystem::copy_options::overwrite_existing;
    configuration.remove("bureaus").remove("schemas");
    std::filesystem::copy(source_directory / "config", configuration.path(), options);
    std::filesystem::copy(source_directory / "schemas", configuration.path() / "schemas", options);
    for (const char* file : {"tls/center.pem", "tls/center.key", "tls/ca.pem", "tls/crl.pem"}) {
      configuration.write(file, "");
    }
  }
  Configuration configuration;
};

TEST(Example, LoadsWithoutAComplaint) {
  EXPECT_THAT(Installed().configuration.complaints(), IsEmpty());
}

TEST(Example, HasTheNineBureausOfHaidianAndWhatTwoOfThemPublish) {
  const Settings settings = Installed().configuration.settings();
  EXPECT_THAT(settings.bureaus, SizeIs(9));
  EXPECT_THAT(settings.datasets, SizeIs(2));
  const auto& park = settings.bureaus.at(record::BureauId("park")).publishes;
  EXPECT_THAT(park.at(0).channels, ElementsAre(record::Mode::direct));
  const auto& tax = settings.bureaus.at(record::BureauId("national-tax")).publishes;
  EXPECT_THAT(tax.at(0).channels, ElementsAre(record::Mode::disk));
  EXPECT_THAT(tax.at(0).mapping.fields, SizeIs(11));
  for (const auto& [id, bureau] : settings.bureaus) {
    EXPECT_EQ(bureau.certificate_subject, "CN=" + id.str() + ",O=Sluice development");
  }
}

TEST(Example, HasNoYamlThatIsNotRead) {
  std::size_t files = 0;
  for (const auto& entry :
       std::filesystem::recursive_directory_iterator(source_directory / "config")) {
    const auto ending = entry.path().extension();
    files += ending == ".yaml" || ending == ".yml" ? 1 : 0;
  }
  EXPECT_EQ(files, 1 + Installed().configuration.settings().bureaus.size());
}

}  // namespace
}  // namespace sluice::settings::test
