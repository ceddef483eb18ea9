#include "commands/applied.h"

#include <chrono>
#include <thread>

#include "commands/control_client.h"
#include "commands/terminal.h"

namespace sluice::commands {
namespace {

constexpr std::chrono::milliseconds receipt_poll{20};
constexpr std::chrono::seconds daemon_poll{1};

void add(record::RowOutcomes& sum, const record::RowOutcomes& rows) {
  sum.inserted.value += rows.inserted.value;
  sum.updated.value += rows.updated.value;
  sum.unchanged.value += rows.unchanged.value;
  sum.deleted.value += rows.deleted.value;
  sum.rejected.value += rows.rejected.value;
}

}  // namespace

std::expected<Applied, std::string> await_receipts(const installation::Installation& installation,
                                                   const record::BureauId& bureau,
                                                   const std::vector<record::Sequence>& batches) {
  Applied applied{.waited = true};
  auto journal = installation.open_journal(bureau);
  if (!journal) return std::unexpected(record::to_string(journal.error()));
  const auto begun = journal->status();
  if (!begun) return std::unexpected(record::to_string(begun.error()));
  const auto& socket = installation.settings.node.control_socket;
  ProgressLine line("applying");
  auto asked_at = std::chrono::steady_clock::now() - daemon_poll;
  for (std::size_t done = 0; done < batches.size();) {
    const auto receipt = journal->receipt(batches[done]);
    if (!receipt) return std::unexpected(record::to_string(receipt.error()));
    if (*receipt) {
      const auto parsed = record::parse_receipt((*receipt)->json);
      if (!parsed) return std::unexpected(record::to_string(parsed.error()));
      add(applied.rows, parsed->rows);
      ++done;
      line.advanced(done, batches.size(), 0);
      continue;
    }
    if (const auto now = std::chrono::steady_clock::now(); now - asked_at >= daemon_poll) {
      asked_at = now;
      if (!daemon_is_there(socket)) return applied;
      const auto now_is = journal->status();
      if (now_is && now_is->stream != begun->stream) {
        return std::unexpected(
            "the stream began a new epoch meanwhile, since the center had lost batches, and the "
            "numbers that were waited for stand for nothing any more: `sluice status` tells when "
            "everything has arrived");
      }
      const auto standing = journal->standing(batches[done]);
      applied.held = now_is && standing && batches[done] <= now_is->acknowledged &&
                     standing->state == journal::BatchStanding::State::waiting;
      if (applied.held) return applied;
    }
    std::this_thread::sleep_for(receipt_poll);
  }
  applied.complete = true;
  return applied;
}

}  // namespace sluice::commands
