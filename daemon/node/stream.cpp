#include "node/stream.h"

#include <chrono>
#include <utility>

#include <boost/asio/post.hpp>

#include "exchange/local_link.h"
#include "foundation/system_clock.h"

namespace sluice::node {
namespace {

link::SenderEvents sender_events(const record::BureauId& bureau,
                                 const Stream::Surroundings& surroundings,
                                 std::atomic<bool>& stopped) {
  auto& log = surroundings.log;
  auto& metrics = surroundings.metrics;
  return {
      .acknowledged =
          [&log, &metrics](const record::Manifest& manifest, const record::Receipt& receipt) {
            metrics
                .batches_applied(manifest.stream.bureau.str(), record::to_string(receipt.outcome))
                .Increment();
            log.info("batch-applied", {{"bureau", manifest.stream.bureau.str()},
                                       {"dataset", manifest.dataset.str()},
                                       {"sequence", manifest.sequence.value},
                                       {"outcome", record::to_string(receipt.outcome)},
                                       {"inserted", receipt.rows.inserted.value},
                                       {"updated", receipt.rows.updated.value},
                                       {"unchanged", receipt.rows.unchanged.value},
                                       {"deleted", receipt.rows.deleted.value},
                                       {"rejected", receipt.rows.rejected.value}});
          },
      .held_back =
          [&log, bureau](const link::LinkFailure& failure) {
            log.warning("batch-held-back",
                        {{"bureau", bureau.str()}, {"reason", record::to_string(failure)}});
          },
      .stopped =
          [&log, &stopped, bureau](const std::string& sentence) {
            stopped = true;
            log.error("stream-stopped", {{"bureau", bureau.str()}, {"reason", sentence}});
          },
  };
}

}  // namespace

std::expected<std::unique_ptr<Stream>, std::string> Stream::open(const record::BureauId& bureau,
                                                                 const Surroundings& surroundings) {
  const foundation::Foundation& foundation = surroundings.foundation;
  auto watched = foundation.open_journal(bureau);
  if (!watched) return std::unexpected(record::to_string(watched.error()));
  const auto status = watched->status();
  if (!status) return std::unexpected(record::to_string(status.error()));
  std::unique_ptr<Stream> stream(new Stream(std::move(*watched), status->stream));

  auto committing = foundation.open_journal(bureau);
  if (!committing) return std::unexpected(record::to_string(committing.error()));
  stream->commit_ = std::make_unique<journal::GroupCommit>(
      std::move(*committing), foundation.settings.node.journal,
      [&log = surroundings.log, bureau](const journal::JournalFailure& failure) {
        log.error("batch-not-closed",
                  {{"bureau", bureau.str()}, {"reason", record::to_string(failure)}});
      },
      [callers = surroundings.callers](journal::GroupCommit::Answers answers) {
        boost::asio::post(callers, std::move(answers));
      });

  if (!foundation.settings.node.store) return stream;
  auto store = foundation.open_store();
  if (!store) return std::unexpected(record::to_string(store.error()));
  auto sending = foundation.open_journal(bureau);
  if (!sending) return std::unexpected(record::to_string(sending.error()));
  exchange::Reception reception(std::move(*store),
                                {.catalogue = foundation.catalogue,
                                 .verifier = foundation.verifier,
                                 .signer = foundation.signer,
                                 .nodes = {foundation.signer.subject()}},
                                foundation::system_now);
  stream->sender_ = std::make_unique<link::Sender>(
      std::move(*sending), std::make_unique<exchange::LocalLink>(std::move(reception)),
      foundation.verifier, foundation::system_now,
      sender_events(bureau, surroundings, stream->stopped_));
  return stream;
}

}  // namespace sluice::node
