#include "pages/view/template.h"

#include <stdexcept>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sluice::pages {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// What a page of this one template is; the names that it misses are added to `missing`.
struct Rendered {
  std::string html;
  std::vector<std::string> missing;
};
Rendered rendered(std::string_view text, const Values& values) {
  const EmbeddedFile files[] = {{"templates/page.mustache", text},
                                {"templates/part.mustache", "<b>{{name}}</b>"},
                                {"texts/zh.json", R"({"hello": "你好，{name}"})"},
                                {"texts/en.json", R"({"hello": "Hello {name}, {name}"})"}};
  Rendered result;
  const Templates templates(files,
                            [&](std::string_view name) { result.missing.emplace_back(name); });
  result.html = templates.render("page", values, Texts(files), Language::english);
  return result;
}

void expect_refused(std::string_view text) {
  const EmbeddedFile files[] = {{"templates/page.mustache", text}};
  EXPECT_THROW(Templates{files}, std::logic_error) << text;
}

TEST(Template, EscapesEveryCharacterThatMeansSomethingInHtml) {
  EXPECT_EQ(rendered("<p title='{{x}}'>{{x}}", Values().text("x", "&<>\"'")).html,
            "<p title='&amp;&lt;&gt;&quot;&apos;'>&amp;&lt;&gt;&quot;&apos;");
}

TEST(Template, WritesAZeroByteThatCanBeSeenAndNoOther) {
  const Values values = Values().verbatim("x", std::string("a\0b\u202E\0", 7));
  EXPECT_EQ(rendered("{{x}}", values).html, "a\u2400b\u202E\u2400");
}

TEST(Template, MarksWhatTheProgramSaysAndNotWhatTheTextsSay) {
  const std::string said = "{{#x}}{{own}}|{{#program}}{{program}}{{/program}}{{/x}}";
  EXPECT_EQ(rendered(said, Values().said("x", {"自己", "<its own>"})).html, "自己|&lt;its own&gt;");
  EXPECT_EQ(rendered(said, Values().said("x", {"自己", {}})).html, "自己|");
  EXPECT_EQ(rendered(said, Values().said("x", {})).html, "");
}

TEST(Template, NeverReadsAValueAsATemplate) {
  const Values values =
      Values().text("x", "{{name}} {{{name}}} {{>part}} {name}").text("name", "secret");
  EXPECT_EQ(rendered("{{x}}", values).html, "{{name}} {{{name}}} {{&gt;part}} {name}");
  // Nor a value that has gone through a text.
  EXPECT_EQ(rendered("{{t.hello}}", Values().text("name", "{name}{{name}}<")).html,
            "Hello {name}{{name}}&lt;, {name}{{name}}&lt;");
}

TEST(Template, TakesInAnotherOneWithTheValuesOfItsPlace) {
  const Values values =
      Values()
          .text("name", "outer")
          .list("rows", {Values().text("name", "<1>"), Values().text("name", "2")});
  EXPECT_EQ(rendered("{{>part}}{{#rows}}{{> part }}{{/rows}}", values).html,
            "<b>outer</b><b>&lt;1&gt;</b><b>2</b>");
}

TEST(Template, FindsNamesOfPartsAndFromTheInsideOut) {
  const Values values = Values()
                            .text("a", "1")
                            .part("in", Values().text("b", "2"))
                            .part("none", std::optional<Values>());
  EXPECT_EQ(
      rendered("{{in.b}}{{#in}}{{a}}{{b}}{{/in}}{{#none}}no{{/none}}{{^none}}-{{/none}}", values)
          .html,
      "212-");
}

TEST(Template, TellsOfNamesThatAreNotThere) {
  EXPECT_THAT(rendered("{{a}}{{#b}}{{/b}}{{^c}}{{/c}}{{t.none}}{{t.hello}}", Values()).missing,
              ElementsAre("a", "b", "c", "t.none", "name", "name"));
  EXPECT_THAT(rendered("{{#b}}{{a}}{{/b}}", Values().when("b", false)).missing, IsEmpty());
}

TEST(Template, ThatCouldNotBeRightIsRefused) {
  expect_refused("{{{x}}}");
  expect_refused("{{&x}}");
  expect_refused("{{ &x}}");
  expect_refused("{{\n= | | =}}");
  expect_refused("{{ >x}}");
  expect_refused("{{=<% %>=}}");
  expect_refused("{{#x}}");
  expect_refused("{{x");
  expect_refused("{{>nowhere}}");
  expect_refused("{{>page}}");
}

}  // namespace
}  // namespace sluice::pages
