#include "node/node.h"

#include <csignal>
#include <cstdlib>
#include <utility>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "api/on_own_executor.h"
#include "installation/system_clock.h"
#include "node/durable_start.h"
#include "node/held_look.h"
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

// Also where no stream begins here: a center must not give receipts out of an empty store.
std::expected<void, std::string> find_store(const installation::Installation& installation) {
  const auto& store = installation.settings.node.store;
  if (!store || !std::holds_alternative<settings::SqliteLocation>(*store)) return {};
  if (auto opened = installation.open_store(); !opened) {
    return std::unexpected(record::to_string(opened.error()));
  }
  return {};
}

installation::TasksOpener tasks_opener_of(const installation::Installation& installation) {
  if (!installation.settings.node.store) return {};
  return installation::tasks_opener(installation.settings, installation.disk);
}

// Of the bureaus whose data begins here.
std::map<record::BureauId, runs::DropFolderWatch::Watched> drop_folders(
    const Generation& generation) {
  std::map<record::BureauId, runs::DropFolderWatch::Watched> folders;
  for (const record::BureauId& id : generation.own()) {
    const settings::Bureau& bureau = generation.installation().settings.bureaus.at(id);
    if (!bureau.disk || bureau.disk->drop_folder.empty()) continue;
    std::vector<record::DatasetId> datasets;
    for (const auto& publication : bureau.publishes) {
      if (settings::comes_by(publication, record::Mode::disk))
        datasets.push_back(publication.dataset);
    }
    folders.emplace(id,
                    runs::DropFolderWatch::Watched{id,
                                                   bureau.disk->drop_folder,
                                                   std::move(datasets),
                                                   {.time = bureau.disk->time_limit,
                                                    .cpu = bureau.disk->cpu_limit,
                                                    .memory_bytes = bureau.disk->memory_limit}});
  }
  return folders;
}

}  // namespace

Node::Node(installation::SoleDaemon sole, const installation::Installation& installation,
           std::unique_ptr<observe::Log> log, trust::AuditLog audit, Programs programs)
    : sole_(std::move(sole)),
      programs_(std::move(programs)),
      keyring_(installation.keyring),
      disk_(installation.disk),
      log_(std::move(log)),
      audit_(std::move(audit)),
      denials_(audit_,
               [this](const trust::AuditFailure& failure) {
                 log_->write<"audit-not-written">({{"reason", record::to_string(failure)}});
               }),
      holding_(installation.settings.node.hold_after, holding_events()),
      certificates_({.identity = installation.settings.node.identity,
                     .pages = installation.settings.node.pages,
                     .paths = installation.paths,
                     .keyring = *keyring_,
                     .log = *log_,
                     .metrics = metrics_,
                     .clock = installation::system_now}),
      notifier_(std::getenv("NOTIFY_SOCKET"), std::getenv("WATCHDOG_USEC")),
      started_at_(installation::system_now()),
      applying_(std::make_shared<threads::Slots>(batches_at_once)),
      open_tasks_(tasks_opener_of(installation)),
      csv_(programs_.command,
           [this](const std::string& reason) {
             log_->write<"csv-not-read">({{"reason", reason}});
           }),
      scheduler_(make_scheduler({programs_.command, programs_.configuration,
                                 installation.paths.run_history(), *log_, metrics_})),
      figures_({*disk_, *log_, metrics_}),
      measuring_({[this] { return measure(); },
                  [this] {
                    figures_.miss();
                    hide_gone();
                  }}) {}

Node::~Node() {
  // Whoever posts to the context ends while it is there. Runs go on where they were the next time.
  service_status_.reset();
  reloading_.join();
  measuring_.join();
  scheduler_->ask_to_stop();
  watches_.clear();
  scheduler_->end();
  large_calls_.join();
  blocking_.join();
  task_calls_.join();
  retiring_.join();
  if (generation_) generation_->shut_down();
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
  std::unique_ptr<Node> node(new Node(std::move(*sole), *installation, std::move(log),
                                      std::move(*audit), {command, configuration}));
  if (const auto mode = installation::weak_sslmode_of_store(installation->settings)) {
    node->log_->write<"store-not-verified">({{"sslmode", *mode}});
  }
  SLUICE_TRY(find_store(*installation));
  SLUICE_TRY(node->make_uplink(installation->settings.node));
  const std::filesystem::path audit_log = installation->paths.audit_log();
  auto first = SLUICE_TRY(Generation::make(std::move(installation), node->of_generations()));
  node->generation_ = node->owned(std::move(first));
  SLUICE_TRY(node->listen());
  if (auto planned = node->scheduler_->change(node->plan_of(*node->generation_)); !planned) {
    return std::unexpected(record::to_string(planned.error()));
  }
  node->certificates_.keep_current({node->api_ ? &*node->api_ : nullptr,
                                    node->pages_ ? &*node->pages_ : nullptr,
                                    node->uplink_identity_.get()});
  node->generation_->begin();
  node->watch_drop_folders();
  node->head_signing_.emplace(HeadSigning::Surroundings{audit_log, *node->keyring_, *node->disk_,
                                                        *node->log_, installation::system_now});
  return node;
}

