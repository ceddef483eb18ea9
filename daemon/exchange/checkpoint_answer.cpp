#include "exchange/checkpoint_answer.h"

#include <algorithm>
#include <chrono>

#include <fmt/format.h>

#include "record/json_members.h"
#include "record/try.h"
#include "store/store.h"

namespace sluice::exchange {
namespace {

// A center whose store was put back under it tells of what it made before, until it looks.
constexpr std::chrono::minutes told_late{1};

constexpr std::string_view line_state_name(LineAnswer::State state) {
  using enum LineAnswer::State;
  switch (state) {
    case stands:
      return "stands";
    case over:
      return "over";
    case unknown:
      break;
  }
  return "unknown";
}

}  // namespace

store::Result<LineAnswer> answer_of(store::Store& store, const std::string& line,
                                    std::span<const std::uint64_t> numbers) {
  LineAnswer answer{.line = line};
  // Before the lines: one that begins in between is then not taken for one that is over.
  const auto incarnation = SLUICE_TRY(store.incarnation());
  const auto lines = SLUICE_TRY(store.checkpoints().lines());
  const auto found = std::ranges::find(lines, line, &store::CheckpointLine::name);
  const bool is_begun = !lines.empty() && lines.back().incarnation == incarnation;
  if (is_begun) answer.since = lines.back().began_at;
  if (found == lines.end()) return answer;
  const auto next = std::next(found);
  answer.state =
      next == lines.end() && is_begun ? LineAnswer::State::stands : LineAnswer::State::over;
  if (next != lines.end() && next->after.line == line) answer.last = next->after.number;
  for (const std::uint64_t number : numbers) {
    const auto kept = SLUICE_TRY(store.checkpoints().list(line, number, 1));
    if (kept.empty()) continue;
    const record::Checkpoint& checkpoint = kept.front().checkpoint;
    if (checkpoint.number == number) answer.checkpoints.push_back(checkpoint);
  }
  // The store is another one than it was, and has made none since: what is left of the line is all.
  if (answer.state == LineAnswer::State::over && next == lines.end()) {
    const auto last = SLUICE_TRY(store.checkpoints().last(line));
    answer.last = last ? last->number : 0;
  }
  return answer;
}

std::string to_json(const LineAnswer& answer) {
  std::string json =
      fmt::format(R"({{"line":"{}","state":"{}","last":{},"since":"{}","checkpoints":[)",
                  answer.line, line_state_name(answer.state), answer.last,
                  answer.since ? record::to_string(*answer.since) : std::string());
  for (bool is_first = true; const record::Checkpoint& checkpoint : answer.checkpoints) {
    if (!is_first) json += ',';
    is_first = false;
    json += record::to_json(checkpoint);
  }
  return json + "]}\n";
}

std::expected<LineAnswer, record::Flaw> parse_line_answer(std::string_view json) {
  record::JsonMembers members(json);
  LineAnswer answer{.line = members.text("line")};
  const std::string state = members.text("state");
  for (const auto known : {LineAnswer::State::stands, LineAnswer::State::over}) {
    if (state == line_state_name(known)) answer.state = known;
  }
  if (state != line_state_name(answer.state)) members.complain("state", "to be one that is known");
  answer.last = members.number("last");
  const std::string since = members.text("since");
  answer.since = record::parse_time(since);
  if (!since.empty() && !answer.since) members.complain("since", "to be a time, or empty");
  for (const simdjson::dom::element& value : members.array("checkpoints")) {
    auto checkpoint = record::checkpoint_in(value);
    if (!checkpoint || checkpoint->line != answer.line) {
      members.complain("checkpoints", "to be checkpoints of the line");
      break;
    }
    answer.checkpoints.push_back(std::move(*checkpoint));
  }
  if (const auto problem = members.finish()) return std::unexpected(record::Flaw{*problem});
  return answer;
}

Standing standing_of(const record::Checkpoint& kept, record::Time told_at,
                     const LineAnswer& answer) {
  const auto found =
      std::ranges::find(answer.checkpoints, kept.number, &record::Checkpoint::number);
  if (found != answer.checkpoints.end()) {
    return *found == kept ? Standing::same : Standing::different;
  }
  switch (answer.state) {
    case LineAnswer::State::stands:
      break;
    case LineAnswer::State::over:
      return kept.number > answer.last ? Standing::lost_by_restore : Standing::missing;
    case LineAnswer::State::unknown:
      // The store was restored to before the beginning of the line, or is a new one.
      if (!answer.since || told_at <= *answer.since + told_late) return Standing::lost_by_restore;
      break;
  }
  return Standing::missing;
}

}  // namespace sluice::exchange
