#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "imported_file.h"
#include "support/plain_user.h"

namespace sluice::adapters::disk {
namespace {

using namespace std::string_literals;
using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

const std::string chinese_rows = "代码,名称\n1,北京\n2,海淀\n3,中关村\n4,上地\n";
// The same in GB 18030.
const std::string chinese_rows_gb =
    "\xB4\xFA\xC2\xEB,\xC3\xFB\xB3\xC6\n1,\xB1\xB1\xBE\xA9\n2,\xBA\xA3\xB5\xED\n"
    "3,\xD6\xD0\xB9\xD8\xB4\xE5\n4,\xC9\xCF\xB5\xD8\n";

CollectionFailure refusal_of(const ImportedFile& file) {
  EXPECT_THAT(file.door.rows, IsEmpty());
  if (file.result) {
    ADD_FAILURE() << "the file was taken";
    return {};
  }
  return file.result.error();
}

CollectionFailure refusal_of_path(const std::filesystem::path& path) {
  CountingProgress progress;
  const auto digest = digest_file(path, progress);
  if (!digest) return digest.error();
  ADD_FAILURE() << "the file was read";
  return {};
}

TEST(RefusedFilesTest, EmptyFileHasNoHeader) {
  const ImportedFile file("");
  EXPECT_EQ(refusal_of(file).code, CollectionProblem::bad_syntax);
  EXPECT_EQ(file.place(), "register.csv:1");
}

TEST(RefusedFilesTest, TheSeparatorLineOfASpreadsheetIsCalledThat) {
  for (const char* bytes :
       {"sep=,\r\na,b\n1,2\n", "SEP=;\na,b\n1,2\n", "\xEF\xBB\xBFsep=,\na,b\n"}) {
    const ImportedFile file(bytes);
    EXPECT_EQ(refusal_of(file).code, CollectionProblem::bad_syntax);
    EXPECT_EQ(file.place(), "register.csv:1");
    EXPECT_THAT(refusal_of(file).sentence, HasSubstr("`sep=` that spreadsheets write"));
  }
}

TEST(RefusedFilesTest, LinesThatEndWithACarriageReturnAloneAreCalledThat) {
  const ImportedFile file("a,b\r1,2\r");
  EXPECT_THAT(refusal_of(file).sentence, HasSubstr("end with a carriage return alone"));
  const ImportedFile large("a,b\r" + std::string(5000, 'x'), {}, 1000);
  EXPECT_THAT(refusal_of(large).sentence, HasSubstr("end with a carriage return alone"));
  for (const std::size_t width : {std::size_t{2000}, std::size_t{5000}}) {
    const ImportedFile wide(std::string(width, 'x') + "\n", {}, 1000);
    EXPECT_THAT(refusal_of(wide).sentence, HasSubstr("more than 1000 bytes"));
  }
}

TEST(RefusedFilesTest, Utf16WithoutItsMarkIsCalledThat) {
  for (const std::string& bytes : {"a\0,\0b\0\r\0\n\0001\0"s, "\0a\0,\0b\0\r\0\n\0001"s,
                                   "\x01\x4e,\0\x02\x4e\r\0\n\0001\0"s}) {
    const ImportedFile file(bytes);
    EXPECT_EQ(refusal_of(file).code, CollectionProblem::bad_encoding);
    EXPECT_THAT(refusal_of(file).sentence, HasSubstr("UTF-16 without its byte order mark"));
  }
  const ImportedFile with_nul("a,\0b,c\0d\n1,2,3\n"s);
  EXPECT_THAT(refusal_of(with_nul).sentence, HasSubstr("a NUL byte"));
}

// The door then says which columns are missing, of which there may be many: it is another thing.
TEST(RefusedFilesTest, AnotherDelimiterThanTheDeclaredOneIsCalledThat) {
  TemporaryFolder folder;
  const auto path = folder.write("register.csv", "number;name;secret\n1;2;3\n");
  CountingProgress progress;
  RecordingDoor door;
  door.refuses_columns = true;
  const auto digest = digest_file(path, progress);
  ASSERT_TRUE(digest);
  const auto result = CsvCollector(path, {}, 1 << 20, *digest).collect(door, progress);
  ASSERT_FALSE(result);
  EXPECT_THAT(result.error().sentence,
              AllOf(HasSubstr("split at `,`, which is declared, it is one column"),
                    HasSubstr("split at `;` it is 3"), HasSubstr("csv: {delimiter: \";\"}"),
                    Not(HasSubstr("secret"))));
}

TEST(RefusedFilesTest, ARowThatIsOneFieldByTheDeclaredDelimiterIsToldTheOther) {
  const ImportedFile file("a,b,c\n1\t2\t3\n4,5,6\n");
  ASSERT_EQ(file.door.rejected.size(), 1U);
  EXPECT_EQ(file.door.rejected[0].problem.rule, "ragged");
  EXPECT_THAT(file.door.rejected[0].problem.sentence, HasSubstr("split at a tab it is 3"));
}

TEST(RefusedFilesTest, ColumnsMustHaveNames) {
  const ImportedFile file("# made by hand\na,,c\n1,2,3\n", with_dialect({.comment = '#'}));
  EXPECT_EQ(refusal_of(file).code, CollectionProblem::bad_columns);
  EXPECT_EQ(file.place(), "register.csv:2");
  EXPECT_THAT(refusal_of(file).sentence, HasSubstr("column 2"));
}

TEST(RefusedFilesTest, ColumnsMustHaveDifferentNames) {
  const ImportedFile file("a,secret,secret\n1,2,3\n");
  EXPECT_EQ(refusal_of(file).code, CollectionProblem::bad_columns);
  EXPECT_THAT(refusal_of(file).sentence,
              AllOf(HasSubstr("columns 2 and 3"), Not(HasSubstr("secret"))));
}

TEST(RefusedFilesTest, HeaderWithUnmatchedQuotesIsNotGuessedAt) {
  const ImportedFile file("a,\"b\n1,2\n");
  EXPECT_EQ(refusal_of(file).code, CollectionProblem::bad_syntax);
  EXPECT_EQ(file.place(), "register.csv:1");
}

TEST(RefusedFilesTest, CarriageReturnsAloneAreNoLineEnds) {
  EXPECT_EQ(refusal_of(ImportedFile("a,b\r1,2\r")).code, CollectionProblem::bad_syntax);
}

TEST(RefusedFilesTest, HeaderOverTheRowLimitIsTooLarge) {
  const ImportedFile file(std::string(10'000, 'a') + "\n1\n", {}, 4096);
  EXPECT_EQ(refusal_of(file).code, CollectionProblem::too_large);
}

TEST(RefusedFilesTest, Utf16IsToldByItsByteOrderMark) {
  for (const std::string& mark : {"\xFF\xFE"s, "\xFE\xFF"s}) {
    const ImportedFile file(mark + "a\0,\0b\0\n\0"s);
    EXPECT_EQ(refusal_of(file).code, CollectionProblem::bad_encoding);
    EXPECT_THAT(refusal_of(file).sentence, HasSubstr("UTF-16"));
    EXPECT_EQ(file.place(), "register.csv:1");
  }
}

TEST(RefusedFilesTest, Utf16WithoutAMarkIsToldByItsNulBytes) {
  EXPECT_EQ(refusal_of(ImportedFile("a\0,\0b\0\n\0"s)).code, CollectionProblem::bad_encoding);
}

TEST(RefusedFilesTest, Gb18030ThatIsDeclaredAsUtf8IsNamed) {
  const ImportedFile file(chinese_rows_gb);
  EXPECT_EQ(refusal_of(file).code, CollectionProblem::bad_encoding);
  EXPECT_THAT(refusal_of(file).sentence, HasSubstr("declare `encoding: gb18030`"));
}

TEST(RefusedFilesTest, Utf8ThatIsDeclaredAsGb18030IsNamedThoughItsBytesCouldBeRead) {
  for (const std::string& mark : {""s, "\xEF\xBB\xBF"s}) {
    const ImportedFile file(mark + chinese_rows, gb18030_format());
    EXPECT_EQ(refusal_of(file).code, CollectionProblem::bad_encoding);
    EXPECT_THAT(refusal_of(file).sentence, HasSubstr("declare `encoding: utf-8`"));
  }
}

TEST(RefusedFilesTest, BytesThatAreNeitherAreNotGb18030) {
  std::string bytes = "a,b\n";
  for (int i = 0; i < 5; ++i)
    bytes += "1,\xFF\xFF\n";
  const ImportedFile file(bytes, gb18030_format());
  EXPECT_EQ(refusal_of(file).code, CollectionProblem::bad_encoding);
}

TEST(RefusedFilesTest, ColumnsThatTheDoorDoesNotWantEndTheCollection) {
  const TemporaryFolder folder;
  const auto path = folder.write("register.csv", "a,b\n1,2\n");
  CountingProgress progress;
  RecordingDoor door;
  door.refuses_columns = true;
  CsvCollector collector(path, {}, 4096, *digest_file(path, progress));
  const auto result = collector.collect(door, progress);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, CollectionProblem::bad_columns);
  EXPECT_THAT(result.error().place, testing::EndsWith("register.csv:1"));
  EXPECT_THAT(door.rows, IsEmpty());
}

TEST(RefusedFilesTest, FailureOfTheDoorEndsTheCollectionAtItsRow) {
  const ImportedFile file("a,b\n1,2\n3,4\n5,6\n", {}, 4096, 3);
  ASSERT_FALSE(file.result);
  EXPECT_EQ(file.result.error().code, CollectionProblem::backlog_full);
  EXPECT_EQ(file.place(), "register.csv:3");
  EXPECT_EQ(file.door.rows.size(), 1);
}

TEST(RefusedFilesTest, WhatIsNoRegularFileIsNotReadAndNotWaitedFor) {
  const TemporaryFolder folder;
  const auto pipe = folder.path() / "pipe.csv";
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  const auto link = folder.path() / "link.csv";
  std::filesystem::create_symlink(folder.write("real.csv", "a,b\n"), link);
  const std::pair<std::filesystem::path, const char*> cases[] = {
      {folder.path(), "is a folder"},
      {pipe, "is a pipe"},
      {link, "is a symbolic link"},
      {"/dev/null", "is a device"},
      {folder.path() / "none.csv", "can not be opened"}};
  for (const auto& [path, sentence] : cases) {
    const CollectionFailure refusal = refusal_of_path(path);
    EXPECT_EQ(refusal.code, CollectionProblem::unreadable);
    EXPECT_EQ(refusal.place, path.string());
    EXPECT_THAT(refusal.sentence, HasSubstr(sentence));
  }
}

TEST(RefusedFilesTest, FileWithoutPermissionIsUnreadable) {
  const TemporaryFolder folder;
  const auto path = folder.write("register.csv", "a,b\n");
  const auto readable = folder.write("readable.csv", "a,b\n");
  std::filesystem::permissions(folder.path(), std::filesystem::perms{0755});
  std::filesystem::permissions(path, std::filesystem::perms::none);
  std::filesystem::permissions(readable, std::filesystem::perms{0644});
  CountingProgress progress;
  const sluice::test::PlainUser user;
  const CollectionFailure refusal = refusal_of_path(path);
  EXPECT_EQ(refusal.code, CollectionProblem::unreadable);
  EXPECT_THAT(refusal.sentence, HasSubstr("Permission denied"));
  EXPECT_TRUE(digest_file(readable, progress)) << "it is the file's rights, not the folder's";
}

// Does something to the file when the first row has come.
class MeddlingDoor final : public intake::Door {
 public:
  explicit MeddlingDoor(std::function<void()> meddle) : meddle_(std::move(meddle)) {}
  std::expected<void, intake::IntakeFailure> begin(std::span<const std::string>) override {
    meddle_();
    return {};
  }
  std::expected<void, intake::IntakeFailure> accept(const intake::SourceRow&) override {
    return {};
  }
  std::expected<void, intake::IntakeFailure> reject(std::uint64_t, std::string_view,
                                                    const intake::RowProblem&) override {
    return {};
  }

 private:
  std::function<void()> meddle_;
};

struct MeddledFile {
  MeddledFile() : path(folder.write("register.csv", "a,b\n1,2\n3,4\n")) {}
  [[nodiscard]] std::expected<void, CollectionFailure> collect_while(
      const std::function<void()>& meddle) {
    MeddlingDoor door(meddle);
    return CsvCollector(path, {}, 4096, *digest_file(path, progress)).collect(door, progress);
  }
  TemporaryFolder folder;
  std::filesystem::path path;
  CountingProgress progress;
};

TEST(ChangedFileTest, FileThatStaysAsItIsIsTaken) {
  EXPECT_TRUE(MeddledFile().collect_while([] {}));
}

TEST(ChangedFileTest, FileThatGrowsWhileItIsReadIsRefused) {
  MeddledFile file;
  const auto result =
      file.collect_while([&] { std::ofstream(file.path, std::ios::app) << "5,6\n"; });
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, CollectionProblem::changed);
  EXPECT_EQ(result.error().place, file.path.string());
}

TEST(ChangedFileTest, FileThatIsReplacedWhileItIsReadIsRefused) {
  MeddledFile file;
  const auto result = file.collect_while(
      [&] { std::filesystem::rename(file.folder.write("new", "a,b\n1,2\n3,4\n"), file.path); });
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, CollectionProblem::changed);
}

TEST(ChangedFileTest, FileThatChangedAfterItsDigestWasMadeIsRefusedBeforeAnyRow) {
  MeddledFile file;
  const auto digest = digest_file(file.path, file.progress);
  std::ofstream(file.path, std::ios::app) << "5,6\n";
  RecordingDoor door;
  const auto result = CsvCollector(file.path, {}, 4096, *digest).collect(door, file.progress);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, CollectionProblem::changed);
  EXPECT_EQ(door.begun, 0);
}

