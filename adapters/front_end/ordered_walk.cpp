#include "adapters/front_end/ordered_walk.h"

#include <algorithm>
#include <optional>
#include <span>
#include <string_view>
#include <utility>

#include "record/try.h"

namespace sluice::adapters::front_end {
namespace {

std::vector<odbc::SourceColumn> columns_of(const SourceTable& table, const Walk& walk) {
  std::vector<odbc::SourceColumn> columns;
  columns.reserve(walk.order_at.size());
  for (const std::size_t column : walk.order_at)
    columns.push_back(table.columns[column]);
  return columns;
}

void move_behind(Walk& walk, const TableRow& row) {
  walk.behind.resize(walk.order_at.size());
  for (std::size_t i = 0; i < walk.order_at.size(); ++i)
    walk.behind[i] = row.exact(walk.order_at[i]).value_or(std::string_view());
}

// One walk under way: which step it is at, and how much may be asked for.
class Pages {
 public:
  Pages(const odbc::Dialect& dialect, TableReader& reader, Walk& walk, std::size_t page_rows)
      : dialect_(dialect), reader_(reader), walk_(walk), page_rows_(page_rows), left_(walk.most) {
    begin_steps();
  }

  // False: there are no more.
  Result<bool> read_next(const TableReader::Each& each);
  [[nodiscard]] bool has_read_most() const { return walk_.most != all_rows && left_ == 0; }

 private:
  void begin_steps() {
    steps_ = steps_behind(dialect_, reader_.table(), walk_);
    step_ = 0;
  }
  [[nodiscard]] std::size_t limit() const {
    // Of many rows that are equal in the stepped columns the database may have no order by the
    // others, and sort all of them for each page: so they come as one, where the driver does not
    // keep them all in memory.
    const bool is_whole = dialect_.streams && is_alike_ && step_ + 1 < steps_.size();
    if (is_whole) return walk_.most == all_rows ? all_rows : left_;
    return walk_.most == all_rows ? page_rows_ : std::min(page_rows_, left_);
  }

  const odbc::Dialect& dialect_;
  TableReader& reader_;
  Walk& walk_;
  std::size_t page_rows_;
  std::size_t left_;
  std::vector<Step> steps_;
  std::size_t step_ = 0;
  bool is_alike_ = false;  // all rows of the last page in the stepped columns
};

Result<bool> Pages::read_next(const TableReader::Each& each) {
  const SourceTable& table = reader_.table();
  const std::size_t asked = limit();
  const Step& step = steps_[step_];
  std::vector<std::string> first;
  const auto rows = reader_.read(
      select(dialect_, table.columns, table.name, all_of({step.condition, walk_.among}), step.order,
             asked),
      [&](const TableRow& row) -> Result<void> {
        move_behind(walk_, row);
        if (first.empty()) {
          first.assign(walk_.behind.begin(),
                       walk_.behind.begin() + static_cast<std::ptrdiff_t>(walk_.stepped));
        }
        return each(row);
      });
  if (!rows) return std::unexpected(rows.error());
  if (walk_.most != all_rows) left_ -= std::min(left_, *rows);
  if (asked == all_rows || *rows < asked) return ++step_ < steps_.size();
  is_alike_ = walk_.stepped > 0 && std::equal(first.begin(), first.end(), walk_.behind.begin());
  begin_steps();
  return true;
}

}  // namespace

std::vector<Step> steps_behind(const odbc::Dialect& dialect, const SourceTable& table,
                               const Walk& walk) {
  const std::vector<odbc::SourceColumn> columns = columns_of(table, walk);
  if (walk.behind.empty()) return {{{}, columns}};
  const std::size_t deepest =
      dialect.compares_rows ? std::min(walk.stepped, columns.size() - 1) : columns.size() - 1;
  std::vector<Step> steps;
  for (std::size_t alike = deepest + 1; alike-- > 0;) {
    const Columns fixed = Columns(columns).first(alike);
    const Columns rest = Columns(columns).subspan(alike);
    const Columns compared = alike == deepest ? rest : rest.first(1);
    const Values values(walk.behind);
    std::vector<Query> conditions;
    if (!fixed.empty()) conditions.push_back(equal(dialect, fixed, values.first(alike)));
    conditions.push_back(beyond(dialect, compared, values.subspan(alike)));
    steps.push_back({all_of(std::move(conditions)), {rest.begin(), rest.end()}});
  }
  return steps;
}

Result<bool> walk_in_order(const odbc::Dialect& dialect, TableReader& reader, Walk& walk,
                           std::size_t page_rows, const TableReader::Each& each) {
  Pages pages(dialect, reader, walk, page_rows);
  while (true) {
    const auto is_more = SLUICE_TRY(pages.read_next(each));
    if (!is_more) return true;
    if (pages.has_read_most()) return false;
  }
}

}  // namespace sluice::adapters::front_end
