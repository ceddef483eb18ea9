#include "node/node.h"

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <utility>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "installation/system_clock.h"
#include "node/durable_start.h"
#include "node/scheduled_jobs.h"
#include "node/status_line.h"
#include "node/watchdog.h"
#include "record/try.h"
#include "settings/channels.h"
#include "sqlite/database.h"

namespace sluice::node {
namespace {

namespace asio = boost::asio;

// How long running requests may take to end when the daemon stops.
constexpr std::chrono::seconds stop_grace{10};
// Of journals, store and all else that is in SQLite, for the whole node: a store's cache alone may
// grow to 48 MiB, and each stream has one.
constexpr std::uint64_t memory_of_databases = std::uint64_t{192} << 20;
// In the store's hands. The embedded one applies one after the other anyway.
constexpr std::size_t batches_at_once = 6;
// How soon certificates, keys and revocation lists that were replaced are noticed.
constexpr std::chrono::seconds look_at_certificates{15};

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

}  // namespace

Node::Node(installation::SoleDaemon sole, std::unique_ptr<installation::Installation> installation,
           std::unique_ptr<observe::Log> log, trust::AuditLog audit,
           const std::filesystem::path& command)
    : sole_(std::move(sole)),
      installation_(std::move(installation)),
      log_(std::move(log)),
      audit_(std::move(audit)),
      denials_(audit_,
               [this](const trust::AuditFailure& failure) {
                 log_->write<"audit-not-written">({{"reason", record::to_string(failure)}});
               }),
      directory_(directory_of(installation_->settings)),
      policy_(installation::policy_of(installation_->settings)),
      signatories_(installation_->signatories()),
      holding_(installation_->settings.node.hold_after, holding_events()),
      certificates_({*installation_, *log_, metrics_, installation::system_now}),
      notifier_(std::getenv("NOTIFY_SOCKET"), std::getenv("WATCHDOG_USEC")),
      started_at_(installation::system_now()),
      bandwidth_(installation_->settings.node.uplink
                     ? installation_->settings.node.uplink->bandwidth
                     : std::nullopt),
      csv_(command,
           [this](const std::string& reason) {
             log_->write<"csv-not-read">({{"reason", reason}});
           }),
      figures_({*installation_->disk, *log_, metrics_}),
      measuring_({[this] {
                    figures_.measure({streams_, refused_, installation_->settings.bureaus},
                                     installation::system_now());
                    if (task_look_) task_look_->hide_old();
                  },
                  [this] { figures_.miss(); }}) {}

Node::~Node() {
  // Whoever posts to the context ends while it is there. Runs go on where they were the next time.
  service_status_.reset();
  measuring_.join();
  if (site_) site_->join();
  scheduler_.reset();
  watches_.clear();
  edge_reports_.reset();
  room_watch_.reset();
  streams_.clear();
  large_calls_.join();
  if (center_) center_->join();
  held_look_.reset();
  edge_look_.reset();
  task_look_.reset();
  blocking_.join();
  task_calls_.join();
}

std::expected<std::unique_ptr<Node>, std::string> Node::start(
    std::unique_ptr<installation::Installation> installation, const std::filesystem::path& command,
    const std::filesystem::path& configuration) {
  sqlite::limit_memory(memory_of_databases);
  auto sole = installation::SoleDaemon::take(installation->paths);
  if (!sole) return std::unexpected(std::move(sole.error().sentence));
  SLUICE_TRY(make_durable_anew(*installation));
  auto log = observe::open_log(installation->settings.node.log, "sluiced");
  if (installation->settings.node.store) {
    if (const auto why = installation->why_not_this_store()) {
      return std::unexpected(record::to_string(*why));
    }
  }
  auto audit = installation->open_audit_log();
  if (!audit) return std::unexpected(record::to_string(audit.error()));
  std::unique_ptr<Node> node(new Node(std::move(*sole), std::move(installation), std::move(log),
                                      std::move(*audit), command));
  if (const auto mode = installation::weak_sslmode_of_store(node->installation_->settings)) {
    node->log_->write<"store-not-verified">({{"sslmode", *mode}});
  }
  SLUICE_TRY(node->find_store());
  node->make_checkpoints();
  // Before anything is acknowledged.
  node->schemas_.emplace(
      SchemaWatch::Surroundings{*node->installation_, *node->log_, node->metrics_});
  SLUICE_TRY(node->make_uplink());
  node->look_after_held();
  SLUICE_TRY(node->open_streams());
  SLUICE_TRY(node->take_records());
  SLUICE_TRY(node->take_forms());
  SLUICE_TRY(node->start_jobs(command, configuration));
  SLUICE_TRY(node->listen());
  node->certificates_.keep_current({node->api_ ? &*node->api_ : nullptr,
                                    node->pages_ ? &*node->pages_ : nullptr,
                                    node->uplink_identity_.get()});
  node->watch_drop_folders(command, configuration);
  node->watch_room();
  node->sign_audit_log();
  node->report_streams();
  return node;
}

// Also where no stream begins here: a center must not give receipts out of an empty store.
std::expected<void, std::string> Node::find_store() {
  const auto& store = installation_->settings.node.store;
  if (!store || !std::holds_alternative<settings::SqliteLocation>(*store)) return {};
  if (auto opened = installation_->open_store(); !opened) {
    return std::unexpected(record::to_string(opened.error()));
  }
  return {};
}

void Node::make_checkpoints() {
  if (!installation_->settings.node.store) return;
  checkpointing_.emplace(
      Checkpointing::Surroundings{*installation_, *log_, metrics_, newest_checkpoint_});
}

std::expected<void, std::string> Node::make_uplink() {
  if (!installation_->settings.node.uplink) return {};
  auto identity = link::UplinkIdentity::load(certificates_.uplink_files());
  if (!identity) return std::unexpected(record::to_string(identity.error()));
  uplink_identity_ = std::move(*identity);
  return {};
}

std::expected<void, std::string> Node::open_streams() {
  const auto waiting = std::make_shared<journal::WaitingMemory>();
  const auto applying = std::make_shared<threads::Slots>(batches_at_once);
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
        id, {*installation_, *log_, metrics_, context_.get_executor(), signatories_, holding_,
             waiting, applying, newest_checkpoint_, streams, uplink_identity_.get(), &bandwidth_});
    if (stream) {
      streams_.emplace(id, std::move(*stream));
    } else if (const auto& journal = stream.error().journal) {
      log_->write<"journal-refused">({{"bureau", id.str()}, {"reason", stream.error().sentence}});
      refused_.emplace(id, *journal);
    } else {
      return std::unexpected(std::move(stream.error().sentence));
    }
  }
  return {};
}

