// Batches to be carried, and the receipts that came for them.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <functional>
#include <optional>
#include <stdexcept>
#include <utility>
#include <vector>

#include "link/link.h"

namespace sluice::link::test {

class Source : public Outgoing {
 public:
  explicit Source(std::vector<record::Batch> batches) : batches_(std::move(batches)) {}

  std::optional<record::Batch> next() override {
    if (given_ >= ready) return std::nullopt;
    ++given;
    so_far_ = given;
    ++given_;
    most_ahead = std::max(most_ahead, given_ - receipts.size());
    return batches_.at(given_ - 1);
  }
  Then received(const record::SignedReceipt& receipt) override {
    receipts.push_back(receipt);
    if (on_receipt) on_receipt();
    return receipts.size() == stop_after ? Then::stop : Then::go_on;
  }
  void deferred(const record::SignedDeferral& answer) override { deferrals.push_back(answer); }
  void rewind() override { given_ = receipts.size(); }

  // Of `given`; any thread.
  [[nodiscard]] std::size_t given_so_far() const { return so_far_; }
  // The numbers of the batches that have a receipt, in the order in which they came.
  [[nodiscard]] std::vector<std::uint64_t> receipted() const {
    std::vector<std::uint64_t> numbers;
    for (const auto& receipt : receipts)
      numbers.push_back(record::parse_receipt(receipt.json).value().sequence.value);
    return numbers;
  }

 private:
  std::vector<record::Batch> batches_;
  std::size_t given_ = 0;
  std::atomic<std::size_t> so_far_ = 0;

 public:
  std::size_t ready = batches_.size();  // how many next() gives
  std::size_t stop_after = 0;           // receipts; 0: never
  std::function<void()> on_receipt;
  std::vector<record::SignedReceipt> receipts;
  std::vector<record::SignedDeferral> deferrals;
  std::size_t given = 0;       // again ones included
  std::size_t most_ahead = 0;  // that were given and had no receipt, at any time
};

// Carries once; fails the test's expectation where something is in the way.
[[nodiscard]] inline record::SignedReceipt carry_one(Link& link, const record::Batch& batch) {
  Source source({batch});
  const auto carried = link.carry(source, {});
  if (!carried) throw std::runtime_error(record::to_string(carried.error()));
  return source.receipts.at(0);
}

}  // namespace sluice::link::test
