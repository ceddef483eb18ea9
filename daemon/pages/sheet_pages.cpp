#include "pages/sheet_pages.h"

#include <algorithm>
#include <array>
#include <map>
#include <utility>

#include <date/tz.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "pages/answer.h"
#include "pages/view/paths.h"
#include "record/try.h"
#include "server/ascii.h"

namespace sluice::pages {
namespace {

using server::Response;
using tasks::TaskState;
using trust::PersonalRight;

constexpr std::array<std::size_t, 3> sheet_sizes = {50, 100, 200};
// Under which a draft says from which version of the sheet it came, so that the same sheet, handed
// in again with corrections, is not taken for an older one. Typing on the page drops it.
constexpr const char* sheet_mark = "sheet";

// Of a draft as it is on the server. A letter first, or a spreadsheet would take it for a number.
std::string version_of(record::Time saved) {
  return fmt::format("v{:x}", saved.time_since_epoch().count());
}
std::string version_of(const tasks::KeyedTask& keyed) {
  return version_of(keyed.draft_saved.value_or(record::Time{}));
}

// As a sheet has it: which draft it was made of, and when, so that two sheets of one draft are two.
std::string version_on_sheet(const tasks::KeyedTask& keyed, record::Time exported) {
  return fmt::format("{}.{:x}", version_of(keyed), exported.time_since_epoch().count());
}

bool is_made_of(std::string_view on_sheet, const tasks::KeyedTask& keyed) {
  return on_sheet.substr(0, on_sheet.find('.')) == version_of(keyed);
}

entry::SheetTexts texts_of(const entry::Form& form, const KeyedTexts& draft) {
  return first_keying(form, draft);
}

KeyedTexts draft_of_row(const entry::SheetRow& row) {
  KeyedTexts draft;
  for (const auto& [column, text] : row.draft.typed)
    draft["field." + column] = text;
  draft[sheet_mark] = row.draft.version;
  return draft;
}

std::size_t size_asked_for(const Visit& visit) {
  const auto asked = whole_number(visit.form.value("count"));
  const bool is_known = asked && std::ranges::find(sheet_sizes, static_cast<std::size_t>(*asked)) !=
                                     sheet_sizes.end();
  return is_known ? static_cast<std::size_t>(*asked) : sheet_sizes.front();
}

SheetRowView row_view(std::uint64_t line, const tasks::Task& task, RowOutcome outcome) {
  SheetRowView view;
  view.line = line;
  view.task = number_of(task.id);
  view.title = task.asked.title;
  view.outcome = outcome;
  return view;
}

}  // namespace

record::Time end_of_next_working_day(record::Time now, const date::time_zone& zone) {
  auto day = date::floor<date::days>(zone.to_local(now)) + date::days(1);
  while (date::weekday(day) == date::Saturday || date::weekday(day) == date::Sunday)
    day += date::days(1);
  return zone.to_sys(day + date::days(1), date::choose::earliest);
}

std::vector<Page> SheetPages::routes() {
  using server::Method;
  const Access keying{.rights = {PersonalRight::key_records}};
  const std::string path(sheet_path);
  return {{.path = path,
           .access = keying,
           .answer = [this](const Visit& visit) { return show(visit); }},
          {.method = Method::post,
           .path = path + "/export",
           .access = keying,
           .answer = [this](const Visit& visit) { return export_sheet(visit); },
           .crew = Crew::sheets},
          {.method = Method::post,
           .path = path + "/import",
           .access = keying,
           .answer = [this](const Visit& visit) { return import_sheet(visit); },
           .takes_file = true,
           .crew = Crew::sheets},
          {.method = Method::post,
           .path = path + "/save",
           .access = keying,
           .answer = [this](const Visit& visit) { return save_faultless(visit); },
           .crew = Crew::sheets}};
}

std::expected<SheetPages::Sheet, Response> SheetPages::sheet_of(const Visit& visit,
                                                                const Form& asked) const {
  const record::BureauId bureau{std::string(asked.value("bureau"))};
  if (!bench_.may(visit, PersonalRight::key_records, bureau)) {
    return std::unexpected(entrance_.deny(visit, "not-granted"));
  }
  const record::DatasetId dataset{std::string(asked.value("dataset"))};
  const entry::Desk* const desk = bench_.desk(bureau);
  const entry::FormChecker* const checker = desk == nullptr ? nullptr : desk->find(dataset);
  if (checker == nullptr) return std::unexpected(entrance_.missing(visit));
  auto queue = bench_.lend();
  if (!queue) return std::unexpected(bench_.refused(visit, queue.error()));
  return Sheet{bureau, dataset, *checker, std::move(*queue)};
}

Response SheetPages::page_of(const Visit& visit, Sheet& sheet, SheetView view, unsigned status) {
  const record::Time now = surroundings_.clock();
  view.bureau = sheet.bureau.str();
  view.bureau_name = surroundings_.installation.settings.bureaus.at(sheet.bureau).name;
  view.form = sheet.form();
  view.until = end_of_next_working_day(now, *date::locate_zone(surroundings_.time_zone));
  for (const std::size_t size : sheet_sizes) {
    view.counts.push_back(
        {.value = std::to_string(size), .label = {}, .is_chosen = view.counts.empty()});
  }
  const auto held = sheet.queue->list({.bureau = sheet.bureau,
                                       .kind = tasks::ListKind::held_by,
                                       .state = TaskState::open,
                                       .holder = visit.account().name},
                                      std::nullopt, sheet_sizes.back(), now);
  if (!held) return bench_.refused(visit, held.error());
  view.held = static_cast<std::uint64_t>(std::ranges::count_if(*held, [&](const auto& task) {
    return task.asked.dataset == sheet.dataset && task.state == TaskState::open;
  }));
  return document(visit.request, sheet_page(pages_, entrance_.frame(visit, "entry"), view), status);
}

Response SheetPages::show(const Visit& visit) {
  auto sheet = sheet_of(visit, visit.query);
  if (!sheet) return sheet.error();
  return page_of(visit, *sheet, {}, 200);
}

Response SheetPages::export_sheet(const Visit& visit) {
  auto sheet = sheet_of(visit, visit.form);
  if (!sheet) return sheet.error();
  const record::Time now = surroundings_.clock();
  const record::Time until =
      end_of_next_working_day(now, *date::locate_zone(surroundings_.time_zone));
  const auto claimed =
      sheet->queue->claim_several({.bureau = sheet->bureau,
                                   .datasets = {sheet->dataset},
                                   .account = visit.account().name,
                                   .states = {TaskState::open},
                                   .lease = std::chrono::ceil<std::chrono::seconds>(until - now)},
                                  size_asked_for(visit), now);
  if (!claimed) return bench_.refused(visit, claimed.error());
  if (claimed->empty()) {
    return redirection(sheet_path_of(sheet->bureau.str(), sheet->dataset.str()) + "&done=no-task");
  }
  std::vector<entry::SheetDraft> drafts;
  std::vector<std::uint64_t> numbers;
  for (const tasks::Task& task : *claimed) {
    const auto keyed = sheet->queue->find(task.id, visit.account().name);
    if (!keyed) return bench_.refused(visit, keyed.error());
    if (!*keyed || kind_of(task) == tasks::TaskKind::outgoing) continue;
    numbers.push_back(task.id.value);
    drafts.push_back({.task = task.id.value,
                      .version = version_on_sheet(**keyed, now),
                      .title = task.asked.title,
                      .typed = texts_of(sheet->form(), from_json((*keyed)->draft.value_or("")))});
  }
  const auto noted =
      surroundings_.audit.append({"sheet-exported",
                                  {{"actor", account_actor(visit)},
                                   {"bureau", sheet->bureau.str()},
                                   {"dataset", sheet->dataset.str()},
                                   {"count", std::to_string(drafts.size())},
                                   {"tasks", fmt::format("{}", fmt::join(numbers, ", "))}}});
  if (!noted) return entrance_.failed(visit, record::to_string(noted.error()));
  Response response{
      .status = 200,
      .content_type = "text/csv; charset=utf-8",
      .body = entry::write_draft_sheet(
          sheet->form(), sheet_labels(pages_, entrance_.frame(visit, "entry")), drafts),
      .headers = {}};
  response.headers.emplace_back(
      "Content-Disposition", fmt::format("attachment; filename=\"{}.csv\"", sheet->dataset.str()));
  secure(response);
  return response;
}

std::optional<RowOutcome> SheetPages::objection(const Visit& visit, const Sheet& sheet,
                                                const tasks::KeyedTask& keyed) const {
  const tasks::Task& task = keyed.task;
  const bool is_of_sheet = task.asked.bureau == sheet.bureau &&
                           task.asked.dataset == sheet.dataset &&
                           kind_of(task) == tasks::TaskKind::incoming;
  if (!is_of_sheet) return RowOutcome::unknown;
  if (task.state != TaskState::open) return RowOutcome::moved_on;
  if (!task.claim || task.claim->holder != visit.account().name) return RowOutcome::not_held;
  return std::nullopt;
}

SheetRowView SheetPages::take_row(const Visit& visit, Sheet& sheet, const entry::SheetRow& row,
                                  bool overwrite) {
  SheetRowView view;
  view.line = row.line;
  view.task = static_cast<std::int64_t>(row.draft.task);
  view.outcome = row.fault.empty() ? RowOutcome::unknown : RowOutcome::unreadable;
  view.sentence = row.fault;
  if (row.draft.task == 0 || view.task < 0) return view;
  const auto keyed = sheet.queue->find({row.draft.task}, visit.account().name);
  if (!keyed) {
    view.outcome = RowOutcome::refused;
    view.sentence = record::to_string(keyed.error());
    return view;
  }
  if (!*keyed) return view;
  const tasks::KeyedTask& found = **keyed;
  const auto objected = objection(visit, sheet, found);
  if (objected == RowOutcome::unknown) return view;
  view = row_view(row.line, found.task, objected.value_or(RowOutcome::taken));
  if (objected) return view;
  if (!row.damaged.empty()) {
    view.outcome = RowOutcome::damaged;
    view.damaged = row.damaged;
    return view;
  }
  const KeyedTexts kept = from_json(found.draft.value_or(""));
  const bool is_same = texts_of(sheet.form(), kept) == row.draft.typed;
  const auto mark = kept.find(sheet_mark);
  const bool is_of_this_sheet = is_made_of(row.draft.version, found) ||
                                (mark != kept.end() && mark->second == row.draft.version);
  if (found.draft && !is_same && !is_of_this_sheet && !overwrite) {
    view.outcome = RowOutcome::conflict;
    return view;
  }
  view.version = version_of(found);
  if (!is_same) {
    const record::Time now = surroundings_.clock();
    const auto saved = sheet.queue->apply(found.task.id,
                                          tasks::SaveDraft{.account = visit.account().name,
                                                           .values = to_json(draft_of_row(row)),
                                                           .lease = Workbench::lease},
                                          now);
    if (!saved) {
      view.outcome = RowOutcome::refused;
      view.sentence = saved.error().sentence;
      return view;
    }
    view.version = version_of(now);
  }
  view.typed = row.draft.typed;
  if (auto checked = sheet.checker.check(keyed_form(row.draft.typed)); !checked) {
    view.outcome = RowOutcome::faulty;
    view.errors = std::move(checked.error());
  }
  return view;
}

Response SheetPages::import_sheet(const Visit& visit) {
  auto sheet = sheet_of(visit, visit.form);
  if (!sheet) return sheet.error();
  constexpr unsigned unprocessable = 422;
  SheetView view;
  if (!visit.file || visit.file->name.empty()) {
    view.has_no_file = true;
    return page_of(visit, *sheet, std::move(view), unprocessable);
  }
  auto rows = entry::read_draft_sheet(visit.file->bytes, sheet->form(), surroundings_.csv);
  if (!rows) {
    view.refused = std::move(rows.error());
    return page_of(visit, *sheet, std::move(view), unprocessable);
  }
  const bool overwrite = visit.form.value("overwrite") == "yes";
  view.rows.emplace();
  std::map<std::uint64_t, int>
      rows_of_task;  // a row that was copied down has the number of another
  for (const entry::SheetRow& row : *rows)
    ++rows_of_task[row.draft.task];
  for (const entry::SheetRow& row : *rows) {
    const bool is_untouched = row.fault.empty() && row.damaged.empty() && row.draft.typed.empty();
    if (is_untouched) continue;
    const bool is_repeated = row.draft.task != 0 && rows_of_task[row.draft.task] > 1;
    if (is_repeated) {
      SheetRowView& told = view.rows->emplace_back();
      told.line = row.line;
      told.task = static_cast<std::int64_t>(row.draft.task);
      told.outcome = RowOutcome::repeated;
    } else {
      view.rows->push_back(take_row(visit, *sheet, row, overwrite));
    }
  }
  const auto taken = std::ranges::count_if(*view.rows, [](const SheetRowView& row) {
    return row.outcome == RowOutcome::taken || row.outcome == RowOutcome::faulty;
  });
  const auto noted = surroundings_.audit.append({"sheet-imported",
                                                 {{"actor", account_actor(visit)},
                                                  {"bureau", sheet->bureau.str()},
                                                  {"dataset", sheet->dataset.str()},
                                                  {"count", std::to_string(taken)}}});
  if (!noted) return entrance_.failed(visit, record::to_string(noted.error()));
  return page_of(visit, *sheet, std::move(view), 200);
}

std::expected<SheetRowView, Response> SheetPages::save_task(const Visit& visit, Sheet& sheet,
                                                            tasks::TaskId id,
                                                            std::string_view version) {
  const auto keyed = sheet.queue->find(id, visit.account().name);
  if (!keyed) return std::unexpected(bench_.refused(visit, keyed.error()));
  SheetRowView unknown;
  unknown.task = number_of(id);
  unknown.outcome = RowOutcome::unknown;
  if (!*keyed) return unknown;
  const auto objected = objection(visit, sheet, **keyed);
  if (objected == RowOutcome::unknown) return unknown;
  SheetRowView view = row_view(0, (*keyed)->task, objected.value_or(RowOutcome::saved));
  if (objected) return view;
  if (version != version_of(**keyed)) {
    view.outcome = RowOutcome::changed;
    return view;
  }
  view.typed = texts_of(sheet.form(), from_json((*keyed)->draft.value_or("")));
  auto saved = bench_.key_first(visit, (*keyed)->task, sheet.checker, view.typed, *sheet.queue);
  if (saved) {
    if (auto noted = bench_.note(visit, *saved, *sheet.queue); !noted) {
      return std::unexpected(std::move(noted.error()));
    }
    return view;
  }
  NotKeyed& why = saved.error();
  // What one task is refused for does not hold up the others.
  if (why.answer && why.sentence.empty()) return std::unexpected(std::move(*why.answer));
  view.outcome = why.errors.empty() ? RowOutcome::refused : RowOutcome::faulty;
  view.errors = std::move(why.errors);
  view.sentence = why.sentence;
  return view;
}

Response SheetPages::save_faultless(const Visit& visit) {
  auto sheet = sheet_of(visit, visit.form);
  if (!sheet) return sheet.error();
  SheetView view;
  view.rows.emplace();
  std::string_view left = visit.form.value("tasks");
  while (!left.empty() && view.rows->size() < entry::most_sheet_rows) {
    std::string_view version = server::take_piece(left, ',');
    const auto id = whole_number(server::take_piece(version, ':'));
    if (!id) return entrance_.problem(400, visit.request.headers);
    auto row = save_task(visit, *sheet, {static_cast<std::uint64_t>(*id)}, version);
    if (!row) return std::move(row.error());
    view.rows->push_back(std::move(*row));
  }
  return page_of(visit, *sheet, std::move(view), 200);
}

}  // namespace sluice::pages
