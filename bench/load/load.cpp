#include "bench/load/load.h"

#include <array>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <sys/epoll.h>

#include "bench/register_generator.h"

namespace sluice::bench {
namespace {

using namespace std::chrono_literals;
using Clock = ClientConnection::Clock;
using Progress = ClientConnection::Progress;

// A server that says nothing for so long is not going to.
constexpr auto patience = 30s;
// A server may close a connection between two requests; one that always does is not measured.
constexpr std::uint64_t max_reconnects = 1000;

// Makes the requests, each with the next row of the register.
class RequestMaker {
 public:
  explicit RequestMaker(const LoadOptions& options)
      : generator_({.shape = Shape::wide, .rows = max_rows}),
        rows_(options.rows),
        next_row_(options.first_row),
        head_(fmt::format("POST /v1/datasets/{}/records HTTP/1.1\r\nHost: {}:{}\r\n"
                          "Content-Type: application/json\r\nContent-Length: ",
                          options.dataset, options.server.host, options.server.port)) {}

  void make(std::string& request) {
    body_.assign(1, '[');
    for (std::uint64_t row = 0; row < rows_; ++row) {
      if (row > 0) body_.push_back(',');
      generator_.make_row(next_row_++, row_);
      append_json(row_, generator_.columns(), body_);
    }
    body_.push_back(']');
    request.assign(head_);
    append_number(request, body_.size());
    request.append("\r\n\r\n").append(body_);
  }

 private:
  RegisterGenerator generator_;
  std::uint64_t rows_;
  std::uint64_t next_row_;
  std::string head_;
  RowText row_;
  std::string body_;
};

class Load {
 public:
  Load(const LoadOptions& options, SSL_CTX& context)
      : options_(options), context_(context), requests_(options), epoll_(epoll_create1(0)) {}

  LoadResult run() {
    if (!open_connections()) return std::move(result_);
    const auto begin = Clock::now();
    deadline_ = begin + options_.duration;
    for (std::size_t i = 0; i < slots_.size(); ++i)
      start_next(i);
    last_answer_ = begin;
    while (under_way_ != 0 && result_.problem.empty())
      wait_for_answers();
    result_.elapsed = last_answer_ - begin;
    return std::move(result_);
  }

 private:
  struct Slot {
    ClientConnection connection;
    bool waits_to_write = false;
  };

  bool open_connections() {
    for (std::uint64_t i = 0; i < options_.connections; ++i) {
      auto opened = ClientConnection::open(context_, options_.server);
      if (!opened) return fail(opened.error());
      slots_.push_back({std::move(*opened)});
      if (!watch(slots_.size() - 1, EPOLL_CTL_ADD, EPOLLIN)) return false;
    }
    return true;
  }

  bool watch(std::size_t index, int operation, std::uint32_t events) {
    epoll_event event{};
    event.events = events;
    event.data.u64 = index;
    const int socket = slots_[index].connection.descriptor();
    if (epoll_ctl(epoll_.get(), operation, socket, &event) == 0) return true;
    return fail("epoll_ctl failed");
  }

  bool fail(std::string problem) {
    if (result_.problem.empty()) result_.problem = std::move(problem);
    return false;
  }

  [[nodiscard]] bool wants_more() const {
    return options_.count ? started_ < *options_.count : Clock::now() < deadline_;
  }

  void start_next(std::size_t index) {
    if (!wants_more() || !result_.problem.empty()) return;
    ++started_;
    ++under_way_;
    requests_.make(slots_[index].connection.prepare_request());
    advance(index);
  }

  void advance(std::size_t index) {
    switch (slots_[index].connection.advance()) {
      case Progress::wants_read:
        watch_for_writing(index, false);
        break;
      case Progress::wants_write:
        watch_for_writing(index, true);
        break;
      case Progress::answered:
        take_answer(index);
        break;
      case Progress::lost:
        fail(slots_[index].connection.problem());
    }
  }

  // A request nearly always fits the socket's buffer, so this nearly never calls the kernel.
  void watch_for_writing(std::size_t index, bool writing) {
    if (writing == slots_[index].waits_to_write) return;
    slots_[index].waits_to_write = writing;
    watch(index, EPOLL_CTL_MOD, writing ? EPOLLIN | EPOLLOUT : EPOLLIN);
  }

  void take_answer(std::size_t index) {
    const ClientConnection& connection = slots_[index].connection;
    last_answer_ = Clock::now();
    result_.latencies.add(last_answer_ - connection.sent_at());
    ++result_.answers[connection.answer().status()];
    --under_way_;
    if (connection.answer().closes() && !reconnect(index)) return;
    start_next(index);
  }

  bool reconnect(std::size_t index) {
    if (++result_.reconnects > max_reconnects) {
      return fail("the server closes its connections: raise its keep-alive limit");
    }
    auto opened = ClientConnection::open(context_, options_.server);
    if (!opened) return fail(opened.error());
    slots_[index] = {std::move(*opened)};
    return watch(index, EPOLL_CTL_ADD, EPOLLIN);
  }

  void wait_for_answers() {
    std::array<epoll_event, 64> events;
    const int count =
        epoll_wait(epoll_.get(), events.data(), static_cast<int>(events.size()), 1000);
    if (count == 0 && Clock::now() - last_answer_ > patience) {
      fail(fmt::format("no answer for {} s", patience.count()));
    }
    for (int i = 0; i < count && result_.problem.empty(); ++i) {
      advance_or_dismiss(events[static_cast<std::size_t>(i)].data.u64);
    }
  }

  // A connection without a request has done its part: what the server still says on it, such as a
  // farewell, is of no interest.
  void advance_or_dismiss(std::size_t index) {
    if (slots_[index].connection.has_request()) {
      advance(index);
    } else {
      epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, slots_[index].connection.descriptor(), nullptr);
    }
  }

  const LoadOptions& options_;
  SSL_CTX& context_;
  RequestMaker requests_;
  FileDescriptor epoll_;
  std::vector<Slot> slots_;
  std::uint64_t started_ = 0;
  std::uint64_t under_way_ = 0;
  Clock::time_point deadline_{};
  Clock::time_point last_answer_{};
  LoadResult result_;
};

}  // namespace

LoadResult run_load(const LoadOptions& options, SSL_CTX& context) {
  return Load(options, context).run();
}

}  // namespace sluice::bench
