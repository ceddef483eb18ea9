#include "link/https/https_link.h"

#include <utility>

#include <fmt/format.h>

#include "link/https/center_answer.h"
#include "link/https/conversation.h"
#include "link/https/https_connection.h"
#include "link/https/ledger_call.h"
#include "link/https/run_to_end.h"

namespace sluice::link {

namespace asio = boost::asio;
using asio::awaitable;

struct HttpsLink::State {
  State(Uplink settings, const UplinkIdentity& own, Bandwidth& limit)
      : uplink(std::move(settings)), identity(own), bandwidth(limit) {}

  // Runs `work` to its end, or until a stop is requested.
  template <class T>
  Result<T> run(awaitable<Result<T>> work, const std::stop_token& stop);
  awaitable<Result<void>> carry(Outgoing& outgoing);
  awaitable<Result<journal::LedgerPlace>> place(const record::StreamId& stream);
  awaitable<Result<std::optional<record::SignedReceipt>>> receipt(const record::StreamId& stream,
                                                                  record::Sequence sequence);
  // An answer, and whose it is.
  struct Reply {
    HttpAnswer answer;
    std::string place;
  };
  awaitable<Result<Reply>> ask(const HttpRequest& question);
  awaitable<Result<void>> connect();
  awaitable<Result<Conversation::End>> converse(Conversation& conversation, record::Batch first);
  void disconnect();

  Uplink uplink;
  const UplinkIdentity& identity;
  Bandwidth& bandwidth;
  asio::io_context context{1};
  std::shared_ptr<HttpsConnection> connection;     // kept from one carry() to the next
  std::size_t address = 0;                         // the one to try first
  std::optional<Conversation::Standing> standing;  // asked on this connection
  std::string store;  // which one the center has, as far as it was told
  bool fetch_receipts = true;
  bool stopping = false;
};

HttpsLink::HttpsLink(Uplink uplink, const UplinkIdentity& identity, Bandwidth& bandwidth)
    : state_(std::make_unique<State>(std::move(uplink), identity, bandwidth)) {}

HttpsLink::~HttpsLink() = default;

template <class T>
Result<T> HttpsLink::State::run(awaitable<Result<T>> work, const std::stop_token& stop) {
  return run_to_end(context, std::move(work), stop, [this] {
    stopping = true;
    if (connection) connection->cut();
  });
}

Result<void> HttpsLink::carry(Outgoing& outgoing, const std::stop_token& stop) {
  return state_->run(state_->carry(outgoing), stop);
}

Result<journal::LedgerPlace> HttpsLink::place(const record::StreamId& stream,
                                              const std::stop_token& stop) {
  return state_->run(state_->place(stream), stop);
}

Result<std::optional<record::SignedReceipt>> HttpsLink::receipt(const record::StreamId& stream,
                                                                record::Sequence sequence,
                                                                const std::stop_token& stop) {
  return state_->run(state_->receipt(stream, sequence), stop);
}

awaitable<Result<journal::LedgerPlace>> HttpsLink::State::place(const record::StreamId& stream) {
  const HttpRequest question = place_question(stream);
  const auto reply = co_await ask(question);
  if (!reply) co_return std::unexpected(reply.error());
  auto told = read_place(reply->answer, stream, reply->place);
  if (told) store = told->store;
  co_return told;
}

awaitable<Result<std::optional<record::SignedReceipt>>> HttpsLink::State::receipt(
    const record::StreamId& stream, record::Sequence sequence) {
  const HttpRequest question = receipt_question(stream, sequence);
  const auto reply = co_await ask(question);
  if (!reply) co_return std::unexpected(reply.error());
  co_return read_any_receipt(reply->answer, reply->place);
}

awaitable<Result<HttpsLink::State::Reply>> HttpsLink::State::ask(const HttpRequest& question) {
  for (;;) {
    if (connection && connection->generation() != identity.current().generation) disconnect();
    const bool is_kept = connection != nullptr;
    if (!is_kept) {
      if (auto connected = co_await connect(); !connected) {
        co_return std::unexpected(std::move(connected.error()));
      }
    }
    std::optional<LinkFailure> failure;
    if (auto sent = co_await connection->send(question); !sent) {
      failure = std::move(sent.error());
    } else {
      auto answer = co_await connection->receive(uplink.answer_timeout);
      if (answer) {
        std::string whose = connection->place();
        if (answer->last || answer->status != 200) disconnect();
        Reply reply;
        reply.answer = std::move(*answer);
        reply.place = std::move(whose);
        co_return reply;
      }
      failure = answer.error();
    }
    disconnect();
    // One that was kept may have been closed long ago.
    if (!is_kept || stopping) {
      address = (address + 1) % uplink.addresses.size();
      co_return std::unexpected(std::move(*failure));
    }
  }
}

void HttpsLink::State::disconnect() {
  if (connection) connection->cut();
  connection.reset();
  standing.reset();
}

awaitable<Result<void>> HttpsLink::State::carry(Outgoing& outgoing) {
  fetch_receipts = true;
  for (;;) {
    auto first = outgoing.next();
    if (!first || stopping) co_return Result<void>{};
    if (connection && connection->generation() != identity.current().generation) disconnect();
    const bool is_kept = connection != nullptr;
    if (!is_kept) {
      if (auto connected = co_await connect(); !connected) co_return connected;
    }
    Conversation conversation(context, *connection, outgoing, uplink, identity, store);
    const auto end = co_await converse(conversation, std::move(*first));
    if (end && *end == Conversation::End::done) co_return Result<void>{};
    disconnect();
    if (end && *end == Conversation::End::stopped) co_return Result<void>{};
    if (end && *end == Conversation::End::no_receipt) fetch_receipts = false;
    if (stopping) co_return Result<void>{};
    if (!end || *end == Conversation::End::failed) {
      const LinkFailure& failure = end ? conversation.failure() : end.error();
      // A connection that was kept may have been closed long ago, one that worked may break: that
      // is no failure of the center until it fails at once.
      const bool worked =
          (is_kept && !conversation.found_another_store()) || conversation.brought_receipts();
      if (failure.code != LinkProblem::unavailable || !worked) {
        address = (address + 1) % uplink.addresses.size();
        co_return std::unexpected(failure);
      }
    }
    outgoing.rewind();
  }
}

awaitable<Result<Conversation::End>> HttpsLink::State::converse(Conversation& conversation,
                                                                record::Batch first) {
  if (!standing && fetch_receipts) {
    auto asked = co_await conversation.ask(first);
    if (!asked) co_return std::unexpected(asked.error());
    standing = std::move(*asked);
  }
  const auto end = co_await conversation.exchange(std::move(first), standing);
  co_return end;
}

awaitable<Result<void>> HttpsLink::State::connect() {
  std::optional<LinkFailure> all;
  for (std::size_t tried = 0; tried < uplink.addresses.size() && !stopping; ++tried) {
    connection = std::make_shared<HttpsConnection>(context, uplink.addresses.at(address),
                                                   identity.current(), bandwidth);
    auto opened = co_await connection->open(uplink.connect_timeout);
    if (opened) co_return Result<void>{};
    disconnect();
    address = (address + 1) % uplink.addresses.size();
    if (!all) {
      all = std::move(opened.error());
    } else {
      all->sentence += "; " + record::to_string(opened.error());
      // One that may come back by itself is reason enough to go on trying without a person.
      if (opened.error().code == LinkProblem::unavailable) all->code = LinkProblem::unavailable;
    }
  }
  if (!all) all = {LinkProblem::unavailable, "uplink", "it was told to stop"};
  co_return std::unexpected(std::move(*all));
}

}  // namespace sluice::link
