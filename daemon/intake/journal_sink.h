// Compresses and journals one batch while the next one is being converted.
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "intake/batch_sink.h"

namespace sluice::intake {

[[nodiscard]] IntakeFailure intake_failure(const journal::JournalFailure& failure);

class JournalSink : public BatchSink {
 public:
  struct Source {
    journal::DatasetOrigin origin;
    std::string channel;  // of the cursor
    std::string key;
  };
  // Told, on the sink's thread, each time that a full backlog or a full disk makes it wait.
  using OnWaiting = std::function<void(const journal::JournalFailure&)>;
  // Likewise, when there was room again.
  using OnRoom = std::function<void()>;

  // `journal` must outlive the sink, which alone uses it until finish() or destruction.
  JournalSink(journal::Journal& journal, Source source, OnWaiting on_waiting, OnRoom on_room = {});
  ~JournalSink() override;

  [[nodiscard]] Result<void> put(ConvertedBatch batch) override;
  [[nodiscard]] Result<record::Sequence> finish() override;

  // The batches that were made durable so far; after finish(), all.
  [[nodiscard]] std::vector<record::Sequence> sequences() const;

 private:
  void run(const std::stop_token& stop);
  [[nodiscard]] Result<void> write(ConvertedBatch batch, const std::stop_token& stop);

  journal::Journal& journal_;
  Source source_;
  OnWaiting on_waiting_;
  OnRoom on_room_;

  mutable std::mutex mutex_;
  std::condition_variable_any changed_;
  std::optional<ConvertedBatch> waiting_;  // guarded by mutex_, as the next four
  bool writing_ = false;
  std::optional<IntakeFailure> failure_;
  std::vector<record::Sequence> sequences_;

  std::jthread thread_;
};

}  // namespace sluice::intake
