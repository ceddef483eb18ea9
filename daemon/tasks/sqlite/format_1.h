// How tables of format 1 become those of today: SQLite changes no condition of a table, so what is
// in them goes aside, the tables are made anew, and it goes back. Within one transaction, with the
// references between tables not looked at.
#pragma once

#include <string_view>

namespace sluice::tasks {

inline constexpr std::string_view set_format_1_aside = R"sql(
  CREATE TABLE task_of_format_1 AS SELECT * FROM task;
  CREATE TABLE task_text_of_format_1 AS SELECT * FROM task_text;
  DROP TABLE task_text;
  DROP TABLE task;
)sql";

// The columns that format 1 had. All of its tasks are incoming.
inline constexpr std::string_view take_format_1_over = R"sql(
  INSERT INTO task (id, entry_id, bureau, dataset, title, origin, origin_text, priority, due_at,
    created_at, created_by, state, version, changed_at, holder, held_until, kept_for,
    handed_back_by, first_by, first_at, second_by, second_at, settled_by, settled_at, reason,
    sequence, row_number)
  SELECT id, entry_id, bureau, dataset, title, origin, origin_text, priority, due_at, created_at,
    created_by, state, version, changed_at, holder, held_until, kept_for, handed_back_by, first_by,
    first_at, second_by, second_at, settled_by, settled_at, reason, sequence, row_number
  FROM task_of_format_1;
  INSERT INTO task_text (task, part, author, saved_at, keyed)
  SELECT task, part, author, saved_at, keyed FROM task_text_of_format_1;
  DROP TABLE task_of_format_1;
  DROP TABLE task_text_of_format_1;
)sql";

}  // namespace sluice::tasks
