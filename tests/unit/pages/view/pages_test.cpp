// All pages, in both languages, full, empty and attacked: what must hold of each of them.
#include "pages/view/pages.h"

#include <algorithm>
#include <functional>
#include <regex>
#include <set>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "html_document.h"
#include "pages/view/gzip.h"
#include "pages/view/overview_view.h"
#include "pages/view/problem_view.h"
#include "pages/view/quarantine_entry_view.h"
#include "pages/view/runs_view.h"
#include "pages/view/sign_in_view.h"
#include "pages/view/supervision_view.h"
#include "support/page_samples.h"

namespace sluice::pages {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

const Pages& pages() {
  static const Pages made(*date::locate_zone("Asia/Shanghai"), [](std::string_view name) {
    ADD_FAILURE() << "a template names " << name << ", which nothing has";
  });
  return made;
}

constexpr Content contents[] = {Content::rich, Content::empty, Content::hostile};

void for_each_page(const std::function<void(const PageSample&, Language, Content)>& look) {
  for (const Language language : all_languages) {
    for (const Content content : contents) {
      for (const PageSample& sample : page_samples(pages(), content, language)) {
        SCOPED_TRACE(sample.name + " " + std::string(code_of(language)) + " " +
                     std::to_string(static_cast<int>(content)));
        look(sample, language, content);
      }
    }
  }
}

std::string entry_page(const QuarantineEntryView& view) {
  return quarantine_entry_page(pages(),
                               sample_frame(Content::rich, Language::english, "quarantine"), view);
}

QuarantineEntryView waiting_entry(std::string original) {
  QuarantineEntryView view;
  view.bureau = "park";
  view.bureau_name = "Park";
  view.id = 7;
  view.at = sample_now();
  view.dataset = "licence";
  view.rule = "type";
  view.original = std::move(original);
  view.original_bytes = view.original.size();
  view.may_settle = true;
  return view;
}

TEST(Pages, AreSoundHtmlThatNamesNothingThatIsNotThere) {
  for_each_page([](const PageSample& sample, Language, Content) {
    EXPECT_THAT(read_html(sample.html).flaws, IsEmpty());
  });
}

TEST(Pages, SayTheirLanguage) {
  for_each_page([](const PageSample& sample, Language language, Content) {
    const HtmlDocument document = read_html(sample.html);
    ASSERT_EQ(document.all("html").size(), 1U);
    EXPECT_EQ(document.all("html").front()->attributes.at("lang"), html_code_of(language));
  });
}

TEST(Pages, OverviewSaysHowTheDiskIs) {
  for (const PageSample& sample : page_samples(pages(), Content::rich, Language::english)) {
    if (sample.name != "overview") continue;
    EXPECT_THAT(sample.html, testing::HasSubstr("short of room"));
    EXPECT_THAT(sample.html, testing::HasSubstr("170 MiB free, 200 MiB reserved"));
    return;
  }
  FAIL() << "there is no such sample";
}

// A voice that reads the page must know it.
TEST(Pages, MarkWhatTheProgramSaysInEnglish) {
  const std::regex english("[A-Za-z]{2,} [a-z]{2,} [a-z]{2,}");
  const std::regex command("sluice [a-z ]+");
  std::size_t marked = 0;
  for (const PageSample& sample : page_samples(pages(), Content::rich, Language::chinese)) {
    const HtmlDocument document = read_html(sample.html);
    const auto is_marked = [&](const Element& element) {
      const auto language = element.attributes.find("lang");
      return language != element.attributes.end() && language->second == "en";
    };
    for (const Element& element : document.elements) {
      if (element.name == "pre") continue;  // somebody's bytes
      const std::string text = std::regex_replace(element.text, command, "");
      if (!std::regex_search(text, english)) continue;
      const bool is_within =
          is_marked(element) || std::ranges::any_of(element.ancestors, [&](std::size_t place) {
            return is_marked(document.elements[place]);
          });
      EXPECT_TRUE(is_within) << sample.name << ": " << element.text;
      ++marked;
    }
  }
  EXPECT_GT(marked, 12U);
}

// The policy that they are served with forbids all of it.
TEST(Pages, HaveNoStyleScriptOrSourceOfTheirOwn) {
  for_each_page([](const PageSample& sample, Language, Content) {
    const HtmlDocument document = read_html(sample.html);
    EXPECT_THAT(document.all("style"), IsEmpty());
    for (const Element& element : document.elements) {
      EXPECT_FALSE(element.attributes.contains("style")) << element.name;
      for (const auto& [name, value] : element.attributes) {
        EXPECT_FALSE(name.starts_with("on")) << element.name << " " << name;
        EXPECT_FALSE(value.starts_with("javascript:") || value.starts_with("data:")) << value;
      }
      if (element.name == "script") {
        EXPECT_EQ(element.text, "");
        EXPECT_TRUE(element.attributes.at("src").starts_with("/assets/"));
      }
      if (element.name == "meta" && element.attributes.contains("name") &&
          element.attributes.at("name") == "htmx-config") {
        EXPECT_THAT(element.attributes.at("content"), HasSubstr("\"allowEval\":false"));
      }
    }
  });
}

TEST(Pages, GiveTheSessionsTokenWithEveryFormThatChangesSomething) {
  std::size_t forms = 0;
  for_each_page([&](const PageSample& sample, Language, Content) {
    const HtmlDocument document = read_html(sample.html);
    for (const Element& form : document.elements) {
      if (form.name != "form" || form.attributes.at("method") != "post") continue;
      ++forms;
      const auto place = static_cast<std::size_t>(&form - document.elements.data());
      const auto is_token = [&](const Element* input) {
        return std::ranges::find(input->ancestors, place) != input->ancestors.end() &&
               input->attributes.at("type") == "hidden" && input->attributes.contains("name") &&
               input->attributes.at("name") == "csrf" && !input->attributes.at("value").empty();
      };
      std::vector<const Element*> inputs = document.all("input");
      std::erase_if(inputs,
                    [](const Element* input) { return !input->attributes.contains("type"); });
      EXPECT_TRUE(std::ranges::any_of(inputs, is_token)) << form.attributes.at("action");
    }
  });
  EXPECT_GT(forms, 100U);
}

TEST(Pages, ShowWhatPeopleWriteAndNeverObeyIt) {
  for_each_page([](const PageSample& sample, Language, Content content) {
    if (content != Content::hostile) return;
    EXPECT_THAT(sample.html, Not(HasSubstr("<script>alert")));
    EXPECT_THAT(sample.html, HasSubstr("&lt;script&gt;alert(1)&lt;/script&gt;&quot;&apos;&amp;amp;"
                                       "{{csrf}}{{{node}}}{{&gt;head}}{count}"));
    EXPECT_THAT(sample.html, Not(HasSubstr("csrf-of-this-session")));
    const HtmlDocument document = read_html(sample.html);
    for (const Element* script : document.all("script"))
      EXPECT_TRUE(script->attributes.at("src").starts_with("/assets/"));
    EXPECT_EQ(document.all("main").size(), 1U);
    // What turns text around stays only where a form must give it back as it came.
    for (const Element& element : document.elements) {
      if (element.name == "textarea") continue;
      EXPECT_THAT(element.text, Not(HasSubstr("\u202E")));
    }
  });
}

TEST(Pages, CanBeReadByOneWhoDoesNotSee) {
  for_each_page([](const PageSample& sample, Language, Content) {
    const HtmlDocument document = read_html(sample.html);
    EXPECT_EQ(document.all("h1").size(), 1U);
    EXPECT_EQ(document.all("table").size(), document.all("caption").size());
    for (const Element* cell : document.all("th"))
      EXPECT_TRUE(cell->attributes.contains("scope"));
    std::set<std::string> ids;
    for (const Element& element : document.elements) {
      if (element.attributes.contains("id")) ids.insert(element.attributes.at("id"));
    }
    for (const Element* label : document.all("label")) {
      if (label->attributes.contains("for")) {
        EXPECT_THAT(ids, Contains(label->attributes.at("for")));
      }
    }
    for (const Element& element : document.elements) {
      if (element.attributes.contains("aria-labelledby")) {
        EXPECT_THAT(ids, Contains(element.attributes.at("aria-labelledby")));
      }
      if (element.attributes.contains("aria-invalid")) {
        EXPECT_TRUE(element.attributes.contains("aria-describedby"));
      }
    }
  });
}

TEST(Pages, SayWhereAListIsEmpty) {
  for (const PageSample& sample : page_samples(pages(), Content::empty, Language::english)) {
    const HtmlDocument document = read_html(sample.html);
    for (const Element* body : document.all("tbody"))
      EXPECT_TRUE(std::ranges::any_of(document.all("tr"), [&](const Element* row) {
        const auto place = static_cast<std::size_t>(body - document.elements.data());
        return std::ranges::find(row->ancestors, place) != row->ancestors.end();
      })) << sample.name;
  }
  const auto samples = page_samples(pages(), Content::empty, Language::english);
  EXPECT_THAT(samples.front().html, HasSubstr("All is well: there is nothing to be dealt with."));
  EXPECT_THAT(samples.front().html, HasSubstr("No bureau is connected yet."));
}

// Refreshed every ten seconds by everybody who has it open.
TEST(Pages, AreSmall) {
  for_each_page([](const PageSample& sample, Language, Content content) {
    if (content != Content::rich) return;
    EXPECT_LT(gzip(sample.html).size(), 8U * 1024);
  });
}

TEST(Pages, AreMadeBySeveralThreadsAtOnce) {
  const auto expected = page_samples(pages(), Content::rich, Language::chinese);
  std::vector<std::jthread> threads;
  for (int thread = 0; thread < 4; ++thread) {
    threads.emplace_back([&expected] {
      const auto made = page_samples(pages(), Content::rich, Language::chinese);
      for (std::size_t i = 0; i < made.size(); ++i)
        EXPECT_TRUE(made[i].html == expected[i].html) << made[i].name;
    });
  }
}

TEST(Overview, IsRefreshedInItsPlace) {
  const auto samples = page_samples(pages(), Content::rich, Language::chinese);
  EXPECT_THAT(
      samples.front().html,
      HasSubstr(R"(<div id="live" class="stack" hx-get="/?refresh=1" hx-trigger="every 10s")"));
  EXPECT_THAT(samples.front().html, HasSubstr("10:42:07，每 10 秒刷新"));
}

TEST(Overview, TellsWhatIsWrongFirst) {
  const std::string html = page_samples(pages(), Content::rich, Language::chinese).front().html;
  EXPECT_LT(html.find("<b><bdi>地税局</bdi></b> 的数据流已停止"), html.find("<table>"));
  EXPECT_THAT(html, HasSubstr(">18 分钟前</time>"));
  EXPECT_THAT(html, HasSubstr("<a id=\"quarantine-of-statistics\" href=\"/quarantine/statistics\">"
                              "12,408</a>"));
}

TEST(Overview, TellsHowFarAStreamThatBeginsHereIsAcknowledgedAndInWhichEpoch) {
  OverviewView view;
  view.streams = {{.bureau = "park",
                   .bureau_name = "Park",
                   .last_batch = 4847,
                   .acknowledged = 4811,
                   .epoch = sample_now() - std::chrono::hours(24 * 400)},
                  {.bureau = "quality", .bureau_name = "Quality"}};
  const Frame frame = sample_frame(Content::rich, Language::english, "overview");
  const std::string page = overview_page(pages(), frame, view);
  EXPECT_THAT(page, HasSubstr("4,847<span class=\"under\">acknowledged 4,811</span>"
                              "<span class=\"under\">epoch <time "));
  EXPECT_EQ(page.find("acknowledged"), page.rfind("acknowledged"))
      << "of a stream that begins on another node it is not known";
}

TEST(Overview, TellsThePortsOfTheNodeAndWhenItsCertificateEnds) {
  OverviewView view;
  const Frame frame = sample_frame(Content::rich, Language::english, "overview");
  view.node.pages_port = 8444;
  EXPECT_THAT(overview_page(pages(), frame, view),
              AllOf(HasSubstr("<dt>Pages port</dt><dd>8444</dd>"),
                    HasSubstr("<dt>Certificate ends</dt><dd>–</dd>")));
  view.node.certificate_ends = sample_now() + std::chrono::hours(24 * 211);
  EXPECT_THAT(overview_page(pages(), frame, view),
              HasSubstr("<dt>Certificate ends</dt><dd><time datetime=\""));
}

TEST(Supervision, CountsWhatAClerkDelivered) {
  SupervisionView view;
  view.clerks = {{.account = "jia", .name = "Jia", .settled = 5, .delivered = 6}};
  const std::string page = supervision_page(
      pages(), sample_frame(Content::rich, Language::english, "supervision"), view);
  EXPECT_THAT(page, HasSubstr("Settled</th><th scope=\"col\" class=\"n\">Delivered</th>"));
  EXPECT_THAT(page, HasSubstr("<td class=\"n\">5</td><td class=\"n\">6</td>"));
}

TEST(SignIn, KeepsTheNameAndWhereOneWantedToGo) {
  const std::string html = sign_in_page(
      pages(), sample_frame(Content::rich, Language::english, ""),
      {.name = "wei", .next = "/runs?a=1&b", .problem = SignInProblem::wait, .wait_minutes = 15});
  EXPECT_THAT(html, HasSubstr("Too many attempts. Try again in 15 min."));
  EXPECT_THAT(html, HasSubstr(R"(name="next" value="/runs?a=1&amp;b")"));
  EXPECT_THAT(html, HasSubstr(R"(name="name" value="wei")"));
}

TEST(ProblemPage, TellsAnUnknownStatusAsAFailure) {
  const Frame frame = sample_frame(Content::rich, Language::english, "");
  EXPECT_THAT(problem_page(pages(), frame, {.status = 418}),
              HasSubstr("<h1>Something went wrong <small>418</small></h1>"));
  for (const int status : {403, 404, 405, 413, 429, 500, 503})
    EXPECT_THAT(problem_page(pages(), frame, {.status = status}),
                HasSubstr("<small>" + std::to_string(status) + "</small>"));
}

TEST(ProblemPage, OffersNoSignInToWhoHasASession) {
  Frame frame = sample_frame(Content::rich, Language::english, "");
  frame.person.reset();
  EXPECT_THAT(problem_page(pages(), frame, {.status = 413}), HasSubstr(">Sign in</a>"));
  EXPECT_THAT(problem_page(pages(), frame, {.status = 413, .has_session = true}),
              AllOf(HasSubstr(">To the first page</a>"), Not(HasSubstr(">Sign in</a>"))));
}

TEST(Frame, LanguageSwitchComesBackToThePage) {
  Frame frame = sample_frame(Content::rich, Language::chinese, "");
  frame.path = "/quarantine/park?rule=a&b";
  EXPECT_THAT(problem_page(pages(), frame, {}),
              HasSubstr(R"(href="/language/en?to=%2Fquarantine%2Fpark%3Frule%3Da%26b")"));
}

TEST(QuarantineEntry, GivesTheRowBackByteForByte) {
  const std::string html = entry_page(waiting_entry("\na,\u202E\"b\" & <c>\t{{csrf}}\n"));
  EXPECT_THAT(html, HasSubstr(">\n\na,\u202E&quot;b&quot; &amp; &lt;c&gt;\t{{csrf}}\n</textarea>"));
  EXPECT_THAT(html, HasSubstr(R"(name="line_break" value="lf")"));
  EXPECT_THAT(entry_page(waiting_entry("a\r\nb\r\n")),
              HasSubstr(R"(name="line_break" value="crlf")"));
}

TEST(QuarantineEntry, OfTheCenterSaysSoAndIsLaidOutByTheDatasetsFields) {
  QuarantineEntryView view = waiting_entry("U\t\\N\tA1\tone");
  EXPECT_THAT(entry_page(view), Not(HasSubstr("refused by the center")));
  view.is_of_center = true;
  view.columns = R"columns(["(U or D)","(time at the source)","number","name"])columns";
  view.delimiter = '\t';
  const std::string html = entry_page(view);
  EXPECT_THAT(html, HasSubstr("refused by the center"));
  EXPECT_THAT(html, HasSubstr("a tab between each"));
  EXPECT_THAT(html, HasSubstr("<code>name</code></th><td><bdi>one</bdi>"));
  EXPECT_THAT(html, HasSubstr("\tA1\tone</textarea>"));
}

TEST(QuarantineEntry, IsNotTypedWhereAFormCouldNotGiveItBack) {
  const std::string unfit[] = {std::string("a\0b", 3), "a\rb", "a\nb\r\n", "\xFF\xFE",
                               std::string(longest_typed_row + 1, 'a')};
  for (const std::string& original : unfit) {
    const std::string html = entry_page(waiting_entry(original));
    EXPECT_THAT(html, Not(HasSubstr("<textarea")));
    EXPECT_THAT(html, HasSubstr("sluice quarantine replay"));
    EXPECT_THAT(html, HasSubstr(R"(name="how" value="as-it-was")"));
  }
}

TEST(QuarantineEntry, OfManyBytesShowsItsBeginningAndALink) {
  const std::string html = entry_page(waiting_entry(std::string(1'000'000, 'a')));
  EXPECT_LT(html.size(), 64U * 1024);
  EXPECT_THAT(html, HasSubstr("the first 16.0 KiB of 977 KiB are shown"));
  EXPECT_THAT(html, HasSubstr(R"(href="/quarantine/park/7/original" download)"));
}

TEST(QuarantineEntry, IsNotSettledByOneWhoMayNotNorTwice) {
  QuarantineEntryView view = waiting_entry("a");
  view.may_settle = false;
  EXPECT_THAT(entry_page(view), Not(HasSubstr("/quarantine/park/7/replay")));
  view.may_settle = true;
  EXPECT_THAT(entry_page(view), HasSubstr("/quarantine/park/7/replay"));
  view.state = EntryState::replayed;
  EXPECT_THAT(entry_page(view), Not(HasSubstr("/quarantine/park/7/replay")));
}

TEST(QuarantineEntry, KeepsWhatWasTypedAndSaysWhatIsWrong) {
  QuarantineEntryView view = waiting_entry("a,b\n");
  view.refused = {.form = RefusedForm::Form::replay, .sentence = "still wrong", .typed = "a,c\n"};
  EXPECT_THAT(entry_page(view), HasSubstr(">\na,c\n</textarea><span class=\"error\" "
                                          "id=\"replay-error\"><span lang=\"en\">still wrong"));
  view.refused = {.form = RefusedForm::Form::discard, .sentence = {}, .typed = {}};
  EXPECT_THAT(entry_page(view), HasSubstr("id=\"discard-error\">Say why.</span>"));
  EXPECT_THAT(entry_page(view), HasSubstr(">\na,b\n</textarea>"));
}

TEST(Runs, OffersAPausedBureauToGoOnAndNotToRun) {
  RunsView view;
  view.steered = {{.bureau = "park", .bureau_name = "Park", .is_paused = true}};
  const Frame frame = sample_frame(Content::rich, Language::english, "runs");
  const std::string html = runs_page(pages(), frame, view);
  EXPECT_THAT(html, HasSubstr("/runs/park/resume"));
  EXPECT_THAT(html, Not(HasSubstr("/runs/park/pause")));
  EXPECT_THAT(html, HasSubstr("<button disabled>Run now"));
}

TEST(Runs, DrawsNoChartOfRowsWhereNoneWereCounted) {
  RunsView view;
  view.charted = {{.duration = std::chrono::seconds(1), .outcome = "succeeded"},
                  {.duration = std::chrono::seconds(2), .outcome = "succeeded"}};
  const Frame frame = sample_frame(Content::rich, Language::english, "runs");
  EXPECT_THAT(runs_page(pages(), frame, view), Not(HasSubstr("<figcaption>Rows")));
  view.charted.back().rows = 1;
  EXPECT_THAT(runs_page(pages(), frame, view), HasSubstr("<figcaption>Rows"));
}

}  // namespace
}  // namespace sluice::pages
