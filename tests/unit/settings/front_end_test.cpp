#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "exchange_configuration.h"

namespace sluice::settings::test {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;
namespace front_end = adapters::front_end;
namespace capture = adapters::front_end::capture;

constexpr const char* connection = "DSN=exchange;UID=sluice";

std::vector<std::string> complaints_of_channel(const std::string& line) {
  return exchange_complaints("    schedule:", "    " + line + "\n    schedule:");
}
std::vector<std::string> complaints_of_capture(const std::string& way) {
  return exchange_complaints(ExchangeConfiguration::watermark, way);
}
// With the right to write that the way of flags needs.
std::vector<std::string> complaints_of_flag(const std::string& rest) {
  ExchangeConfiguration configuration;
  configuration.changed("    schedule:", "    write_back: true\n    schedule:")
      .changed(ExchangeConfiguration::watermark, "{kind: flag, column: 状态" + rest + "}");
  return configuration.complaints();
}

front_end::ExchangeTable table_with(const std::string& capture) {
  ExchangeConfiguration configuration;
  return configuration.changed("    schedule:", "    write_back: true\n    schedule:")
      .changed(ExchangeConfiguration::watermark, capture)
      .park()
      .publishes.at(0)
      .front_end;
}

TEST(FrontEndChannel, SaysHowTheDatabaseIsReached) {
  ExchangeConfiguration configuration;
  configuration.write("pw", "geheim\n")
      .with(exchange_file, "    schedule:",
            "    password_file: pw\n    encoding: gb18030\n    time_zone: Asia/Urumqi\n"
            "    login_timeout: 3s\n    query_timeout: 2m\n    page_rows: 100000\n"
            "    write_back: true\n    schedule:");
  const front_end::ExchangeDatabase database = configuration.park().front_end->database;
  EXPECT_EQ(database.connection, connection);
  EXPECT_EQ(database.password_file, configuration.path() / "pw");
  EXPECT_EQ(database.encoding, front_end::TextEncoding::gb18030);
  EXPECT_EQ(database.time_zone, "Asia/Urumqi");
  EXPECT_EQ(database.login_timeout, 3s);
  EXPECT_EQ(database.query_timeout, 2min);
  EXPECT_EQ(database.page_rows, 100'000U);
  EXPECT_TRUE(database.write_back);
}

TEST(FrontEndChannel, WritesNothingUnlessItIsTold) {
  const front_end::ExchangeDatabase database = ExchangeConfiguration().park().front_end->database;
  EXPECT_FALSE(database.write_back);
  EXPECT_EQ(database.encoding, front_end::TextEncoding::automatic);
  EXPECT_EQ(database.time_zone, "Asia/Shanghai");
}

TEST(FrontEndChannel, MayBeCollectedFromByHandOnly) {
  ExchangeConfiguration configuration;
  configuration.changed("    schedule:\n      run: \"@every 5m\"\n", "");
  EXPECT_FALSE(configuration.park().front_end->schedule);
}

TEST(FrontEndChannel, RefusesAPasswordInTheConnectionStringAndDoesNotRepeatIt) {
  for (const char* with : {"DSN=exchange;PWD=geheim", "DSN=exchange; Password = {ge;heim}",
                           "pwd=geheim;DSN=exchange"}) {
    EXPECT_THAT(exchange_complaints(connection, with),
                ElementsAre("6:17: found a password, expected an ODBC connection string such as "
                            "`DSN=exchange;UID=sluice`, the password in a file of its own that "
                            "`password_file` names, for `connection`"))
        << with;
  }
  EXPECT_THAT(exchange_complaints(connection, "DSN=exchange;UID=pwd"), IsEmpty());
}

TEST(FrontEndChannel, MustNameADsnOrADriver) {
  const std::string refused =
      "6:17: found neither `DSN=` nor `Driver=`, expected an ODBC connection string such as "
      "`DSN=exchange;UID=sluice`, whose DSN stands in /etc/odbc.ini, or "
      "`Driver=…;Server=…;Database=…;UID=…` for `connection`";
  EXPECT_THAT(exchange_complaints(connection, "exchange"), ElementsAre(refused));
  EXPECT_THAT(exchange_complaints(connection, "Server=10.1.1.5;UID=sluice"), ElementsAre(refused));
  for (const char* good : {"driver = /lib/x.so;Server=a", "dsn=exchange", "FileDSN=/etc/x.dsn"}) {
    EXPECT_THAT(exchange_complaints(connection, good), IsEmpty()) << good;
  }
  EXPECT_THAT(exchange_complaints(" DSN=exchange;UID=sluice", " ''"),
              ElementsAre("6:17: found an empty text, expected a text for `connection`"));
  EXPECT_THAT(exchange_complaints("    connection: DSN=exchange;UID=sluice\n", ""),
              ElementsAre("6:5: found no `connection`, expected `connection: …`"));
}

TEST(FrontEndChannel, ReadsBracesAsDriversDo) {
  for (const char* good : {"DSN=exchange;Database={a;PWD=b}", "Driver={a}};PWD=b};Server=s"}) {
    EXPECT_THAT(exchange_complaints(connection, std::string("'") + good + "'"), IsEmpty()) << good;
  }
  EXPECT_THAT(exchange_complaints(connection, "'DSN=exchange;Database={a}};UID=b'"),
              ElementsAre("6:17: found a `{` that no `}` closes, expected values in braces to end "
                          "for `connection`"));
}

TEST(FrontEndChannel, RefusesValuesThatAreNone) {
  EXPECT_THAT(complaints_of_channel("password_file: nowhere"),
              ElementsAre("7:20: found `nowhere`, where there is no file, expected an existing "
                          "file for `password_file`"));
  EXPECT_THAT(complaints_of_channel("encoding: gbk"),
              ElementsAre("7:15: found `gbk`, expected one of automatic, utf-8, gb18030 for "
                          "`encoding`"));
  EXPECT_THAT(complaints_of_channel("time_zone: China"),
              ElementsAre("7:16: found `China`, expected a name of the IANA time zone database "
                          "such as `Asia/Shanghai` for `time_zone`"));
  EXPECT_THAT(complaints_of_channel("login_timeout: 10"),
              ElementsAre("7:20: found `10`, expected a duration in ms, s, m, h or d, such as 30s, "
                          "for `login_timeout`"));
  EXPECT_THAT(complaints_of_channel("query_timeout: 0s"),
              ElementsAre("7:20: found `0s`, expected a duration longer than none, such as 1s, for "
                          "`query_timeout`"));
  for (const char* wrong : {"0", "100001", "1e3", "'5'"}) {
    const auto found = complaints_of_channel(std::string("page_rows: ") + wrong);
    ASSERT_EQ(found.size(), 1U) << wrong;
    EXPECT_THAT(found[0], testing::EndsWith("expected a whole number from 1 to 100000 for "
                                            "`page_rows`"));
  }
  EXPECT_THAT(complaints_of_channel("write_back: yes"),
              ElementsAre("7:17: found `yes`, expected true or false for `write_back`"));
  EXPECT_THAT(complaints_of_channel("pasword_file: x"),
              ElementsAre("7:5: found `pasword_file`, expected one of connection, encoding, "
                          "login_timeout, page_rows, password_file, query_timeout, reconcile, "
                          "schedule, time_zone, write_back; did you mean `password_file`?"));
}

TEST(FrontEndPublication, SaysWhereADatasetLies) {
  ExchangeConfiguration configuration;
  configuration.changed("table: 审批",
                        "table: {catalog: c, schema: s, name: 审批}\n      key: [a, b]\n"
                        "      source_time: 时间");
  const front_end::ExchangeTable exchange = configuration.park().publishes.at(0).front_end;
  EXPECT_EQ(exchange.table, (front_end::TableName{"c", "s", "审批"}));
  EXPECT_THAT(exchange.key, ElementsAre("a", "b"));
  EXPECT_EQ(exchange.source_time, "时间");
}

TEST(FrontEndPublication, MustHaveItsSectionItsTableAndItsCapture) {
  EXPECT_THAT(exchange_complaints("    front-end:\n      table: 审批\n      capture: {kind: "
                                  "watermark, column: 更新}\n",
                                  ""),
              ElementsAre("10:5: found no `front-end`, expected a section `front-end`"));
  EXPECT_THAT(exchange_complaints("      table: 审批\n", ""),
              ElementsAre("13:7: found no table, expected the table's name; only a change log may "
                          "do without for `table`"));
  EXPECT_THAT(exchange_complaints("      capture: {kind: watermark, column: 更新}\n", ""),
              ElementsAre("13:7: found no `capture`, expected a section `capture`"));
  EXPECT_THAT(exchange_complaints("table: 审批", "table: {nam: x}"),
              ElementsAre("13:14: found no `name`, expected `name: …`",
                          "13:14: found no table, expected the table's name; only a change log may "
                          "do without for `table`",
                          "13:15: found `nam`, expected one of catalog, name, schema; did you mean "
                          "`name`?"));
  EXPECT_THAT(exchange_complaints("table: 审批", "tabel: 审批").back(),
              "13:7: found `tabel`, expected one of capture, key, source_time, table; did you mean "
              "`table`?");
}

TEST(FrontEndPublication, RefusesAKeyThatRepeatsOrHasNoName) {
  EXPECT_THAT(exchange_complaints("table: 审批", "table: 审批\n      key: [a, b, a]"),
              ElementsAre("14:12: found `a` a second time, expected each column once for `key`"));
  EXPECT_THAT(exchange_complaints("table: 审批", "table: 审批\n      key: ['']"),
              ElementsAre("14:12: found an empty name, expected names of columns for `key`"));
}

TEST(FrontEndPublication, IsOfADatasetOnce) {
  EXPECT_THAT(exchange_complaints("  - dataset: approval\n",
                                  "  - dataset: approval\n    channels: [front-end]\n"
                                  "    front-end: {table: t, capture: {kind: snapshot}}\n"
                                  "  - dataset: approval\n"),
              ElementsAre("13:5: found `approval` a second time, expected each dataset once"));
}

TEST(FrontEndPublication, NeedsTheChannel) {
  EXPECT_THAT(exchange_complaints("channels: [front-end]", "channels: [direct]"),
              testing::Contains("13:7: found a way of reading a database, expected `front-end` "
                                "among the channels for `front-end`"));
}

TEST(Capture, TakesEverySettingOfEachWay) {
  const auto watermark = std::get<capture::ByWatermark>(
      table_with("{kind: watermark, column: c, look_back: 2m, look_back_numbers: 7}").capture);
  EXPECT_EQ(watermark.column, "c");
  EXPECT_EQ(watermark.look_back, 2min);
  EXPECT_EQ(watermark.look_back_numbers, 7U);

  // Codes are texts, however they are written.
  const auto flag = std::get<capture::ByFlag>(
      table_with("{kind: flag, column: c, ready: N, taking: 10, taken: '2', failed: X, "
                 "reason_column: r, operation_column: o, codes: {insert: A, update: A, delete: 9}}")
          .capture);
  EXPECT_EQ(flag.column, "c");
  EXPECT_EQ(flag.ready, "N");
  EXPECT_EQ(flag.taking, "10");
  EXPECT_EQ(flag.taken, "2");
  EXPECT_EQ(flag.failed, "X");
  EXPECT_EQ(flag.reason_column, "r");
  EXPECT_EQ(flag.operation_column, "o");
  EXPECT_EQ(flag.codes.insert, "A");
  EXPECT_EQ(flag.codes.update, "A");
  EXPECT_EQ(flag.codes.remove, "9");

  const auto log = std::get<capture::ByChangeLog>(
      table_with("{kind: change-log, log: {schema: s, name: l}, sequence: q, operation: o, "
                 "codes: {delete: X}, look_back_numbers: 0}")
          .capture);
  EXPECT_EQ(log.log, (front_end::TableName{"", "s", "l"}));
  EXPECT_EQ(log.sequence, "q");
  EXPECT_EQ(log.operation, "o");
  EXPECT_EQ(log.codes.remove, "X");
  EXPECT_EQ(log.codes.insert, "I");
  EXPECT_EQ(log.look_back_numbers, 0U);

  const auto snapshot = std::get<capture::BySnapshot>(
      table_with("{kind: snapshot, delete_at_most: {share: 30%, rows: 7}}").capture);
  EXPECT_EQ(snapshot.delete_at_most.share, 0.3);
  EXPECT_EQ(snapshot.delete_at_most.rows, 7U);
}

TEST(Capture, OfASnapshotDeletesATenthAndAHundredUnasked) {
  const auto snapshot = std::get<capture::BySnapshot>(table_with("{kind: snapshot}").capture);
  EXPECT_EQ(snapshot.delete_at_most.share, 0.1);
  EXPECT_EQ(snapshot.delete_at_most.rows, 100U);
  EXPECT_THAT(complaints_of_capture("{kind: snapshot, delete_at_most: {share: 200%}}"),
              ElementsAre("14:57: found `200%`, expected a share from 0% to 100% for `share`"));
}

TEST(Capture, MustBeOneOfTheFourWays) {
  EXPECT_THAT(complaints_of_capture("{kind: watermrk, column: c}"),
              ElementsAre("14:23: found `watermrk`, expected one of snapshot, watermark, flag, "
                          "change-log for `kind`; did you mean `watermark`?"));
  EXPECT_THAT(complaints_of_capture("{column: c}"),
              ElementsAre("14:16: found no `kind`, expected `kind: …`"));
}

TEST(Capture, RefusesTheSettingsOfAnotherWay) {
  EXPECT_THAT(complaints_of_capture("{kind: snapshot, column: c}"),
              ElementsAre("14:33: found `column`, expected one of delete_at_most, kind"));
  EXPECT_THAT(complaints_of_capture("{kind: watermark, column: c, ready: 0}"),
              ElementsAre("14:45: found `ready`, expected one of column, kind, look_back, "
                          "look_back_numbers"));
  EXPECT_THAT(
      complaints_of_capture("{kind: change-log, log: l, sequence: q, operation: o, look_back: 1m}"),
      ElementsAre("14:70: found `look_back`, expected one of codes, kind, log, look_back_numbers, "
                  "operation, sequence"));
}

TEST(Capture, OfAWatermarkNeedsAColumnAndAWindow) {
  EXPECT_THAT(complaints_of_capture("{kind: watermark}"),
              ElementsAre("14:16: found no `column`, expected `column: …`"));
  EXPECT_THAT(complaints_of_capture("{kind: watermark, column: c, look_back: 0s}"),
              ElementsAre("14:56: found `0s`, expected a duration longer than none, such as 1s, "
                          "for `look_back`"));
  EXPECT_THAT(complaints_of_capture("{kind: watermark, column: c, look_back_numbers: 1000000001}"),
              ElementsAre("14:64: found `1000000001`, expected a whole number from 0 to 1000000000 "
                          "for `look_back_numbers`"));
}

TEST(Capture, OfAFlagMustBeAllowedToWrite) {
  EXPECT_THAT(complaints_of_capture("{kind: flag, column: c}"),
              ElementsAre("14:23: found `flag`, which writes to the bureau's database, expected "
                          "`write_back: true` in `channels.front-end`, or another way of capture "
                          "for `kind`"));
}

TEST(Capture, OfAFlagTellsItsStatesApart) {
  EXPECT_THAT(complaints_of_flag(", ready: 1"),
              ElementsAre("bureaus/park.yaml:15:16: found the same value as `ready`, expected "
                          "another one for `taking`"));
  EXPECT_THAT(complaints_of_flag(", taken: X, failed: X"),
              ElementsAre("bureaus/park.yaml:15:59: found the same value as `taken`, expected "
                          "another one for `failed`"));
}

TEST(Capture, TellsDeletesFromOtherOperations) {
  EXPECT_THAT(complaints_of_flag(", operation_column: o, codes: {delete: I}"),
              ElementsAre("bureaus/park.yaml:15:78: found `I`, expected another code than those "
                          "for the others for `delete`"));
  EXPECT_THAT(complaints_of_flag(", codes: {delete: X}"),
              ElementsAre("bureaus/park.yaml:15:48: found codes of operations, expected "
                          "`operation_column` beside them: without it every row is an upsert; for "
                          "`codes`"));
  EXPECT_THAT(complaints_of_flag(", operation_column: o, codes: {remove: X}"),
              ElementsAre("bureaus/park.yaml:15:70: found `remove`, expected one of delete, "
                          "insert, update"));
}

TEST(Capture, OfAChangeLogNeedsTheLogAndItsColumns) {
  EXPECT_THAT(complaints_of_capture("{kind: change-log}"),
              ElementsAre("14:16: found no `log`, expected `log: …`",
                          "14:16: found no `sequence`, expected `sequence: …`",
                          "14:16: found no `operation`, expected `operation: …`"));
  EXPECT_THAT(
      exchange_complaints("      table: 审批\n      capture: {kind: watermark, column: 更新}",
                          "      capture: {kind: change-log, log: l, sequence: q, "
                          "operation: o}"),
      IsEmpty())
      << "the log may have the records' columns itself";
}

}  // namespace
}  // namespace sluice::settings::test
