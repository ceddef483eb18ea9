// Accounts in the rows of SQLite's statements, for whoever selects them.
#pragma once

#include <string>
#include <string_view>

#include "people/account_columns.h"
#include "people/sqlite/people_file.h"
#include "sqlite/database.h"

namespace sluice::people {

// What a SELECT names, in the order of AccountColumns. Fails where the file can not be read.
[[nodiscard]] Result<std::string_view> account_columns(PeopleFile& file);
constexpr int account_column_count = 12;

// Of a row that has these columns first.
[[nodiscard]] AccountColumns account_columns_of_row(const sqlite::Statement& row);

[[nodiscard]] Result<std::optional<Account>> find_account(PeopleFile& file,
                                                          const AccountName& name);

}  // namespace sluice::people
