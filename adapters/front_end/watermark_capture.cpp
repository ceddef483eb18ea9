#include <algorithm>
#include <chrono>
#include <limits>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "adapters/front_end/capture_run.h"
#include "adapters/front_end/keyless_rows.h"
#include "adapters/front_end/look_back.h"
#include "adapters/front_end/ordered_walk.h"
#include "adapters/front_end/watermark.h"
#include "record/try.h"

namespace sluice::adapters::front_end {
namespace {

constexpr std::int64_t always = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t never = std::numeric_limits<std::int64_t>::min();
// How old the comparison of the clocks may become: what is read again where one was set back.
constexpr std::int64_t microseconds_between_clocks = 60'000'000;
// How many pages of versions are remembered in memory before they go to the window's file.
constexpr std::size_t most_pending_pages = 5;

Result<WatermarkKind> kind_of(const SourceTable& table, const odbc::SourceColumn& column) {
  switch (column.kind) {
    case odbc::ValueKind::integer:
      return WatermarkKind::number;
    case odbc::ValueKind::decimal:
      if (column.digits == 0) return WatermarkKind::number;
      break;
    case odbc::ValueKind::date:
      return WatermarkKind::date;
    case odbc::ValueKind::timestamp:
    case odbc::ValueKind::zoned_timestamp:
      return WatermarkKind::timestamp;
    default:
      break;
  }
  return std::unexpected(CollectionFailure{
      CollectionProblem::bad_columns, table.name.name,
      fmt::format("column {} is {}; a watermark is a whole number, a date or a timestamp",
                  column.name, column.type_name)});
}

// One run; a class because each step needs all of this.
class WatermarkCapture {
 public:
  WatermarkCapture(CaptureRun& run, const capture::ByWatermark& way, WatermarkKind kind,
                   SentWindow window)
      : run_(run),
        table_(run.reader.table()),
        dialect_(run.connection.dialect()),
        at_(table_.at(way.column)),
        column_(table_.columns[at_]),
        kind_(kind),
        look_back_(kind == WatermarkKind::number
                       ? static_cast<std::int64_t>(way.look_back_numbers)
                       : std::chrono::microseconds(way.look_back).count()),
        few_(std::min(run.page_rows, rows_read_again)),
        window_(std::move(window)) {}

  Result<void> find_ceiling();
  Result<void> load();
  Result<void> follow();

 private:
  Result<void> find_look_back();
  [[nodiscard]] std::string order_of_columns() const;
  void pull_back(std::optional<std::chrono::microseconds> set_back);
  Result<void> find_head();
  Result<void> read_new();
  Result<void> read_again();
  Result<void> read_unmarked();
  Result<void> begin_round();
  [[nodiscard]] bool is_at_rest() const;
  Result<void> take(const TableRow& row, std::int64_t mark);
  Result<void> take_new(const TableRow& row);
  Result<void> refuse_keyless(std::int64_t from);
  Result<void> remember(const TableRow& row, std::int64_t mark);
  Result<void> keep_pending();
  // Of the watermark and then of the key.
  [[nodiscard]] Walk walk_among(std::vector<Query> conditions) const;
  [[nodiscard]] std::string text_of(std::int64_t mark) const { return to_text(kind_, {mark}); }
  // As the database is asked for it: of dates, the day's beginning.
  [[nodiscard]] std::int64_t behind(std::int64_t mark, std::int64_t by) const {
    const Watermark begin = shifted_back(kind_, {mark}, by);
    return parse_watermark(kind_, to_text(kind_, begin)).value_or(begin).value;
  }
  [[nodiscard]] std::int64_t window_behind(std::optional<std::int64_t> reached) const {
    return reached ? behind(*reached, look_back_) : never;
  }
  [[nodiscard]] Query in_window(std::int64_t from) const {
    return from == never ? is_not_null(dialect_, column_)
                         : at_least(dialect_, column_, text_of(from));
  }
  [[nodiscard]] std::optional<Watermark> mark_of(const TableRow& row) const {
    const auto text = row.exact(at_);
    return text ? parse_watermark(kind_, *text) : std::nullopt;
  }
  [[nodiscard]] std::int64_t own_clock() const {
    return std::chrono::duration_cast<std::chrono::microseconds>(run_.now.time_since_epoch())
        .count();
  }

