// One connection from its first byte to its last: reads requests one after the other, hands each to
// its handler whole, and answers it before it looks at the next.
#pragma once

#include <chrono>
#include <expected>
#include <memory>
#include <optional>
#include <string>

#include <boost/asio/awaitable.hpp>

#include "server/body_memory.h"
#include "server/chunked_body.h"
#include "server/deadline.h"
#include "server/input_buffer.h"
#include "server/request_guard.h"
#include "server/response_text.h"
#include "server/service.h"
#include "server/transport.h"

namespace sluice::server {

// What the server knows of its connections. All calls: any thread.
class AnyConnection {
 public:
  virtual ~AnyConnection() = default;
  virtual void check_deadline(Deadline::Clock::time_point now) = 0;
  virtual void close_if_idle() = 0;
  virtual void cut() = 0;
  // Ends it if its handshake is not finished.
  virtual void give_way() = 0;
};

// Runs on the strand that is the stream's executor.
template <class Stream>
class Connection final : public AnyConnection,
                         public std::enable_shared_from_this<Connection<Stream>> {
 public:
  Connection(Stream stream, std::shared_ptr<Service> service);
  ~Connection() override;

  boost::asio::awaitable<void> run();

  void check_deadline(Deadline::Clock::time_point now) override;
  void close_if_idle() override;
  void cut() override;
  void give_way() override;

 private:
  // Why no request could be read: what to answer, or nothing when there is nobody to answer.
  using Stop = std::optional<Refusal>;
  template <class T>
  using Received = std::expected<T, Stop>;

  enum class Next { another_request, close };

  boost::asio::awaitable<Next> serve_one();
  boost::asio::awaitable<Next> serve_request(std::size_t head_size);
  boost::asio::awaitable<Received<std::size_t>> receive_head();
  boost::asio::awaitable<Received<std::string_view>> receive_body(const Route& route,
                                                                  std::size_t head_size,
                                                                  std::size_t& request_size);
  boost::asio::awaitable<Received<std::string_view>> receive_short_body(std::size_t head_size);
  boost::asio::awaitable<Received<std::string_view>> receive_long_body(const Route& route,
                                                                       std::size_t head_size);
  boost::asio::awaitable<Received<std::string_view>> receive_chunked_body(
      const Route& route, std::size_t head_size, std::size_t& request_size);
  boost::asio::awaitable<Received<void>> receive_some(Refusal on_timeout);
  boost::asio::awaitable<Received<void>> send_continue();
  boost::asio::awaitable<Next> answer_request(const Route& route, Request& request,
                                              Deadline::Clock::time_point started);
  boost::asio::awaitable<Next> send(const Response& response, AfterResponse after);
  boost::asio::awaitable<Next> end_with(Stop stop);
  boost::asio::awaitable<Next> refuse(Refusal refusal);
  boost::asio::awaitable<Next> refuse(Router::Miss miss);
  [[nodiscard]] Response tell(Refusal refusal) const;
  boost::asio::awaitable<Next> turn_away(const Response& response);
  boost::asio::awaitable<void> finish();

  // Takes its place. False: there are so many that it is not even told so.
  [[nodiscard]] bool let_in(Introduction introduction);
  void take_share();
  // By the directory of what is served now.
  void recognise_anew();
  [[nodiscard]] std::optional<Refusal> objection() const;
  [[nodiscard]] std::optional<Refusal> objection_to_body(const Route& route) const;
  // A body has gone on arriving.
  void body_advanced(const Route& route);
  [[nodiscard]] bool may_go_on() const;
  // Whether who was let in would have to show a certificate anew. Asked again once a request has
  // come: it may take long to, and is not answered to somebody who was revoked meanwhile. A server
  // that stops finishes what has begun.
  [[nodiscard]] bool has_lapsed() const;

  // What the request that is under way came to; else what is served now.
  [[nodiscard]] std::shared_ptr<Offered> offered() const {
    return offered_ ? offered_ : service_->offered();
  }

  Stream stream_;
  std::shared_ptr<Service> service_;
  std::shared_ptr<Offered> offered_;  // from a request's head to its answer
  bool is_introduced_ = false;
  bool over_limit_ = false;  // it is only to be told so
  std::uint64_t generation_;
  Deadline deadline_;
  bool expired_ = false;
  bool idle_ = false;
  bool unread_input_ = false;  // the peer may still be sending what nobody will read
  Introduction introduction_;
  std::shared_ptr<Share> share_;  // once introduced
  InputBuffer input_;
  RequestHead head_;
  bool has_head_ = false;  // whether it is of this request
  LargeBody large_body_;
  std::string output_;
  DateField date_;
};

extern template class Connection<TlsStream>;
extern template class Connection<LocalStream>;

}  // namespace sluice::server
