// A task and an entry of its history as the columns of a table, which are the same however they are
// kept; and the parts of SQL that are the same in each.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tasks/history.h"
#include "tasks/query.h"

namespace sluice::tasks {

struct Column {
  std::string_view name;
  ColumnKind kind = ColumnKind::text;
};

// In the order of schemas/tasks.*.sql; the first is the number.
inline constexpr std::array task_columns = {
    Column{"id", ColumnKind::number},
    Column{"entry_id"},
    Column{"bureau"},
    Column{"dataset"},
    Column{"title"},
    Column{"origin"},
    Column{"origin_text"},
    Column{"priority", ColumnKind::number},
    Column{"due_at", ColumnKind::time},
    Column{"created_at", ColumnKind::time},
    Column{"created_by"},
    Column{"state"},
    Column{"version", ColumnKind::number},
    Column{"changed_at", ColumnKind::time},
    Column{"holder"},
    Column{"held_until", ColumnKind::time},
    Column{"kept_for"},
    Column{"handed_back_by"},
    Column{"first_by"},
    Column{"first_at", ColumnKind::time},
    Column{"second_by"},
    Column{"second_at", ColumnKind::time},
    Column{"settled_by"},
    Column{"settled_at", ColumnKind::time},
    Column{"reason"},
    Column{"sequence", ColumnKind::number},
    Column{"row_number", ColumnKind::number},
    Column{"kind"},
    Column{"delivery"},
    Column{"delivery_row", ColumnKind::number},
    Column{"record_key"},
    Column{"operation"},
    Column{"receipt_number"},
    Column{"answered_by"},
    Column{"answered_at", ColumnKind::time},
};
[[nodiscard]] Row cells_of(const Task& task);
// Fails where this version of Sluice does not know what is there.
[[nodiscard]] Result<Task> task_of(const Row& cells);

inline constexpr std::array history_columns = {
    Column{"task", ColumnKind::number},
    Column{"version", ColumnKind::number},
    Column{"bureau"},
    Column{"happened_at", ColumnKind::time},
    Column{"who"},
    Column{"what"},
    Column{"note"},
    Column{"checked"},
    Column{"fields", ColumnKind::number},
    Column{"differences", ColumnKind::number},
};
[[nodiscard]] Row cells_of(const Task& task, const HistoryEntry& entry);
[[nodiscard]] Result<HistoryEntry> entry_of(const Row& cells);

// "id, entry_id, …" for a SELECT, times as milliseconds.
[[nodiscard]] std::string selected(std::span<const Column> columns, const Dialect& dialect);
// What such a SELECT brings.
[[nodiscard]] std::vector<ColumnKind> kinds(std::span<const Column> columns);

}  // namespace sluice::tasks
