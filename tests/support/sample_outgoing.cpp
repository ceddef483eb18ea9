#include "support/sample_views.h"

namespace sluice::pages {
namespace {

using record::Sensitivity;
using std::chrono::minutes;

// Also those that are an attack differ from each other.
std::string field_name(const Say& say, const std::string& name) {
  const std::string said = say(name);
  return said == name ? said : said + name;
}

std::vector<OutgoingField> delivered_fields(const Say& say) {
  const std::string subject = say("主体");
  const std::string person = say("法定代表人");
  const std::string place = say("住所与经营");
  const auto field = [&](const char* name, const char* label, const std::string& group,
                         const char* value) {
    return OutgoingField{
        .field = field_name(say, name), .label = say(label), .group = group, .value = say(value)};
  };
  std::vector<OutgoingField> fields{
      field("credit_code", "统一社会信用代码", subject, "91110108MA000016X0"),
      field("enterprise_name", "企业名称", subject, "北京海淀智芯科技有限公司"),
      field("former_name", "曾用名", subject, ""),
      field("representative_name", "姓名", person, "某㼆"),
      field("citizen_id", "公民身份号码", person, "110108197803120027"),
      field("region", "所属行政区划", place, "110108"),
      field("address", "住所", place, "北京市海淀区中关村大街 1 号\u200B海龙大厦 9 层 901"),
      field("business_scope", "经营范围", place,
            "技术开发、技术转让、技术咨询；\n销售电子产品、机械设备；\n\n货物进出口。"),
      field("case_number", "办件编号", "", "HD-2026-11873")};
  fields[4].sensitivity = Sensitivity::personal;
  fields[0].is_ticked = fields[1].is_ticked = fields[4].is_ticked = true;
  return fields;
}

}  // namespace

OutgoingView outgoing_sample(const Say& say) {
  OutgoingView view{.account = say("zhang.wei"),
                    .task = task_sample(say),
                    .version = 3,
                    .delivery = say("quality-licence.1790000000000.118"),
                    .agreement = {}};
  view.task.is_outgoing = true;
  if (say.is_empty()) return view;
  view.agreement = say("海政数协〔2026〕14 号");
  view.fields = delivered_fields(say);
  view.draft = {.kind = DraftState::Kind::kept, .at = ago(std::chrono::seconds(2))};
  view.figures = figures_sample(say);
  return view;
}

OutgoingView refused_outgoing_sample(const Say& say) {
  OutgoingView view = outgoing_sample(say);
  view.order = OutgoingView::Order::remove;
  view.misses_ticks = true;
  view.receipt_error = "missing";
  view.refused_decline = RefusedNote{};
  if (say.is_empty()) return view;
  view.receipt_error = say("too-long");
  view.receipt = say("ZJ-2026-000118 ZJ-2026-000118");
  view.stale = {.by = say("李娜"), .at = ago(minutes(1)), .changed = {}};
  view.note = say("系统升级，明天上午再办");
  view.refused_decline = {.sentence = say("it is too long"), .typed = say("已在本系统注销")};
  view.refused_note = {.sentence = {}, .typed = say("没有权限")};
  for (int more = 0; more < 12; ++more) {
    view.fields.push_back({.field = field_name(say, "extra" + std::to_string(more)),
                           .label = say("附加项"),
                           .group = say("其他"),
                           .value = say("1")});
  }
  return view;
}

}  // namespace sluice::pages