std::expected<void, std::string> Node::make_uplink(const settings::Node& settings) {
  if (!settings.uplink) return {};
  auto identity = link::UplinkIdentity::load(certificates_.uplink_files());
  if (!identity) return std::unexpected(record::to_string(identity.error()));
  uplink_identity_ = std::move(*identity);
  return {};
}

Generation::Surroundings Node::of_generations() {
  return {.log = *log_,
          .metrics = metrics_,
          .audit = audit_,
          .denials = denials_,
          .holding = holding_,
          .newest_checkpoint = newest_checkpoint_,
          .waiting = waiting_,
          .running_keys = running_keys_,
          .running_drafts = running_drafts_,
          .sign_in_attempts = sign_in_attempts_,
          .open_tasks = open_tasks_,
          .applying = applying_,
          .uplink_identity = uplink_identity_.get(),
          .csv = csv_,
          .scheduler = *scheduler_,
          .callers = context_.get_executor(),
          .blocking = blocking_,
          .task_calls = task_calls_,
          .large_calls = large_calls_,
          .health = [this](api::HealthFor whom) { return health(whom); },
          .status = [this] { return status(); },
          .measuring = measuring_,
          .reload = [this](const std::string& who,
                           api::ReloadDone done) { ask_to_reload(who, std::move(done)); }};
}

std::shared_ptr<Generation> Node::owned(std::unique_ptr<Generation> generation) {
  const auto retire = [this](Generation* last) {
    asio::post(retiring_, [ends = std::unique_ptr<Generation>(last)] {});
  };
  return {generation.release(), retire};
}

std::shared_ptr<Generation> Node::generation() const {
  const std::lock_guard lock(mutex_);
  return generation_;
}

runs::HoldBack Node::hold_back_of(const record::BureauId& bureau) {
  return [this, bureau] {
    auto why = restart_first();
    return why ? why : generation()->why_wait(bureau);
  };
}

runs::Scheduler::Plan Node::plan_of(const Generation& generation) {
  runs::Scheduler::Plan plan;
  for (const record::BureauId& id : generation.own()) {
    std::vector<runs::Job> jobs = scheduled_jobs(generation.installation().settings.bureaus.at(id));
    if (!jobs.empty()) plan.emplace(id, runs::Scheduler::Work{std::move(jobs), hold_back_of(id)});
  }
  return plan;
}

void Node::watch_drop_folders() {
  const auto generation = this->generation();
  std::map<record::BureauId, runs::DropFolderWatch::Watched> folders = drop_folders(*generation);
  for (const auto& [id, watch] : watches_)
    if (!folders.contains(id)) watch->let_end();
  for (auto& [id, watched] : folders) {
    const auto there = watches_.find(id);
    if (there != watches_.end() && there->second->change(watched)) continue;
    watches_.insert_or_assign(
        id, std::make_unique<runs::DropFolderWatch>(
                std::move(watched), hold_back_of(id),
                runs::DropFolderWatch::Surroundings{programs_.command, programs_.configuration,
                                                    *log_, folder_turns_}));
  }
}

exchange::Holding::Events Node::holding_events() {
  return {.begun =
              [this](const record::Manifest& manifest, const exchange::Obstacle& why) {
                log_->write<"dataset-held">(level_of(why),
                                            {{"bureau", manifest.stream.bureau.str()},
                                             {"dataset", manifest.dataset.str()},
                                             {"sequence", manifest.sequence.value},
                                             {"reason", why.reason}});
              },
          .ended =
              [this](const record::BureauId& bureau, const record::DatasetId& dataset,
                     std::uint64_t batches) {
                log_->write<"dataset-settled">(
                    {{"bureau", bureau.str()}, {"dataset", dataset.str()}, {"batches", batches}});
              }};
}

asio::awaitable<void> Node::obey_signals() {
  while (true) {
    const int signal = co_await signals_.async_wait(asio::use_awaitable);
    if (signal != SIGHUP) break;
    ask_to_reload("SIGHUP", {});
  }
  if (service_status_) service_status_->hush();
  notifier_.stopping("ending what runs; what was acknowledged stays");
  log_->write<"stopping">();
  is_stopping_ = true;
  scheduler_->ask_to_stop();
  // What a reload does now comes to its end, and none begins anything.
  co_await api::off_the_loop<bool>(reloading_, [] { return true; });
  // All of them first: each may take its grace to end.
  scheduler_->ask_to_stop();
  for (const auto& [bureau, watch] : watches_)
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
  for (const int ends : {SIGTERM, SIGINT})
    signals_.add(ends);
  asio::co_spawn(context_, obey_signals(), asio::detached);
  asio::co_spawn(context_, answer_watchdog(notifier_), asio::detached);
  asio::co_spawn(context_, keep_certificates(), asio::detached);
  asio::co_spawn(context_, reload_when_asked(), asio::detached);
  const settings::Node& settings = generation()->installation().settings.node;
  configuration_.since = started_at_;
  measure_configuration();
  log_->write<"ready">({{"node", settings.name.str()},
                        {"version", SLUICE_VERSION},
                        {"port", port()},
                        {"control", settings.control_socket.string()}});
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
