// Where pages do what blocks: read journals, ask the database, hash passwords. A bounded number of
// requests waits for a thread; the others are told at once that the node is busy.
#pragma once

#include <atomic>
#include <cstddef>
#include <optional>
#include <type_traits>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace sluice::pages {

// Thread-safe.
class Workers {
 public:
  // `most_at_once`: running and waiting together.
  Workers(std::size_t threads, std::size_t most_at_once)
      : pool_(threads), most_at_once_(most_at_once) {}

  // What `work` returns on one of the threads; nothing: too many wait. `work` stays the caller's.
  template <class Work>
  [[nodiscard]] boost::asio::awaitable<std::optional<std::invoke_result_t<Work&>>> run(Work& work) {
    using Done = std::invoke_result_t<Work&>;
    const Place place(at_once_);
    if (place.number > most_at_once_) co_return std::nullopt;
    const auto carry_out = [&]() -> boost::asio::awaitable<Done> { co_return work(); };
    co_return co_await boost::asio::co_spawn(pool_, carry_out, boost::asio::use_awaitable);
  }

  // Waits for what runs.
  void join() { pool_.join(); }

 private:
  struct Place {
    explicit Place(std::atomic<std::size_t>& all) : taken(all), number(++all) {}
    ~Place() { --taken; }
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;
    std::atomic<std::size_t>& taken;
    std::size_t number;
  };

  boost::asio::thread_pool pool_;
  std::size_t most_at_once_;
  std::atomic<std::size_t> at_once_{0};
};

}  // namespace sluice::pages
