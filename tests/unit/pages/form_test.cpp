#include "pages/form.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "pages/answer.h"
#include "pages/cookie.h"

namespace sluice::pages::test {
namespace {

using testing::ElementsAre;
using testing::Pair;

TEST(Form, HasItsFieldsAsTheyWereTyped) {
  const Form form = Form::parse("name=%E7%8E%8B+%E5%B0%8F&empty=&bare&a%26b=%2B%3D&name=2").value();
  EXPECT_THAT(form.fields(), ElementsAre(Pair("name", "王 小"), Pair("empty", ""), Pair("bare", ""),
                                         Pair("a&b", "+="), Pair("name", "2")));
  EXPECT_EQ(form.value("name"), "王 小") << "the first";
  EXPECT_EQ(form.value("nothing"), "");
  EXPECT_TRUE(form.has("bare"));
  EXPECT_FALSE(form.has("nothing"));
}

TEST(Form, OfNothingIsEmpty) {
  EXPECT_TRUE(Form::parse("").value().fields().empty());
}

TEST(Form, KeepsWhatIsHostileForItsFieldToRefuse) {
  const Form form = Form::parse("a=%00%3Cscript%3E%E2%80%AE%F0%A0%AE%B7").value();
  EXPECT_EQ(form.value("a"), std::string_view("\0<script>\u202E𠮷", 16));
}

TEST(Form, EndsWhereItsBytesEnd) {
  const std::string buffer = "csrf=token_of_the_next_request";
  EXPECT_EQ(Form::parse(std::string_view(buffer).substr(0, 10)).value().value("csrf"), "token");
}

TEST(Form, RefusesWhatNoBrowserSends) {
  EXPECT_FALSE(Form::parse("a=%"));
  EXPECT_FALSE(Form::parse("a=%4"));
  EXPECT_FALSE(Form::parse("a=%zz"));
  EXPECT_FALSE(Form::parse("a=<b>"));
  EXPECT_FALSE(Form::parse("a=\n"));
  EXPECT_FALSE(Form::parse("a=%ff")) << "not UTF-8";
  EXPECT_FALSE(Form::parse("a=%ED%A0%80")) << "half a surrogate";
  std::string many = "a=1";
  for (int i = 0; i < 1000; ++i)
    many += "&a=1";
  EXPECT_FALSE(Form::parse(many));
}

TEST(Form, ReadsWholeNumbers) {
  EXPECT_EQ(whole_number("0"), 0);
  EXPECT_EQ(whole_number("9223372036854775807"), 9223372036854775807);
  for (const char* text : {"", "-1", "+1", " 1", "1 ", "1x", "9223372036854775808", "１"})
    EXPECT_FALSE(whole_number(text)) << text;
}

TEST(Cookie, IsFoundByItsWholeName) {
  EXPECT_EQ(find_cookie("a=1; b=2;c=3", "b"), "2");
  EXPECT_EQ(find_cookie("a=1; b=2;c=3", "c"), "3");
  EXPECT_EQ(find_cookie("ab=1; a=b=c", "a"), "b=c");
  EXPECT_EQ(find_cookie("a=1; a=2", "a"), "1");
  EXPECT_EQ(find_cookie("a=", "a"), "");
  EXPECT_FALSE(find_cookie("", "a"));
  EXPECT_FALSE(find_cookie("a", "a"));
  EXPECT_FALSE(find_cookie("; ;;", "a"));
}

TEST(Cookie, IsForThisHostAndNoScript) {
  EXPECT_EQ(set_cookie("__Host-a", "1", SameSite::strict).second,
            "__Host-a=1; Path=/; Secure; HttpOnly; SameSite=Strict");
  EXPECT_EQ(set_cookie("__Host-a", "", SameSite::lax, std::chrono::seconds(0)).second,
            "__Host-a=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0");
}

TEST(Answer, GoesToPathsOfThisHostOnly) {
  for (const char* path : {"/", "/quarantine/park/5?after=3&rule=type", "/a%20b"})
    EXPECT_TRUE(is_local_path(path)) << path;
  for (const char* path : {"", "a", "//evil.example", "/\\evil.example", "https://evil.example/",
                           "javascript:alert(1)", "/a\r\nb", "/a b", "/\"", "/<"})
    EXPECT_FALSE(is_local_path(path)) << path;
  EXPECT_FALSE(is_local_path("/" + std::string(600, 'a')));
}

TEST(Answer, IsCompressedForWhomItSuits) {
  const auto takes = [](std::string_view field) {
    const server::Peer peer;
    const std::vector<server::HeaderField> fields{{"Accept-Encoding", field}};
    return takes_gzip({.headers = fields, .peer = peer});
  };
  for (const char* field : {"gzip", "deflate, gzip, br", "GZIP;q=0.5", "br;q=1.0 , gzip ; q=0.001"})
    EXPECT_TRUE(takes(field)) << field;
  for (const char* field : {"", "br", "gzip;q=0", "gzip; q=0.000", "x-gzip", "*"})
    EXPECT_FALSE(takes(field)) << field;
}

}  // namespace
}  // namespace sluice::pages::test
