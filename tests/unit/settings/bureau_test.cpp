#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "configuration.h"

namespace sluice::settings::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<std::string> complaints_of_bureau(std::string_view old_text, std::string_view text) {
  return Configuration().with("bureaus/park.yaml", old_text, text).complaints();
}

TEST(BureauFile, SaysWhatABureauPublishesAndHow) {
  Configuration configuration;
  configuration.with(
      "bureaus/park.yaml", "    mapping:",
      "    reject_limit: {rows: 100, share: 5%, minimum_rows: 50, window: 90s}\n    encoding: "
      "gb18030\n"
      "    max_row_bytes: 64KiB\n"
      "    csv: {delimiter: ';', quote: \"'\", double_quote: false, escape: \\, header: "
      "false, comment: '#', null_sequence: '-', skip_initial_space: true}\n    mapping:");
  const Settings settings = configuration.settings();
  const Bureau& bureau = settings.bureaus.at(record::BureauId("park"));
  EXPECT_EQ(bureau.name, "海淀园");
  EXPECT_EQ(bureau.signers, record::Signers{"CN=park"});
  EXPECT_TRUE(bureau.direct);
  EXPECT_EQ(bureau.disk->drop_folder, configuration.path() / "drop/park");
  ASSERT_EQ(bureau.publishes.size(), 1U);
  const Publication& publication = bureau.publishes.front();
  EXPECT_EQ(publication.dataset.str(), "approval");
  EXPECT_THAT(publication.channels, ElementsAre(record::Mode::direct, record::Mode::disk));
  EXPECT_EQ(publication.reject_limit.rows, 100U);
  EXPECT_EQ(publication.reject_limit.share, 0.05);
  EXPECT_EQ(publication.reject_limit.minimum_rows, 50U);
  EXPECT_EQ(publication.reject_limit.window, std::chrono::minutes(2)) << "in whole minutes";
  EXPECT_EQ(publication.disk.encoding, adapters::disk::Encoding::gb18030);
  EXPECT_EQ(publication.max_row_bytes, 64U << 10);
  const adapters::disk::CsvDialect& csv = publication.disk.dialect;
  EXPECT_EQ(csv.delimiter, ';');
  EXPECT_EQ(csv.quote, '\'');
  EXPECT_FALSE(csv.double_quote);
  EXPECT_EQ(csv.escape, '\\');
  EXPECT_FALSE(csv.header);
  EXPECT_EQ(csv.comment, '#');
  EXPECT_EQ(csv.null_sequence, "-");
  EXPECT_TRUE(csv.skip_initial_space);
}

TEST(BureauFile, MayHaveNoChannelYet) {
  Configuration configuration;
  configuration.write("bureaus/quality.yaml",
                      "bureau: quality\nname: 质监局\ncertificate_subject: CN=quality\n");
  EXPECT_THAT(configuration.complaints(), IsEmpty());
}

TEST(BureauFile, MustBeNamedAsItsBureau) {
  EXPECT_THAT(complaints_of_bureau("bureau: park", "bureau: quality").front(),
              "bureaus/park.yaml:1:9: found `quality`, expected the file's own name, `park`, for "
              "`bureau`");
}

TEST(BureauFile, NamesTheNearestKeyForATypo) {
  EXPECT_THAT(
      complaints_of_bureau("publishes:", "publish:"),
      ElementsAre("bureaus/park.yaml:8:1: found `publish`, expected one of bureau, "
                  "certificate_subject, channels, name, publishes; did you mean `publishes`?"));
}

TEST(BureauFile, MayHaveItsRecordsKeyedByHand) {
  Configuration configuration;
  configuration.with("bureaus/park.yaml", "  direct: {}\n", "  direct: {}\n  manual-entry:\n")
      .with("bureaus/park.yaml", "[direct, disk]", "[direct, manual-entry]");
  const Settings settings = configuration.settings();
  const Bureau& bureau = settings.bureaus.at(record::BureauId("park"));
  EXPECT_TRUE(bureau.manual_entry);
  EXPECT_THAT(bureau.publishes.at(0).channels,
              ElementsAre(record::Mode::direct, record::Mode::manual_entry));
  EXPECT_THAT(bureau.publishes.at(0).mapping.fields, testing::SizeIs(1));
}

