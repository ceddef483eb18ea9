#include "node/generation.h"

#include <algorithm>
#include <utility>

#include "installation/system_clock.h"
#include "record/try.h"
#include "settings/channels.h"

namespace sluice::node {
namespace {

trust::Directory directory_of(const settings::Settings& settings) {
  trust::Directory directory;
  for (const auto& [id, bureau] : settings.bureaus) {
    for (const record::SignerName& name : bureau.signers.names())
      directory.add({name, id});
  }
  for (const settings::CarryingNode& node : settings.node.nodes) {
    for (const record::SignerName& name : node.signers.names())
      directory.add({name, node.name});
  }
  return directory;
}

std::optional<std::uint64_t> bandwidth_of(const settings::Settings& settings) {
  return settings.node.uplink ? settings.node.uplink->bandwidth : std::nullopt;
}

}  // namespace

Generation::Generation(std::unique_ptr<installation::Installation> installation,
                       Surroundings surroundings)
    : installation_(std::move(installation)),
      surroundings_(std::move(surroundings)),
      directory_(directory_of(installation_->settings)),
      policy_(installation::policy_of(installation_->settings)),
      signatories_(installation_->signatories()),
      bandwidth_(bandwidth_of(installation_->settings)) {}

Generation::~Generation() {
  shut_down();
}

std::expected<std::unique_ptr<Generation>, std::string> Generation::make(
    std::unique_ptr<installation::Installation> installation, Surroundings surroundings,
    std::map<record::DatasetId, std::string> conflicts) {
  std::unique_ptr<Generation> made(
      new Generation(std::move(installation), std::move(surroundings)));
  // Before anything is acknowledged.
  made->schemas_.emplace(SchemaWatch::Surroundings{*made->installation_, made->surroundings_.log,
                                                   made->surroundings_.metrics,
                                                   std::move(conflicts)});
  SLUICE_TRY(made->open_streams());
  SLUICE_TRY(made->take_records());
  SLUICE_TRY(made->take_forms());
  made->take_tasks();
  made->take_batches();
  made->serve_people();
  made->jobs_.emplace(api::JobsEndpoint::Surroundings{made->policy_, made->surroundings_.scheduler,
                                                      made->surroundings_.blocking});
  return made;
}

std::expected<void, std::string> Generation::open_streams() {
  const settings::Settings& settings = installation_->settings;
  const auto begins_here = [&](const auto& entry) {
    return !entry.second.publishes.empty() && settings.carrier(entry.first) == nullptr;
  };
  const auto streams =
      static_cast<std::size_t>(std::ranges::count_if(settings.bureaus, begins_here));
  for (const auto& entry : settings.bureaus) {
    if (!begins_here(entry)) continue;
    const record::BureauId& id = entry.first;
    auto stream = Stream::open(
        id, {*installation_, surroundings_.log, surroundings_.metrics, surroundings_.callers,
             signatories_, surroundings_.holding, surroundings_.waiting, surroundings_.applying,
             surroundings_.newest_checkpoint, streams, surroundings_.uplink_identity, &bandwidth_});
    if (stream) {
      streams_.emplace(id, std::move(*stream));
    } else if (const auto& journal = stream.error().journal) {
      surroundings_.log.write<"journal-refused">(
          {{"bureau", id.str()}, {"reason", stream.error().sentence}});
      refused_.emplace(id, *journal);
    } else {
      return std::unexpected(std::move(stream.error().sentence));
    }
  }
  return {};
}

std::expected<void, std::string> Generation::take_records() {
  std::vector<api::DirectStream> streams;
  std::vector<api::OutcomesEndpoint::Stream> asked;
  for (const auto& [id, stream] : streams_) {
    api::DirectStream direct{stream->id(), stream->commit(), {}};
    for (const auto& publication : installation_->settings.bureaus.at(id).publishes) {
      if (!settings::comes_by(publication, record::Mode::direct)) continue;
      const exchange::KnownDataset& known = *installation_->catalogue.find(publication.dataset);
      direct.datasets.push_back({known.dataset, known.checker, publication.mapping,
                                 publication.reject_limit, publication.max_row_bytes,
                                 installation_->origin(publication.dataset, record::Mode::direct)});
    }
    if (direct.datasets.empty()) continue;
    asked.push_back({stream->id(), stream->commit()});
    streams.push_back(std::move(direct));
  }
  std::vector<record::DatasetId> known;
  for (const auto& [id, dataset] : installation_->catalogue.datasets())
    known.push_back(id);
  outcomes_.emplace(api::Publishers{policy_, surroundings_.denials, surroundings_.log, known},
                    std::move(asked), surroundings_.large_calls);
  // Those of `refused_` have no stream: the endpoint answers that nothing of theirs is taken.
  auto endpoint = api::RecordsEndpoint::make(
      std::move(streams), std::move(known),
      {policy_, surroundings_.denials, surroundings_.log, surroundings_.running_keys,
       installation::system_now, surroundings_.large_calls,
       [this](const record::DatasetId& dataset) { return schema_conflict(dataset); }});
  if (!endpoint) return std::unexpected(record::to_string(endpoint.error()));
  records_ = std::move(*endpoint);
  return {};
}

std::expected<void, std::string> Generation::take_forms() {
  if (!installation_->settings.node.pages) return {};
  std::vector<record::BureauId> own;
  for (const auto& [id, stream] : streams_)
    own.push_back(id);
  return desks_.open(
      own, {*installation_, surroundings_.log, surroundings_.running_drafts,
            [this](const record::DatasetId& dataset) { return schema_conflict(dataset); }});
}

void Generation::take_tasks() {
  if (!installation_->settings.node.store) return;
  tasks_.emplace(api::TasksEndpoint::Surroundings{
      policy_, surroundings_.audit, surroundings_.denials, surroundings_.log,
      installation::system_now, surroundings_.open_tasks, surroundings_.task_calls,
      installation_->disk.get()});
}

Center::Surroundings Generation::of_center() {
  return {*installation_,
          signatories_,
          policy_,
          surroundings_.denials,
          surroundings_.log,
          surroundings_.metrics,
          surroundings_.holding,
          surroundings_.newest_checkpoint};
}

void Generation::take_batches() {
  if (!installation_->settings.node.nodes.empty()) center_.emplace(of_center());
}

void Generation::serve_people() {
  if (!installation_->settings.node.pages) return;
  const settings::Pages& pages = *installation_->settings.node.pages;
  const auto open_people = [this] {
    return installation::open_people(installation_->settings, installation_->disk);
  };
  const auto open_kept_reports = [this] {
    return installation::open_kept_reports(installation_->settings, installation_->disk);
  };
  const auto open_store = [this] { return installation_->open_store_to_look_up(); };
  site_.emplace(pages::Surroundings{.installation = *installation_,
                                    .policy = policy_,
                                    .audit = surroundings_.audit,
                                    .denials = surroundings_.denials,
                                    .log = surroundings_.log,
                                    .scheduler = surroundings_.scheduler,
                                    .status = surroundings_.status,
                                    .open_people = open_people,
                                    .open_kept_reports = open_kept_reports,
                                    .clock = installation::system_now,
                                    .sessions = pages.sessions,
                                    .sign_in_attempts = surroundings_.sign_in_attempts,
                                    .time_zone = pages.time_zone,
                                    .desks = desks_.all(),
                                    .code_tables = desks_.tables(),
                                    .open_tasks = surroundings_.open_tasks,
                                    .open_store = open_store,
                                    .csv = surroundings_.csv});
}

void Generation::begin() {
  const settings::Node& node = installation_->settings.node;
  if (schemas_) schemas_->begin();
  if (node.store) {
    checkpointing_.emplace(Checkpointing::Surroundings{
        *installation_, surroundings_.log, surroundings_.metrics, surroundings_.newest_checkpoint});
    look_around();
  }
  for (const auto& [id, stream] : streams_)
    stream->begin();
  room_watch_.emplace(RoomWatch::Surroundings{*installation_->disk, streams_,
                                              node.journal.quarantine_bytes, surroundings_.log});
  if (node.uplink && !streams_.empty()) {
    edge_reports_.emplace(streams_,
                          EdgeReports::Surroundings{*node.uplink, *surroundings_.uplink_identity,
                                                    bandwidth_, surroundings_.log});
  }
  if (site_) site_->begin();
}

void Generation::look_around() {
  EdgeLook::Carried carried;
  for (const settings::CarryingNode& node : installation_->settings.node.nodes) {
    for (const record::BureauId& bureau : node.bureaus)
      carried.emplace(bureau, node.name);
  }
  std::vector<record::BureauId> keyed;
  for (const auto& [id, bureau] : installation_->settings.bureaus)
    if (bureau.manual_entry) keyed.push_back(id);
  const std::lock_guard lock(looks_mutex_);
  held_look_ = std::make_unique<HeldLook>(
      Center::reception_of(of_center()),
      HeldLook::Surroundings{surroundings_.holding, surroundings_.log, surroundings_.metrics});
  if (!carried.empty()) {
    edge_look_ = std::make_unique<EdgeLook>(std::move(carried), [this] {
      return installation::open_kept_reports(installation_->settings, installation_->disk);
    });
  }
  if (!keyed.empty()) {
    task_look_ = std::make_unique<TaskLook>(
        TaskLook::Surroundings{surroundings_.open_tasks, std::move(keyed), surroundings_.metrics});
  }
}

void Generation::ask_to_end() {
  if (schemas_) schemas_->ask_to_end();
  for (const auto& [id, stream] : streams_)
    stream->ask_to_end();
  if (checkpointing_) checkpointing_->ask_to_stop();
  const std::lock_guard lock(looks_mutex_);
  if (held_look_) held_look_->ask_to_stop();
  if (edge_look_) edge_look_->ask_to_stop();
  if (task_look_) task_look_->ask_to_stop();
}

void Generation::end_looks() {
  std::unique_ptr<HeldLook> held;
  std::unique_ptr<EdgeLook> edges;
  std::unique_ptr<TaskLook> tasks;
  {
    const std::lock_guard lock(looks_mutex_);
    held = std::move(held_look_);
    edges = std::move(edge_look_);
    tasks = std::move(task_look_);
  }
  // Here their threads are waited for, and nobody waits with them.
}

void Generation::leave_keyed() {
  if (site_) site_->end();
}

void Generation::end() {
  leave_keyed();
  ask_to_end();
  if (schemas_) schemas_->end();
  edge_reports_.reset();
  room_watch_.reset();
  for (const auto& [id, stream] : streams_)
    stream->end();
  end_looks();
  checkpointing_.reset();
}

void Generation::shut_down() {
  end();
  if (site_) site_->join();
  streams_.clear();
  if (center_) center_->join();
}

std::set<record::BureauId> Generation::own() const {
  std::set<record::BureauId> own;
  for (const auto& [id, stream] : streams_)
    own.insert(id);
  return own;
}

std::optional<std::string> Generation::why_wait(const record::BureauId& bureau) const {
  const auto stream = streams_.find(bureau);
  return stream == streams_.end() ? std::nullopt : stream->second->why_wait();
}

void Generation::add_looks(api::NodeStatus& status) const {
  const std::lock_guard lock(looks_mutex_);
  if (held_look_) {
    status.held = held_look_->held();
    status.store_failure = held_look_->failure();
  }
  if (edge_look_) status.edges = edge_look_->edges(status.now);
}

void Generation::hide_old_figures() {
  const std::lock_guard lock(looks_mutex_);
  if (task_look_) task_look_->hide_old();
}

std::map<record::DatasetId, std::string> Generation::schema_conflicts() const {
  if (!schemas_) return {};
  return schemas_->conflicts();
}

void Generation::look_at_schemas_again() {
  if (schemas_) schemas_->look_again();
}

}  // namespace sluice::node
