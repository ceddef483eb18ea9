// Lets the threads of one process that write to one file do so in the order in which they came.
// SQLite has whoever finds the file locked ask again after pauses that grow to a tenth of a second,
// and serves whoever asks in between: of eight that wrote again and again, one commit in a hundred
// waited for those of all others several times over.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <optional>
#include <set>

namespace sluice::sqlite {

// Thread-safe. Other processes are still kept out by the file's lock, and not by this.
class WriteTurns {
 public:
  // Ends with it. Must not outlive its WriteTurns.
  class Turn {
   public:
    explicit Turn(WriteTurns& turns) : turns_(turns) {}
    ~Turn() { turns_.end(); }
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;

   private:
    WriteTurns& turns_;
  };

  // Blocks until all who came before are done or have gone. Nothing: that took too long. Not for
  // who has a turn already.
  [[nodiscard]] std::optional<Turn> take(std::chrono::milliseconds longest);

  // How many have come so far, those who still wait among them.
  [[nodiscard]] std::uint64_t came() const;

 private:
  void end();

  mutable std::mutex mutex_;
  std::condition_variable ended_;
  std::uint64_t came_ = 0;           // guarded by mutex_, as the next
  std::set<std::uint64_t> waiting_;  // those who came; the first of them has the turn
};

}  // namespace sluice::sqlite
