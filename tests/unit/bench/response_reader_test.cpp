#include "bench/load/response_reader.h"

#include <string>

#include <gtest/gtest.h>

namespace sluice::bench {
namespace {

using State = ResponseReader::State;

State state_after(std::string_view bytes) {
  return ResponseReader().feed(bytes);
}

TEST(ResponseReader, IsCompleteWhenTheBodyIsWhole) {
  ResponseReader reader;
  EXPECT_EQ(reader.feed("HTTP/1.1 201 Created\r\nContent-Length: 5\r\n\r\nhell"),
            State::incomplete);
  EXPECT_EQ(reader.feed("o"), State::complete);
  EXPECT_EQ(reader.status(), 201U);
  EXPECT_FALSE(reader.closes());
}

TEST(ResponseReader, TakesAnAnswerInPiecesOfAnySize) {
  const std::string answer =
      "HTTP/1.1 422 No\r\ncontent-length:  3 \r\nCONNECTION: Close\r\n\r\nabc";
  for (std::size_t size = 1; size < answer.size(); ++size) {
    ResponseReader reader;
    State state = State::incomplete;
    for (std::size_t i = 0; i < answer.size(); i += size) {
      ASSERT_EQ(state, State::incomplete) << "pieces of " << size << " at " << i;
      state = reader.feed(std::string_view(answer).substr(i, size));
    }
    EXPECT_EQ(state, State::complete) << "pieces of " << size;
    EXPECT_EQ(reader.status(), 422U);
    EXPECT_TRUE(reader.closes());
  }
}

TEST(ResponseReader, NeedsNoLengthWhereTheStatusHasNoBody) {
  EXPECT_EQ(state_after("HTTP/1.1 204 No Content\r\nServer: x\r\n\r\n"), State::complete);
  EXPECT_EQ(state_after("HTTP/1.1 200 OK\r\nServer: x\r\n\r\n"), State::malformed);
}

TEST(ResponseReader, ReadsTheNextAnswerAfterAReset) {
  ResponseReader reader;
  ASSERT_EQ(reader.feed("HTTP/1.1 500 X\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"),
            State::complete);
  reader.reset();
  EXPECT_EQ(reader.feed("HTTP/1.1 204 X\r\n\r\n"), State::complete);
  EXPECT_EQ(reader.status(), 204U);
  EXPECT_FALSE(reader.closes());
}

TEST(ResponseReader, KeepsBodiesWhereItIsToldTo) {
  const std::string answer =
      "HTTP/1.1 303 See Other\r\nLocation: /entry/2?done=keyed\r\nContent-Length: 5\r\n\r\na: b\n";
  for (std::size_t size = 1; size <= answer.size(); ++size) {
    ResponseReader reader;
    reader.keep_bodies();
    for (std::size_t i = 0; i < answer.size(); i += size)
      reader.feed(std::string_view(answer).substr(i, size));
    EXPECT_EQ(reader.body(), "a: b\n") << "pieces of " << size;
    EXPECT_EQ(reader.field("location"), "/entry/2?done=keyed") << "pieces of " << size;
    EXPECT_EQ(reader.field("a"), "") << "what looks like a field, in the body";
    EXPECT_EQ(reader.bytes(), answer.size());
    reader.reset();
    EXPECT_EQ(reader.body(), "");
    EXPECT_EQ(reader.field("location"), "");
    EXPECT_EQ(reader.bytes(), 0U);
  }
}

TEST(ResponseReader, KeepsNoBodyUntold) {
  ResponseReader reader;
  ASSERT_EQ(reader.feed("HTTP/1.1 200 X\r\nContent-Length: 1\r\n\r\nx"), State::complete);
  EXPECT_EQ(reader.body(), "");
}

TEST(ResponseReader, RefusesWhatIsNoAnswerToOneRequest) {
  EXPECT_EQ(state_after("HTTP/1.1 204 X\r\n\r\nmore"), State::malformed);
  EXPECT_EQ(state_after("HTTP/1.1 200 X\r\nTransfer-Encoding: chunked\r\n\r\n"), State::malformed);
  EXPECT_EQ(state_after("HTTP/1.1 200 X\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\n"),
            State::malformed);
  EXPECT_EQ(state_after("HTTP/1.1 200 X\r\nContent-Length: -1\r\n\r\n"), State::malformed);
  EXPECT_EQ(state_after("HTTP/1.1 2x0 X\r\nContent-Length: 0\r\n\r\n"), State::malformed);
  EXPECT_EQ(state_after("HTTP/1.1 200 X\r\nno colon\r\n\r\n"), State::malformed);
  EXPECT_EQ(state_after("SSH-2.0-OpenSSH\r\n\r\n"), State::malformed);
  EXPECT_EQ(state_after("\r\n\r\n"), State::malformed);
  EXPECT_EQ(state_after(std::string(20'000, 'x')), State::malformed);
}

}  // namespace
}  // namespace sluice::bench
