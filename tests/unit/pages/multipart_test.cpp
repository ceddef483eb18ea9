#include "pages/multipart.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sluice::pages::test {
namespace {

using testing::ElementsAre;
using testing::Pair;

constexpr std::string_view browsers_type =
    "multipart/form-data; boundary=----WebKitFormBoundary7MA4YWxkTrZu0gW";

std::string field(const std::string& name, const std::string& value) {
  return "------WebKitFormBoundary7MA4YWxkTrZu0gW\r\nContent-Disposition: form-data; name=\"" +
         name + "\"\r\n\r\n" + value + "\r\n";
}
std::string file(const std::string& name, const std::string& bytes) {
  return "------WebKitFormBoundary7MA4YWxkTrZu0gW\r\nContent-Disposition: form-data; "
         "name=\"file\"; "
         "filename=\"" +
         name + "\"\r\nContent-Type: text/csv\r\n\r\n" + bytes + "\r\n";
}
const std::string last_boundary = "------WebKitFormBoundary7MA4YWxkTrZu0gW--\r\n";

TEST(Multipart, IsReadAsBrowsersSendIt) {
  const std::string bytes = "\xFF\r\n--\r\n------WebKit\0x";
  const std::string body = field("csrf", "token") + field("a%22b", "王\r\n小") +
                           file("表 1.csv", bytes) + field("e", "") + last_boundary;
  const auto read = read_multipart(browsers_type, body);  // refers to it
  ASSERT_TRUE(read) << read.error().sentence;
  EXPECT_THAT(read->form.fields(),
              ElementsAre(Pair("csrf", "token"), Pair("a\"b", "王\r\n小"), Pair("e", "")));
  ASSERT_TRUE(read->file);
  EXPECT_EQ(read->file->name, "表 1.csv");
  EXPECT_EQ(read->file->bytes, bytes);
  const std::string none_chosen = file("", "") + last_boundary;
  EXPECT_EQ(read_multipart(browsers_type, none_chosen)->file->name, "");
  EXPECT_FALSE(read_multipart(browsers_type, field("a", "b") + last_boundary)->file);
  EXPECT_TRUE(read_multipart("Multipart/Form-Data;boundary=\"x\"", "--x--"));
}

TEST(Multipart, RefusesWhatNoBrowserSends) {
  const auto is_refused = [](std::string_view type, const std::string& body) {
    return !read_multipart(type, body);
  };
  const std::string good = field("a", "b");
  EXPECT_TRUE(is_refused("multipart/mixed; boundary=x", "--x--"));
  EXPECT_TRUE(is_refused("multipart/form-data", "--x--"));
  EXPECT_TRUE(is_refused("multipart/form-data; boundary=", "----"));
  EXPECT_TRUE(is_refused("multipart/form-data; boundary=x; boundary=x", "--x--"));
  EXPECT_TRUE(is_refused("multipart/form-data; boundary=x\x01", "--x\x01--"));
  EXPECT_TRUE(is_refused("multipart/form-data; boundary=" + std::string(71, 'x'),
                         "--" + std::string(71, 'x') + "--"));
  EXPECT_TRUE(is_refused(browsers_type, ""));
  EXPECT_TRUE(is_refused(browsers_type, "preamble\r\n" + good + last_boundary));
  EXPECT_TRUE(is_refused(browsers_type, good)) << "cut off";
  EXPECT_TRUE(is_refused(browsers_type, good.substr(0, good.size() - 2)));
  EXPECT_TRUE(is_refused(browsers_type, good + last_boundary + "more"));
  EXPECT_TRUE(is_refused(browsers_type, file("a", "") + file("b", "") + last_boundary))
      << "two files";
  EXPECT_TRUE(is_refused(browsers_type, field("a", "\xFF") + last_boundary));
  EXPECT_TRUE(is_refused(browsers_type, field("\xFF", "a") + last_boundary));
  EXPECT_TRUE(is_refused(browsers_type, field("a\"; name=\"b", "x") + last_boundary))
      << "two names";
  EXPECT_TRUE(is_refused(browsers_type, field("a\"; x=\"b", "x") + last_boundary));
  EXPECT_TRUE(is_refused("multipart/form-data; boundary=x", "--x\r\n\r\nb\r\n--x--"));
  EXPECT_TRUE(is_refused("multipart/form-data; boundary=x",
                         "--x\r\nContent-Disposition: attachment; name=\"a\"\r\n\r\nb\r\n--x--"));
  EXPECT_TRUE(is_refused(
      "multipart/form-data; boundary=x",
      "--x\r\nContent-Disposition: form-data; name=\"a\"\r\nContent-Transfer-Encoding: base64"
      "\r\n\r\nb\r\n--x--"));
  EXPECT_TRUE(is_refused("multipart/form-data; boundary=x",
                         "--x\r\nX: " + std::string(5000, 'x') + "\r\n\r\nb\r\n--x--"));
  std::string many;
  for (int i = 0; i <= 1000; ++i)
    many += good;
  EXPECT_TRUE(is_refused(browsers_type, many + last_boundary));
}

}  // namespace
}  // namespace sluice::pages::test