TEST(ChangedFileTest, ChangeThatLeavesNoTraceButTheBytesIsRefused) {
  MeddledFile file;
  auto digest = *digest_file(file.path, file.progress);
  struct stat before {};
  ASSERT_EQ(::stat(file.path.c_str(), &before), 0);
  (void)file.folder.write("register.csv", "a,b\n1,2\n3,9\n");
  const timespec times[] = {before.st_atim, before.st_mtim};
  ASSERT_EQ(::utimensat(AT_FDCWD, file.path.c_str(), times, 0), 0);
  ASSERT_EQ(stamp_of(file.path), digest.stamp);
  RecordingDoor door;
  const auto result = CsvCollector(file.path, {}, 4096, digest).collect(door, file.progress);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, CollectionProblem::changed);
}

TEST(FileDigestTest, SameBytesHaveTheSameDigestWhateverTheNameOfTheFile) {
  const TemporaryFolder folder;
  CountingProgress progress;
  const auto one = digest_file(folder.write("one.csv", "a,b\n"), progress);
  const auto two = digest_file(folder.write("two.csv", "a,b\n"), progress);
  const auto other = digest_file(folder.write("other.csv", "a,c\n"), progress);
  EXPECT_EQ(one->digest, two->digest);
  EXPECT_EQ(one->digest, record::sha256("a,b\n"));
  EXPECT_NE(one->digest, other->digest);
}

}  // namespace
}  // namespace sluice::adapters::disk
