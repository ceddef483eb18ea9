#include "link/https/https_caller.h"

#include <optional>
#include <utility>

#include "link/https/run_to_end.h"

namespace sluice::link {

namespace asio = boost::asio;
using asio::awaitable;

Result<HttpsCaller::Reply> HttpsCaller::call(const HttpRequest& request,
                                             std::chrono::milliseconds silence,
                                             const std::stop_token& stop) {
  return run_to_end(context_, exchange(request, silence), stop, [this] {
    is_stopping_ = true;
    if (connection_) connection_->cut();
  });
}

awaitable<Result<HttpsCaller::Reply>> HttpsCaller::exchange(const HttpRequest& request,
                                                            std::chrono::milliseconds silence) {
  if (connection_ && connection_->generation() != identity_.current().generation) disconnect();
  for (;;) {
    const bool is_kept = connection_ != nullptr;
    if (!is_kept) {
      if (auto connected = co_await connect(); !connected) {
        co_return std::unexpected(std::move(connected.error()));
      }
    }
    connection_->limit_silence(silence);  // a center that reads nothing is silent too
    auto answered = co_await connection_->send(request);
    std::optional<HttpAnswer> answer;
    if (answered) {
      auto received = co_await connection_->receive(silence);
      if (received) {
        answer = std::move(*received);
      } else {
        answered = std::unexpected(std::move(received.error()));
      }
    }
    const std::string place = connection_->place();
    if (!answer || answer->last) disconnect();
    if (answer) co_return Reply{std::move(*answer), place};
    // One that was kept may have been closed long ago.
    if (!is_kept || is_stopping_) co_return std::unexpected(std::move(answered.error()));
  }
}

awaitable<Result<void>> HttpsCaller::connect() {
  std::optional<LinkFailure> first;
  for (const Uplink::Address& address : uplink_.addresses) {
    if (is_stopping_) break;
    connection_ =
        std::make_shared<HttpsConnection>(context_, address, identity_.current(), bandwidth_);
    auto opened = co_await connection_->open(uplink_.connect_timeout);
    if (opened) co_return Result<void>{};
    disconnect();
    if (!first) first = std::move(opened.error());
  }
  if (!first) first = {LinkProblem::unavailable, "uplink", "it was told to stop"};
  co_return std::unexpected(std::move(*first));
}

}  // namespace sluice::link
