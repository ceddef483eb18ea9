// The pages of manual entry: what a clerk, a checker, a reviewer and a supervisor must be shown,
// and what must never be.
#include <algorithm>
#include <set>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "html_document.h"
#include "pages/view/gzip.h"
#include "support/sample_views.h"

namespace sluice::pages {
namespace {

using entry::Control;
using entry::FormField;
using record::Verify;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

const Pages& desk_pages() {
  static const Pages made(*date::locate_zone("Asia/Shanghai"), [](std::string_view name) {
    ADD_FAILURE() << "a template names " << name << ", which nothing has";
  });
  return made;
}

Frame chinese() {
  return sample_frame(Content::rich, Language::chinese, "entry");
}

FormField field_of(const std::string& column, Control control = Control::text) {
  return {.column = column, .field = column, .label = "标签 " + column, .control = control};
}

EntryView desk_with(FormField field, DeskField content) {
  EntryView view{.account = "wei", .task = task_sample(Say(Content::rich)), .version = 4};
  view.form = {.dataset = record::DatasetId("licence"),
               .title = "执照",
               .groups = {{"主体", {std::move(field)}}}};
  content.column = view.form.groups[0].fields[0].column;
  view.fields = {std::move(content)};
  return view;
}

std::string shown(const EntryView& view) {
  return entry_page(desk_pages(), chinese(), view);
}

std::string told(record::Check check, record::Rule rule, const std::string& typed) {
  FormField field = field_of("id");
  field.check = check;
  const entry::Form form{
      .dataset = record::DatasetId("licence"), .title = {}, .groups = {{"", {field}}}};
  return field_fragment(desk_pages(), chinese(), form,
                        {.column = "id",
                         .typed = typed,
                         .error = entry::KeyingError{.column = "id",
                                                     .field = "id",
                                                     .rule = rule,
                                                     .sentence = "as the program says it",
                                                     .fault = record::find_fault(check, typed)}});
}

TEST(EntryPage, SaysWhatIsWrongWithACodeAndWhatWouldBeRight) {
  using record::Check;
  EXPECT_THAT(told(Check::uscc, "uscc", "91110108MA000016X1"),
              HasSubstr("校验位不符：按前 17 位应为 0，录入为 1。请对照执照第 18 位"));
  EXPECT_THAT(told(Check::citizen_id, "citizen-id", "110108197803120021"),
              HasSubstr("录入为 1。请对照身份证第 18 位"));
  EXPECT_THAT(told(Check::citizen_id, "citizen-id", "110108197830120027"),
              HasSubstr("第 11、12 位：没有这个月份"));
  EXPECT_THAT(told(Check::citizen_id, "citizen-id", "990108197803120027"),
              HasSubstr("前 2 位不是省级行政区划代码"));
  EXPECT_THAT(told(Check::uscc, "uscc", "9111"), HasSubstr("应为 18 位，录入了 4 位"));
  EXPECT_THAT(told(Check::uscc, "uscc", "9111O108MA000016X0"),
              HasSubstr("第 5 位不能是“O”（不使用 I、O、S、V、Z）"));
}

// The mapping takes blanks away before the check counts: what is quoted is the character that the
// fault is about, or none.
TEST(EntryPage, QuotesACharacterOnlyWhereItIsSureWhich) {
  using record::Check;
  const entry::Form form{
      .dataset = record::DatasetId("licence"), .title = {}, .groups = {{"", {[] {
                                                                          FormField field =
                                                                              field_of("id");
                                                                          field.check = Check::uscc;
                                                                          return field;
                                                                        }()}}}};
  DeskField field{.column = "id", .typed = "9111 0108 MA00 0016 X1"};
  field.error = entry::KeyingError{.column = "id",
                                   .field = "id",
                                   .rule = "uscc",
                                   .sentence = {},
                                   .fault = record::find_fault(Check::uscc, "91110108MA000016X1")};
  EXPECT_THAT(field_fragment(desk_pages(), chinese(), form, field), HasSubstr("录入为 1"));
  field.error->fault = record::CheckFault{record::CheckFault::Kind::character, 6, 1};
  EXPECT_THAT(field_fragment(desk_pages(), chinese(), form, field), HasSubstr("第 6 位的字符不对"));
}

TEST(EntryPage, SaysARuleInWordsWithTheProgramsSentence) {
  EXPECT_THAT(told(record::Check::none, "required", ""), HasSubstr("必填，请录入"));
  EXPECT_THAT(told(record::Check::none, "maxLength", "x"),
              HasSubstr("长于最大长度 <span class=\"detail\" lang=\"en\">as the program says it"));
}

TEST(EntryPage, SaysWhatWasUnderstood) {
  EntryView view = desk_with(
      field_of("capital", Control::amount),
      {.typed = "1,000 万元", .understood = entry::Understood{"10000000", "10,000,000.00", "CNY"}});
  EXPECT_THAT(shown(view), HasSubstr("<span class=\"ok\">= 10,000,000.00 人民币</span>"));
  view.fields[0].typed = "有限责任公司";
  view.fields[0].understood = entry::Understood{"1100", "有限责任公司", ""};
  EXPECT_THAT(shown(view), Not(HasSubstr("class=\"ok\"")));
}

TEST(EntryPage, GivesBackWhatWasTypedByteForByte) {
  const std::string typed = "\"a\" & <b>\u202E{{csrf}}\t'";
  EXPECT_THAT(shown(desk_with(field_of("name"), {.typed = typed})),
              HasSubstr("value=\"&quot;a&quot; &amp; &lt;b&gt;\u202E{{csrf}}\t&apos;\""));
  EXPECT_THAT(shown(desk_with(field_of("scope", Control::long_text), {.typed = "\na\n"})),
              HasSubstr(">\n\na\n</textarea>"));
}

// A browser would empty a control that can not hold it, and nobody would see what was there.
TEST(EntryPage, LosesNothingThatItsControlCouldNotHold) {
  EXPECT_THAT(shown(desk_with(field_of("on", Control::date), {.typed = "2026-11-23"})),
              HasSubstr(R"(type="date")"));
  EXPECT_THAT(shown(desk_with(field_of("on", Control::date), {.typed = "23.11."})),
              HasSubstr(R"(type="text" value="23.11.")"));
  EXPECT_THAT(shown(desk_with(field_of("at", Control::datetime), {.typed = "2026-11-23T09:30"})),
              HasSubstr(R"(type="datetime-local")"));
  FormField sex = field_of("sex", Control::choice);
  sex.choices = {{"1", "男"}, {"2", "女"}};
  EXPECT_THAT(shown(desk_with(sex, {.typed = "3"})),
              HasSubstr(R"(<option value="3" selected>3</option>)"));
  EXPECT_THAT(shown(desk_with(sex, {.typed = "2"})),
              HasSubstr(R"(<option value="2" selected>2 女</option>)"));
}

TEST(EntryPage, OfAMegabyteInAFieldStaysWhole) {
  const std::string pasted(1 << 20, 'x');
  DeskField content{.typed = pasted, .understood = entry::Understood{pasted, "", ""}};
  content.previous = pasted;
  content.known = KnownValue{.value = pasted + "y", .source = "s", .at = std::nullopt};
  const std::string html = shown(desk_with(field_of("name"), content));
  EXPECT_THAT(html, HasSubstr("value=\"" + pasted + "\""));
  // Only where it is typed: what is told of it is cut.
  EXPECT_LT(html.size(), pasted.size() + 64 * 1024);
  content.error = entry::KeyingError{
      .column = "name",
      .field = "name",
      .rule = "uscc",
      .sentence = {},
      .fault = record::CheckFault{record::CheckFault::Kind::length, 0, pasted.size()}};
  EXPECT_LT(shown(desk_with(field_of("name"), content)).size(), pasted.size() + 64 * 1024);
}

TEST(EntryPage, MarksWhatIsKnownUntilItIsChanged) {
  DeskField content{.typed = "中关村大街 1 号",
                    .known = KnownValue{"中关村大街 1 号", "名称预审", sample_now()}};
  EXPECT_THAT(shown(desk_with(field_of("address"), content)),
              AllOf(HasSubstr("class=\"known\""), HasSubstr("已有：名称预审 2026-11-29，可改")));
  content.typed = "中关村大街 2 号";
  EXPECT_THAT(shown(desk_with(field_of("address"), content)),
              AllOf(Not(HasSubstr("class=\"known\"")),
                    HasSubstr("已有值不同：中关村大街 1 号（名称预审 2026-11-29）")));
}

TEST(EntryPage, SaysBothOfWhatIsKnownAndShowsTheOneThatHolds) {
  const DeskField content{.typed = "typed", .known = KnownValue{"<b>", "名称预审", sample_now()}};
  const std::string html = shown(desk_with(field_of("address"), content));
  EXPECT_THAT(html, HasSubstr("<span data-known=\"&lt;b&gt;\"><span hidden>已有：名称预审"));
  EXPECT_THAT(html, HasSubstr("<span>已有值不同：&lt;b&gt;"));
}

TEST(EntryPage, HasThePlaceForWhatMayBecomeKnownInTheFirstRoundOnly) {
  EntryView view = desk_with(field_of("address"),
                             {.may_be_known = true, .leads = true, .offered = "\"offered\""});
  EXPECT_THAT(shown(view), AllOf(HasSubstr(R"(id="field-1-known")"), HasSubstr(" data-leads"),
                                 HasSubstr(R"(name="offered.address" value="&quot;offered&quot;")"),
                                 HasSubstr(R"(data-known="/entry/11873/known")")));
  view.round = Round::second;
  view.form.groups[0].fields[0].verify = Verify::blind;
  EXPECT_THAT(shown(view), AllOf(Not(HasSubstr("-known")), Not(HasSubstr("data-leads")),
                                 Not(HasSubstr("offered")), Not(HasSubstr("data-known"))));
}

TEST(EntryPage, TellsTheScriptWhatIsKnownByField) {
  const EntryView view = desk_with(field_of("address"), {});
  const std::string html = known_fragment(desk_pages(), chinese(), view.form,
                                          {{.column = "address",
                                            .typed = "<b>",
                                            .known = KnownValue{"<b>", "名称预审", std::nullopt},
                                            .offered = "<b>"}});
  EXPECT_THAT(
      html,
      HasSubstr(R"(<div data-of="field-1" data-typed="&lt;b&gt;" data-offered="&lt;b&gt;">)"));
  EXPECT_THAT(html, HasSubstr("已有：名称预审，可改"));
  EXPECT_EQ(known_fragment(desk_pages(), chinese(), view.form, {}), "<div id=\"known\"></div>");
}

TEST(EntryPage, OfWhatIsNotConfirmedTheTickIsWrongAndNotTheField) {
  FormField field = field_of("name");
  field.verify = Verify::sight;
  EntryView view = desk_with(
      field, {.error = entry::KeyingError{
                  .column = "name", .field = "name", .rule = "unconfirmed", .sentence = {}}});
  view.round = Round::second;
  const std::string html = shown(view);
  EXPECT_THAT(html, AllOf(HasSubstr("href=\"#field-1-confirm\""),
                          HasSubstr("请勾选“与原件一致”，或录入正确的值")));
  for (const Element& element : read_html(html).elements) {
    const auto name = element.attributes.find("name");
    if (name == element.attributes.end()) continue;
    EXPECT_EQ(element.attributes.contains("aria-invalid"), name->second == "confirm.name")
        << name->second;
  }
}

TEST(EntryPage, NeverShowsTheSecondPersonWhatABlindFieldHas) {
  FormField field = field_of("id");
  field.verify = Verify::blind;
  EntryView view = desk_with(field, {.previous = "PREVIOUS", .first = "KEYED-FIRST"});
  view.fields[0].known = KnownValue{"KNOWN", "source", std::nullopt};
  view.fields[0].understood = entry::Understood{"UNDERSTOOD", "", ""};
  view.round = Round::second;
  const std::string html = shown(view);
  EXPECT_THAT(html, Not(HasSubstr("KEYED-FIRST")));
  EXPECT_THAT(html, Not(HasSubstr("UNDERSTOOD")));
  EXPECT_THAT(html, Not(HasSubstr("KNOWN")));
  EXPECT_THAT(html, Not(HasSubstr("PREVIOUS")));
  EXPECT_THAT(html, HasSubstr("复核字段：请按原件重新录入"));
  // Nor does a value stay from one record to the next.
  EXPECT_THAT(html, Not(HasSubstr("data-sticky")));
  EXPECT_THAT(html, HasSubstr("您是第二人"));
}

TEST(EntryPage, LetsTheSecondPersonConfirmBySightAndOnlyReadTheRest) {
  FormField field = field_of("name");
  field.verify = Verify::sight;
  EntryView view = desk_with(field, {.first = "KEYED-FIRST"});
  view.round = Round::second;
  const std::string seen = shown(view);
  EXPECT_THAT(seen, HasSubstr("<bdi>KEYED-FIRST</bdi>"));
  EXPECT_THAT(seen, HasSubstr(R"(<input type="checkbox" name="confirm.name" value="yes")"));
  EXPECT_THAT(seen, HasSubstr(R"(name="field.name")"));
  view.form.groups[0].fields[0].verify = Verify::none;
  const std::string read = shown(view);
  EXPECT_THAT(read, HasSubstr("<bdi>KEYED-FIRST</bdi>"));
  EXPECT_THAT(read, Not(HasSubstr(R"(name="field.name")")));
}

TEST(EntryPage, SaysWhatChangedBesideAStaleForm) {
  EntryView view = desk_with(field_of("name"), {.typed = "mine"});
  view.stale = StaleForm{.by = "李娜", .at = sample_now(), .changed = {{"name", "theirs"}}};
  EXPECT_THAT(shown(view), AllOf(HasSubstr("任务在您处理期间有了变化"), HasSubstr("标签 name"),
                                 HasSubstr("<bdi>theirs</bdi>"), HasSubstr("value=\"mine\"")));
}

TEST(EntryPage, CarriesWhatItsRouteNeeds) {
  const std::string html = shown(desk_with(field_of("name"), {}));
  EXPECT_THAT(html, HasSubstr(R"(method="post" action="/entry/11873/save")"));
  EXPECT_THAT(html, HasSubstr(R"(name="version" value="4")"));
  EXPECT_THAT(html, HasSubstr(R"(data-account="wei" data-task="11873")"));
  EXPECT_THAT(html, HasSubstr(R"(formaction="/entry/11873/escalate")"));
  FormField coded = field_of("type", Control::code_table);
  coded.codes = "codes/enterprise-type.csv";
  EXPECT_THAT(shown(desk_with(coded, {})),
              HasSubstr(R"(data-codes="/entry/codes?table=codes%2Fenterprise-type.csv")"));
}

TEST(EntryPage, HasEachIdOnce) {
  for (const Content content : {Content::rich, Content::hostile}) {
    for (const PageSample& sample : page_samples(desk_pages(), content, Language::chinese)) {
      std::set<std::string> ids;
      for (const Element& element : read_html(sample.html).elements) {
        const auto id = element.attributes.find("id");
        if (id == element.attributes.end() || id->second.contains("&lt;script")) continue;
        EXPECT_TRUE(ids.insert(id->second).second) << sample.name << " " << id->second;
      }
    }
  }
}

TEST(EntryPage, DescribesItsFieldsByWhatIsThere) {
  for (const PageSample& sample : page_samples(desk_pages(), Content::rich, Language::chinese)) {
    std::set<std::string> ids;
    const HtmlDocument document = read_html(sample.html);
    for (const Element& element : document.elements) {
      const auto id = element.attributes.find("id");
      if (id != element.attributes.end()) ids.insert(id->second);
    }
    for (const Element& element : document.elements) {
      const auto by = element.attributes.find("aria-describedby");
      if (by == element.attributes.end()) continue;
      std::istringstream names(by->second);
      for (std::string name; names >> name;)
        EXPECT_THAT(ids, Contains(name)) << sample.name;
    }
  }
}

TEST(Fragments, AreOneElementThatTheScriptFinds) {
  const Say say(Content::rich);
  const EntryView view = keying_sample(say);
  const std::string field = field_fragment(desk_pages(), chinese(), view.form, view.fields[1]);
  EXPECT_TRUE(field.starts_with(R"(<span class="told bad" id="field-2-told")")) << field;
  EXPECT_EQ(field_fragment(desk_pages(), chinese(), view.form, {.column = "no such"}), "");
  const std::string kept = draft_fragment(desk_pages(), chinese(), view.draft);
  EXPECT_THAT(kept, AllOf(HasSubstr(R"(id="draft")"), HasSubstr("草稿已保存 <time"),
                          HasSubstr(">10:42:05</time>")));
  for (const auto kind : {DraftState::Kind::lost, DraftState::Kind::outdated}) {
    EXPECT_THAT(draft_fragment(desk_pages(), chinese(), {kind, std::nullopt}),
                HasSubstr(R"(data-ended="yes")"));
  }
}

TEST(Fragments, OfCodesListThemForACombobox) {
  const entry::CodeEntry codes[] = {{"1100", "有限责任公司", {}}, {"<b>", "{{csrf}}\"\u202E", {}}};
  const entry::CodeEntry* found[] = {&codes[0], &codes[1]};
  const std::string html = codes_fragment(desk_pages(), chinese(), found);
  EXPECT_THAT(html, HasSubstr(R"(<ul id="codes" role="listbox")"));
  EXPECT_THAT(html, HasSubstr(R"(data-meant="1100 有限责任公司")"));
  EXPECT_THAT(html, HasSubstr("&lt;b&gt;</span> <bdi>{{csrf}}&quot;‹U+202E›</bdi>"));
  EXPECT_THAT(codes_fragment(desk_pages(), chinese(), {}), HasSubstr("代码表中没有匹配的项"));
}

// What a schema says comes from a file that bureaus hand in: it is text, like a person's.
TEST(Fragments, NeverObeyASchema) {
  const Say say(Content::hostile);
  const EntryView view = keying_sample(say);
  for (const DeskField& field : view.fields) {
    const std::string html = field_fragment(desk_pages(), chinese(), view.form, field);
    EXPECT_THAT(html, Not(HasSubstr("<script")));
    EXPECT_THAT(html, Not(HasSubstr("csrf-of-this-session")));
  }
}

TEST(Review, MarksTheStretchThatDiffersAndCutsALongText) {
  const std::string same(100'000, 'a');
  ReviewView view = review_sample(Say(Content::rich));
  view.fields.resize(1);
  view.fields[0].first = {.typed = same + "1" + same};
  view.fields[0].second = {.typed = same + "2" + same};
  view.fields[0].compared.typed =
      entry::difference(view.fields[0].first.typed, view.fields[0].second.typed);
  const std::string html = review_page(desk_pages(), chinese(), view);
  EXPECT_THAT(html, HasSubstr("a<mark>1</mark>a"));
  EXPECT_THAT(html, HasSubstr("a<mark>2</mark>a"));
  EXPECT_LT(html.size(), 32U * 1024);
}

TEST(Review, OffersBothValuesAndAThirdAndSaysWhatIsWrong) {
  const std::string html = review_page(desk_pages(), chinese(), review_sample(Say(Content::rich)));
  EXPECT_THAT(html, HasSubstr("1101081978<mark>30</mark>120027"));
  EXPECT_THAT(html, HasSubstr("第 11、12 位：没有这个月份"));
  for (const char* value : {"first", "second", "other"})
    EXPECT_THAT(html, HasSubstr("name=\"choice.citizen_id\" value=\"" + std::string(value) + '"'));
  EXPECT_THAT(html, HasSubstr(R"(action="/entry/11873/send-back")"));
  EXPECT_THAT(html, HasSubstr("请选择一个值"));
  // Enter within the reason must not save what was chosen: it has a form of its own.
  const HtmlDocument document = read_html(html);
  for (const Element& element : document.elements) {
    if (!element.attributes.contains("id") || element.attributes.at("id") != "note") continue;
    const auto form = std::ranges::find_if(element.ancestors, [&](std::size_t place) {
      return document.elements[place].name == "form";
    });
    ASSERT_NE(form, element.ancestors.end());
    EXPECT_EQ(document.elements[*form].attributes.at("action"), "/entry/11873/send-back");
  }
}

TEST(Queue, OffersTheNextTaskOfEachKindAndNoneWhereNoneWaits) {
  const std::string html = queue_page(desk_pages(), chinese(), queue_sample(Say(Content::rich)));
  EXPECT_THAT(html, HasSubstr("<button class=\"take\"><b>领取下一条录入或办理任务</b>"));
  EXPECT_THAT(html, HasSubstr("<button class=\"take\" disabled><b>领取下一条裁定</b>"));
  EXPECT_THAT(html, HasSubstr(R"(name="work" value="check")"));
  EXPECT_THAT(html, HasSubstr("待领取 118 条"));
}

TEST(TaskPage, GivesASupervisorWhatTheStateAllows) {
  TaskView view = task_view_sample(Say(Content::rich));
  const auto html = [&] { return task_page(desk_pages(), chinese(), view); };
  EXPECT_THAT(html(), AllOf(HasSubstr("/tasks/11873/reassign"), HasSubstr("/tasks/11873/cancel"),
                            Not(HasSubstr("/tasks/11873/reopen"))));
  view.task.state = "returned";
  EXPECT_THAT(html(), AllOf(HasSubstr("/tasks/11873/reopen"), HasSubstr("/tasks/11873/cancel"),
                            Not(HasSubstr("/tasks/11873/reassign"))));
  view.task.state = "cancelled";
  EXPECT_THAT(html(), Not(HasSubstr("/tasks/11873/cancel")));
  view.task.state = "done";
  EXPECT_THAT(html(), Not(HasSubstr("/tasks/11873/reopen")));
  view.task.state = "open";
  view.may_supervise = false;
  EXPECT_THAT(html(), Not(HasSubstr("<form method=\"post\" action=\"/tasks/")));
}

TEST(Paper, HasBoxesForCodesAndPrintsAShortTableOnly) {
  PaperView view = paper_sample(Say(Content::rich));
  const HtmlDocument document = read_html(paper_page(desk_pages(), chinese(), view));
  const auto boxes = std::ranges::count_if(document.elements, [](const Element& element) {
    const auto name = element.attributes.find("class");
    return name != element.attributes.end() && name->second == "box";
  });
  EXPECT_EQ(boxes, 18 + 18 + 6 + 8);
  EXPECT_THAT(paper_page(desk_pages(), chinese(), view), HasSubstr("1130 有限责任公司"));
  view.tables[0].codes.resize(most_codes_on_paper + 1);
  EXPECT_THAT(paper_page(desk_pages(), chinese(), view), Not(HasSubstr("1130 有限责任公司")));
}

TEST(EntryPages, LoadTheirScriptAndNoOtherPageDoes) {
  const std::set<std::string> with = {
      "queue",    "queue_whole",      "entry",  "entry_check", "entry_stale",
      "outgoing", "outgoing_refused", "review", "task",        "task_returned"};
  for (const PageSample& sample : page_samples(desk_pages(), Content::rich, Language::english)) {
    EXPECT_EQ(sample.html.contains(desk_pages().assets().path_of("entry.js")),
              with.contains(sample.name))
        << sample.name;
  }
}

}  // namespace
}  // namespace sluice::pages
