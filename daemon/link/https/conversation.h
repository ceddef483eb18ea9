// One conversation with a center over a connection that stands: batches go out, receipts come back,
// in the same order, until there are no more of either.
#pragma once

#include <cstdint>
#include <deque>
#include <expected>
#include <optional>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include "link/https/https_connection.h"
#include "link/link.h"
#include "link/uplink.h"
#include "record/manifest.h"

namespace sluice::link {

// Made anew for each conversation; on the connection's thread.
class Conversation {
 public:
  // What is known of a stream at the center: it has all batches up to here, and their receipts can
  // be fetched.
  struct Standing {
    record::StreamId stream;
    record::Sequence sequence;
  };
  // `latest`: the identity's generation; no more is sent once it is another than the connection's.
  // `store`: which store the center had, as far as it was told; empty: it was not. An answer of
  // another one is the last, and fails: who knows what that lacks must ask.
  Conversation(boost::asio::io_context& context, HttpsConnection& connection, Outgoing& outgoing,
               const Uplink& uplink, const UplinkIdentity& identity, std::string& store);

  // Asks where the center stands with the batch's stream.
  [[nodiscard]] boost::asio::awaitable<Result<Standing>> ask(const record::Batch& batch);

  enum class End {
    done,         // no more to send, and every receipt is back
    stopped,      // the source said so; answers may still be on their way
    out_of_date,  // the connection is of no more use, but the center is well: go on over another
    no_receipt,   // the same; and a receipt that should be there is not: send the batch itself
    failed,       // see failure()
  };
  // `first` is what the source gave already.
  [[nodiscard]] boost::asio::awaitable<End> exchange(record::Batch first,
                                                     std::optional<Standing> standing);
  [[nodiscard]] const LinkFailure& failure() const { return *failure_; }
  [[nodiscard]] bool brought_receipts() const { return brought_receipts_; }
  [[nodiscard]] bool found_another_store() const { return found_another_store_; }

 private:
  struct Waiting {
    bool fetched = false;  // the receipt was asked for, and the batch not sent
    std::uint64_t bytes = 0;
  };
  [[nodiscard]] boost::asio::awaitable<void> write_all(std::optional<record::Batch> next);
  [[nodiscard]] boost::asio::awaitable<void> read_all();
  [[nodiscard]] boost::asio::awaitable<bool> write(const record::Batch& batch);
  [[nodiscard]] boost::asio::awaitable<void> await_room(std::uint64_t bytes);
  [[nodiscard]] boost::asio::awaitable<void> await_change();
  void take(const HttpAnswer& answer);
  void end(End how);
  void fail(LinkFailure failure);
  void changed();

  HttpsConnection& connection_;
  Outgoing& outgoing_;
  const Uplink& uplink_;
  const UplinkIdentity& identity_;
  std::string& store_;
  std::optional<Standing> standing_;
  std::deque<Waiting> waiting_;  // for an answer, in order
  std::uint64_t waiting_bytes_ = 0;
  std::optional<End> end_;
  std::optional<LinkFailure> failure_;
  std::optional<LinkFailure> write_failure_;
  bool brought_receipts_ = false;
  bool found_another_store_ = false;
  boost::asio::steady_timer change_;
};

}  // namespace sluice::link
