// How a node goes on by another configuration: what that makes is made whole beside what serves,
// and takes its place between two requests; what is in the way of that leaves all as it is.
#include <algorithm>
#include <array>
#include <exception>
#include <iterator>
#include <set>
#include <string_view>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "api/on_own_executor.h"
#include "boost/awaited.h"
#include "installation/system_clock.h"
#include "node/durable_start.h"
#include "node/node.h"
#include "record/try.h"
#include "record/unforeseen.h"

namespace sluice::node {
namespace {

namespace asio = boost::asio;
using Kind = api::ReloadOutcome::Kind;

// Of what the log and the audit log have room for.
std::string listed(const std::vector<std::string>& phrases) {
  constexpr std::size_t most_bytes = 2000;
  std::string text;
  for (std::size_t i = 0; i < phrases.size(); ++i) {
    if (text.size() + phrases[i].size() > most_bytes) {
      return text + fmt::format("; and {} more", phrases.size() - i);
    }
    text += (i == 0 ? "" : "; ") + phrases[i];
  }
  return text;
}

api::ReloadOutcome refused(std::vector<std::string> complaints) {
  return {.kind = Kind::refused, .complaints = std::move(complaints)};
}

// What the central store can not follow, and could until now: taking it would stop the dataset.
std::vector<std::string> new_conflicts(const Generation& running, const Generation& next) {
  const auto known = running.schema_conflicts();
  std::vector<std::string> sentences;
  for (const auto& [dataset, sentence] : next.schema_conflicts())
    if (!known.contains(dataset)) sentences.push_back(sentence);
  return sentences;
}

// Bureaus that are served now and would not be, for their journals' sake; or come, and could not
// be.
std::vector<std::string> new_refusals(const Generation& running, const Generation& next) {
  std::vector<std::string> sentences;
  for (const auto& [bureau, failure] : next.refused()) {
    if (running.refused().contains(bureau)) continue;
    sentences.push_back(fmt::format("bureau {}: {}", bureau.str(), record::to_string(failure)));
  }
  return sentences;
}

// Of schemas that are the same in the next one: what is known of them, which may not be asked again
// now.
std::map<record::DatasetId, std::string> lasting_conflicts(const Generation& running,
                                                           const exchange::Catalogue& next) {
  std::map<record::DatasetId, std::string> lasting;
  for (auto& [dataset, why] : running.schema_conflicts()) {
    const auto* was = running.installation().catalogue.find(dataset);
    const auto* is = next.find(dataset);
    if (was != nullptr && is != nullptr && was->schema == is->schema) lasting.emplace(dataset, why);
  }
  return lasting;
}

// The journals that begin here from now on.
std::expected<void, std::string> make_new_durable(const Generation& running,
                                                  const installation::Installation& next) {
  for (const auto& [id, bureau] : next.settings.bureaus) {
    if (bureau.publishes.empty() || next.settings.carrier(id) != nullptr) continue;
    if (!running.streams().contains(id)) SLUICE_TRY(make_durable_anew(next, id));
  }
  return {};
}

// What a person has repaired since, and no file says.
void add_cured(const Generation& running, const Generation& next, settings::Changes& changes) {
  for (const auto& [bureau, failure] : running.refused()) {
    if (!next.streams().contains(bureau)) continue;
    changes.changed.push_back(
        fmt::format("bureau {}: its journal can be used again", bureau.str()));
  }
}

// Half of a change is worse than one whose parts were all tried.
template <class Step>
void try_step(const char* what, std::vector<std::string>& unfinished, Step step) {
  try {
    step();
  } catch (const std::exception& error) {
    unfinished.push_back(fmt::format("{}: {}", what, record::unforeseen(error)));
  }
}

}  // namespace

void Node::ask_to_reload(const std::string& who, api::ReloadDone done) {
  asked_.push_back({who, std::move(done)});
  reload_asked_.cancel();
}

// However many ask while one is under way, one more follows, for all of them.
asio::awaitable<void> Node::reload_when_asked() {
  while (true) {
    while (asked_.empty()) {
      reload_asked_.expires_at(std::chrono::steady_clock::time_point::max());
      co_await reload_asked_.async_wait(awaited);
    }
    std::vector<Asked> asked = std::exchange(asked_, {});
    std::vector<std::string> who;
    for (const Asked& each : asked)
      if (std::ranges::find(who, each.who) == who.end()) who.push_back(each.who);
    api::ReloadOutcome outcome;
    try {
      outcome = co_await reload(fmt::format("{}", fmt::join(who, ", ")));
    } catch (const std::exception& error) {
      // Who asks next is to find somebody who listens.
      outcome = refused({record::unforeseen(error)});
      log_->write<"configuration-refused">({{"by", who.front()},
                                            {"complaints", outcome.complaints.size()},
                                            {"reason", listed(outcome.complaints)}});
    }
    // systemd gives up on who has said that it reloads, and never that it is ready.
    if (service_status_ && !is_stopping_) service_status_->tell_ready();
    for (Asked& each : asked)
      if (each.done) each.done(outcome);
  }
}

asio::awaitable<api::ReloadOutcome> Node::reload(std::string who) {
  if (is_stopping_) co_return refused({"sluiced is stopping"});
  notifier_.reloading();
  certificates_.renew_changed();
  holding_.stir();
  const auto running = generation();
  Attempt attempt =
      co_await api::off_the_loop<Attempt>(reloading_, [&] { return try_successor(*running); });
  if (is_stopping_) co_return refused({"sluiced is stopping"});
  if (attempt.made) {
    try_step("what is served", attempt.unfinished, [&] { put_in_place(attempt.made); });
  }
  co_await api::off_the_loop<bool>(reloading_, [&] {
    try_step("the change", attempt.unfinished, [&] { change_over(*running, attempt); });
    std::vector<std::string> untold;
    try_step("what is told of it", untold, [&] { tell(who, attempt); });
    return true;
  });
  co_return std::move(attempt.outcome);
}

// On the thread for reloads, as what follows but put_in_place(). An exception is not to end the
// daemon.
Node::Attempt Node::try_successor(Generation& running) {
  try {
    return make_successor(running);
  } catch (const std::exception& error) {
    return {refused({record::unforeseen(error)})};
  }
}

Node::Attempt Node::make_successor(Generation& running) {
  auto successor = installation::load_successor(programs_.configuration, running.installation());
  if (!successor) {
    if (auto& keys = successor.error().restart) note_restart(std::move(*keys));
    return {refused(std::move(successor.error().lines))};
  }
  settings::Changes& changes = successor->changes;
  // Also where the files are refused then: what runs reads them all the same.
  note_restart(changes.restart);
  const auto unchanged = [&]() -> Attempt {
    return {{.kind = Kind::unchanged, .restart = std::move(changes.restart)}};
  };
  if (changes.empty() && running.refused().empty()) return unchanged();
  if (is_stopping_) return {refused({"sluiced is stopping"})};
  if (auto durable = make_new_durable(running, *successor->installation); !durable) {
    return {refused({std::move(durable.error())})};
  }
  auto conflicts = lasting_conflicts(running, successor->installation->catalogue);
  auto made =
      Generation::make(std::move(successor->installation), of_generations(), std::move(conflicts));
  if (!made) return {refused({std::move(made.error())})};
  if (auto missing = new_refusals(running, **made); !missing.empty()) {
    return {refused(std::move(missing))};
  }
  if (auto unfit = new_conflicts(running, **made); !unfit.empty()) {
    return {refused(std::move(unfit))};
  }
  add_cured(running, **made, changes);
  if (changes.empty()) return unchanged();
  if (is_stopping_) return {refused({"sluiced is stopping"})};
  Attempt attempt{{.kind = Kind::applied,
                   .added = std::move(changes.added),
                   .changed = std::move(changes.changed),
                   .removed = std::move(changes.removed),
                   .restart = std::move(changes.restart)},
                  owned(std::move(*made))};
  show_again(attempt.made->installation().settings);
  // The last that can fail.
  if (auto planned = scheduler_->change(plan_of(*attempt.made)); !planned) {
    return {refused({record::to_string(planned.error())})};
  }
  running.leave_keyed();
  return attempt;
}

void Node::change_over(Generation& running, Attempt& attempt) {
  if (!attempt.made) {
    running.look_at_schemas_again();
    return;
  }
  std::vector<std::string>& unfinished = attempt.unfinished;
  try_step("what is sent and looked at", unfinished, [&] {
    running.end();  // or else none begins: a journal has one sender
    attempt.made->begin();
  });
  try_step("drop folders", unfinished, [&] { watch_drop_folders(); });
  try_step("what is gone", unfinished,
           [&] { look_after_gone(running, *attempt.made, attempt.outcome); });
  for (const std::string& sentence : unfinished)
    attempt.outcome.warnings.push_back(sentence + "; restart sluiced");
}

void Node::put_in_place(const std::shared_ptr<Generation>& next) {
  {
    const std::lock_guard lock(mutex_);
    generation_ = next;
  }
  const settings::Node& node = next->installation().settings.node;
  if (api_) {
    api_->serve({server::Router(next->routes_for_bureaus()), node.listen.value(), next->directory(),
                 server::machines(), next});
  }
  if (pages_) {
    pages_->serve({server::Router(next->routes_for_people()), node.pages.value().listen,
                   next->directory(), next->people(), next});
  }
  control_->serve({server::Router(next->routes_for_operators()),
                   node.listen.value_or(server::Listen{}), next->directory(), server::operators(),
                   next});
}

// What of a bureau is told nowhere any more once it is out of the configuration.
void Node::look_after_gone(const Generation& before, const Generation& now,
                           api::ReloadOutcome& outcome) {
  std::set<record::BureauId> gone;
  for (const auto& [id, stream] : before.streams()) {
    if (now.streams().contains(id)) continue;
    if (auto warning = left_waiting(id, before.installation())) {
      outcome.warnings.push_back(std::move(*warning));
    }
  }
  for (const auto& [dataset, known] : before.installation().catalogue.datasets()) {
    if (now.installation().catalogue.find(dataset) == nullptr) {
      metrics_.schema_conflict.forget(dataset.str());
    }
  }
  const settings::Settings& settings = now.installation().settings;
  for (const auto& [id, bureau] : before.installation().settings.bureaus) {
    const auto there = settings.bureaus.find(id);
    if (there == settings.bureaus.end()) {
      gone.insert(id);
    } else if (bureau.manual_entry && !there->second.manual_entry) {
      metrics_.tasks_waiting.hide(id.str());
      metrics_.tasks_overdue.hide(id.str());
    }
  }
  {
    const std::lock_guard lock(mutex_);
    gone_.merge(gone);
  }
  hide_gone();
}

std::optional<std::string> Node::left_waiting(const record::BureauId& bureau,
                                              const installation::Installation& installation) {
  auto journal = installation.open_journal(bureau);
  // What is open is sealed, so that it counts.
  if (journal) (void)journal->close_open_batches(journal::Journal::Close::all);
  const auto status = journal ? journal->status() : std::unexpected(journal.error());
  if (!status) {
    std::string why = record::to_string(status.error());
    log_->write<"journal-refused">({{"bureau", bureau.str()}, {"reason", why}});
    return why;
  }
  const std::uint64_t batches = status->backlog.batches;
  const std::uint64_t rows = status->quarantine_waiting;
  if (batches == 0 && rows == 0) return std::nullopt;
  const std::string file = installation.paths.journal(bureau).string();
  log_->write<"bureau-left-waiting">(
      {{"bureau", bureau.str()}, {"batches", batches}, {"quarantined", rows}, {"journal", file}});
  return fmt::format(
      "bureau {}: {} of its batches have no receipt, and {} of its rows wait in quarantine: they "
      "stay in {}, and nothing of them is sent unless the bureau is put back",
      bureau.str(), batches, rows, file);
}

void Node::tell(const std::string& who, const Attempt& attempt) {
  note_outcome(attempt);
  const api::ReloadOutcome& outcome = attempt.outcome;
  if (outcome.kind == Kind::refused) {
    log_->write<"configuration-refused">({{"by", who},
                                          {"complaints", outcome.complaints.size()},
                                          {"reason", listed(outcome.complaints)}});
    return;
  }
  if (!outcome.restart.empty()) {
    log_->write<"restart-needed">({{"keys", fmt::format("{}", fmt::join(outcome.restart, ", "))}});
  }
  if (outcome.kind == Kind::unchanged) {
    log_->write<"configuration-unchanged">({{"by", who}});
    return;
  }
  const std::string added = listed(outcome.added);
  const std::string changed = listed(outcome.changed);
  const std::string removed = listed(outcome.removed);
  const auto audited = audit_.append(
      {"configuration-reloaded",
       {{"actor", who}, {"added", added}, {"changed", changed}, {"removed", removed}}});
  if (!audited) {
    log_->write<"audit-not-written">({{"reason", record::to_string(audited.error())}});
  }
  log_->write<"configuration-reloaded">(
      {{"by", who}, {"added", added}, {"changed", changed}, {"removed", removed}});
  if (!attempt.unfinished.empty()) tell_unfinished(who, attempt.unfinished);
}

void Node::tell_unfinished(const std::string& who, const std::vector<std::string>& sentences) {
  log_->write<"configuration-refused">(
      {{"by", who},
       {"complaints", sentences.size()},
       {"reason", "taken in part only, restart sluiced: " + listed(sentences)}});
}

void Node::note_outcome(const Attempt& attempt) {
  const record::Time now = installation::system_now();
  const api::ReloadOutcome& outcome = attempt.outcome;
  {
    const std::lock_guard lock(mutex_);
    if (outcome.kind == Kind::applied) configuration_.since = now;
    configuration_.refused_at = outcome.kind == Kind::refused ? std::optional(now) : std::nullopt;
    configuration_.complaints = outcome.complaints;
    // No later reload mends them.
    std::ranges::copy(attempt.unfinished, std::back_inserter(configuration_.unfinished));
  }
  measure_configuration();
}

void Node::note_restart(std::vector<std::string> keys) {
  const std::lock_guard lock(mutex_);
  configuration_.restart = std::move(keys);
}

// What runs reads the files itself: by other values of these it would be of another node.
std::optional<std::string> Node::restart_first() const {
  constexpr std::array<std::string_view, 4> of_runs{"node.state_directory", "node.control_socket",
                                                    "identity", "store"};
  const std::lock_guard lock(mutex_);
  for (const std::string& key : configuration_.restart) {
    const bool is_of_runs = std::ranges::any_of(
        of_runs, [&](std::string_view section) { return key.starts_with(section); });
    if (!is_of_runs) continue;
    return key +
           " has changed in the files: restart sluiced, or put back what stood there and say "
           "`sluice reload`";
  }
  return std::nullopt;
}

void Node::measure_configuration() {
  const api::ConfigurationStatus status = configuration();
  metrics_.configuration_accepted().Set(status.refused_at ? 0 : 1);
  metrics_.configuration_seconds().Set(static_cast<double>(
      std::chrono::floor<std::chrono::seconds>(status.since).time_since_epoch().count()));
}

api::ConfigurationStatus Node::configuration() const {
  const std::lock_guard lock(mutex_);
  return configuration_;
}

}  // namespace sluice::node
