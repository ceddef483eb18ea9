// Accounts in the rows of SQLite's statements, for whoever selects them.
#pragma once

#include <string>
#include <string_view>

#include "people/account_columns.h"
#include "people/sqlite/people_file.h"
#include "sqlite/database.h"

namespace sluice::people {

// What a SELECT names, in the order of AccountColumns.
constexpr std::string_view account_columns =
    "name, display_name, roles, bureau, state, must_change_password, password, created_at, "
    "changed_at, version";
constexpr int account_column_count = 10;

// Of a row that has these columns first.
[[nodiscard]] AccountColumns account_columns_of_row(const sqlite::Statement& row);

[[nodiscard]] Result<std::optional<Account>> find_account(PeopleFile& file,
                                                          const AccountName& name);

}  // namespace sluice::people
