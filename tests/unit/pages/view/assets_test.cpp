#include "pages/view/assets.h"

#include <fstream>
#include <iterator>
#include <stdexcept>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <zlib.h>

#include "pages/view/gzip.h"
#include "record/digest.h"

namespace sluice::pages {
namespace {

using ::testing::HasSubstr;

std::string file_bytes(const std::string& name) {
  std::ifstream file(std::string(SLUICE_PAGES) + "/" + name, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::string unzipped(const std::string& gzipped, std::size_t size) {
  z_stream stream{};
  constexpr int gzip_only = 15 + 16;
  EXPECT_EQ(inflateInit2(&stream, gzip_only), Z_OK);
  std::string bytes(size + 1, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(gzipped.data()));
  stream.avail_in = static_cast<uInt>(gzipped.size());
  stream.next_out = reinterpret_cast<Bytef*>(bytes.data());
  stream.avail_out = static_cast<uInt>(bytes.size());
  EXPECT_EQ(inflate(&stream, Z_FINISH), Z_STREAM_END);
  bytes.resize(stream.total_out);
  inflateEnd(&stream);
  return bytes;
}

TEST(EmbeddedFiles, AreTheFilesOfTheFolderByteForByte) {
  ASSERT_GT(embedded_files().size(), 15U);
  for (const EmbeddedFile& file : embedded_files())
    EXPECT_TRUE(file.bytes == file_bytes(std::string(file.name))) << file.name;
}

TEST(Assets, AreNamedByTheirContent) {
  const Assets assets(embedded_files());
  EXPECT_EQ(assets.all().size(), 6U);
  for (const Asset& asset : assets.all()) {
    const std::string digest = record::to_string(record::sha256(asset.bytes)).substr(7, 16);
    EXPECT_THAT(asset.path, HasSubstr("." + digest + "."));
    EXPECT_EQ(assets.path_of(asset.name), asset.path);
  }
  const EmbeddedFile one[] = {{"assets/a.css", "abc"}};
  EXPECT_EQ(Assets(one).path_of("a.css"), "/assets/a.ba7816bf8f01cfea.css");
  EXPECT_THROW((void)assets.path_of("none.css"), std::logic_error);
}

TEST(Assets, HaveAMediaTypeAndAShorterForm) {
  const Assets assets(embedded_files());
  for (const Asset& asset : assets.all()) {
    EXPECT_FALSE(asset.media_type.empty());
    EXPECT_LT(asset.gzipped.size(), asset.bytes.size()) << asset.name;
    EXPECT_EQ(unzipped(asset.gzipped, asset.bytes.size()), asset.bytes);
  }
  const EmbeddedFile unknown[] = {{"assets/a.exe", "abc"}};
  EXPECT_THROW(Assets{unknown}, std::logic_error);
}

TEST(Gzip, GivesTheSameForTheSame) {
  std::string long_text;
  for (std::uint32_t i = 0; i < 100'000; ++i)
    long_text += std::to_string(i * 2654435761U);
  for (const std::string& text :
       {std::string(), std::string("a"), std::string(5000, '\0'), long_text}) {
    EXPECT_EQ(gzip(text), gzip(text));
    EXPECT_EQ(unzipped(gzip(text), text.size()), text);
  }
}

}  // namespace
}  // namespace sluice::pages
