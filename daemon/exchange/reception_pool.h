// Receptions for what other nodes bring: a few, each with a store connection and a thread, so that
// the event loop never waits for the store.
#pragma once

#include <cstddef>
#include <expected>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <vector>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "exchange/reception.h"

namespace sluice::exchange {

// Thread-safe. The calls for one bureau come one after the other, in order; those for several at
// once, as far as there are receptions.
class ReceptionPool {
 public:
  using Open = std::function<Result<std::unique_ptr<Reception>>()>;

  // `open` is called on the pool's threads, when a reception is first needed.
  ReceptionPool(std::size_t receptions, Open open);
  ~ReceptionPool();
  ReceptionPool(const ReceptionPool&) = delete;
  ReceptionPool& operator=(const ReceptionPool&) = delete;

  // Waits for what is under way; nothing is run afterwards. It is what the destructor does.
  void join() { threads_.join(); }

  // Runs `work` with a reception and goes on upon the caller's executor. `bureau` and `work` must
  // live until then.
  template <class T>
  [[nodiscard]] boost::asio::awaitable<Result<T>> run(
      const record::BureauId& bureau, const std::function<Result<T>(Reception&)>& work) {
    using Answer = Result<T>;
    co_return co_await boost::asio::co_spawn(
        strand_of(bureau),
        [&]() -> boost::asio::awaitable<Answer> {
          auto reception = borrow(bureau);
          if (!reception) co_return std::unexpected(reception.error());
          Answer result = work(**reception);
          give_back(bureau, std::move(*reception));
          co_return result;
        },
        boost::asio::use_awaitable);
  }

 private:
  using Strand = boost::asio::strand<boost::asio::thread_pool::executor_type>;
  // One that is not in use, and the bureau that it served last, whose tables it knows.
  struct Free {
    record::BureauId bureau;
    std::unique_ptr<Reception> reception;
  };
  [[nodiscard]] Strand strand_of(const record::BureauId& bureau);
  [[nodiscard]] Result<std::unique_ptr<Reception>> borrow(const record::BureauId& bureau);
  void give_back(const record::BureauId& bureau, std::unique_ptr<Reception> reception);

  Open open_;
  boost::asio::thread_pool threads_;  // before the strands: when they go, they lock a mutex of its
  std::mutex mutex_;
  std::map<record::BureauId, Strand> strands_;  // guarded by mutex_
  std::vector<Free> free_;                      // guarded by mutex_; the latest last
  std::size_t most_;
  std::size_t opened_ = 0;  // guarded by mutex_
};

}  // namespace sluice::exchange
