// What is delivered as the worked example loads as it is.
#include <fstream>
#include <set>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "configuration.h"
#include "entry/form_checker.h"

namespace sluice::settings::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

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

// config/front-end as it is installed on a front-end processor, with the schemas of its bureaus
// only.
class InstalledFrontEnd {
 public:
  InstalledFrontEnd() {
    const auto options = std::filesystem::copy_options::recursive |
                         std::filesystem::copy_options::overwrite_existing;
    configuration.remove("bureaus").remove("schemas");
    std::filesystem::copy(source_directory / "config/front-end", configuration.path(), options);
    std::filesystem::create_directory(configuration.path() / "schemas");
    for (const char* schema : {"tax-registration.json", "statistics-return.json"}) {
      std::filesystem::copy(source_directory / "schemas" / schema,
                            configuration.path() / "schemas" / schema);
    }
    for (const char* file : {"tls/front-1.pem", "tls/front-1.key", "tls/ca.pem", "tls/crl.pem",
                             "secrets/local-tax.password", "secrets/statistics.password"}) {
      configuration.write(file, "");
    }
  }
  Configuration configuration;
};

TEST(Example, OfAFrontEndProcessorLoadsToo) {
  const InstalledFrontEnd installed;
  EXPECT_THAT(installed.configuration.complaints(), IsEmpty());
  const Settings settings = installed.configuration.settings();
  namespace capture = adapters::front_end::capture;
  const auto& tax = settings.bureaus.at(record::BureauId("local-tax"));
  EXPECT_EQ(tax.front_end->schedule->written, "*/5 7-20 * * mon-fri");
  EXPECT_TRUE(std::holds_alternative<capture::ByWatermark>(tax.publishes.at(0).front_end.capture));
  const auto& statistics = settings.bureaus.at(record::BureauId("statistics"));
  EXPECT_TRUE(
      std::holds_alternative<capture::BySnapshot>(statistics.publishes.at(0).front_end.capture));
}

// The blocks of YAML on a page of the documentation, in order.
std::vector<std::string> yaml_blocks(const std::filesystem::path& page) {
  std::ifstream stream(page);
  std::vector<std::string> blocks;
  bool is_inside = false;
  for (std::string line; std::getline(stream, line);) {
    if (is_inside && line == "```") {
      is_inside = false;
    } else if (is_inside) {
      blocks.back() += line + "\n";
    } else if (line == "```yaml") {
      is_inside = true;
      blocks.emplace_back();
    }
  }
  return blocks;
}

TEST(Example, OfEachWayOfCaptureInTheDocumentationLoads) {
  const auto blocks = yaml_blocks(source_directory / "docs/front-end.md");
  std::set<std::size_t> ways;
  for (const std::string& block : blocks) {
    Configuration configuration;
    configuration.remove("bureaus/park.yaml")
        .remove("schemas/approval.json")
        .with("node.yaml", "listen:\n  address: 127.0.0.1\n", "")
        .write("secrets/local-tax.password", "")
        .write("bureaus/local-tax.yaml", block);
    std::filesystem::copy(source_directory / "schemas/tax-registration.json",
                          configuration.path() / "schemas/tax-registration.json");
    EXPECT_THAT(configuration.complaints(), IsEmpty()) << block;
    const Bureau bureau = configuration.settings().bureaus.at(record::BureauId("local-tax"));
    ways.insert(bureau.publishes.at(0).front_end.capture.index());
  }
  EXPECT_EQ(ways.size(), 4U);
}

TEST(Example, HasTheNineBureausOfHaidianAndWhatThreeOfThemPublish) {
  const Settings settings = Installed().configuration.settings();
  EXPECT_THAT(settings.bureaus, SizeIs(9));
  EXPECT_THAT(settings.datasets, SizeIs(5));
  const auto& park = settings.bureaus.at(record::BureauId("park")).publishes;
  EXPECT_THAT(park.at(0).channels, ElementsAre(record::Mode::direct));
  const auto& tax = settings.bureaus.at(record::BureauId("national-tax")).publishes;
  EXPECT_THAT(tax.at(0).channels, ElementsAre(record::Mode::disk));
  EXPECT_THAT(tax.at(0).mapping.fields, SizeIs(11));
  const auto& licences = settings.bureaus.at(record::BureauId("industry-commerce")).publishes;
  EXPECT_THAT(licences.at(0).channels, ElementsAre(record::Mode::manual_entry));
  EXPECT_THAT(settings.code_tables.at("codes/enterprise-type.csv"), SizeIs(35));
  for (const auto& [id, bureau] : settings.bureaus) {
    EXPECT_EQ(bureau.signers, record::Signers{"CN=" + id.str() + ",O=Sluice development"});
  }
}

TEST(Example, OfALicenceMakesTheFormThatAClerkKeys) {
  const Settings settings = Installed().configuration.settings();
  const record::Dataset& dataset = settings.datasets.at(record::DatasetId("enterprise-licence"));
  const auto checker = record::RecordChecker::compile(dataset.schema).value();
  const intake::Mapping& mapping =
      settings.bureaus.at(record::BureauId("industry-commerce")).publishes.at(0).mapping;
  entry::CodeTables tables;
  for (const auto& [name, entries] : settings.code_tables)
    tables.emplace(name, entry::CodeTable(entries, entry::PinyinReadings()));
  const auto form = entry::FormChecker::make({dataset, checker, mapping, tables, {}}).value();
  std::vector<std::string> groups;
  for (const entry::FormGroup& group : form.form().groups)
    groups.push_back(group.title);
  EXPECT_THAT(groups, ElementsAre("主体", "法定代表人", "注册", "办件"));
  EXPECT_EQ(form.check_field("registered_capital", "1,000 万元")->understood,
            (entry::Understood{"10000000", "10,000,000.00", "CNY"}));
  EXPECT_EQ(form.check_field("enterprise_type", "1130 有限责任公司（自然人投资或控股）")
                ->understood->canonical,
            "1130");
  EXPECT_EQ(form.check_field("region_code", "海淀区")->understood->canonical, "110108");
  EXPECT_EQ(form.check_field("credit_code", "91110108MA000016X1").error().fault->expected, '0');
  EXPECT_EQ(tables.at("codes/enterprise-type.csv").search("yxzr", 20).front()->code, "1100");
  const auto& register_fields =
      settings.datasets.at(record::DatasetId("enterprise-register")).schema.fields;
  EXPECT_EQ(form.form().find("address")->prefill->field, register_fields.back().name);
}

TEST(Example, HasNoYamlThatIsNotRead) {
  std::size_t files = 0;
  for (const auto& entry :
       std::filesystem::recursive_directory_iterator(source_directory / "config")) {
    const auto ending = entry.path().extension();
    if (ending == ".yaml" || ending == ".yml") ++files;
  }
  const Installed installed;
  const InstalledFrontEnd front_end;
  EXPECT_EQ(files, 2 + installed.configuration.settings().bureaus.size() +
                       front_end.configuration.settings().bureaus.size());
}

}  // namespace
}  // namespace sluice::settings::test