TEST(BureauFile, IsNotKeyedWhereTheCentralStoreIsNot) {
  Configuration configuration;
  configuration.with("bureaus/park.yaml", "  direct: {}\n", "  direct: {}\n  manual-entry: {}\n")
      .with("node.yaml", "store:\n  kind: sqlite\n",
            "uplink: {addresses: ['https://c:1'], center_subject: CN=c}\n");
  EXPECT_THAT(configuration.complaints(),
              ElementsAre("bureaus/park.yaml:6:3: found the channel `manual-entry`, expected a "
                          "section `store` in node.yaml: records are keyed where the central store "
                          "is"));
}

TEST(BureauFile, IsNotKeyedWhereAnotherNodeBringsItsBatches) {
  Configuration configuration;
  configuration.with("bureaus/park.yaml", "  direct: {}\n", "  direct: {}\n  manual-entry: {}\n")
      .with("node.yaml", "store:",
            "nodes: [{name: front-1, certificate_subject: CN=f, bureaus: [park]}]\nstore:");
  EXPECT_THAT(configuration.complaints(),
              ElementsAre("bureaus/park.yaml:6:3: found the channel `manual-entry`, and `front-1` "
                          "brings this bureau's batches (`nodes`), expected a bureau whose batches "
                          "begin on this node: records are keyed at the home of their stream"));
}

TEST(BureauFile, SaysNothingInItsManualEntry) {
  EXPECT_THAT(complaints_of_bureau("  direct: {}\n", "  direct: {}\n  manual-entry: {to: me}\n"),
              ElementsAre(testing::HasSubstr("bureaus/park.yaml:6:18: found `to`")));
}

TEST(BureauFile, RefusesChannelsOfADatasetThatTheBureauDoesNotHave) {
  EXPECT_THAT(
      complaints_of_bureau("  direct: {}\n", ""),
      ElementsAre("bureaus/park.yaml:9:16: found `direct`, expected a channel that the bureau's "
                  "`channels` has"));
  EXPECT_THAT(
      complaints_of_bureau("[direct, disk]", "[direct, direct, dsk]"),
      ElementsAre("bureaus/park.yaml:10:24: found a second `direct`, expected each channel once",
                  "bureaus/park.yaml:10:32: found `dsk`, expected direct, front-end, disk "
                  "or manual-entry; did you mean `disk`?"));
  EXPECT_THAT(complaints_of_bureau("    channels: [direct, disk]\n", ""),
              ElementsAre("bureaus/park.yaml:9:5: found no channel, expected one or more of "
                          "direct, front-end, disk and manual-entry, such as `channels: "
                          "[direct]`,"));
}

TEST(BureauFile, RefusesADatasetThatHasNoSchema) {
  EXPECT_THAT(
      complaints_of_bureau("dataset: approval", "dataset: aproval"),
      ElementsAre("bureaus/park.yaml:9:14: found `aproval`, expected a dataset that has a schema "
                  "for `dataset`; did you mean `approval`?"));
}

TEST(BureauFile, RefusesADatasetOfAnotherBureau) {
  Configuration configuration;
  configuration.write("bureaus/quality.yaml",
                      "bureau: quality\nname: 质监局\ncertificate_subject: CN=quality\n"
                      "channels: {disk: {}}\npublishes: [{dataset: approval, channels: [disk]}]\n");
  EXPECT_THAT(
      configuration.complaints(),
      ElementsAre("bureaus/quality.yaml:5:23: found `approval`, which `park` owns, expected a "
                  "dataset of this bureau's own (一数一源) for `dataset`"));
}

