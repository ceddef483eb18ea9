#include "server/chunked_body.h"

#include <gtest/gtest.h>

#include "smuggling_forms.h"

namespace sluice::test {
namespace {

using server::ChunkedBody;
using server::Refusal;

constexpr std::uint64_t limit = 1 << 20;

class ChunkForms : public testing::TestWithParam<SmugglingForm> {};

TEST_P(ChunkForms, IsRefused) {
  const std::string& bytes = GetParam().bytes;
  const std::string chunks = bytes.substr(bytes.find("\r\n\r\n") + 4);
  std::string body;
  const auto fed = ChunkedBody(limit).feed(chunks, body);
  ASSERT_FALSE(fed.has_value());
  EXPECT_EQ(text_of(fed.error()).name, text_of(GetParam().refusal).name);
}
INSTANTIATE_TEST_SUITE_P(Guard, ChunkForms, testing::ValuesIn(chunk_forms()),
                         [](const auto& form) { return form.param.name; });

TEST(ChunkedBody, IsPutTogetherWhereverItsBytesWereCut) {
  const std::string bytes = "5\r\nhello\r\n00B\r\n, my world!\r\n0\r\n\r\nGET /next";
  for (std::size_t cut = 0; cut <= bytes.size(); ++cut) {
    ChunkedBody chunks(limit);
    std::string body;
    const auto first = chunks.feed(std::string_view(bytes).substr(0, cut), body);
    ASSERT_TRUE(first.has_value());
    const auto second = chunks.feed(std::string_view(bytes).substr(*first), body);
    ASSERT_TRUE(second.has_value());
    EXPECT_TRUE(chunks.complete());
    EXPECT_EQ(body, "hello, my world!");
    EXPECT_EQ(bytes.substr(*first + *second), "GET /next");
  }
}

TEST(ChunkedBody, IsRefusedAsSoonAsAChunkWouldPassTheLimit) {
  ChunkedBody chunks(8);
  std::string body;
  ASSERT_TRUE(chunks.feed("8\r\n12345678\r\n", body).has_value());
  const auto over = chunks.feed("1\r\n", body);
  ASSERT_FALSE(over.has_value());
  EXPECT_EQ(over.error(), Refusal::body_too_large);
}

}  // namespace
}  // namespace sluice::test