  CaptureRun& run_;
  const SourceTable& table_;
  const odbc::Dialect& dialect_;
  std::size_t at_;
  const odbc::SourceColumn& column_;
  WatermarkKind kind_;
  std::int64_t look_back_;
  std::size_t few_;  // rows that are read again in each run
  SentWindow window_;
  // The database's own time: a row dated ahead of it must not hide those that come until then.
  std::int64_t ceiling_ = always;
  std::optional<Clocks> clocks_;
  LookBack state_;
  std::optional<LookBack> kept_;      // as it is in the window's file
  std::optional<std::int64_t> head_;  // what lies above is read in each run; none: the whole window
  const Walk* new_rows_ = nullptr;    // while they are read
  std::vector<SentVersion> pending_;
  std::string buffer_;
};

Result<void> WatermarkCapture::find_ceiling() {
  const std::string& question = dialect_.current_timestamp;
  if (kind_ == WatermarkKind::number || question.empty() || !column_.is_in_utc) return {};
  const auto text = SLUICE_TRY(run_.reader.read_first_value({question, {}}));
  // To the second: what stands behind, a fraction or an offset, is written in many ways.
  const auto now = text ? parse_watermark(WatermarkKind::timestamp, text->substr(0, 19))
                        : std::optional<Watermark>();
  if (!now) return {};
  clocks_ = Clocks{.source = now->value, .own = own_clock()};
  ceiling_ = now->value;
  if (column_.kind == odbc::ValueKind::zoned_timestamp) return {};
  // The answer is in UTC, the column in the zone of those who write it.
  const date::sys_time<std::chrono::microseconds> moment{std::chrono::microseconds(now->value)};
  ceiling_ = run_.connection.time_zone().to_local(moment).time_since_epoch().count();
  return {};
}

Result<void> WatermarkCapture::load() {
  if (!run_.position.loaded_up_to) {
    if (auto cleared = window_.clear(); !cleared) {
      return std::unexpected(collection_failure(cleared.error()));
    }
    // What changes while the load runs lies at or above what is the highest now, or in the window.
    const auto found =
        SLUICE_TRY(run_.reader.read_first_value(select_greatest(dialect_, column_, table_.name)));
    run_.position.reached.reset();
    if (found) {
      if (const auto highest = parse_watermark(kind_, *found)) {
        run_.position.reached = std::min(highest->value, ceiling_);
      }
    }
  }
  state_.from = window_behind(run_.position.reached);
  auto loaded = load_by_key(run_, [&](const TableRow& row) -> Result<void> {
    const auto mark = mark_of(row);
    const std::int64_t value = mark ? mark->value : always;
    return value >= state_.from ? remember(row, value) : Result<void>();
  });
  if (!loaded) return loaded;
  SLUICE_TRY(refuse_keyless(never));
  run_.position.loaded_up_to.reset();
  run_.position.is_loaded = true;
  // The load was the window's first reading: what was committed late since is found in the round.
  state_.order = order_of_columns();
  state_.up_to = state_.seen = run_.position.reached.value_or(never);
  SLUICE_TRY(begin_round());
  SLUICE_TRY(checkpoint(run_));
  return keep_pending();
}

Result<void> WatermarkCapture::follow() {
  SLUICE_TRY(find_look_back());
  const std::int64_t from = state_.from;
  SLUICE_TRY(read_new());
  SLUICE_TRY(read_again());
  SLUICE_TRY(read_unmarked());
  SLUICE_TRY(checkpoint(run_));
  SLUICE_TRY(keep_pending());
  return refuse_keyless(from);
}

std::string WatermarkCapture::order_of_columns() const {
  std::string order = column_.name;
  for (const odbc::SourceColumn& column : table_.key)
    order += '\n' + column.name;
  return order;
}

Result<void> WatermarkCapture::find_look_back() {
  std::string order = order_of_columns();
  auto found = window_.look_back();
  if (!found) return std::unexpected(collection_failure(found.error()));
  kept_ = std::move(*found);
  const bool is_of_this_order = kept_ && kept_->order == order;
  if (is_of_this_order) {
    state_ = *kept_;
  } else {
    state_ = {.order = std::move(order), .from = window_behind(run_.position.reached)};
    state_.up_to = run_.position.reached.value_or(never);
  }
  if (run_.position.reached.value_or(never) > state_.seen) state_.rounds_at_rest = 0;
  const auto set_back = clocks_ ? set_back_within(state_.clocks, *clocks_) : std::nullopt;
  const bool is_ahead = run_.position.reached && *run_.position.reached > ceiling_;
  if (set_back || is_ahead) {
    pull_back(set_back);
  } else if (is_of_this_order) {
    SLUICE_TRY(find_head());
  }
  state_.seen = run_.position.reached.value_or(never);
  const bool is_old = clocks_ && (!state_.clocks ||
                                  clocks_->own - state_.clocks->own > microseconds_between_clocks);
  if (is_old || set_back) state_.clocks = clocks_;
  return {};
}

// A clock that was set back dates what is new below what was seen.
void WatermarkCapture::pull_back(std::optional<std::chrono::microseconds> set_back) {
  if (run_.position.reached) {
    run_.position.reached = std::min(*run_.position.reached, ceiling_);
    state_.up_to = std::min(state_.up_to, *run_.position.reached);
    state_.from = std::min(state_.from, window_behind(run_.position.reached));
  }
  if (set_back && ceiling_ != always) {
    state_.from = std::min(state_.from, behind(ceiling_, set_back->count()));
  }
  state_.behind.clear();
  state_.following.clear();
  state_.rounds_at_rest = 0;
}

// What was new in the last run is read once more: its moment may not have been over.
Result<void> WatermarkCapture::find_head() {
  if (state_.seen == never) return {};
  const auto crowd = window_.mark_behind(few_);
  if (!crowd) return std::unexpected(collection_failure(crowd.error()));
  if (*crowd && **crowd >= state_.from) head_ = std::min(**crowd, state_.seen);
  if (head_ && *head_ < state_.from) head_.reset();
  return {};
}

Walk WatermarkCapture::walk_among(std::vector<Query> conditions) const {
  conditions.push_back(are_there(dialect_, table_.key));
  Walk walk{.order_at = {at_}, .stepped = 1, .among = all_of(std::move(conditions))};
  walk.order_at.insert(walk.order_at.end(), table_.key_at.begin(), table_.key_at.end());
  return walk;
}

Result<void> WatermarkCapture::read_new() {
  const bool goes_on = !state_.following.empty();
  Walk walk = walk_among({goes_on ? Query()
                          : head_ ? above(dialect_, column_, text_of(*head_))
                                  : in_window(state_.from)});
  walk.behind = state_.following;
  new_rows_ = &walk;
  const auto read = walk_in_order(dialect_, run_.reader, walk, run_.page_rows,
                                  [&](const TableRow& row) { return take_new(row); });
  new_rows_ = nullptr;
  if (!read) return std::unexpected(read.error());
  state_.following.clear();
  // The rows in front of where it went on were not read now.
  if (!goes_on && !head_) return begin_round();
  return {};
}

Result<void> WatermarkCapture::take_new(const TableRow& row) {
  const auto mark = mark_of(row);
  SLUICE_TRY(take(row, mark ? mark->value : always));
  if (mark) {
    const std::int64_t reached = std::min(mark->value, ceiling_);
    run_.position.reached = std::max(run_.position.reached.value_or(reached), reached);
  }
  return checkpoint_if_due(run_);
}

// All that lies in the window and was read since the round began may leave it.
Result<void> WatermarkCapture::begin_round() {
  const auto rows = window_.count(state_.from);
  if (!rows) return std::unexpected(collection_failure(rows.error()));
  state_.from = window_behind(state_.up_to == never ? std::nullopt : std::optional(state_.up_to));
  state_.up_to = run_.position.reached.value_or(never);
  state_.behind.clear();
  // A window that is read whole each time is no crowd to be counted.
  state_.rows = *rows + pending_.size() > few_ ? *rows + pending_.size() : 0;
  state_.read_at = state_.rows > 0 ? own_clock() : 0;
  return {};
}

Result<void> WatermarkCapture::read_again() {
  if (!head_ || state_.from == never || is_at_rest()) return {};
  // A clock of ours that was set back would have the rows wait for it.
  state_.read_at = std::min(state_.read_at, own_clock());
  const std::uint64_t due = rows_due(state_, own_clock(), few_);
  if (due == 0) return {};
  Walk walk = walk_among({in_window(state_.from),
                          at_most(dialect_, column_, text_of(std::min(state_.up_to, *head_)))});
  walk.behind = state_.behind;
  walk.most = due == whole_round ? all_rows : static_cast<std::size_t>(due);
  const auto begun = std::chrono::steady_clock::now();
  const auto ended = walk_in_order(dialect_, run_.reader, walk, run_.page_rows,
                                   [&](const TableRow& row) -> Result<void> {
                                     const auto mark = mark_of(row);
                                     SLUICE_TRY(take(row, mark ? mark->value : always));
                                     return checkpoint_if_due(run_);
                                   });
  if (!ended) return std::unexpected(ended.error());
  state_.took = std::chrono::duration_cast<std::chrono::microseconds>(
                    std::chrono::steady_clock::now() - begun)
                    .count();
  if (*ended) {
    ++state_.rounds_at_rest;
    return begin_round();
  }
  state_.behind = std::move(walk.behind);
  state_.read_at = own_clock();
  return {};
}

// Numbers do not tell how long ago they were given: their window is read until it is left behind.
bool WatermarkCapture::is_at_rest() const {
  if (kind_ == WatermarkKind::number) return false;
  std::chrono::microseconds look_back(look_back_);
  if (kind_ == WatermarkKind::date) look_back += std::chrono::days(1);
  return state_.rounds_at_rest >= rounds_until_rest(look_back);
}

// Rows whose watermark is NULL have no place in the order: all of them, each time.
Result<void> WatermarkCapture::read_unmarked() {
  if (!column_.is_nullable) return {};
  Walk walk{.order_at = table_.key_at,
            .among = all_of({is_null(dialect_, column_), are_there(dialect_, table_.key)})};
  const auto read = walk_in_order(dialect_, run_.reader, walk, run_.page_rows,
                                  [&](const TableRow& row) -> Result<void> {
                                    SLUICE_TRY(take(row, always));
                                    return checkpoint_if_due(run_);
                                  });
  if (!read) return std::unexpected(read.error());
  return {};
}

// Those in the window, and those that lie in none.
Result<void> WatermarkCapture::refuse_keyless(std::int64_t from) {
  Query among;
  if (from != never) among = any_of({in_window(from), is_null(dialect_, column_)});
  return front_end::refuse_keyless(run_, among, {window_, state_.from, [this](const TableRow& row) {
                                                   const auto mark = mark_of(row);
                                                   return mark ? mark->value : always;
                                                 }});
}

// Hands a row over unless this very version was sent before.
Result<void> WatermarkCapture::take(const TableRow& row, std::int64_t mark) {
  const auto sent = window_.find(row.key_digest(buffer_));
  if (!sent) return std::unexpected(collection_failure(sent.error()));
  if (*sent && (*sent)->row == row.digest(buffer_)) return {};
  SLUICE_TRY(run_.reader.hand_over(row, record::Operation::upsert));
  return remember(row, mark);
}

Result<void> WatermarkCapture::remember(const TableRow& row, std::int64_t mark) {
  const record::RowDigest key = row.key_digest(buffer_);
  pending_.push_back({key, row.digest(buffer_), mark});
  if (pending_.size() < most_pending_pages * run_.page_rows) return {};
  SLUICE_TRY(front_end::checkpoint(run_));
  return keep_pending();
}

Result<void> WatermarkCapture::keep_pending() {
  if (new_rows_ != nullptr) state_.following = new_rows_->behind;
  const bool is_kept = !run_.position.is_loaded || kept_ == state_;
  if (pending_.empty() && is_kept) return {};
  SLUICE_TRY(settle(run_));
  const auto kept = run_.position.is_loaded && !state_.order.empty()
                        ? window_.keep(pending_, state_)
                        : window_.keep(pending_, state_.from);
  if (!kept) return std::unexpected(collection_failure(kept.error()));
  kept_ = state_;
  pending_.clear();
  return {};
}

}  // namespace

Result<void> run_watermark(CaptureRun& run, const capture::ByWatermark& way) {
  const SourceTable& table = run.reader.table();
  const auto kind = SLUICE_TRY(kind_of(table, table.columns[table.at(way.column)]));
  auto window = SentWindow::open(run.folder / "sent.sqlite", run.dataset);
  if (!window) return std::unexpected(collection_failure(window.error()));
  WatermarkCapture capture(run, way, kind, std::move(*window));
  SLUICE_TRY(capture.find_ceiling());
  if (!run.position.is_loaded) return capture.load();
  return capture.follow();
}

}  // namespace sluice::adapters::front_end
