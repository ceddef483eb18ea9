#include "support/sample_views.h"

namespace sluice::pages {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

std::vector<TaskFacts> waiting_tasks(const Say& say) {
  TaskFacts late = task_sample(say);
  late.id = 11802;
  late.title = say("HD-2026-11802");
  late.due = ago(hours(3));
  late.is_overdue = true;
  late.holder.clear();
  TaskFacts checked = task_sample(say);
  checked.state = say("keyed");
  checked.holder.clear();
  TaskFacts plain = checked;
  plain.id = 11880;
  plain.title.clear();
  plain.priority = 0;
  plain.due.reset();
  plain.state = say("differs");
  TaskFacts taken = task_sample(say);
  taken.id = 11881;
  taken.title = say("HD-2026-11881 海淀区行政服务中心二层综合窗口（临时）补交材料");
  taken.holder = say("李娜");
  return {late, checked, plain, taken};
}

}  // namespace

QueueView queue_sample(const Say& say) {
  QueueView view;
  view.account = say("zhang.wei");
  view.figures = figures_sample(say);
  if (say.is_empty()) return view;
  view.work = {{.work = Work::key,
                .bureau = say("industry-commerce"),
                .bureau_name = say("工商分局"),
                .waiting = 118,
                .overdue = 2,
                .oldest = ago(hours(4))},
               {.work = Work::check,
                .bureau = say("industry-commerce"),
                .bureau_name = say("工商分局"),
                .waiting = 31,
                .oldest = ago(minutes(50))},
               {.work = Work::review, .bureau = say("park"), .bureau_name = say("海淀园管委会")}};
  view.held = {task_sample(say)};
  view.tasks = waiting_tasks(say);
  view.may_supervise = true;
  view.sheets = {{.value = say("/entry/sheet?bureau=industry-commerce&dataset=licence"),
                  .label = say("企业设立登记")}};
  view.cut_short = {view.work[0], view.work[1]};
  view.saved_task = 11873;
  return view;
}

QueueView whole_queue_sample(const Say& say) {
  QueueView view = queue_sample(say);
  if (say.is_empty()) return view;
  view.cut_short.clear();
  view.whole = view.work.front();
  view.turning = {.previous_path = say("/entry?bureau=industry-commerce&work=key&before=11873"),
                  .next_path = say("/entry?bureau=industry-commerce&work=key&after=11881")};
  return view;
}

SheetView sheet_sample(const Say& say) {
  SheetView view;
  view.bureau = say("industry-commerce");
  view.bureau_name = say("工商分局");
  view.form = form_sample(say);
  view.counts = {{.value = "50", .is_chosen = true}, {.value = "100"}, {.value = "200"}};
  view.until = sample_now() + hours(37);
  if (say.is_empty()) {
    view.rows.emplace();
    return view;
  }
  view.held = 12;
  view.refused = entry::SheetFailure{.problem = entry::SheetProblem::unknown_column,
                                     .column = say("备注 [remark2]"),
                                     .sentence = {}};
  return view;
}

SheetView unreadable_sheet_sample(const Say& say) {
  SheetView view = sheet_sample(say);
  view.refused = entry::SheetFailure{.problem = entry::SheetProblem::unreadable,
                                     .column = {},
                                     .sentence = say("the file is not in UTF-8")};
  return view;
}

SheetView sheet_answer_sample(const Say& say) {
  SheetView view = sheet_sample(say);
  view.refused.reset();
  if (say.is_empty()) {
    view.rows.reset();
    view.has_no_file = true;
    return view;
  }
  const std::string column = view.form.groups.front().fields.front().column;
  view.rows = {{.line = 2,
                .task = 11802,
                .title = say("HD-2026-11802"),
                .outcome = RowOutcome::taken,
                .typed = {},
                .errors = {},
                .damaged = {},
                .sentence = {}},
               {.line = 3,
                .task = 11803,
                .title = say("HD-2026-11803"),
                .outcome = RowOutcome::faulty,
                .typed = {{column, say("智芯")}},
                .errors = {{.column = column,
                            .field = say("name"),
                            .rule = "maxLength",
                            .sentence = say("it has 60 characters, and may have 40")}},
                .damaged = {},
                .sentence = {}},
               {.line = 4,
                .task = 11804,
                .title = {},
                .outcome = RowOutcome::damaged,
                .typed = {},
                .errors = {},
                .damaged = {{column, entry::Damage::rounded}, {column, entry::Damage::replaced}},
                .sentence = {}},
               {.line = 5,
                .task = 0,
                .title = {},
                .outcome = RowOutcome::unreadable,
                .typed = {},
                .errors = {},
                .damaged = {},
                .sentence = say("found 5 values; expected 9")}};
  for (const RowOutcome outcome : {RowOutcome::conflict, RowOutcome::unknown, RowOutcome::not_held,
                                   RowOutcome::moved_on, RowOutcome::refused, RowOutcome::saved}) {
    view.rows->push_back({.line = 0,
                          .task = 11810,
                          .title = say("HD-2026-11810"),
                          .outcome = outcome,
                          .typed = {},
                          .errors = {},
                          .damaged = {},
                          .sentence = {}});
  }
  return view;
}