TEST(BureauFile, RefusesADatasetPublishedTwice) {
  EXPECT_THAT(
      complaints_of_bureau("publishes:\n",
                           "publishes:\n  - {dataset: approval, channels: [disk]}\n"),
      ElementsAre("bureaus/park.yaml:10:5: found `approval` a second time, expected each dataset "
                  "once"));
}

TEST(BureauFile, RefusesADialectInWhichCharactersMeanTwoThings) {
  EXPECT_THAT(
      complaints_of_bureau("    mapping:",
                           "    csv: {delimiter: '\"', comment: '\"'}\n    mapping:"),
      ElementsAre("bureaus/park.yaml:11:22: found the same character as `quote`, expected "
                  "another one for `delimiter`",
                  "bureaus/park.yaml:11:36: found the same character as `quote`, expected "
                  "another one for `comment`",
                  "bureaus/park.yaml:11:36: found the same character as `delimiter`, expected "
                  "another one for `comment`"));
  EXPECT_THAT(complaints_of_bureau("    mapping:", "    csv: {delimiter: '，'}\n    mapping:"),
              ElementsAre("bureaus/park.yaml:11:22: found `，`, expected one ASCII character for "
                          "`delimiter`"));
}

TEST(BureauFile, RefusesAWayOfWritingFilesWithoutFiles) {
  EXPECT_THAT(
      complaints_of_bureau("[direct, disk]\n", "[direct]\n    encoding: gb18030\n"),
      ElementsAre("bureaus/park.yaml:11:15: found a way of writing files, expected `disk` among "
                  "the channels for `encoding`"));
}

TEST(BureauFile, RefusesLimitsThatAreNone) {
  EXPECT_THAT(
      complaints_of_bureau("    mapping:",
                           "    reject_limit: {rows: many, share: 120%}\n    max_row_bytes: 1GiB\n"
                           "    encoding: gbk\n    mapping:"),
      ElementsAre("bureaus/park.yaml:11:26: found `many`, expected a whole number from 0 to "
                  "1000000000 for `rows`",
                  "bureaus/park.yaml:11:39: found `120%`, expected a share from 0% to 100% for "
                  "`share`",
                  "bureaus/park.yaml:12:20: found `1GiB`, expected a size in B, KiB, MiB, GiB or "
                  "TiB, such as 8MiB, of at most 64MiB, for `max_row_bytes`",
                  "bureaus/park.yaml:13:15: found `gbk`, expected one of utf-8, gb18030 for "
                  "`encoding`"));
}

TEST(BureauFile, RefusesARejectLimitThatCountsNothing) {
  EXPECT_THAT(
      complaints_of_bureau("    mapping:",
                           "    reject_limit: {minimum_rows: 5, window: 2d}\n    mapping:"),
      ElementsAre(
          "bureaus/park.yaml:11:34: found a number of rows from which a share counts, "
          "expected `share` for `minimum_rows`",
          "bureaus/park.yaml:11:45: found a longer time than rows are counted over, "
          "expected at most 24h for `window`",
          "bureaus/park.yaml:11:45: found a time without anything to count, expected `rows` "
          "or `share` for `window`"));
}

TEST(BureauFile, ASharesMinimumIsAThousandRows) {
  Configuration configuration;
  configuration.with("bureaus/park.yaml",
                     "    mapping:", "    reject_limit: {share: 5%}\n    mapping:");
  const Settings settings = configuration.settings();
  const auto& limit = settings.bureaus.at(record::BureauId("park")).publishes.front().reject_limit;
  EXPECT_EQ(limit.minimum_rows, 1'000U);
  EXPECT_FALSE(limit.window);
  EXPECT_FALSE(limit.rows);
}

TEST(BureauFile, RefusesASubjectThatIsNoName) {
  EXPECT_THAT(complaints_of_bureau("CN=park", "park"),
              ElementsAre("bureaus/park.yaml:3:22: found `park`, expected an RFC 2253 name such as "
                          "CN=park,O=Haidian, for `certificate_subject`"));
}

}  // namespace
}  // namespace sluice::settings::test
