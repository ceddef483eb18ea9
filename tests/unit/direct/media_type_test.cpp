#include "adapters/direct/media_type.h"

#include <gtest/gtest.h>

namespace sluice::adapters::direct {
namespace {

constexpr bool with_event_headers = true;
constexpr bool without_event_headers = false;

TEST(MediaTypeOfACall, IsToldByItsContentType) {
  const auto of = [](std::string_view text) { return media_type(text, without_event_headers); };
  EXPECT_EQ(of("application/json"), MediaType::json);
  EXPECT_EQ(of("Application/JSON ; charset=\"UTF-8\""), MediaType::json);
  EXPECT_EQ(of("application/x-ndjson"), MediaType::ndjson);
  EXPECT_EQ(of("application/jsonl; charset=utf-8"), MediaType::ndjson);
  EXPECT_EQ(of("application/cloudevents+json"), MediaType::event);
  EXPECT_EQ(of("application/cloudevents-batch+json; charset=utf-8"), MediaType::event_batch);
}

TEST(MediaTypeOfACall, IsABinaryEventWhereJsonComesWithEventHeaders) {
  EXPECT_EQ(media_type("application/json", with_event_headers), MediaType::event_binary);
  EXPECT_EQ(media_type("application/vnd.park+json", with_event_headers), MediaType::event_binary);
  EXPECT_EQ(media_type("application/cloudevents+json", with_event_headers), MediaType::event);
  EXPECT_FALSE(media_type("application/xml", with_event_headers));
  EXPECT_FALSE(media_type("application/x-ndjson", with_event_headers));
}

TEST(MediaTypeOfACall, RefusesOtherTypesAndCharsets) {
  for (const std::string_view text : {"", "text/json", "application/xml", "application/jsonx",
                                      "application/json; charset=gb18030", "json",
                                      "application/cloudevents+xml", "multipart/form-data"}) {
    EXPECT_FALSE(media_type(text, without_event_headers)) << text;
  }
}

}  // namespace
}  // namespace sluice::adapters::direct