TaskView task_view_sample(const Say& say) {
  TaskView view;
  view.task = task_sample(say);
  view.created = ago(hours(5));
  view.origin = "api";
  if (say.is_empty()) return view;
  view.version = 9;
  view.created_by = say("王强");
  view.origin = say("sheet");
  view.origin_text = say("窗口 3 收件表 第 12 行");
  view.kept_for = say("李娜");
  view.history = {
      {.at = ago(hours(5)), .who = say("王强"), .what = say("added"), .note = {}},
      {.at = ago(hours(4)), .who = say("张伟"), .what = say("claimed"), .note = {}},
      {.at = ago(hours(3)), .who = say("张伟"), .what = say("keyed"), .note = {}},
      {.at = ago(hours(2)),
       .who = say("李娜"),
       .what = say("handed_back"),
       .note = say("第 3 页的公章盖住了号码，看不清")},
      {.at = ago(hours(1)), .who = {}, .what = say("refused"), .note = say("the backlog is full")}};
  view.may_work = true;
  view.may_supervise = true;
  view.people = {{.value = ""}, {.value = say("li.na"), .label = say("李娜"), .is_chosen = true}};
  view.refused = {.form = RefusedTaskForm::Form::cancel, .sentence = {}, .note = say("")};
  return view;
}

TaskView returned_task_sample(const Say& say) {
  TaskView view = task_view_sample(say);
  view.task.state = say.is_empty() ? "done" : "returned";
  view.batch = 2117;
  if (say.is_empty()) return view;
  view.reason = say("缺第二页，已通知窗口补交");
  view.refused = {.form = RefusedTaskForm::Form::reopen,
                  .sentence = say("it was cancelled"),
                  .note = say("补交")};
  return view;
}

SupervisionView supervision_sample(const Say& say) {
  SupervisionView view;
  view.bureau = say("industry-commerce");
  view.bureau_name = say("工商分局");
  view.lists = {{.value = "overdue", .is_chosen = true}, {.value = "returned"}, {.value = "open"}};
  if (say.is_empty()) return view;
  view.bureaus = {{.value = say("industry-commerce"), .label = say("工商分局"), .is_chosen = true},
                  {.value = say("park"), .label = say("海淀园管委会")}};
  view.depth = {{.state = say("open"), .tasks = 118, .overdue = 2, .oldest = ago(hours(4))},
                {.state = say("keyed"), .tasks = 31, .overdue = 0, .oldest = ago(minutes(50))},
                {.state = say("differs"), .tasks = 4, .overdue = 1, .oldest = ago(hours(2))},
                {.state = say("ready"), .tasks = 1},
                {.state = say("returned"), .tasks = 3, .overdue = 0, .oldest = ago(hours(30))}};
  view.clerks = {{.account = say("zhang.wei"),
                  .name = say("张伟"),
                  .holds = 1,
                  .keyed = 37,
                  .checked = 0,
                  .settled = 0,
                  .delivered = 6,
                  .figures = figures_sample(say)},
                 {.account = say("li.na"),
                  .name = say("李娜"),
                  .holds = 2,
                  .keyed = 12,
                  .checked = 30,
                  .settled = 0,
                  .figures = {.done = 42, .per_hour = 51}},
                 {.account = say("zhao.min"), .name = say("赵敏"), .settled = 5}};
  for (std::uint64_t hour = 0; hour < 24; ++hour)
    view.done_by_hour.push_back(hour < 14 ? 0 : (hour * 7919) % 60);
  view.tasks = waiting_tasks(say);
  view.turning = {.previous_path = say("/supervision"), .next_path = say("/supervision?after=7")};
  view.datasets = {{.value = say("enterprise-licence"), .label = say("企业设立登记")}};
  view.added = {.title = say("HD-2026-11900"),
                .priority = say("high"),
                .due = say("2026-11-30T12:00"),
                .sentence = say("the priority is no whole number")};
  return view;
}

}  // namespace sluice::pages
