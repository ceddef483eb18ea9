#include "doctor/examination.h"

#include <algorithm>
#include <condition_variable>
#include <exception>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>

#include <fmt/format.h>

namespace sluice::doctor {
namespace {

using Clock = std::chrono::steady_clock;

// So that a node with a hundred databases starts no hundred processes.
constexpr std::size_t most_at_once = 8;

// Where looks leave what they found; held by every thread that looks, however long that lives.
struct Board {
  explicit Board(std::size_t checks) : found(checks) {}
  std::mutex mutex;
  std::condition_variable changed;
  std::vector<std::optional<Findings>> found;  // guarded by mutex
};

Findings looked(const std::function<Findings()>& look, const std::string& about) {
  try {
    return look();
  } catch (const std::exception& error) {
    return {wrong(about, fmt::format("this could not be looked at: {}", error.what()), "")};
  }
}

class Examination {
 public:
  explicit Examination(const std::vector<Check>& checks)
      : checks_(checks), begun_(checks.size()), board_(std::make_shared<Board>(checks.size())) {}

  Examined run(const TellFindings& tell) {
    std::unique_lock lock(board_->mutex);
    while (told_ < checks_.size()) {
      begin_what_can_be();
      give_up_what_is_late();
      if (const auto& next = board_->found[told_]) {
        const Findings findings = *next;
        result_.worst = std::max(result_.worst, worst(findings));
        lock.unlock();
        tell(checks_[told_], findings);
        lock.lock();
        ++told_;
        continue;
      }
      board_->changed.wait_until(lock, next_deadline());
    }
    return result_;
  }

 private:
  [[nodiscard]] bool is_running(std::size_t at) const { return begun_[at] && !board_->found[at]; }

  // The first check that keeps this one from being of use; nothing while one is not decided.
  [[nodiscard]] std::optional<std::string> obstacle(const Check& check) const {
    for (std::size_t at = 0; at < checks_.size(); ++at) {
      if (std::ranges::find(check.needs, checks_[at].name) == check.needs.end()) continue;
      const auto& found = board_->found[at];
      if (!found) return std::nullopt;
      const Verdict verdict = worst(*found);
      if (verdict == Verdict::wrong || std::ranges::all_of(*found, [](const Finding& finding) {
            return finding.verdict == Verdict::skipped;
          })) {
        return checks_[at].name;
      }
    }
    return "";
  }

  void begin_what_can_be() {
    for (std::size_t at = 0; at < checks_.size(); ++at) {
      if (begun_[at] || board_->found[at]) continue;
      const Check& check = checks_[at];
      const auto in_the_way = obstacle(check);
      if (!in_the_way) continue;
      if (!in_the_way->empty()) {
        board_->found[at] = Findings{
            skipped(check.about, fmt::format("not looked at, because of `{}` above", *in_the_way))};
        continue;
      }
      if (running() >= most_at_once) return;
      begun_[at] = Clock::now() + check.limit;
      std::thread([board = board_, look = check.look, about = check.about, at] {
        Findings findings = looked(look, about);
        const std::lock_guard lock(board->mutex);
        if (!board->found[at]) board->found[at] = std::move(findings);
        board->changed.notify_all();
      }).detach();
    }
  }

  [[nodiscard]] std::size_t running() const {
    std::size_t count = 0;
    for (std::size_t at = 0; at < checks_.size(); ++at)
      count += is_running(at) ? 1U : 0U;
    return count;
  }

  void give_up_what_is_late() {
    const auto now = Clock::now();
    for (std::size_t at = 0; at < checks_.size(); ++at) {
      if (!is_running(at) || *begun_[at] > now) continue;
      result_.is_cut_short = true;
      board_->found[at] = Findings{
          wrong(checks_[at].about,
                fmt::format("no answer within {:.0f} s",
                            std::chrono::duration<double>(checks_[at].limit).count()),
                "see whether what it lies on hangs: a disk, a network file system, a name server")};
    }
  }

  [[nodiscard]] Clock::time_point next_deadline() const {
    // Where nothing runs, what was just skipped lets others go on.
    auto next = running() == 0 ? Clock::now() : Clock::now() + std::chrono::hours(1);
    for (std::size_t at = 0; at < checks_.size(); ++at) {
      if (is_running(at)) next = std::min(next, *begun_[at]);
    }
    return next;
  }

  const std::vector<Check>& checks_;
  std::vector<std::optional<Clock::time_point>> begun_;  // and when it is to have ended
  std::shared_ptr<Board> board_;
  std::size_t told_ = 0;
  Examined result_;
};

}  // namespace

Examined examine(const std::vector<Check>& checks, const TellFindings& tell) {
  return Examination(checks).run(tell);
}

}  // namespace sluice::doctor
