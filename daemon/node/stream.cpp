#include "node/stream.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include <boost/asio/post.hpp>

#include "installation/system_clock.h"
#include "link/https/https_link.h"
#include "node/randomness.h"
#include "record/recast.h"
#include "record/try.h"

namespace sluice::node {
namespace {

// Of all streams, in bytes of batches that wait for their answer; one batch always goes.
constexpr std::uint64_t in_flight_of_node = std::uint64_t{128} << 20;

// The way to the center, and whose receipts then count.
struct Way {
  std::unique_ptr<link::Link> link;
  link::ReceiptSigners signers;
  std::chrono::milliseconds ask_every = link::Uplink{}.ask_every;
};

std::expected<Way, std::string> way_to_center(const Stream::Surroundings& surroundings) {
  const installation::Installation& installation = surroundings.installation;
  if (const auto& uplink = installation.settings.node.uplink) {
    link::Uplink shared = *uplink;
    shared.in_flight_bytes =
        std::min(shared.in_flight_bytes, in_flight_of_node / surroundings.streams);
    return Way{std::make_unique<link::HttpsLink>(std::move(shared), *surroundings.identity,
                                                 *surroundings.bandwidth),
               {*installation.keyring, uplink->center_signers},
               uplink->ask_every};
  }
  auto store = installation.open_store();
  if (!store) return std::unexpected(record::to_string(store.error()));
  exchange::Reception reception(
      std::move(*store),
      {.catalogue = installation.catalogue,
       .keyring = *installation.keyring,
       .signatories = surroundings.signatories,
       .obstacle = [&installation] { return installation.store_obstacle(); },
       .clock_tolerance = installation.settings.node.clock_tolerance,
       .holding = &surroundings.holding,
       .newest_checkpoint = [newest = surroundings.newest_checkpoint] { return newest->get(); }},
      installation::system_now,
      [&applied = surroundings.metrics.batch_apply_seconds()](std::chrono::duration<double> took) {
        applied.Observe(took.count());
      });
  return Way{std::make_unique<link::LocalLink>(std::move(reception), surroundings.applying),
             {*installation.keyring, installation.own_signers()}};
}

// A journal of the stream's, or why it has none.
std::expected<journal::Journal, Stream::Refusal> open_journal(
    const record::BureauId& bureau, const Stream::Surroundings& surroundings) {
  return record::recast(surroundings.installation.open_journal(bureau),
                        [](const journal::JournalFailure& failure) {
                          return Stream::Refusal{failure, record::to_string(failure)};
                        });
}

}  // namespace

link::SenderEvents Stream::sender_events(const Surroundings& surroundings) {
  auto& log = surroundings.log;
  auto& metrics = surroundings.metrics;
  return {
      .acknowledged =
          [this, &log, &metrics](const record::Manifest& manifest, const record::Receipt& receipt) {
            if (const auto after = link_.receipt_came(installation::system_now())) {
              log.write<"link-restored">({{"bureau", id_.bureau.str()}, {"after", after->count()}});
            }
            metrics
                .batches_applied(manifest.stream.bureau.str(), record::to_string(receipt.outcome))
                .Increment();
            log.write<"batch-applied">({{"bureau", manifest.stream.bureau.str()},
                                        {"dataset", manifest.dataset.str()},
                                        {"sequence", manifest.sequence.value},
                                        {"outcome", record::to_string(receipt.outcome)},
                                        {"inserted", receipt.rows.inserted.value},
                                        {"updated", receipt.rows.updated.value},
                                        {"unchanged", receipt.rows.unchanged.value},
                                        {"deleted", receipt.rows.deleted.value},
                                        {"rejected", receipt.rows.rejected.value}});
            if (receipt.outcome != record::Outcome::rejected) return;
            log.write<"batch-rejected">({{"bureau", manifest.stream.bureau.str()},
                                         {"dataset", manifest.dataset.str()},
                                         {"sequence", manifest.sequence.value},
                                         {"rows", receipt.rows.rejected.value},
                                         {"reason", receipt.reason}});
          },
      .held_back =
          [this, &log](const link::LinkFailure& failure) {
            if (!link_.held_back(failure, installation::system_now())) return;
            log.write<"batch-held-back">(
                {{"bureau", id_.bureau.str()}, {"reason", record::to_string(failure)}});
          },
      .compared =
          [this, &log](const std::optional<std::string>& objection) {
            const record::Time now = installation::system_now();
            is_refused_ = objection.has_value();
            if (!objection) {
              if (const auto after = link_.restored(now)) {
                log.write<"link-restored">(
                    {{"bureau", id_.bureau.str()}, {"after", after->count()}});
              }
            } else if (link_.held_back({link::LinkProblem::refused, "", *objection}, now)) {
              log.write<"journal-refused">({{"bureau", id_.bureau.str()}, {"reason", *objection}});
            }
          },
      .sending_again =
          [this, &log](const journal::SentAgain& again) {
            log.write<"batches-sent-again">({{"bureau", id_.bureau.str()},
                                             {"after", again.after.value},
                                             {"to", again.up_to.value}});
            const auto time = [](const std::optional<record::Time>& at) {
              return at ? record::to_string(*at) : std::string("unknown");
            };
            for (const journal::Gap& gap : again.lost) {
              log.write<"batches-lost">({{"bureau", id_.bureau.str()},
                                         {"dataset", gap.dataset.empty() ? "unknown" : gap.dataset},
                                         {"mode", gap.mode.empty() ? "unknown" : gap.mode},
                                         {"from", gap.from.value},
                                         {"to", gap.to.value},
                                         {"batches", gap.batches},
                                         {"rows", gap.rows},
                                         {"since", time(gap.first_at)},
                                         {"until", time(gap.last_at)}});
            }
          },
      .stopped =
          [this, &log](const std::string& sentence) {
            stopped_ = true;
            log.write<"stream-stopped">({{"bureau", id_.bureau.str()}, {"reason", sentence}});
          },
  };
}

std::expected<void, Stream::Refusal> Stream::take_calls(const Surroundings& surroundings) {
  const installation::Installation& installation = surroundings.installation;
  auto committing = SLUICE_TRY(open_journal(id_.bureau, surroundings));
  commit_ = std::make_unique<journal::GroupCommit>(
      std::move(committing), installation.settings.node.journal,
      [&log = surroundings.log, bureau = id_.bureau](const journal::JournalFailure& failure) {
        log.write<"batch-not-closed">(
            {{"bureau", bureau.str()}, {"reason", record::to_string(failure)}});
      },
      [callers = surroundings.callers](journal::GroupCommit::Answers answers) {
        boost::asio::post(callers, std::move(answers));
      },
      [&log = surroundings.log, bureau = id_.bureau](const journal::JournalFailure& failure) {
        log.write<"stream-stopped">({{"bureau", bureau.str()}, {"reason", failure.sentence}});
      },
      surroundings.waiting);
  return {};
}

std::expected<void, Stream::Refusal> Stream::prepare_to_send(const Surroundings& surroundings) {
  auto way = way_to_center(surroundings);
  if (!way) return std::unexpected(Refusal{std::nullopt, way.error()});
  auto sending = SLUICE_TRY(open_journal(id_.bureau, surroundings));
  make_sender_ = [way = std::move(*way), sending = std::move(sending),
                  events = sender_events(surroundings)]() mutable {
    return std::make_unique<link::Sender>(
        std::move(sending), std::move(way.link), std::move(way.signers),
        link::SenderSurroundings{installation::system_now, randomness(), way.ask_every},
        std::move(events));
  };
  return {};
}

void Stream::begin() {
  sender_ = std::exchange(make_sender_, {})();
}

void Stream::ask_to_end() {
  if (sender_) sender_->ask_to_stop();
}

void Stream::end() {
  sender_.reset();
}

std::expected<std::unique_ptr<Stream>, Stream::Refusal> Stream::open(
    const record::BureauId& bureau, const Surroundings& surroundings) {
  auto watched = SLUICE_TRY(open_journal(bureau, surroundings));
  const auto status = watched.status();
  if (!status) {
    return std::unexpected(Refusal{status.error(), record::to_string(status.error())});
  }
  std::unique_ptr<Stream> stream(new Stream(std::move(watched), status->stream));
  SLUICE_TRY(stream->take_calls(surroundings));
  SLUICE_TRY(stream->prepare_to_send(surroundings));
  return stream;
}

}  // namespace sluice::node
