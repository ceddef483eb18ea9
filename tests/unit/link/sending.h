// A sender at work: a link that answers as the test says, and what the sender told, to be waited
// for.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "link/sender.h"
#include "support/journal_builder.h"

namespace sluice::link::test {

// The sender's side and the test's side of one conversation. Thread-safe.
class Conversation {
 public:
  using Answer = std::expected<record::SignedReceipt, LinkFailure>;
  // How the center answers its `time`-th call, from 1.
  using Center = std::function<Answer(const record::Batch& batch, int time)>;
  explicit Conversation(Center center) : center_(std::move(center)) {}

  Answer send(const record::Batch& batch) {
    const std::lock_guard lock(mutex_);
    sent_.push_back(record::parse_manifest(batch.manifest).value().sequence.value);
    return center_(batch, static_cast<int>(sent_.size()));
  }
  [[nodiscard]] SenderEvents events() {
    return {.acknowledged =
                [this](const record::Manifest& manifest, const record::Receipt&) {
                  tell(acknowledged_, manifest.sequence.value);
                },
            .held_back =
                [this](const LinkFailure& failure) {
                  tell(reasons_, failure.sentence);
                  tell(held_back_, failure.code);
                },
            .compared =
                [this](const std::optional<std::string>& objection) {
                  tell(objections_, objection.value_or(""));
                },
            .sending_again =
                [this](const journal::SentAgain& again) {
                  tell(sent_again_, {again.after.value, again.up_to.value});
                },
            .stopped = [this](const std::string& sentence) { tell(stopped_, sentence); }};
  }
  // Where the center's ledger stands, when a sender asks; it is away where this says nothing.
  using Ledger = std::function<std::optional<journal::LedgerPlace>(const record::StreamId&)>;
  void set_ledger(Ledger ledger) {
    const std::lock_guard lock(mutex_);
    ledger_ = std::move(ledger);
  }
  [[nodiscard]] bool has_ledger() const { return ledger_ != nullptr; }
  Result<journal::LedgerPlace> place(const record::StreamId& stream) {
    const std::lock_guard lock(mutex_);
    if (auto place = ledger_(stream)) return *place;
    return std::unexpected(LinkFailure{LinkProblem::unavailable, "center", "no connection"});
  }

  // What it answers of a batch when it is asked; nothing where nobody says.
  using Receipts = std::function<std::optional<record::SignedReceipt>(const record::StreamId&,
                                                                      record::Sequence)>;
  void set_receipts(Receipts receipts) {
    const std::lock_guard lock(mutex_);
    receipts_ = std::move(receipts);
  }
  Result<std::optional<record::SignedReceipt>> receipt(const record::StreamId& stream,
                                                       record::Sequence sequence) {
    const std::lock_guard lock(mutex_);
    if (!receipts_) return std::nullopt;
    return receipts_(stream, sequence);
  }

  // Each waits until there are `count`, and gives all that there are.
  std::vector<std::uint64_t> acknowledged(std::size_t count) { return wait(acknowledged_, count); }
  std::vector<std::string> objections(std::size_t count) { return wait(objections_, count); }
  std::vector<LinkProblem> held_back(std::size_t count) { return wait(held_back_, count); }
  std::vector<std::pair<std::uint64_t, std::uint64_t>> sent_again(std::size_t count) {
    return wait(sent_again_, count);
  }
  std::vector<std::string> reasons(std::size_t count) { return wait(reasons_, count); }
  std::string stopped() {
    const auto sentences = wait(stopped_, 1);
    return sentences.empty() ? "" : sentences.front();
  }
  // The numbers of the batches, as often as each was sent.
  std::vector<std::uint64_t> sent() { return wait(sent_, 0); }

 private:
  // Only a sender that does not do what is waited for takes that long.
  static constexpr std::chrono::seconds patience{60};

  template <class T>
  void tell(std::vector<T>& list, T entry) {
    const std::lock_guard lock(mutex_);
    list.push_back(std::move(entry));
    changed_.notify_all();
  }
  template <class T>
  std::vector<T> wait(const std::vector<T>& list, std::size_t count) {
    std::unique_lock lock(mutex_);
    EXPECT_TRUE(changed_.wait_for(lock, patience, [&] { return list.size() >= count; }));
    return list;
  }

  Center center_;
  Ledger ledger_;      // guarded by mutex_
  Receipts receipts_;  // the same
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::uint64_t> sent_;
  std::vector<std::uint64_t> acknowledged_;
  std::vector<LinkProblem> held_back_;
  std::vector<std::string> reasons_;  // as many, told before
  std::vector<std::string> objections_;
  std::vector<std::pair<std::uint64_t, std::uint64_t>> sent_again_;
  std::vector<std::string> stopped_;
};

// One batch after the other.
class ConversingLink : public Link {
 public:
  explicit ConversingLink(Conversation& conversation) : conversation_(conversation) {}
  std::expected<void, LinkFailure> carry(Outgoing& outgoing, const std::stop_token&) override {
    while (const auto batch = outgoing.next()) {
      const auto receipt = conversation_.send(*batch);
      if (!receipt) return std::unexpected(receipt.error());
      if (outgoing.received(*receipt) == Outgoing::Then::stop) break;
    }
    return {};
  }
  Result<std::optional<record::SignedReceipt>> receipt(const record::StreamId& stream,
                                                       record::Sequence sequence,
                                                       const std::stop_token&) override {
    return conversation_.receipt(stream, sequence);
  }
  Result<journal::LedgerPlace> place(const record::StreamId& stream,
                                     const std::stop_token&) override {
    return conversation_.place(stream);
  }

 private:
  Conversation& conversation_;
};

// Takes all that there are before it brings the first receipt, and starts over once in their midst.
class HurriedLink : public Link {
 public:
  explicit HurriedLink(Conversation& conversation) : conversation_(conversation) {}
  std::expected<void, LinkFailure> carry(Outgoing& outgoing, const std::stop_token&) override {
    if (outgoing.next()) outgoing.rewind();
    std::vector<record::Batch> batches;
    while (auto batch = outgoing.next())
      batches.push_back(std::move(*batch));
    for (const record::Batch& batch : batches) {
      const auto receipt = conversation_.send(batch);
      if (!receipt) return std::unexpected(receipt.error());
      if (outgoing.received(*receipt) == Outgoing::Then::stop) break;
    }
    return {};
  }
  Result<std::optional<record::SignedReceipt>> receipt(const record::StreamId& stream,
                                                       record::Sequence sequence,
                                                       const std::stop_token&) override {
    return conversation_.receipt(stream, sequence);
  }
  Result<journal::LedgerPlace> place(const record::StreamId& stream,
                                     const std::stop_token&) override {
    return conversation_.place(stream);
  }

 private:
  Conversation& conversation_;
};

inline std::unexpected<LinkFailure> unavailable() {
  return std::unexpected(LinkFailure{LinkProblem::unavailable, "center", "no connection"});
}

}  // namespace sluice::link::test
