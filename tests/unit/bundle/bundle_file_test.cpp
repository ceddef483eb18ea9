// The archive of a support bundle: anybody's tools open it, and only its owner may.
#include "bundle/bundle_file.h"

#include <cstdlib>
#include <fstream>
#include <iterator>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "support/temporary_directory.h"

namespace sluice::bundle::test {
namespace {

using testing::HasSubstr;

const record::Time made = *record::parse_time("2026-12-01T03:00:00.000Z");

std::string bytes_of(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

void write_bundle(const std::filesystem::path& file) {
  auto bundle = BundleFile::create(file, made);
  ASSERT_TRUE(bundle) << bundle.error().sentence;
  ASSERT_TRUE(bundle->add("README.txt", "read me\n"));
  ASSERT_TRUE(bundle->add("configuration/node.yaml.txt", std::string(300'000, 'x')));
  ASSERT_TRUE(bundle->finish());
}

TEST(BundleFile, IsUnpackedByTarIntoAFolderOfItsName) {
  const record::test::TemporaryDirectory directory;
  for (const char* ending : {".tar.gz", ".tar.zst", ".tgz"}) {
    const auto file = directory / ("bundle" + std::string(ending));
    write_bundle(file);
    const std::string unpack = "rm -rf '" + (directory / "bundle").string() + "' && tar -xf '" +
                               file.string() + "' -C '" + directory.path().string() + "'";
    ASSERT_EQ(std::system(unpack.c_str()), 0) << unpack;
    EXPECT_EQ(bytes_of(directory / "bundle/README.txt"), "read me\n");
    EXPECT_EQ(bytes_of(directory / "bundle/configuration/node.yaml.txt").size(), 300'000U);
  }
}

TEST(BundleFile, IsForItsOwnerAloneWhateverTheUmaskIs) {
  const record::test::TemporaryDirectory directory;
  const mode_t before = ::umask(0);
  write_bundle(directory / "a.tar.gz");
  ::umask(before);
  struct stat status {};
  ASSERT_EQ(::stat((directory / "a.tar.gz").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777U, 0600U);
}

TEST(BundleFile, OfTheSamePartsIsTheSameBytes) {
  const record::test::TemporaryDirectory directory;
  std::filesystem::create_directory(directory / "1");
  std::filesystem::create_directory(directory / "2");
  for (const std::string name : {"b.tar.gz", "b.tar.zst"}) {
    write_bundle((directory / "1") / name);
    write_bundle((directory / "2") / name);
    EXPECT_EQ(bytes_of((directory / "1") / name), bytes_of((directory / "2") / name));
  }
}

TEST(BundleFile, TakesTheNameOfNothingThatIsThere) {
  const record::test::TemporaryDirectory directory;
  record::test::write_file(directory / "a.tar.gz", "mine");
  const auto refused = BundleFile::create(directory / "a.tar.gz", made);
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().sentence, HasSubstr("is there already"));
  EXPECT_EQ(bytes_of(directory / "a.tar.gz"), "mine");
}

TEST(BundleFile, OfAnotherKindIsRefusedAndNotMade) {
  const record::test::TemporaryDirectory directory;
  const auto refused = BundleFile::create(directory / "a.zip", made);
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().sentence, HasSubstr(".tar.gz or .tar.zst"));
  EXPECT_FALSE(std::filesystem::exists(directory / "a.zip"));
}

TEST(BundleFile, ThatWasNotFinishedIsGone) {
  const record::test::TemporaryDirectory directory;
  {
    auto bundle = BundleFile::create(directory / "a.tar.gz", made);
    ASSERT_TRUE(bundle);
    ASSERT_TRUE(bundle->add("README.txt", "read me\n"));
  }
  EXPECT_FALSE(std::filesystem::exists(directory / "a.tar.gz"));
}

}  // namespace
}  // namespace sluice::bundle::test
