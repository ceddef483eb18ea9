#include "commands/applied.h"

#include <algorithm>
#include <cstdio>
#include <thread>
#include <utility>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "commands/control_client.h"
#include "commands/terminal.h"

namespace sluice::commands {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds receipt_poll{20};
constexpr std::chrono::seconds daemon_poll{1};

void add(record::RowOutcomes& sum, const record::RowOutcomes& rows) {
  sum.inserted.value += rows.inserted.value;
  sum.updated.value += rows.updated.value;
  sum.unchanged.value += rows.unchanged.value;
  sum.deleted.value += rows.deleted.value;
  sum.rejected.value += rows.rejected.value;
}

const boost::json::object* object_in(const boost::json::object& of, const char* name) {
  const auto* value = of.if_contains(name);
  return value == nullptr ? nullptr : value->if_object();
}

// Why the bureau's stream does not get on, in the daemon's status; empty where it does.
std::string reason_of_stream(const boost::json::object& status, const record::BureauId& bureau) {
  const auto* streams = status.if_contains("streams");
  if (streams == nullptr || !streams->is_array()) return {};
  for (const boost::json::value& value : streams->get_array()) {
    const auto* stream = value.if_object();
    if (stream == nullptr || member_text(*stream, "bureau") != bureau.str()) continue;
    if (stream->contains("error")) return member_text(*stream, "error");
    const auto* link = object_in(*stream, "link");
    if (link == nullptr) return {};
    if (member_text(*link, "state") != "stopped") return member_text(*link, "reason");
    const std::string reason = member_text(*link, "reason");
    return "the stream has stopped, and goes on once that is repaired and `sluiced` is "
           "restarted: " +
           (reason.empty() ? "see the log" : reason);
  }
  return {};
}

// The same, or what keeps the whole node.
std::string reason_in(const std::string& answer, const record::BureauId& bureau) {
  boost::system::error_code error;
  const boost::json::value parsed = boost::json::parse(answer, error);
  const auto* status = error ? nullptr : parsed.if_object();
  if (status == nullptr) return {};
  if (std::string reason = reason_of_stream(*status, bureau); !reason.empty()) return reason;
  return member_text(*status, "not_signing");
}

// One wait for receipts, with what was told of it.
class ReceiptWait {
 public:
  ReceiptWait(const installation::Installation& installation, const record::BureauId& bureau,
              journal::Journal& journal, record::StreamId stream, bool has_end)
      : socket_(installation.settings.node.control_socket),
        bureau_(bureau),
        journal_(journal),
        stream_(std::move(stream)),
        has_end_(has_end) {}

  // Whether waiting for this batch has a sense; false: `applied` says why not.
  [[nodiscard]] std::expected<bool, std::string> may_come(record::Sequence batch,
                                                          Applied& applied) {
    const auto now = Clock::now();
    if (now - asked_at_ < daemon_poll) return true;
    asked_at_ = now;
    if (!may_be_brought(applied)) return false;
    const auto status = journal_.status();
    if (status && status->stream != stream_) {
      return std::unexpected(
          "the stream began a new epoch meanwhile, since the center had lost batches, and the "
          "numbers that were waited for stand for nothing any more: `sluice status` tells when "
          "everything has arrived");
    }
    const auto standing = journal_.standing(batch);
    applied.held = status && standing && batch <= status->acknowledged &&
                   standing->state == journal::BatchStanding::State::waiting;
    if (applied.held) return false;
    tell_reason(applied);
    return true;
  }

 private:
  [[nodiscard]] bool may_be_brought(Applied& applied) const {
    switch (listener_at(socket_)) {
      case Listener::daemon:
        return true;
      case Listener::not_for_this_user:
        // One may run: receipts come into the journal all the same.
        if (has_end_) return true;
        applied.reason = not_for_this_user(socket_);
        break;
      case Listener::nobody:
        applied.reason = "no sluiced runs that would bring them there: start it";
        break;
    }
    applied.is_alone = true;
    applied.in_vain = has_end_;
    return false;
  }

  void tell_reason(Applied& applied) {
    const auto answer = ask_daemon(socket_, "/v1/status");
    std::string reason = answer ? reason_in(*answer, bureau_) : answer.error();
    // Between two tries the link has none: what kept the last one still holds.
    if (reason.empty()) return;
    applied.reason = std::move(reason);
    if (applied.reason == told_) return;
    told_ = applied.reason;
    fmt::print(stderr, "sluice: waiting for the central store: {}\n", printable(told_));
  }

  const std::filesystem::path& socket_;
  const record::BureauId& bureau_;
  journal::Journal& journal_;
  record::StreamId stream_;
  bool has_end_;
  Clock::time_point asked_at_ = Clock::now() - daemon_poll;
  std::string told_;
};

}  // namespace

std::expected<Applied, std::string> await_receipts(const installation::Installation& installation,
                                                   const record::BureauId& bureau,
                                                   const std::vector<record::Sequence>& batches,
                                                   Patience& patience) {
  Applied applied{.waited = true};
  auto journal = installation.open_journal(bureau);
  if (!journal) return std::unexpected(record::to_string(journal.error()));
  const auto begun = journal->status();
  if (!begun) return std::unexpected(record::to_string(begun.error()));
  ReceiptWait wait(installation, bureau, *journal, begun->stream, patience.has_value());
  ProgressLine line("applying");
  const auto began = Clock::now();
  for (std::size_t done = 0; done < batches.size();) {
    const auto receipt = journal->receipt(batches[done]);
    if (!receipt) return std::unexpected(record::to_string(receipt.error()));
    if (*receipt) {
      const auto parsed = record::parse_receipt((*receipt)->json);
      if (!parsed) return std::unexpected(record::to_string(parsed.error()));
      add(applied.rows, parsed->rows);
      applied.reason.clear();
      ++done;
      line.advanced(done, batches.size(), 0);
      continue;
    }
    const auto may_come = wait.may_come(batches[done], applied);
    if (!may_come) return std::unexpected(may_come.error());
    if (!*may_come) return applied;
    applied.in_vain = patience && Clock::now() - began >= *patience;
    if (applied.in_vain) {
      patience = std::chrono::milliseconds(0);
      return applied;
    }
    std::this_thread::sleep_for(receipt_poll);
  }
  if (patience) {
    const auto waited = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - began);
    patience = std::max(*patience - waited, std::chrono::milliseconds(0));
  }
  applied.complete = true;
  return applied;
}

std::string why_not_applied(const Applied& applied) {
  if (applied.held) {
    return "durable in the journal and at the center, which holds it: `sluice status` there says "
           "why";
  }
  if (applied.is_alone) {
    return "durable in the journal, where they wait, and not yet in the central store: " +
           applied.reason;
  }
  return "durable in the journal, and not yet in the central store: it is sent by itself; " +
         (applied.reason.empty() ? "`sluice status` says how that gets on" : applied.reason);
}

}  // namespace sluice::commands
