#include "pages/site.h"

#include <chrono>
#include <cstdint>
#include <iterator>
#include <stop_token>
#include <thread>
#include <utility>

#include <boost/asio/use_awaitable.hpp>
#include <date/tz.h>

#include "pages/answer.h"
#include "pages/asset_route.h"
#include "pages/desk_pages.h"
#include "pages/desk_steps.h"
#include "pages/desks_by_kind.h"
#include "pages/entrance.h"
#include "pages/language.h"
#include "pages/lent.h"
#include "pages/outgoing_pages.h"
#include "pages/overview.h"
#include "pages/quarantine_pages.h"
#include "pages/queue_pages.h"
#include "pages/reconciliation_pages.h"
#include "pages/reported_quarantines.h"
#include "pages/runs_pages.h"
#include "pages/sheet_pages.h"
#include "pages/sign_in_pages.h"
#include "pages/supervision_pages.h"
#include "pages/workbench.h"
#include "pages/workers.h"
#include "threads/sleep.h"

namespace sluice::pages {
namespace {

namespace asio = boost::asio;

// Pages wait for disks and databases more than they compute.
constexpr std::size_t page_threads = 4;
constexpr std::size_t most_page_requests = 64;
constexpr std::size_t sheet_threads = 2;
constexpr std::size_t most_sheet_requests = 8;
constexpr std::chrono::seconds journaled_every{5};
// A form with its file; and of all such at once.
constexpr std::uint64_t largest_upload = std::uint64_t{8} << 20;
constexpr std::uint64_t most_upload_memory = 4 * largest_upload;

}  // namespace

struct Site::State {
  explicit State(const Surroundings& given)
      : surroundings(given),
        pages(*date::locate_zone(given.time_zone)),
        people(given.open_people),
        sign_in(given.sessions, given.sign_in_attempts),
        entrance(surroundings, pages, sign_in),
        sign_in_pages(surroundings, pages, entrance, sign_in),
        reported(given.open_kept_reports),
        overview(surroundings, pages, entrance, reported),
        quarantine(surroundings, pages, entrance, reported),
        runs(surroundings, pages, entrance),
        reconciliation(surroundings, pages, entrance),
        bench(surroundings, entrance),
        queue(surroundings, pages, entrance, bench),
        sheet(surroundings, pages, entrance, bench),
        steps(surroundings, pages, entrance, bench),
        desk(surroundings, pages, entrance, bench, steps),
        outgoing(surroundings, pages, entrance, bench, steps),
        supervision(surroundings, pages, entrance, bench) {}

  // Brings what is ready into the journals, again and again: what was left when the node ended, and
  // what a full journal could not take.
  void journal_ready(const std::stop_token& stop);
  [[nodiscard]] server::Route route_of(Page page);
  [[nodiscard]] Workers& workers_of(Crew crew);
  [[nodiscard]] asio::awaitable<server::Response> answer(const server::Request& request,
                                                         const Page& page);

  Surroundings surroundings;
  Pages pages;
  Lent<people::People, people::PeopleFailure> people;
  people::SignIn sign_in;
  Entrance entrance;
  SignInPages sign_in_pages;
  ReportedQuarantines reported;
  Overview overview;
  QuarantinePages quarantine;
  RunsPages runs;
  ReconciliationPages reconciliation;
  Workbench bench;
  QueuePages queue;
  SheetPages sheet;
  DeskSteps steps;
  DeskPages desk;
  OutgoingPages outgoing;
  SupervisionPages supervision;
  // Last, so that they end first: they use all of the above.
  Workers workers{page_threads, most_page_requests};
  // Hashing takes a tenth of a second of a processor each time: it must not hold up the pages.
  // So many threads as may wait for their turn there: who has signed in before goes first.
  Workers hashing{people::HashingSlots::most_at_once + people::HashingSlots::most_waiting,
                  people::HashingSlots::most_at_once + people::HashingSlots::most_waiting};
  // A sheet may wait for the journal and the queue a hundred times.
  Workers sheets{sheet_threads, most_sheet_requests};
  std::jthread journaling;
};

void Site::State::journal_ready(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    if (auto lent = bench.lend()) {  // else it is tried again in a moment
      for (const auto& [bureau, there] : surroundings.desks)
        if (!stop.stop_requested()) bench.journal_ready(bureau, **lent);
    }
    threads::sleep_for(stop, journaled_every);
  }
}

Workers& Site::State::workers_of(Crew crew) {
  switch (crew) {
    case Crew::pages:
      return workers;
    case Crew::hashing:
      return hashing;
    case Crew::sheets:
      return sheets;
  }
  return workers;
}

asio::awaitable<server::Response> Site::State::answer(const server::Request& request,
                                                      const Page& page) {
  const auto work = [&]() -> server::Response {
    auto loan = people.lend();
    if (!loan) return entrance.unavailable(request, loan.error());
    return entrance.answer(request, page, **loan);
  };
  auto answered = co_await workers_of(page.crew).run(work);
  if (answered) co_return std::move(*answered);
  co_return entrance.problem(503, request.headers);
}

server::Route Site::State::route_of(Page page) {
  server::Route route{.method = page.method, .path = page.path, .content_types = {}, .handler = {}};
  if (page.method == server::Method::post) {
    route.content_types = {page.takes_file ? "multipart/form-data"
                                           : "application/x-www-form-urlencoded"};
  }
  if (page.takes_file) {
    route.bodies =
        server::BodyLimits{.max_bytes = largest_upload, .max_memory_bytes = most_upload_memory};
  }
  route.handler = [this, page = std::move(page)](const server::Request& request) {
    return answer(request, page);
  };
  return route;
}

Site::Site(const Surroundings& surroundings) : state_(std::make_unique<State>(surroundings)) {}
Site::~Site() = default;

void Site::begin() {
  if (state_->surroundings.desks.empty()) return;
  state_->journaling = std::jthread(
      [state = state_.get()](const std::stop_token& stop) { state->journal_ready(stop); });
}

void Site::end() {
  state_->journaling = {};  // asked to stop, and waited for
}

std::vector<server::Route> Site::routes() {
  std::vector<server::Route> routes = asset_routes(state_->pages.assets());
  const auto add = [&](std::vector<Page> pages) {
    for (Page& page : pages)
      routes.push_back(state_->route_of(std::move(page)));
  };
  add(language_pages());
  add(state_->sign_in_pages.routes());
  add(state_->overview.routes());
  add(state_->quarantine.routes());
  add(state_->runs.routes());
  add(state_->reconciliation.routes());
  // Before the desks': `/entry/next` and `/entry/sheet` are no tasks.
  add(state_->queue.routes());
  add(state_->sheet.routes());
  add(desks_by_kind(state_->desk.routes(), state_->outgoing.routes(), state_->entrance,
                    state_->bench, state_->steps));
  add(state_->supervision.routes());
  return routes;
}

server::Audience Site::audience() {
  return {.listener = "pages",
          .proof = server::Audience::Proof::none,
          .tell = [state = state_.get()](server::Refusal refusal,
                                         std::span<const server::HeaderField> head) {
            return state->entrance.problem(server::text_of(refusal).status, head);
          }};
}

void Site::join() {
  end();
  state_->workers.join();
  state_->hashing.join();
  state_->sheets.join();
}

}  // namespace sluice::pages