void Node::report_streams() {
  const auto& uplink = installation_->settings.node.uplink;
  if (!uplink || streams_.empty()) return;
  edge_reports_.emplace(streams_,
                        EdgeReports::Surroundings{*uplink, *uplink_identity_, bandwidth_, *log_});
}

std::expected<void, std::string> Node::take_records() {
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
  outcomes_.emplace(api::Publishers{policy_, denials_, *log_, known}, std::move(asked),
                    large_calls_);
  // Those of `refused_` have no stream: the endpoint answers that nothing of theirs is taken.
  auto endpoint = api::RecordsEndpoint::make(
      std::move(streams), std::move(known),
      {policy_, denials_, *log_, installation::system_now, large_calls_,
       [this](const record::DatasetId& dataset) { return schema_conflict(dataset); }});
  if (!endpoint) return std::unexpected(record::to_string(endpoint.error()));
  records_ = std::move(*endpoint);
  return {};
}

std::expected<void, std::string> Node::take_forms() {
  if (!installation_->settings.node.pages) return {};
  std::vector<record::BureauId> own;
  for (const auto& [id, stream] : streams_)
    own.push_back(id);
  return desks_.open(own, *installation_, *log_,
                     [this](const record::DatasetId& dataset) { return schema_conflict(dataset); });
}

runs::HoldBack Node::hold_back_of(const record::BureauId& bureau) {
  return [&stream = *streams_.at(bureau)] { return stream.why_wait(); };
}

std::expected<void, std::string> Node::start_jobs(const std::filesystem::path& command,
                                                  const std::filesystem::path& configuration) {
  std::set<record::BureauId> own;
  for (const auto& [id, stream] : streams_)
    own.insert(id);
  const auto hold_back = [this](const record::BureauId& id) { return hold_back_of(id); };
  auto scheduler = SLUICE_TRY(start_scheduled_jobs(
      own, {*installation_, command, configuration, hold_back, *log_, metrics_}));
  scheduler_ = std::move(scheduler);
  return {};
}

