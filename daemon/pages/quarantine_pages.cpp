#include "pages/quarantine_pages.h"

#include <algorithm>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "jobs/replay_job.h"
#include "pages/answer.h"
#include "pages/view/paths.h"
#include "pages/view/visible.h"
#include "record/try.h"

namespace sluice::pages {
namespace {

using journal::QuarantineCut;
using journal::QuarantineEntry;
using journal::QuarantineState;
using server::Response;
using trust::PersonalRight;

constexpr std::size_t rows_a_page = 100;
constexpr std::size_t most_reported = 500;
constexpr std::size_t shown_bytes = std::size_t{256} << 10;

EntryState state_of(QuarantineState state) {
  switch (state) {
    case QuarantineState::waiting:
      return EntryState::waiting;
    case QuarantineState::replayed:
      return EntryState::replayed;
    case QuarantineState::discarded:
      return EntryState::discarded;
  }
  return EntryState::waiting;
}

// What the address asks for. Who names no state wants what waits; an empty one is all.
journal::QuarantineFilter filter_of(const Form& query) {
  journal::QuarantineFilter filter;
  const auto given = [&](std::string_view name) { return std::string(query.value(name)); };
  if (const std::string dataset = given("dataset"); !dataset.empty()) {
    filter.dataset = record::DatasetId(dataset);
  }
  if (const std::string rule = given("rule"); !rule.empty()) filter.rule = rule;
  filter.state = query.has("state") ? journal::parse_quarantine_state(query.value("state"))
                                    : std::optional(QuarantineState::waiting);
  return filter;
}

std::string address_of_list(std::string_view bureau, const journal::QuarantineFilter& filter,
                            std::string_view side, std::int64_t id) {
  return fmt::format("{}?dataset={}&rule={}&state={}&{}={}", quarantine_path_of(bureau),
                     filter.dataset ? percent_encoded(filter.dataset->str()) : "",
                     filter.rule ? percent_encoded(*filter.rule) : "",
                     filter.state ? to_string(*filter.state) : "", side, id);
}

// A page of the list, with the links to those before and behind it.
struct Cut {
  std::vector<QuarantineEntry> entries;
  Turning turning;
};
journal::Result<Cut> cut_list(journal::Journal& journal, const std::string& bureau,
                              const journal::QuarantineFilter& filter, const Form& query) {
  const auto before = whole_number(query.value("before"));
  const auto after = whole_number(query.value("after"));
  QuarantineCut cut{.side = before ? QuarantineCut::Side::before : QuarantineCut::Side::after,
                    .id = before ? *before : after.value_or(0),
                    .most = rows_a_page + 1};
  Cut page{SLUICE_TRY(journal.quarantine_page(filter, cut)), {}};
  auto& entries = page.entries;
  const bool is_more = entries.size() > rows_a_page;
  if (is_more) entries.erase(before ? entries.begin() : std::prev(entries.end()));
  if (entries.empty()) return page;
  if (before ? is_more : after.value_or(0) > 0) {
    page.turning.previous_path = address_of_list(bureau, filter, "before", entries.front().id);
  }
  if (before || is_more) {
    page.turning.next_path = address_of_list(bureau, filter, "after", entries.back().id);
  }
  return page;
}

std::vector<Choice> choices(const std::set<std::string>& values, const std::string& chosen) {
  std::vector<Choice> all{{.value = {}, .label = {}, .is_chosen = chosen.empty()}};
  for (const std::string& value : values)
    all.push_back({.value = value, .label = {}, .is_chosen = value == chosen});
  return all;
}

// One at least: that nothing waits, or that nothing was told (`kept` is null), is told too.
std::vector<ReportedGroup> reported_groups(const settings::Bureau& bureau,
                                           const settings::CarryingNode& carrier,
                                           const edges::KeptReport* kept, record::Time now) {
  ReportedGroup about;
  about.bureau = bureau.id.str();
  about.bureau_name = bureau.name;
  about.node = carrier.name.str();
  if (kept == nullptr) return {about};
  about.node = kept->node.str();
  about.as_of = kept->report.as_of;
  about.is_old = edges::is_old(*kept, now);
  std::vector<ReportedGroup> groups;
  for (const journal::QuarantineCount& count : edges::waiting_in(kept->report)) {
    ReportedGroup& group = groups.emplace_back(about);
    group.dataset = count.dataset.str();
    group.rule = count.rule;
    group.waiting = count.waiting;
    group.oldest = count.oldest;
  }
  if (groups.empty()) groups.push_back(about);
  return groups;
}

QuarantineListRow row_of(const QuarantineEntry& entry) {
  return {.id = entry.id,
          .at = entry.at,
          .dataset = entry.row.dataset.str(),
          .source = entry.row.source,
          .place = entry.row.place,
          .field = entry.row.field,
          .rule = entry.row.rule,
          .state = state_of(entry.state),
          .is_of_center = entry.row.refused.has_value()};
}

// A browser sends every line end of a text area as CR LF: they become those of the row again.
std::string corrected_row(const Form& form) {
  std::string row(form.value("corrected"));
  if (form.value("line_break") != "crlf") std::erase(row, '\r');
  return row;
}

}  // namespace

std::vector<Page> QuarantinePages::routes() {
  using server::Method;
  const Access access{.rights = {PersonalRight::handle_refused_rows}};
  const std::string list = std::string(quarantine_path) + "/{bureau}";
  const std::string entry = list + "/{entry}";
  const auto page = [&](Method method, std::string path,
                        Response (QuarantinePages::*answer)(const Visit&) const,
                        Crew crew = Crew::pages) {
    return Page{.method = method,
                .path = std::move(path),
                .access = access,
                .answer = [this, answer](const Visit& visit) { return (this->*answer)(visit); },
                .crew = crew};
  };
  return {page(Method::get, std::string(quarantine_path), &QuarantinePages::show_counts),
          page(Method::get, list, &QuarantinePages::show_list),
          page(Method::get, entry, &QuarantinePages::show_entry),
          page(Method::get, entry + "/original", &QuarantinePages::give_original),
          page(Method::post, entry + "/replay", &QuarantinePages::replay, Crew::sheets),
          page(Method::post, entry + "/discard", &QuarantinePages::discard)};
}

const settings::Bureau& QuarantinePages::bureau(const Visit& visit) const {
  const record::BureauId id{std::string(visit.request.parameter("bureau"))};
  return surroundings_.installation.settings.bureaus.at(id);
}

Response QuarantinePages::show_counts(const Visit& visit) const {
  const installation::Installation& here = surroundings_.installation;
  QuarantineView view;
  const auto bureaus =
      entrance_.bureaus_for(visit.account().assignment, PersonalRight::handle_refused_rows);
  for (const record::BureauId& id : bureaus) {
    if (!entrance_.begins_here(id)) continue;
    auto journal = here.open_journal(id);
    if (!journal) return entrance_.failed(visit, record::to_string(journal.error()));
    const auto counts = journal->quarantine_counts();
    if (!counts) return entrance_.failed(visit, record::to_string(counts.error()));
    for (const journal::QuarantineCount& count : *counts) {
      view.groups.push_back({.bureau = id.str(),
                             .bureau_name = here.settings.bureaus.at(id).name,
                             .dataset = count.dataset.str(),
                             .rule = count.rule,
                             .waiting = count.waiting,
                             .oldest = count.oldest});
    }
  }
  add_reported(view, visit);
  return document(visit.request,
                  quarantine_page(pages_, entrance_.frame(visit, "quarantine"), view));
}

void QuarantinePages::add_reported(QuarantineView& view, const Visit& visit) const {
  const settings::Settings& settings = surroundings_.installation.settings;
  if (settings.node.nodes.empty()) return;
  const record::Time now = surroundings_.clock();
  const auto reports = reported_.last(now);
  view.are_reports_away = reports == nullptr;
  if (!reports) return;
  // Figures of a stream, no records: who may see the stream may see them.
  const auto bureaus =
      entrance_.bureaus_for(visit.account().assignment, PersonalRight::see_streams);
  for (const record::BureauId& id : bureaus) {
    const settings::CarryingNode* carrier = settings.carrier(id);
    if (carrier == nullptr) continue;
    const auto kept = reports->find(id);
    for (ReportedGroup& group :
         reported_groups(settings.bureaus.at(id), *carrier,
                         kept == reports->end() ? nullptr : &kept->second, now)) {
      if (view.reported.size() < most_reported) {
        view.reported.push_back(std::move(group));
      } else {
        ++view.reported_left_out;
      }
    }
  }
}

Response QuarantinePages::show_list(const Visit& visit) const {
  const settings::Bureau& of = bureau(visit);
  if (!entrance_.begins_here(of.id)) return entrance_.missing(visit);
  auto journal = surroundings_.installation.open_journal(of.id);
  if (!journal) return entrance_.failed(visit, record::to_string(journal.error()));
  const journal::QuarantineFilter filter = filter_of(visit.query);
  auto cut = cut_list(*journal, of.id.str(), filter, visit.query);
  if (!cut) return entrance_.failed(visit, record::to_string(cut.error()));
  auto rules = journal->quarantine_rules();
  if (!rules) return entrance_.failed(visit, record::to_string(rules.error()));
  if (filter.rule) rules->insert(*filter.rule);
  std::set<std::string> datasets;
  for (const settings::Publication& publication : of.publishes)
    datasets.insert(publication.dataset.str());
  QuarantineListView view{
      .bureau = of.id.str(),
      .bureau_name = of.name,
      .datasets = choices(datasets, filter.dataset ? filter.dataset->str() : ""),
      .rules = choices(*rules, filter.rule.value_or("")),
      .states = choices({"waiting", "replayed", "discarded"},
                        std::string(filter.state ? to_string(*filter.state) : "")),
      .rows = {},
      .turning = cut->turning};
  std::ranges::transform(cut->entries, std::back_inserter(view.rows), row_of);
  return document(visit.request,
                  quarantine_list_page(pages_, entrance_.frame(visit, "quarantine"), view));
}

std::expected<QuarantineEntry, Response> QuarantinePages::look_up(const Visit& visit) const {
  const settings::Bureau& of = bureau(visit);
  const auto id = whole_number(visit.request.parameter("entry"));
  if (!id || !entrance_.begins_here(of.id)) return std::unexpected(entrance_.missing(visit));
  auto journal = surroundings_.installation.open_journal(of.id);
  if (!journal) return std::unexpected(entrance_.failed(visit, record::to_string(journal.error())));
  auto entry = journal->quarantine_entry(*id);
  if (!entry) return std::unexpected(entrance_.failed(visit, record::to_string(entry.error())));
  if (!*entry) return std::unexpected(entrance_.missing(visit));
  const auto noted = surroundings_.audit.append(
      {"quarantine-viewed",
       {{"actor", account_actor(visit)}, {"bureau", of.id.str()}, {"entry", std::to_string(*id)}}});
  if (!noted) return std::unexpected(entrance_.failed(visit, record::to_string(noted.error())));
  return std::move(**entry);
}

Response QuarantinePages::show_entry(const Visit& visit) const {
  const auto entry = look_up(visit);
  if (!entry) return entry.error();
  return entry_page_of(visit, *entry, std::nullopt, 200);
}

Response QuarantinePages::entry_page_of(const Visit& visit, const QuarantineEntry& entry,
                                        std::optional<RefusedForm> refused, unsigned status) const {
  const settings::Bureau& of = bureau(visit);
  const journal::QuarantinedRow& row = entry.row;
  QuarantineEntryView view{.bureau = of.id.str(),
                           .bureau_name = of.name,
                           .id = entry.id,
                           .state = state_of(entry.state),
                           .at = entry.at,
                           .dataset = row.dataset.str(),
                           .mode = row.mode,
                           .source = row.source,
                           .place = row.place,
                           .field = row.field,
                           .rule = row.rule,
                           .sentence = row.sentence,
                           .columns = row.columns,
                           .original = row.original.substr(0, shown_bytes),
                           .original_bytes = row.original.size(),
                           .delimiter = std::nullopt,
                           .is_of_center = row.refused.has_value(),
                           .may_settle = entry.state == QuarantineState::waiting,
                           .settled = std::nullopt,
                           .refused = std::move(refused)};
  const auto publication =
      std::ranges::find(of.publishes, row.dataset, &settings::Publication::dataset);
  const exchange::KnownDataset* known = surroundings_.installation.catalogue.find(row.dataset);
  if (row.refused && known != nullptr) {
    view.columns = jobs::columns_of_line(row, *known);
    view.delimiter = '\t';
  } else if (row.mode == record::Mode::disk && publication != of.publishes.end()) {
    view.delimiter = publication->disk.dialect.delimiter;
  }
  if (entry.settlement) {
    view.settled = Settled{.by = entry.settlement->decision.by,
                           .at = entry.settlement->at,
                           .reason = entry.settlement->decision.note,
                           .sequence = std::nullopt};
  }
  return document(visit.request,
                  quarantine_entry_page(pages_, entrance_.frame(visit, "quarantine"), view),
                  status);
}

Response QuarantinePages::give_original(const Visit& visit) const {
  const auto entry = look_up(visit);
  if (!entry) return entry.error();
  Response response{
      .content_type = "application/octet-stream", .body = entry->row.original, .headers = {}};
  response.headers.emplace_back(
      "Content-Disposition",
      fmt::format("attachment; filename=\"{}-{}.txt\"", bureau(visit).id.str(), entry->id));
  secure(response);
  return response;
}

jobs::SettlementDesk QuarantinePages::desk(const Visit& visit) const {
  return {surroundings_.installation, surroundings_.audit,
          bureau(visit).id,           account_actor(visit),
          surroundings_.csv,          installation::schema_objections(surroundings_.installation)};
}

Response QuarantinePages::settled(const Visit& visit, std::string_view notice) const {
  return redirection(fmt::format("{}?done={}", quarantine_path_of(bureau(visit).id.str()), notice));
}

Response QuarantinePages::refuse(const Visit& visit, const jobs::SettlementFailure& failure,
                                 RefusedForm form) const {
  using jobs::SettlementProblem;
  if (failure.code == SettlementProblem::unaudited || failure.code == SettlementProblem::failed) {
    return entrance_.failed(visit, record::to_string(failure));
  }
  const auto entry = look_up(visit);
  if (!entry) return entry.error();
  // What was only forgotten the page says in its reader's language.
  const bool is_forgotten = failure.code == SettlementProblem::bad_reason &&
                            form.typed.find_first_not_of(' ') == std::string::npos;
  if (!is_forgotten) form.sentence = failure.sentence;
  const bool is_settled = failure.code == SettlementProblem::not_waiting;
  return entry_page_of(visit, *entry, std::move(form), is_settled ? 409 : 422);
}

Response QuarantinePages::replay(const Visit& visit) const {
  const auto id = whole_number(visit.request.parameter("entry"));
  if (!id || !entrance_.begins_here(bureau(visit).id)) return entrance_.missing(visit);
  std::optional<std::string> corrected;
  if (visit.form.value("how") == "corrected") corrected = corrected_row(visit.form);
  const auto placed = jobs::replay_entry(desk(visit), *id, corrected);
  if (placed) return settled(visit, "replayed");
  return refuse(visit, placed.error(),
                {.form = RefusedForm::Form::replay,
                 .sentence = {},
                 .typed = corrected.value_or(std::string())});
}

Response QuarantinePages::discard(const Visit& visit) const {
  const auto id = whole_number(visit.request.parameter("entry"));
  if (!id || !entrance_.begins_here(bureau(visit).id)) return entrance_.missing(visit);
  const std::string reason(visit.form.value("reason"));
  const auto discarded = jobs::discard_entry(desk(visit), *id, reason);
  if (discarded) return settled(visit, "discarded");
  return refuse(visit, discarded.error(),
                {.form = RefusedForm::Form::discard, .sentence = {}, .typed = reason});
}

}  // namespace sluice::pages
