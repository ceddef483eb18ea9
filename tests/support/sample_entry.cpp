#include "support/sample_views.h"

namespace sluice::pages {
namespace {

using entry::Control;
using entry::FormField;
using record::Verify;
using std::chrono::hours;
using std::chrono::minutes;

// Also those that are an attack differ from each other.
std::string column_name(const Say& say, const std::string& name) {
  const std::string said = say(name);
  return said == name ? said : said + name;
}

FormField form_field(const Say& say, const char* column, const char* label, Control control) {
  return {
      .column = column_name(say, column), .field = column, .label = say(label), .control = control};
}

entry::FormGroup subject_group(const Say& say) {
  FormField name = form_field(say, "enterprise_name", "企业名称", Control::text);
  name.help = say("与营业执照一致，含括号");
  name.required = true;
  name.verify = Verify::sight;
  FormField code = form_field(say, "credit_code", "统一社会信用代码", Control::text);
  code.help = say("18 位");
  code.required = true;
  code.check = record::Check::uscc;
  FormField type = form_field(say, "enterprise_type", "企业类型", Control::code_table);
  type.help = say("代码、名称或拼音首字母");
  type.required = true;
  type.codes = say("codes/enterprise-type.csv");
  return {say("主体"), {name, code, type}};
}

entry::FormGroup representative_group(const Say& say) {
  FormField name = form_field(say, "representative_name", "姓名", Control::text);
  name.help = say("生僻字可按笔画或编码录入");
  name.required = true;
  FormField sex = form_field(say, "sex", "性别", Control::choice);
  sex.choices = {{say("1"), say("男")}, {say("2"), say("女")}};
  FormField id = form_field(say, "citizen_id", "公民身份号码", Control::text);
  id.required = true;
  id.check = record::Check::citizen_id;
  id.verify = Verify::blind;
  return {say("法定代表人"), {name, sex, id}};
}

entry::FormGroup registration_group(const Say& say) {
  FormField capital = form_field(say, "registered_capital", "注册资本", Control::amount);
  capital.help = say("如 1,000 万元；不写币种为人民币");
  capital.required = true;
  capital.verify = Verify::blind;
  FormField address = form_field(say, "address", "住所", Control::text);
  FormField region = form_field(say, "region_code", "所属行政区划", Control::code_table);
  region.check = record::Check::region_code;
  region.codes = say("codes/beijing-district.csv");
  FormField date = form_field(say, "established_on", "成立日期", Control::date);
  date.required = true;
  FormField branch = form_field(say, "is_branch", "分支机构", Control::yes_no);
  branch.choices = {{say("true"), say("true")}, {say("false"), say("false")}};
  FormField staff = form_field(say, "staff", "从业人数", Control::number);
  FormField scope = form_field(say, "business_scope", "经营范围", Control::long_text);
  FormField met = form_field(say, "met_at", "受理时间", Control::datetime);
  return {say("注册"), {capital, address, region, date, branch, staff, scope, met}};
}

KnownValue known(const Say& say, const char* value) {
  return {.value = say(value), .source = say("名称预审"), .at = ago(hours(24 * 9))};
}

std::vector<DeskField> typed_fields(const Say& say) {
  return {
      {.column = column_name(say, "enterprise_name"),
       .typed = say("北京海淀智芯科技有限公司"),
       .understood = entry::Understood{say("北京海淀智芯科技有限公司"), say(""), say("")},
       .previous = say("北京中关村软件有限公司"),
       .first = say("北京海淀智芯科技有限公司")},
      {.column = column_name(say, "credit_code"),
       .typed = say("91110108MA000016X1"),
       .error = entry::KeyingError{.column = column_name(say, "credit_code"),
                                   .field = "credit_code",
                                   .rule = "uscc",
                                   .sentence = say("expected a unified social credit code"),
                                   .fault = record::find_fault(record::Check::uscc,
                                                               "91110108MA000016X1")},
       .leads = true,
       .first = say("91110108MA000016X0")},
      {.column = column_name(say, "enterprise_type"),
       .typed = say("1130"),
       .understood = entry::Understood{say("1130"), say("有限责任公司(自然人投资或控股)"), say("")},
       .previous = say("1100 有限责任公司"),
       .first = say("1130")},
      {.column = column_name(say, "representative_name"),
       .typed = say("某㼆"),
       .first = say("某㼆")},
      {.column = column_name(say, "registered_capital"),
       .typed = say("1,000 万元"),
       .understood = entry::Understood{say("10000000"), say("10,000,000.00"), say("CNY")},
       .first = say("1,000 元")},
      {.column = column_name(say, "address"),
       .typed = say("北京市海淀区中关村大街 1 号"),
       .known = known(say, "北京市海淀区中关村大街 1 号"),
       .may_be_known = true,
       .offered = say("北京市海淀区中关村大街 1 号"),
       .first = say("北京市海淀区中关村大街 1 号")},
      {.column = column_name(say, "region_code"),
       .typed = say("110108 海淀区"),
       .understood = entry::Understood{say("110108"), say("海淀区"), say("")},
       .known = known(say, "110102")},
      {.column = column_name(say, "established_on"),
       .typed = say("2026年11月"),
       .error = entry::KeyingError{.column = column_name(say, "established_on"),
                                   .field = "established_on",
                                   .rule = "date",
                                   .sentence = say("expected a date like 2026-11-23")}},
      {.column = column_name(say, "staff"),
       .typed = say("1200"),
       .understood = entry::Understood{say("1200"), say("1,200"), say("")}},
      {.column = column_name(say, "business_scope"),
       .typed = say("技术开发、技术转让；\n销售电子产品。")}};
}

}  // namespace

entry::Form form_sample(const Say& say) {
  entry::Form form{.dataset = record::DatasetId("enterprise-licence"),
                   .title = say("企业设立登记"),
                   .groups = {}};
  if (say.is_empty()) return form;
  form.groups = {subject_group(say),
                 representative_group(say),
                 registration_group(say),
                 {"", {form_field(say, "case_number", "办件编号", Control::text)}}};
  return form;
}

TaskFacts task_sample(const Say& say) {
  TaskFacts task{.id = 11873,
                 .title = {},
                 .bureau = say("industry-commerce"),
                 .bureau_name = say("工商分局"),
                 .dataset = say("enterprise-licence"),
                 .dataset_title = say("企业设立登记"),
                 .holder = {}};
  if (say.is_empty()) return task;
  task.title = say("HD-2026-11873 窗口 3");
  task.state = say("open");
  task.priority = 5;
  task.due = sample_now() + hours(1);
  task.holder = say("张伟");
  task.held_until = sample_now() + minutes(20);
  return task;
}

ClerkFigures figures_sample(const Say& say) {
  if (say.is_empty()) return {};
  return {.done = 37, .per_hour = 42.4, .error_percent = 0.83, .waiting = 118, .overdue = 1};
}

EntryView keying_sample(const Say& say) {
  EntryView view{.account = say("zhang.wei"),
                 .task = task_sample(say),
                 .version = 3,
                 .form = form_sample(say)};
  if (say.is_empty()) return view;
  view.fields = typed_fields(say);
  view.draft = {.kind = DraftState::Kind::kept, .at = ago(std::chrono::seconds(2))};
  view.figures = figures_sample(say);
  view.saved_task = 11872;
  return view;
}

EntryView check_sample(const Say& say) {
  EntryView view = keying_sample(say);
  view.round = Round::second;
  view.task.state = say("keyed");
  if (say.is_empty()) return view;
  for (DeskField& field : view.fields) {
    field.typed.clear();
    if (field.column != column_name(say, "enterprise_type")) field.understood.reset();
    field.error.reset();
  }
  view.fields.front().is_confirmed = true;
  view.draft = {};
  view.note = say("第 3 页不清，请按补交的复印件录入");
  return view;
}

EntryView stale_sample(const Say& say) {
  EntryView view = keying_sample(say);
  view.stale = {.by = say(""), .at = std::nullopt, .changed = {}};
  view.draft = {.kind = DraftState::Kind::outdated, .at = std::nullopt};
  if (say.is_empty()) return view;
  view.stale = {
      .by = say("李娜"),
      .at = ago(minutes(1)),
      .changed = {{column_name(say, "enterprise_name"), say("北京海淀智芯科技有限责任公司")},
                  {column_name(say, "citizen_id"), std::nullopt},
                  {say("no_such_column"), ""}}};
  view.form_errors = {
      {.column = "", .field = "", .rule = "too-large", .sentence = say("too long")}};
  view.is_too_long = true;
  view.has_no_room = true;
  view.refused_note = {.sentence = say("the note is too long"), .typed = say("字迹不清")};
  return view;
}

ReviewView review_sample(const Say& say) {
  ReviewView view{.account = say("zhao.min"),
                  .task = task_sample(say),
                  .version = 7,
                  .form = form_sample(say),
                  .first = {say("录入员甲"), ago(minutes(44))},
                  .second = {say("录入员乙"), ago(minutes(21))}};
  view.task.state = say("differs");
  if (say.is_empty()) return view;
  const std::string right = say("110108197803120027");
  const std::string wrong = say("110108197830120027");
  view.fields = {
      {.compared = {column_name(say, "citizen_id"), Verify::blind, entry::Agreement::different,
                    entry::difference(right, wrong)},
       .first = {.typed = right, .understood = entry::Understood{right, say(""), say("")}},
       .second = {.typed = wrong,
                  .error =
                      entry::KeyingError{
                          .column = column_name(say, "citizen_id"),
                          .field = "citizen_id",
                          .rule = "citizen-id",
                          .sentence = say("expected a citizen number"),
                          .fault =
                              record::CheckFault{record::CheckFault::Kind::birth_date, 11, 2}}},
       .is_pick_missing = true},
      {.compared = {column_name(say, "registered_capital"), Verify::blind,
                    entry::Agreement::different, entry::difference("1,000 万元", "1,000 元")},
       .first = {.typed = say("1,000 万元"),
                 .understood =
                     entry::Understood{say("10000000"), say("10,000,000.00"), say("CNY")}},
       .second = {.typed = say("1,000 元"),
                  .understood = entry::Understood{say("1000"), say("1,000.00"), say("CNY")}},
       .pick = Pick::other,
       .other = {.typed = say("一千万"),
                 .error = entry::KeyingError{.column = column_name(say, "registered_capital"),
                                             .field = "registered_capital",
                                             .rule = "amount",
                                             .sentence = say("expected a sum")}}},
      {.compared =
           {column_name(say, "enterprise_name"), Verify::sight, entry::Agreement::to_confirm, {}},
       .first = {.typed = say("北京海淀智芯科技有限公司")},
       .second = {},
       .pick = Pick::first},
      {.compared = {column_name(say, "address"), Verify::none, entry::Agreement::equal, {}},
       .first = {.typed = say("北京市海淀区中关村大街 1 号")},
       .second = {}},
      {.compared = {column_name(say, "case_number"), Verify::sight, entry::Agreement::equal, {}},
       .first = {},
       .second = {}}};
  view.draft = {.kind = DraftState::Kind::kept, .at = ago(minutes(1))};
  view.note_typed = say("第 2 页");
  view.refused_note = RefusedNote();
  view.saved_task = 11868;
  return view;
}

PaperView paper_sample(const Say& say) {
  PaperView view{.bureau_name = say("工商分局"), .form = form_sample(say), .tables = {}};
  if (say.is_empty()) return view;
  view.tables = {{say("codes/enterprise-type.csv"),
                  {{say("1100"), say("有限责任公司"), {}},
                   {say("1110"), say("有限责任公司(国有独资)"), {}},
                   {say("1130"), say("有限责任公司(自然人投资或控股)"), {}}}}};
  return view;
}

}  // namespace sluice::pages
