// The same call sent twice takes effect once (draft-ietf-httpapi-idempotency-key-header). While a
// call runs its key is held here; once it is durable, the journal has a cursor with what is needed
// to give the first answer again, written in the transaction that holds the rows.
#pragma once

#include <cstddef>
#include <expected>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>

#include "adapters/direct/call_collector.h"
#include "adapters/direct/outcome.h"
#include "record/digest.h"
#include "record/failure.h"
#include "record/identifiers.h"

namespace sluice::adapters::direct {

inline constexpr std::size_t max_idempotency_key_length = 255;

// The key in a header's value: 1 to 255 visible ASCII characters, bare or as a quoted string of RFC
// 8941. `"abc"` and `abc` are one key.
[[nodiscard]] std::expected<std::string, record::Flaw> idempotency_key(std::string_view header);

// The keys of calls that have not ended, for a whole daemon. Thread-safe.
class RunningKeys {
 public:
  // Holds a key until it goes. `RunningKeys` must outlive it.
  class Hold {
   public:
    Hold(Hold&& other) noexcept;
    Hold& operator=(Hold&&) = delete;
    ~Hold();

   private:
    friend class RunningKeys;
    Hold(RunningKeys& keys, std::string name) : keys_(&keys), name_(std::move(name)) {}
    RunningKeys* keys_;
    std::string name_;
  };

  // Nothing while another call with this key runs.
  [[nodiscard]] std::optional<Hold> try_hold(const record::BureauId& bureau,
                                             const record::DatasetId& dataset,
                                             std::string_view key);

 private:
  std::mutex mutex_;
  std::unordered_set<std::string> names_;
};

// Tells whether two calls with one key are the same: over form, event attributes and body.
[[nodiscard]] record::Digest fingerprint(const Call& call);

// What a cursor's value holds. The batch's place is not in it: the journal decides that in the same
// transaction, and keeps it beside the value.
struct RememberedCall {
  record::Digest fingerprint;
  Outcome outcome;
  friend bool operator==(const RememberedCall&, const RememberedCall&) = default;
};
inline constexpr std::string_view cursor_channel = "direct";
[[nodiscard]] std::string cursor_key(const record::DatasetId& dataset, std::string_view key);
[[nodiscard]] std::string encode(const RememberedCall& call);
// Nothing for a text that encode() does not write: a journal of a later version, or a damaged one.
[[nodiscard]] std::optional<RememberedCall> decode(std::string_view value);

}  // namespace sluice::adapters::direct