void Node::watch_drop_folders(const std::filesystem::path& command,
                              const std::filesystem::path& configuration) {
  for (const auto& [id, bureau] : installation_->settings.bureaus) {
    if (!bureau.disk || bureau.disk->drop_folder.empty() || !streams_.contains(id)) continue;
    std::vector<record::DatasetId> datasets;
    for (const auto& publication : bureau.publishes) {
      if (settings::comes_by(publication, record::Mode::disk))
        datasets.push_back(publication.dataset);
    }
    watches_.push_back(std::make_unique<runs::DropFolderWatch>(
        runs::DropFolderWatch::Watched{id,
                                       bureau.disk->drop_folder,
                                       std::move(datasets),
                                       {.time = bureau.disk->time_limit,
                                        .cpu = bureau.disk->cpu_limit,
                                        .memory_bytes = bureau.disk->memory_limit}},
        hold_back_of(id), runs::DropFolderWatch::Surroundings{command, configuration, *log_}));
  }
}

void Node::watch_room() {
  room_watch_.emplace(RoomWatch::Surroundings{*installation_->disk, streams_,
                                              installation_->settings.node.journal.quarantine_bytes,
                                              *log_});
}

void Node::sign_audit_log() {
  head_signing_.emplace(HeadSigning::Surroundings{installation_->paths.audit_log(),
                                                  *installation_->keyring, *installation_->disk,
                                                  *log_, installation::system_now});
}

exchange::Holding::Events Node::holding_events() {
  return {.begun =
              [this](const record::Manifest& manifest, const std::string& reason) {
                log_->write<"dataset-held">({{"bureau", manifest.stream.bureau.str()},
                                             {"dataset", manifest.dataset.str()},
                                             {"sequence", manifest.sequence.value},
                                             {"reason", reason}});
              },
          .ended =
              [this](const record::BureauId& bureau, const record::DatasetId& dataset,
                     std::uint64_t batches) {
                log_->write<"dataset-settled">(
                    {{"bureau", bureau.str()}, {"dataset", dataset.str()}, {"batches", batches}});
              }};
}

void Node::look_after_held() {
  if (!installation_->settings.node.store) return;
  held_look_ = std::make_unique<HeldLook>(
      Center::reception_of({*installation_, signatories_, policy_, denials_, *log_, metrics_,
                            holding_, newest_checkpoint_}),
      HeldLook::Surroundings{holding_, *log_, metrics_});
  EdgeLook::Carried carried;
  for (const settings::CarryingNode& node : installation_->settings.node.nodes) {
    for (const record::BureauId& bureau : node.bureaus)
      carried.emplace(bureau, node.name);
  }
  if (carried.empty()) return;
  edge_look_ = std::make_unique<EdgeLook>(std::move(carried), [this] {
    return installation::open_kept_reports(installation_->settings, installation_->disk);
  });
}

void Node::reload() {
  notifier_.reloading();
  certificates_.renew_all();
  holding_.stir();
  if (schemas_) schemas_->look_again();
  if (service_status_) service_status_->tell_ready();
}

asio::awaitable<void> Node::obey(asio::signal_set& signals) {
  while (true) {
    const int signal = co_await signals.async_wait(asio::use_awaitable);
    if (signal != SIGHUP) break;
    reload();
  }
  if (service_status_) service_status_->hush();
  notifier_.stopping("ending what runs; what was acknowledged stays");
  log_->write<"stopping">();
  // All of them first: each may take its grace to end.
  scheduler_->ask_to_stop();
  for (const auto& watch : watches_)
    watch->ask_to_stop();
  watches_.clear();
  if (pages_) co_await pages_->stop(stop_grace);
  if (api_) co_await api_->stop(stop_grace);
  if (control_) co_await control_->stop(stop_grace);
  context_.stop();
}

asio::awaitable<void> Node::keep_certificates() {
  asio::steady_timer timer(co_await asio::this_coro::executor);
  while (true) {
    certificates_.look();
    timer.expires_after(look_at_certificates);
    co_await timer.async_wait(asio::use_awaitable);
  }
}

void Node::run() {
  // Caught before anybody is told that it is ready: one who hears it may reload at once.
  asio::signal_set signals(context_, SIGTERM, SIGINT, SIGHUP);
  asio::co_spawn(context_, obey(signals), asio::detached);
  asio::co_spawn(context_, answer_watchdog(notifier_), asio::detached);
  asio::co_spawn(context_, keep_certificates(), asio::detached);
  log_->write<"ready">({{"node", installation_->settings.node.name.str()},
                        {"version", SLUICE_VERSION},
                        {"port", port()},
                        {"control", installation_->settings.node.control_socket.string()}});
  if (notifier_.is_listened_to()) {
    const std::string line = status_line(status());
    notifier_.ready(line);
    // Longer while it waited for its certificate.
    if (const auto interval = notifier_.watchdog_interval()) notifier_.expect_within(2 * *interval);
    service_status_.emplace(notifier_, line, [this] { return status_line(status()); });
  }
  context_.run();
}

}  // namespace sluice::node
