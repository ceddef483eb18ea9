#include "support/sample_views.h"

namespace sluice::pages {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

}  // namespace

QuarantineView quarantine_sample(const Say& say) {
  if (say.is_empty()) return {};
  return {.groups = {{.bureau = say("statistics"),
                      .bureau_name = say("统计局"),
                      .dataset = say("enterprise_registration"),
                      .rule = say("uscc"),
                      .waiting = 12406,
                      .oldest = ago(hours(50))},
                     {.bureau = say("statistics"),
                      .bureau_name = say("统计局"),
                      .dataset = say("enterprise_registration"),
                      .rule = say("required"),
                      .waiting = 2,
                      .oldest = ago(minutes(90))},
                     {.bureau = say("industry-commerce"),
                      .bureau_name = say("工商分局"),
                      .dataset = say("licence"),
                      .rule = say("ragged"),
                      .waiting = 3,
                      .oldest = ago(minutes(12))}},
          .reported = {{.bureau = say("park"),
                        .bureau_name = say("海淀园管委会"),
                        .node = say("edge-park"),
                        .as_of = ago(minutes(1)),
                        .dataset = say("park-approval"),
                        .rule = say("uscc"),
                        .waiting = 12406,
                        .oldest = ago(hours(50))},
                       {.bureau = say("park"),
                        .bureau_name = say("海淀园管委会"),
                        .node = say("edge-park"),
                        .as_of = ago(minutes(1)),
                        .dataset = say("park-approval"),
                        .rule = say("minLength"),
                        .waiting = 1,
                        .oldest = ago(minutes(3))},
                       {.bureau = say("quality"),
                        .bureau_name = say("北京市海淀区质量技术监督局注册与标准化管理科（临时）"),
                        .node = say("edge-of-the-bureau-of-quality-and-technical-supervision"),
                        .as_of = ago(hours(26)),
                        .is_old = true,
                        .dataset = {},
                        .rule = {}},
                       {.bureau = say("national-tax"),
                        .bureau_name = say("国税局"),
                        .node = say("edge-tax"),
                        .dataset = {},
                        .rule = {}}},
          .reported_left_out = 12,
          .turning = {.previous_path = std::nullopt, .next_path = say("/quarantine?after=7")}};
}

QuarantineListView quarantine_list_sample(const Say& say) {
  QuarantineListView view;
  view.bureau = say("statistics");
  view.bureau_name = say("统计局");
  view.datasets = {{.value = ""}};
  view.rules = {{.value = ""}};
  view.states = {{.value = ""},
                 {.value = "waiting", .is_chosen = true},
                 {.value = "replayed"},
                 {.value = "discarded"}};
  if (say.is_empty()) return view;
  view.datasets.push_back({.value = say("enterprise_registration"), .is_chosen = true});
  view.rules.push_back({.value = say("uscc")});
  view.rules.push_back({.value = say("required")});
  view.rows = {{.id = 12408,
                .at = ago(minutes(3)),
                .dataset = say("enterprise_registration"),
                .source = say("T_ENT_REG"),
                .place = 88213,
                .field = say("uscc"),
                .rule = say("uscc")},
               {.id = 12407,
                .at = ago(hours(30)),
                .dataset = say("enterprise_registration"),
                .source = say("统计局-企业登记-2026年第47周-补报（第二次）-20261128T093000.csv"),
                .place = 17,
                .field = say("registered_capital"),
                .rule = say("amount"),
                .state = EntryState::replayed},
               {.id = 12401,
                .at = ago(hours(31)),
                .dataset = say("enterprise_registration"),
                .source = say("batch 17"),
                .place = 204,
                .field = say("uscc"),
                .rule = "unique",
                .is_of_center = true},
               {.id = 12400,
                .at = ago(hours(24 * 340)),
                .dataset = say("enterprise_registration"),
                .source = say("2025.csv"),
                .place = 3,
                .rule = say("ragged"),
                .state = EntryState::discarded}};
  view.turning = {.previous_path = say("/quarantine/statistics?before=12408"),
                  .next_path = say("/quarantine/statistics?after=12400")};
  return view;
}

QuarantineEntryView entry_sample(const Say& say) {
  QuarantineEntryView view;
  view.bureau = say("statistics");
  view.bureau_name = say("统计局");
  view.id = 12408;
  view.at = ago(minutes(3));
  view.dataset = say("enterprise_registration");
  view.mode = record::Mode::disk;
  view.source = say("统计局-企业登记-2026年第47周-补报（第二次）-20261128T093000.csv");
  view.place = 88213;
  view.field = say("uscc");
  view.rule = say("uscc");
  view.sentence = say("the check character of 91110108MA000016X1 should be 0");
  view.columns = R"(["uscc","name","registered_capital","address","note"])";
  view.original =
      say("91110108MA000016X1,北京海淀智芯科技有限公司,\"1,000 万元\","
          "北京市海淀区中关村大街 1 号,\n");
  view.original_bytes = view.original.size();
  view.may_settle = true;
  if (say.is_empty()) {
    view.field.clear();
    view.sentence.clear();
    view.original.clear();
    view.original_bytes = 0;
    view.may_settle = false;
  }
  return view;
}

QuarantineEntryView refused_entry_sample(const Say& say) {
  QuarantineEntryView view = entry_sample(say);
  view.refused = {.form = RefusedForm::Form::replay,
                  .sentence = say("uscc: 仍然不符：第 18 位应为 0"),
                  .typed = say("91110108MA000016X2,北京海淀智芯科技有限公司,1000,,\n")};
  return view;
}

QuarantineEntryView binary_entry_sample(const Say& say) {
  QuarantineEntryView view = entry_sample(say);
  view.rule = say("encoding");
  view.field.clear();
  view.columns.clear();
  view.original.clear();
  for (int byte = 0; byte < 400; ++byte)
    view.original += static_cast<char>(byte % 256);
  view.original_bytes = 1'048'576;
  return view;
}

QuarantineEntryView discarded_entry_sample(const Say& say) {
  QuarantineEntryView view = entry_sample(say);
  view.state = EntryState::discarded;
  view.columns = "";
  view.original = R"({"uscc":"91110108MA000016X1","name":")" + say("某㼆") +
                  R"(","capital":{"amount":1000,"unit":"万元"},"long":")" + std::string(5000, 'x') +
                  "\"}";
  if (view.original.contains("script"))
    view.original = R"({"<b onclick=x>":"<script>{{csrf}}</script>"})";
  view.original_bytes = view.original.size();
  view.settled = {
      .by = say("值班员 甲"), .at = ago(minutes(1)), .reason = say("重复报送，与 12401 相同")};
  return view;
}

}  // namespace sluice::pages
