#include <algorithm>
#include <chrono>
#include <limits>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "adapters/front_end/capture_run.h"
#include "adapters/front_end/keyless_rows.h"
#include "adapters/front_end/watermark.h"

namespace sluice::adapters::front_end {
namespace {

constexpr std::int64_t always = std::numeric_limits<std::int64_t>::max();
// How many versions are remembered in memory before they go to the window's file.
constexpr std::size_t most_pending = 50'000;

std::expected<WatermarkKind, CollectionFailure> kind_of(const SourceTable& table,
                                                        const odbc::SourceColumn& column) {
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
        at_(table_.at(way.column)),
        column_(table_.columns[at_]),
        kind_(kind),
        look_back_(kind == WatermarkKind::number
                       ? static_cast<std::int64_t>(way.look_back_numbers)
                       : std::chrono::microseconds(way.look_back).count()),
        window_(std::move(window)) {}

  Result find_ceiling();
  Result load();
  Result follow();

 private:
  Result take(const TableRow& row, std::int64_t mark);
  Result read_marked();
  Result read_unmarked();
  Result refuse_keyless(std::int64_t from);
  Result remember(const TableRow& row, std::int64_t mark);
  Result keep_pending();
  [[nodiscard]] std::int64_t window_start() const {
    return run_.position.reached ? shifted_back(kind_, {*run_.position.reached}, look_back_).value
                                 : std::numeric_limits<std::int64_t>::min();
  }
  [[nodiscard]] std::optional<Watermark> mark_of(const TableRow& row) const {
    const auto text = row.exact(at_);
    return text ? parse_watermark(kind_, *text) : std::nullopt;
  }

  CaptureRun& run_;
  const SourceTable& table_;
  std::size_t at_;
  const odbc::SourceColumn& column_;
  WatermarkKind kind_;
  std::int64_t look_back_;
  SentWindow window_;
  // The database's own time: a row dated ahead of it must not hide those that come until then.
  std::int64_t ceiling_ = always;
  std::vector<SentVersion> pending_;
  std::string buffer_;
};

Result WatermarkCapture::find_ceiling() {
  const std::string& question = run_.connection.dialect().current_timestamp;
  if (kind_ == WatermarkKind::number || question.empty()) return {};
  const auto text = run_.reader.read_first_value({question, {}});
  if (!text) return std::unexpected(text.error());
  // To the second: what stands behind, a fraction or an offset, is written in many ways.
  const auto now = *text ? parse_watermark(WatermarkKind::timestamp, (*text)->substr(0, 19))
                         : std::optional<Watermark>();
  if (!now) return {};
  ceiling_ = now->value;
  if (column_.kind == odbc::ValueKind::zoned_timestamp) return {};
  // The answer is in UTC, the column in the zone of those who write it.
  const date::sys_time<std::chrono::microseconds> moment{std::chrono::microseconds(now->value)};
  ceiling_ = run_.connection.time_zone().to_local(moment).time_since_epoch().count();
  return {};
}

Result WatermarkCapture::load() {
  if (!run_.position.loaded_up_to) {
    if (auto cleared = window_.clear(); !cleared) {
      return std::unexpected(collection_failure(cleared.error()));
    }
    // What changes while the load runs lies at or above what is the highest now, or in the window.
    const auto found = run_.reader.read_first_value(
        select_greatest(run_.connection.dialect(), column_, table_.name));
    if (!found) return std::unexpected(found.error());
    run_.position.reached.reset();
    if (*found) {
      if (const auto highest = parse_watermark(kind_, **found)) {
        run_.position.reached = std::min(highest->value, ceiling_);
      }
    }
  }
  auto loaded = load_by_key(run_, [&](const TableRow& row) -> Result {
    const auto mark = mark_of(row);
    const std::int64_t value = mark ? mark->value : always;
    return value >= window_start() ? remember(row, value) : Result();
  });
  if (!loaded) return loaded;
  if (auto refused = refuse_keyless(std::numeric_limits<std::int64_t>::min()); !refused) {
    return refused;
  }
  run_.position.loaded_up_to.reset();
  run_.position.is_loaded = true;
  if (auto marked = mark(run_); !marked) return marked;
  return keep_pending();
}

Result WatermarkCapture::follow() {
  // A clock that was set back dates what is new below what was seen.
  if (run_.position.reached) run_.position.reached = std::min(*run_.position.reached, ceiling_);
  const std::int64_t from = window_start();
  if (auto read = read_marked(); !read) return read;
  if (auto read = read_unmarked(); !read) return read;
  if (auto marked = mark(run_); !marked) return marked;
  if (auto kept = keep_pending(); !kept) return kept;
  return refuse_keyless(from);
}

// Those in the window, and those that lie in none.
Result WatermarkCapture::refuse_keyless(std::int64_t from) {
  const odbc::Dialect& dialect = run_.connection.dialect();
  Query in_window;
  if (from != std::numeric_limits<std::int64_t>::min()) {
    in_window =
        any_of({at_least(dialect, column_, to_text(kind_, {from})), is_null(dialect, column_)});
  }
  return front_end::refuse_keyless(run_, in_window,
                                   {window_, window_start(), [this](const TableRow& row) {
                                      const auto mark = mark_of(row);
                                      return mark ? mark->value : always;
                                    }});
}

Result WatermarkCapture::read_marked() {
  const odbc::Dialect& dialect = run_.connection.dialect();
  const std::int64_t from = window_start();
  std::vector<odbc::SourceColumn> order{column_};
  order.insert(order.end(), table_.key.begin(), table_.key.end());
  std::vector<std::string> last;
  while (true) {
    std::vector<Query> conditions{are_there(dialect, table_.key)};
    if (!last.empty()) {
      conditions.push_back(beyond(dialect, order, last));
    } else if (run_.position.reached) {
      conditions.push_back(at_least(dialect, column_, to_text(kind_, {from})));
    } else {
      conditions.push_back(is_not_null(dialect, column_));
    }
    const auto rows = run_.reader.read(
        select(dialect, table_.columns, table_.name, all_of(std::move(conditions)), order,
               run_.page_rows),
        [&](const TableRow& row) -> Result {
          last = row.key().exact;
          last.insert(last.begin(), std::string(row.exact(at_).value_or(std::string_view())));
          const auto mark = mark_of(row);
          if (auto taken = take(row, mark ? mark->value : always); !taken) return taken;
          if (mark) {
            const std::int64_t reached = std::min(mark->value, ceiling_);
            run_.position.reached = std::max(run_.position.reached.value_or(reached), reached);
          }
          return mark_if_due(run_);
        });
    if (!rows) return std::unexpected(rows.error());
    if (*rows < run_.page_rows) return {};
  }
}

// Rows whose watermark is NULL have no place in the order: all of them, each time.
Result WatermarkCapture::read_unmarked() {
  if (!column_.is_nullable) return {};
  const odbc::Dialect& dialect = run_.connection.dialect();
  std::vector<std::string> last;
  while (true) {
    std::vector<Query> conditions{is_null(dialect, column_), are_there(dialect, table_.key)};
    if (!last.empty()) conditions.push_back(beyond(dialect, table_.key, last));
    const auto rows =
        run_.reader.read(select(dialect, table_.columns, table_.name, all_of(std::move(conditions)),
                                table_.key, run_.page_rows),
                         [&](const TableRow& row) -> Result {
                           last = row.key().exact;
                           if (auto taken = take(row, always); !taken) return taken;
                           return mark_if_due(run_);
                         });
    if (!rows) return std::unexpected(rows.error());
    if (*rows < run_.page_rows) return {};
  }
}

// Hands a row over unless this very version was sent before.
Result WatermarkCapture::take(const TableRow& row, std::int64_t mark) {
  const auto sent = window_.find(row.key_digest(buffer_));
  if (!sent) return std::unexpected(collection_failure(sent.error()));
  if (*sent && (*sent)->row == row.digest(buffer_)) return {};
  if (auto handed = run_.reader.hand_over(row, record::Operation::upsert); !handed) return handed;
  return remember(row, mark);
}

Result WatermarkCapture::remember(const TableRow& row, std::int64_t mark) {
  const record::RowDigest key = row.key_digest(buffer_);
  pending_.push_back({key, row.digest(buffer_), mark});
  if (pending_.size() < most_pending) return {};
  if (auto marked = front_end::mark(run_); !marked) return marked;
  return keep_pending();
}

Result WatermarkCapture::keep_pending() {
  if (pending_.empty()) return {};
  if (auto settled = settle(run_); !settled) return settled;
  if (auto kept = window_.keep(pending_, window_start()); !kept) {
    return std::unexpected(collection_failure(kept.error()));
  }
  pending_.clear();
  return {};
}

}  // namespace

Result run_watermark(CaptureRun& run, const capture::ByWatermark& way) {
  const SourceTable& table = run.reader.table();
  const auto kind = kind_of(table, table.columns[table.at(way.column)]);
  if (!kind) return std::unexpected(kind.error());
  auto window = SentWindow::open(run.folder / "sent.sqlite", run.dataset);
  if (!window) return std::unexpected(collection_failure(window.error()));
  WatermarkCapture capture(run, way, *kind, std::move(*window));
  if (auto found = capture.find_ceiling(); !found) return found;
  if (!run.position.is_loaded) return capture.load();
  return capture.follow();
}

}  // namespace sluice::adapters::front_end
