// What a mode implements to deliver, as Collector (adapter.h) is what it implements to collect. It
// hands a bureau what a subscription gives it, and tells what the bureau answered.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "record/copy_text.h"
#include "record/delivery_name.h"
#include "record/digest.h"
#include "record/failure.h"
#include "record/table_schema.h"
#include "record/time.h"

namespace sluice::adapters {

enum class DeliveryProblem {
  unreachable,      // nothing was handed over: try again, or by another channel
  unknown_outcome,  // it may have arrived: hand it over again by the same channel, never by another
  refused,          // this channel does not take it, and will not
  too_large,        // it has more rows than the channel takes at once
  conflicting,      // its name is known to the receiver, with other content
  unknown,          // nothing of this name was handed over by this channel
  unreadable,       // its rows did not come to their end: nothing was handed over
};
using DeliveryFailure = record::Failure<DeliveryProblem>;
template <class T>
using DeliveryResult = std::expected<T, DeliveryFailure>;

struct Delivery {
  record::DeliveryName name;
  std::string agreement;    // its number
  record::Dataset dataset;  // with the schema of what the receiver gets
  record::RowCount rows;
  record::Digest content;  // of its lines, as its manifest says it
  record::Time cut{};
};

struct DeliveryRow {
  record::Operation operation = record::Operation::upsert;
  // Of the schema's fields in their order, each in its canonical text. Of a delete nothing but the
  // key's fields is meant.
  std::span<const std::optional<std::string_view>> values;
};

// The rows of one delivery, once: deletes first, then upserts, each by key. It streams.
class DeliveryRows {
 public:
  virtual ~DeliveryRows() = default;
  // Its views hold until the next call. Nothing: that was the last.
  [[nodiscard]] virtual DeliveryResult<std::optional<DeliveryRow>> next() = 0;
};

// On what an answer rests. A mode that has another ground adds it here.
enum class Evidence {
  receipt_number,  // of the bureau's own system, given to who keyed it there
  statement,       // a person's word
};

struct RowAnswer {
  std::uint64_t row = 0;  // within the delivery, from 1
  enum class Outcome { taken, refused } outcome = Outcome::taken;
  Evidence evidence = Evidence::statement;
  std::string receipt_number;  // where that is the evidence
  std::string reason;          // of a refusal
  record::Time at{};
  std::string by;  // the account of the person; empty: the bureau's system itself
  friend bool operator==(const RowAnswer&, const RowAnswer&) = default;
};

struct Answers {
  std::vector<RowAnswer> rows;  // by row
  bool are_all = false;         // each row of the delivery has an answer, on this page or another
};

enum class Withdrawal { withdrawn, too_late };

// The way to one bureau by one channel. Every call blocks. Used on one thread; another object, also
// in another process and after a crash, knows what this one has done.
class Deliverer {
 public:
  virtual ~Deliverer() = default;

  // Hands it over: durable at the receiver's side on return, all of it, or nothing with a failure.
  // The same name again hands over nothing more, and is no failure; with other content it is
  // `conflicting`. Deliveries of a subscription come in order. Memory is bounded whatever their
  // size.
  [[nodiscard]] virtual DeliveryResult<void> deliver(const Delivery& delivery,
                                                     DeliveryRows& rows) = 0;

  // At most `most` answers that came by now, behind this row. A row without an answer is not there,
  // and no answer is invented.
  [[nodiscard]] virtual DeliveryResult<Answers> answers(const record::DeliveryName& name,
                                                        std::uint64_t after, std::size_t most) = 0;

  // Takes all of it back, or nothing: once anybody has answered or is at it, it is too late. What
  // is withdrawn stays so, also when it is withdrawn again.
  [[nodiscard]] virtual DeliveryResult<Withdrawal> withdraw(const record::DeliveryName& name) = 0;
};

}  // namespace sluice::adapters
